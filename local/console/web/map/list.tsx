import { useState } from 'preact/hooks'
import type { Hop, Trace } from '../../types.ts'
import { api } from '../lib/api.ts'
import { count, durationOf, timeOf } from '../lib/format.ts'
import { Icon } from '../parts/icons.tsx'
import { Name } from '../parts/name.tsx'
import { isBad, spanOf, treeOf } from './traces.ts'

/** The traces of a chapter, newest first; one can be opened. */
export const TraceList = (props: { traces: readonly Trace[]; open?: string; choose: (id: string) => void }) => (
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
          <span class={trace.hops.some(isBad) ? 'tag bad' : 'tag good'}>
            {trace.hops.some(isBad) ? 'failed' : durationOf(spanOf(trace))}
          </span>
          <span class="muted small">
            {timeOf(trace.at)}, {count(trace.hops.length, 'hop')}
          </span>
        </button>
      </li>
    ))}
  </ul>
)

/** One trace: each hop with its time, as a waterfall. */
export const TraceDetail = (props: {
  trace: Trace
  name: (id: string) => string
  /** Shows it once more on the map. */
  replay: () => void
}) => {
  const { trace, name, replay } = props
  const span = spanOf(trace)
  const [said, setSaid] = useState('')
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
        </div>
      </div>
      <p class="small muted" role="status">
        {said}
      </p>
      <ol class="fall">
        {treeOf(trace).map(({ hop, depth }) => (
          <Fall key={hop.id} hop={hop} depth={depth} start={trace.at} span={span} name={name} />
        ))}
      </ol>
    </section>
  )
}

const percent = (part: number) => `${Math.min(100, Math.max(0, part * 100)).toFixed(2)}%`

const Fall = (props: { hop: Hop; depth: number; start: number; span: number; name: (id: string) => string }) => {
  const { hop, depth, start, span, name } = props
  const from = (hop.at - start) / span
  const width = Math.max((hop.durationMs ?? 0) / span, 0.015)
  return (
    <li class={isBad(hop) ? 'bad' : ''}>
      <span class={`small wrap depth-${Math.min(depth, 4)}`}>
        {hop.from === hop.to ? (
          <strong>
            <Name>{name(hop.to)}</Name>
          </strong>
        ) : (
          <>
            <Name>{name(hop.from)}</Name> →{' '}
            <strong>
              <Name>{name(hop.to)}</Name>
            </strong>
          </>
        )}
        <span class="muted"> {hop.label}</span>
      </span>
      <svg aria-hidden="true">
        <rect class="rail" width="100%" height="100%" rx="4" />
        <rect class="span" x={percent(Math.min(from, 0.985))} width={percent(width)} height="100%" rx="4" />
      </svg>
      <span class="when small muted">
        {hop.durationMs === undefined ? `+${durationOf(hop.at - start)}` : durationOf(hop.durationMs)}
      </span>
      {isBad(hop) && hop.reason && <p class="why note bad small">{hop.reason}</p>}
    </li>
  )
}
