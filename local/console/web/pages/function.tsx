import { useState } from 'preact/hooks'
import type { FunctionDetail } from '../../types.ts'
import { api } from '../lib/api.ts'
import { jsonFault, pretty } from '../lib/json.ts'
import { useLoad } from '../lib/load.ts'
import { link } from '../lib/router.ts'
import { JsonEditor } from '../parts/editor.tsx'
import { Icon } from '../parts/icons.tsx'
import { Page } from '../parts/shell.tsx'
import { Show } from '../parts/state.tsx'
import { FunctionFacts } from './facts.tsx'
import { History } from './history.tsx'
import { Result } from './result.tsx'
import { invoke, isRunning, useInvocations } from './visit.ts'

/** What was edited, by function; kept while the console is open. */
const drafts = new Map<string, Draft>()

interface Draft {
  /** The case that it began as; none where a function has no sample events. */
  event?: string
  edited: boolean
  text: string
}

export const FunctionPage = ({ name }: { name: string }) => {
  const detail = useLoad(`function ${name}`, (signal) => api.function(name, signal))
  return (
    <Page
      title={detail.data?.called ?? name}
      lead={detail.data?.description}
      crumbs={
        <>
          <a href={link([])}>Chapters</a> / functions
        </>
      }
    >
      <Show of={detail}>{(data) => <Opened key={data.name} detail={data} />}</Show>
    </Page>
  )
}

const Opened = ({ detail }: { detail: FunctionDetail }) => {
  const first = detail.events[0]
  const [draft, setDraft] = useState<Draft>(
    () => drafts.get(detail.name) ?? { event: first?.name, edited: false, text: pretty(first?.text ?? '{}') },
  )
  const [type, setType] = useState<'RequestResponse' | 'Event'>('RequestResponse')
  const mine = useInvocations(detail.name)
  const [number, setNumber] = useState<number>()
  const shown = mine.find((invocation) => invocation.number === number) ?? mine[0]
  const change = (next: typeof draft) => {
    drafts.set(detail.name, next)
    setDraft(next)
  }
  const wrong = jsonFault(draft.text) !== undefined
  const running = mine.some(isRunning)
  const start = () => {
    if (wrong || running) return
    const { event, edited, text } = draft
    const called = [event ?? 'own event', ...(edited ? ['edited'] : [])].join(', ')
    setNumber(invoke(detail.name, called, { payload: text, type, ...(event ? { event } : {}) }))
  }

  return (
    <>
      <div class="columns">
        <section class="card" aria-labelledby="event">
          <h2 id="event">Event</h2>
          {detail.events.length > 0 && (
            <label class="field">
              <span>Sample event</span>
              <select
                value={draft.event}
                onChange={({ currentTarget: { value } }) => {
                  const chosen = detail.events.find((event) => event.name === value)
                  if (chosen) change({ event: value, edited: false, text: pretty(chosen.text) })
                }}
              >
                {detail.events.map((event) => (
                  <option key={event.name} value={event.name}>
                    {event.name}
                  </option>
                ))}
              </select>
            </label>
          )}
          <JsonEditor
            label="JSON"
            value={draft.text}
            onChange={(text) => change({ ...draft, edited: true, text })}
            rows={10}
          />
          <fieldset class="segments">
            <legend class="hidden">Invocation type</legend>
            {(['RequestResponse', 'Event'] as const).map((each) => (
              <label key={each}>
                <input type="radio" name="type" checked={type === each} onChange={() => setType(each)} />
                {each === 'Event' ? 'Asynchronous (Event)' : 'Wait for the result (RequestResponse)'}
              </label>
            ))}
          </fieldset>
          <div>
            <button type="button" class="button primary" aria-disabled={wrong || running} onClick={start}>
              <Icon name="play" />
              {running ? 'Running…' : 'Invoke'}
            </button>
          </div>
        </section>
        <section class="card" aria-labelledby="result" aria-live="polite" aria-busy={running}>
          <h2 id="result">Result</h2>
          {shown ? (
            <Result invocation={shown} />
          ) : (
            <p class="muted">Press Invoke: result, log and duration appear here.</p>
          )}
        </section>
      </div>
      {mine.length > 0 && <History invocations={mine} shown={shown} show={setNumber} />}
      <FunctionFacts detail={detail} />
    </>
  )
}
