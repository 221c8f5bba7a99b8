import { type Drawn, type DrawnLine, lineKey, shortened } from '../../picture/looks.ts'
import { timesOf } from '../../picture/story.ts'
import { reasonOf } from '../../picture/tree.ts'
import type { Hop, MapNode, Trace } from '../../types.ts'
import { linked } from './nodes.ts'

/** So many identities, and objects that somebody waited for, are drawn: those of the newest traces. */
const PEOPLE = 8
const OBJECTS = 4
/** Kinds of calls that are named on one line. */
const DENIALS = 4

interface Plan {
  nodes: readonly Drawn[]
  lines: readonly DrawnLine[]
}

/**
 * A map, and on it what has happened: who has asked for what, when and for how long it went along a line the last time,
 * and what was denied.
 * @param traces the newest first
 * @param nodeOf any node by its id, identities too
 * @param all whether what may happen and has not is drawn, too
 */
export const overviewOf = (
  plan: Plan,
  traces: readonly Trace[],
  nodeOf: (id: string) => MapNode | undefined,
  all: boolean,
): { nodes: Drawn[]; lines: DrawnLine[] } => {
  const nodes = new Map(plan.nodes.map((node) => [node.id, node]))
  /** What stands as its object already. */
  const seen = new Set<string>()
  const planned = new Set(nodes.keys())
  const lines = new Map(plan.lines.map((line) => [lineKey(line), line]))
  const happened = new Set<string>()
  const added = { person: 0, object: 0 }
  const put = (kind: keyof typeof added, node: Drawn, most: number): boolean => {
    if (nodes.has(node.id)) return true
    if (added[kind]++ >= most) return false
    nodes.set(node.id, node)
    return true
  }
  const stands = (id: string): boolean => {
    if (planned.has(id)) return true
    const node = nodeOf(id)
    return node?.kind === 'person' && put('person', linked(node), PEOPLE)
  }
  const mark = (from: string, to: string, kind: DrawnLine['kind'], hop: Hop, cause: Hop | undefined) => {
    const key = lineKey({ from, to, kind })
    const before = lines.get(key)
    if (kind === 'denied') {
      // Each kind of call that was denied is named, with its last reason.
      const { label = '', notes = [] } = before ?? {}
      const note = `✕ denied ${hop.label}`
      happened.add(key)
      if (notes.includes(note) || notes.length >= DENIALS) return
      const why = `denied: ${reasonOf(hop)}`
      lines.set(key, { from, to, kind, label: label ? `${label}\n${why}` : why, notes: [...notes, note] })
      return
    }
    if (happened.has(key)) {
      if (before && !planned.has(from) && !before.label.includes(hop.label))
        lines.set(key, { ...before, label: `${before.label}, ${hop.label}` })
      return
    }
    happened.add(key)
    const notes = [timesOf([{ hop, cause }])]
    const failed = hop.outcome === 'error'
    lines.set(key, { ...(before ?? { from, to, kind }), label: before?.label ?? hop.label, notes, failed })
  }
  for (const { hops } of traces)
    for (const hop of hops.toReversed()) {
      const { from, to, outcome } = hop
      if (from === to || seen.has(hop.id) || !stands(from) || !stands(to)) continue
      const cause = hops.find(({ id }) => id === hop.parent)
      const reads = cause && cause.object === hop.object && nodeOf(from)?.kind === 'bucket'
      if (!reads || hop.object === undefined || !planned.has(cause.from)) {
        mark(from, to, outcome === 'denied' ? 'denied' : 'access', hop, cause)
        continue
      }
      // What a function has written and somebody has read is the end of a chain.
      const id = `${from}/${hop.object}`
      const name = shortened(hop.object)
      if (!put('object', { id, icon: 'object', name, what: `object in ${from}`, also: hop.object }, OBJECTS)) continue
      const reader = `${to} reads`
      nodes.set(reader, { ...(nodes.get(to) as Drawn), id: reader, icon: 'web', what: 'reads it' })
      mark(
        cause.from,
        id,
        'access',
        cause,
        hops.find((one) => one.id === cause.parent),
      )
      mark(id, reader, 'event', hop, cause)
      seen.add(cause.id)
    }
  const drawn = [...lines].filter(([key]) => all || happened.has(key)).map(([, line]) => line)
  const ends = new Set(drawn.flatMap(({ from, to }) => [from, to]))
  return { nodes: [...nodes.values()].filter(({ id }) => all || ends.has(id)), lines: drawn }
}
