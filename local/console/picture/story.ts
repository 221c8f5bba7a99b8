import type { Hop, MapNode, Trace } from '../types.ts'
import { durationOf } from '../web/lib/format.ts'
import { type Drawn, type DrawnLine, drawnNode, lineKey, shortened, unknownNode } from './looks.ts'
import { afterOf, isRun, type Row, reasonOf, treeOf } from './tree.ts'

/** A trace as a map of its own: its objects and its readers are nodes, too, so that its chain has a beginning and an end. */
export interface StoryMap {
  nodes: Drawn[]
  lines: DrawnLine[]
  /** Its hops in the order in which they are numbered, each with its line. */
  steps: { row: Row; from: string; to: string; line: DrawnLine | undefined }[]
}

/** More objects of one bucket than this are drawn as the bucket. */
const OBJECTS = 6

/** `s3:GetObject`, `s3:GetObject +2` */
const shortList = (texts: readonly string[]): string => {
  const [first = '', ...more] = new Set(texts)
  return more.length === 0 ? first : `${first} +${more.length}`
}

/** `+43 ms · 0.9 ms`: how long after its cause it began, and how long it took; of several, the first one's and the sum. */
export const timesOf = (rows: readonly Pick<Row, 'hop' | 'cause'>[]): string => {
  const [first] = rows
  const after = first ? `+${durationOf(afterOf(first.hop, first.cause))}` : ''
  const ended = rows.flatMap(({ hop: { durationMs } }) => durationMs ?? [])
  const sum = ended.reduce((all, one) => all + one, 0)
  return ended.length === 0 ? after : `${after} · ${durationOf(sum)}`
}

/** @param nodeOf a node of the map by its id */
export const storyMapOf = (trace: Trace, nodeOf: (id: string) => MapNode | undefined): StoryMap => {
  const rows = treeOf(trace)
  const nodes = new Map<string, Drawn>()
  const lines = new Map<string, DrawnLine>()
  const rowsOf = new Map<DrawnLine, Row[]>()
  const kindOf = (id: string) => nodeOf(id)?.kind
  const isReader = (id: string) => kindOf(id) === 'person' || kindOf(id) === 'client'
  const objects = Map.groupBy(trace.hops, ({ to, from }) => (isReader(to) ? from : to))
  const shows = (bucket: string) => new Set(objects.get(bucket)?.map(({ object }) => object)).size <= OBJECTS

  const put = (node: Drawn): string => {
    if (!nodes.has(node.id)) nodes.set(node.id, node)
    return node.id
  }
  const plain = (id: string): string => {
    const node = nodeOf(id)
    return put(node ? drawnNode(node) : unknownNode(id))
  }
  const target = ({ to, object }: Hop): string => {
    if (isReader(to)) {
      const { name, icon } = drawnNode(nodeOf(to) as MapNode)
      return put({ id: `${to} reads`, icon: icon === 'web' ? icon : 'web', name, what: 'reads it', also: to })
    }
    if (object === undefined || kindOf(to) !== 'bucket' || !shows(to)) return plain(to)
    return put({
      id: `${to}/${object}`,
      icon: 'object',
      name: shortened(object),
      what: `object in ${to}`,
      also: object,
    })
  }
  const source = ({ from }: Hop, cause: Hop | undefined): string =>
    cause && cause.to === from ? target(cause) : plain(from)
  const labelOf = ({ label, from }: Hop): string =>
    label === 'lambda:Invoke' && !isReader(from) && kindOf(from) !== 'function' ? 'event' : label

  const steps = rows.map((row) => {
    const { hop, cause } = row
    const [from, to] = [source(hop, cause), target(hop)]
    if (from === to) return { row, from, to, line: undefined }
    const isEvent = labelOf(hop) === 'event' || hop.label === 'stream' || isReader(hop.to)
    const kind = hop.outcome === 'denied' ? 'denied' : isEvent ? 'event' : 'access'
    const key = lineKey({ from, to, kind })
    const line = lines.get(key) ?? { from, to, kind, label: '' }
    lines.set(key, line)
    rowsOf.set(line, [...(rowsOf.get(line) ?? []), row])
    return { row, from, to, line }
  })
  for (const [line, its] of rowsOf) {
    const labels = its.map(({ hop }) => labelOf(hop))
    const denied = its.filter(({ hop }) => hop.outcome === 'denied').map(({ hop }) => `denied: ${reasonOf(hop)}`)
    line.label = [...new Set(line.kind === 'denied' ? denied : labels)].join('\n')
    line.failed = its.some(({ hop }) => hop.outcome === 'error' && hop.label !== 'stream')
    const numbers = its.map(({ number }) => number)
    const called = numbers.length > 3 ? `${numbers[0]}–${numbers.at(-1)}` : numbers.join(', ')
    const what = `${called}  ${line.kind === 'denied' ? '✕ denied ' : ''}${shortList(labels)}`
    line.notes = [what, timesOf(its)]
  }
  // How long its functions ran stands in the node.
  for (const [id, its] of Map.groupBy(
    steps.filter(({ row: { hop } }) => isRun(hop)),
    ({ to }) => to,
  )) {
    const node = nodes.get(id) as Drawn
    const took = its.reduce((sum, { row }) => sum + (row.hop.durationMs ?? 0), 0)
    const running = its.some(({ row }) => row.hop.durationMs === undefined)
    const failed = its.some(({ row }) => row.hop.outcome === 'error')
    const how = running ? 'runs' : `${failed ? 'failed after' : 'ran'} ${durationOf(took)}`
    nodes.set(id, { ...node, what: `${node.what}, ${its.length > 1 ? `${its.length} × ` : ''}${how}` })
  }
  return { nodes: [...nodes.values()], lines: [...lines.values()], steps }
}
