import type { Hop, Trace } from '../lib/draft.ts'
import type { Step } from './player.ts'

/** How many traces the page keeps. */
const KEPT = 100

/** Traces with one more hop, newest trace first. */
export const withHop = (traces: readonly Trace[], hop: Hop): Trace[] => {
  const known = traces.find(({ id }) => id === hop.trace)
  const trace = known
    ? { ...known, hops: [...known.hops, hop] }
    : { id: hop.trace, at: hop.at, title: hop.label, hops: [hop] }
  return [trace, ...traces.filter(({ id }) => id !== hop.trace)].sort((one, other) => other.at - one.at).slice(0, KEPT)
}

export const isBad = ({ outcome }: Hop): boolean => outcome !== 'ok'

export const stepOf = (hop: Hop): Step => ({ from: hop.from, to: hop.to, bad: isBad(hop) })

/** From the first to the last thing that a trace did, in milliseconds. */
export const spanOf = ({ hops, at }: Trace): number =>
  Math.max(1, ...hops.map((hop) => hop.at + (hop.durationMs ?? 0) - at))
