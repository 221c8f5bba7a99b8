import type { Hop, Trace } from '../types.ts'

export const isBad = ({ outcome }: Hop): boolean => outcome !== 'ok'

/** From the first to the last thing that a trace did, in milliseconds. */
export const spanOf = ({ hops, at }: Trace): number =>
  Math.max(1, ...hops.map((hop) => hop.at + (hop.durationMs ?? 0) - at))

/** A hop in its place. */
export interface Row {
  hop: Hop
  /** From 1: what a picture calls it. */
  number: number
  depth: number
  cause?: Hop
}

/** The hops of a trace as a tree, each with its depth: what caused another stands before it. */
export const treeOf = ({ hops }: Trace): Row[] => {
  const byId = new Map(hops.map((hop) => [hop.id, hop]))
  const children = Map.groupBy(hops, ({ parent = '' }) => (byId.has(parent) ? parent : ''))
  const rows: Row[] = []
  const add = (parent: string, depth: number) => {
    for (const hop of children.get(parent) ?? []) {
      rows.push({ hop, number: rows.length + 1, depth, cause: byId.get(parent) })
      add(hop.id, depth + 1)
    }
  }
  add('', 0)
  return rows
}

/** How long after its cause a hop began, in milliseconds; of what began a trace, 0. */
export const afterOf = (hop: Hop, cause: Hop | undefined): number => Math.max(0, hop.at - (cause ?? hop).at)

/** Whether a hop is a run of a function: called, or with records of a stream. */
export const isRun = ({ label }: Hop): boolean => label === 'runs' || label === 'stream'

/**
 * In a few words how a trace ended badly. What a function is answered is its own affair as long as it ends well: a 403 for
 * what is gone may be just what it wants to know. One that fails was denied where its error names what was, or it called
 * nothing more.
 */
export const badly = ({ hops }: Trace): 'denied' | 'failed' | undefined => {
  const byId = new Map(hops.map((hop) => [hop.id, hop]))
  const runOf = ({ parent = '' }: Hop): Hop | undefined => {
    const cause = byId.get(parent)
    return !cause || isRun(cause) ? cause : runOf(cause)
  }
  const counts = (hop: Hop, at: number): boolean => {
    const run = isRun(hop) ? undefined : runOf(hop)
    if (!run) return isBad(hop)
    if (hop.outcome !== 'denied' || run.outcome !== 'error') return false
    const isNamed = hop.denial !== undefined && run.reason?.includes(hop.denial.action)
    return isNamed || !hops.slice(at + 1).some(({ parent }) => parent === run.id)
  }
  const outcomes = new Set(hops.filter(counts).map(({ outcome }) => outcome))
  return outcomes.has('denied') ? 'denied' : outcomes.has('error') ? 'failed' : undefined
}

/** Why a hop ended badly, in words. */
export const reasonOf = ({ denial, reason, outcome }: Hop): string => {
  if (!denial) return outcome === 'ok' ? '' : (reason ?? 'It failed.')
  const { action, resource, because, statement, missed } = denial
  const nearest =
    statement === undefined ? '' : missed === undefined ? ` It is ${statement}.` : ` Nearest: ${statement}: ${missed}.`
  return `${action} on ${resource}: ${because}.${nearest}`
}
