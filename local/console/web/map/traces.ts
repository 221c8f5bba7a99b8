import type { Hop, Trace } from '../../types.ts'
import type { Step } from './player.ts'

/** How many traces the page keeps. */
const KEPT = 100

/** Traces with one more hop, or with a hop that has ended; the newest trace first. */
export const withHop = (traces: readonly Trace[], hop: Hop): Trace[] => {
  const known = traces.find(({ id }) => id === hop.trace)
  if (!known)
    return [{ id: hop.trace, at: hop.at, title: hop.label, hops: [hop], replayable: false }, ...traces].slice(0, KEPT)
  const at = known.hops.findIndex(({ id }) => id === hop.id)
  const hops = at < 0 ? [...known.hops, hop] : known.hops.with(at, hop)
  return traces.map((trace) => (trace === known ? { ...known, hops } : trace))
}

export const isBad = ({ outcome }: Hop): boolean => outcome !== 'ok'

export const stepOf = (hop: Hop): Step => ({ from: hop.from, to: hop.to, bad: isBad(hop) })

/** From the first to the last thing that a trace did, in milliseconds. */
export const spanOf = ({ hops, at }: Trace): number =>
  Math.max(1, ...hops.map((hop) => hop.at + (hop.durationMs ?? 0) - at))

/** The hops of a trace as a tree, each with its depth: what caused another stands before it. */
export const treeOf = ({ hops }: Trace): { hop: Hop; depth: number }[] => {
  const ids = new Set(hops.map(({ id }) => id))
  const below = (parent: string | undefined, depth: number): { hop: Hop; depth: number }[] =>
    hops
      .filter((hop) => (parent === undefined ? !hop.parent || !ids.has(hop.parent) : hop.parent === parent))
      .flatMap((hop) => [{ hop, depth }, ...below(hop.id, depth + 1)])
  return below(undefined, 0)
}
