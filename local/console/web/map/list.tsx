import { useState } from 'preact/hooks'
import { type StoryMap, timesOf } from '../../picture/story.ts'
import { badly, isBad, type Row, spanOf } from '../../picture/tree.ts'
import type { Trace } from '../../types.ts'
import { addressed, api } from '../lib/api.ts'
import { count, durationOf, timeOf } from '../lib/format.ts'
import { Icon } from '../parts/icons.tsx'
import { Name } from '../parts/name.tsx'
import { Reason } from './reason.tsx'

/** The traces of a chapter, newest first; one can be opened. */
export const TraceList = (props: {
  traces: readonly Trace[]
  /** Of an id: who began it. */
  name: (id: string) => string
  open?: string
  choose: (id: string) => void
}) => (
  <ul class="stack">
    {props.traces.map((trace) => (
      <li key={trace.id}>
        <button
          type="button"
          class="trace-row"
          aria-expanded={trace.id === props.open}
          onClick={() => props.choose(trace.id)}
        >
          <strong class="wrap">{trace.title}</strong>
          <span class={badly(trace) ? 'tag bad' : 'tag good'}>{badly(trace) ?? durationOf(spanOf(trace))}</span>
          <span class="muted small wrap">
            {timeOf(trace.at)}, {props.name(trace.hops[0]?.from ?? '')}, {count(trace.hops.length, 'hop')}
            {trace.times > 1 && `, ${trace.times} times`}
          </span>
        </button>
      </li>
    ))}
  </ul>
)

/** One trace: each hop with its time, as a waterfall. */
export const TraceDetail = (props: {
  trace: Trace
  story: StoryMap
  /** Shows it once more on the map. */
  replay: () => void
}) => {
  const { trace, story, replay } = props
  const span = spanOf(trace)
  const [said, setSaid] = useState('')
  const names = new Map(story.nodes.map(({ id, name }) => [id, name]))
  const again = () =>
    api.replay(trace.id).then(
      () => setSaid('Done again: it is a new trace.'),
      (error: Error) => setSaid(error.message),
    )
  return (
    <section class="card" aria-labelledby="trace">
      <div class="card-head">
        <h2 id="trace" class="wrap">
          {trace.title}
        </h2>
        <div class="row">
          <button type="button" class="button" onClick={replay}>
            <Icon name="replay" />
            Replay
          </button>
          {trace.replayable && (
            <button type="button" class="button" onClick={again}>
              <Icon name="play" />
              Do it again
            </button>
          )}
          <a class="button" href={addressed(`api/traces/${encodeURIComponent(trace.id)}.svg`)} download>
            <Icon name="save" />
            Save as SVG
          </a>
        </div>
      </div>
      <p class="small muted" role="status">
        {said}
      </p>
      <ol class="fall">
        {story.steps.map(({ row, from, to }) => (
          <Fall key={row.hop.id} row={row} from={names.get(from)} to={names.get(to)} start={trace.at} span={span} />
        ))}
      </ol>
    </section>
  )
}

const percent = (part: number) => `${Math.min(100, Math.max(0, part * 100)).toFixed(2)}%`

const Fall = (props: { row: Row; from?: string; to?: string; start: number; span: number }) => {
  const { row, from = '', to = '', start, span } = props
  const { hop, depth, number } = row
  const begins = (hop.at - start) / span
  const width = Math.max((hop.durationMs ?? 0) / span, 0.015)
  return (
    <li class={isBad(hop) ? 'bad' : ''}>
      <span class={`small wrap depth-${Math.min(depth, 4)}`}>
        <span class="muted">{number} </span>
        {from !== to && (
          <>
            <Name>{from}</Name> →{' '}
          </>
        )}
        <strong>
          <Name>{to}</Name>
        </strong>
        <span class="muted"> {hop.label}</span>
      </span>
      <svg aria-hidden="true">
        <rect class="rail" width="100%" height="100%" rx="4" />
        <rect class="span" x={percent(Math.min(begins, 0.985))} width={percent(width)} height="100%" rx="4" />
      </svg>
      <span class="when small muted">{timesOf([row])}</span>
      {isBad(hop) && <Reason hop={hop} />}
    </li>
  )
}
