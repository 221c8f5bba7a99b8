import type { Hop, Trace } from '../../types.ts'

/** How many traces the page keeps. */
const KEPT = 200

/** Traces with one more hop, or with a hop that has ended; the newest trace first. */
export const withHop = (traces: readonly Trace[], hop: Hop): Trace[] => {
  const known = traces.find(({ id }) => id === hop.trace)
  if (!known) {
    const begun: Trace = { id: hop.trace, at: hop.at, title: hop.label, times: 1, hops: [hop], replayable: false }
    return [begun, ...traces].slice(0, KEPT)
  }
  const at = known.hops.findIndex(({ id }) => id === hop.id)
  const hops = at < 0 ? [...known.hops, hop] : known.hops.with(at, hop)
  // The same was read once more.
  const again = at === 0 && hop.at > known.at
  const trace = again ? { ...known, hops, at: hop.at, times: known.times + 1 } : { ...known, hops }
  return traces.map((one) => (one === known ? trace : one))
}

/** Whether somebody had a part in it: an identity, or `client`. */
export const isOf = ({ hops }: Trace, who: string): boolean => hops.some(({ from, to }) => from === who || to === who)
