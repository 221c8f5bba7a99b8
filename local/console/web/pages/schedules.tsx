import { useState } from 'preact/hooks'
import type { Schedule } from '../../types.ts'
import { api } from '../lib/api.ts'
import { momentOf } from '../lib/format.ts'
import { useLoad } from '../lib/load.ts'
import { Icon } from '../parts/icons.tsx'
import { Page } from '../parts/shell.tsx'
import { Empty, Show } from '../parts/state.tsx'

/** Rules and schedules that fire by the clock; each can be fired at once. */
export const SchedulesPage = () => {
  const schedules = useLoad('schedules', api.schedules)
  return (
    <Page
      title="Schedules"
      lead="What fires by the clock. Run now fires one at once, and leaves its next time as it is."
    >
      <Show of={schedules}>
        {(data) =>
          data.length === 0 ? (
            <Empty title="Nothing is scheduled">Chapter 5 brings the first schedule.</Empty>
          ) : (
            <ul class="stack">
              {data.map((schedule) => (
                <li key={schedule.arn}>
                  <Scheduled schedule={schedule} ran={schedules.reload} />
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </Page>
  )
}

type Ran = { state: 'running' | 'fired' } | { state: 'failed'; why: string }

const Scheduled = ({ schedule, ran }: { schedule: Schedule; ran: () => void }) => {
  const { name, arn, expression, next, targets, enabled } = schedule
  const [state, setState] = useState<Ran>()
  const run = async () => {
    if (state?.state === 'running') return
    setState({ state: 'running' })
    try {
      await api.runNow(arn)
      setState({ state: 'fired' })
      ran()
    } catch (error) {
      setState({ state: 'failed', why: (error as Error).message })
    }
  }
  return (
    <section class="card" aria-label={name}>
      <div class="card-head">
        <h2 class="row of-clock">
          <Icon name="clock" size={20} />
          <span class="wrap plain">{name}</span>
        </h2>
        <button type="button" class="button" aria-disabled={state?.state === 'running'} onClick={run}>
          <Icon name="play" />
          Run now
          <span class="hidden">: {name}</span>
        </button>
      </div>
      <dl class="facts">
        <dt>When</dt>
        <dd class="mono">{expression}</dd>
        <dt>Next</dt>
        <dd>{!enabled ? 'never: it is disabled' : next === undefined ? 'not known' : momentOf(next)}</dd>
        <dt>Target</dt>
        <dd>{targets.join(', ')}</dd>
      </dl>
      <p role="status" class={state?.state === 'failed' ? 'note bad' : state?.state === 'fired' ? 'note good' : ''}>
        {state?.state === 'fired' && 'Fired. What it called is under way.'}
        {state?.state === 'failed' && state.why}
      </p>
    </section>
  )
}
