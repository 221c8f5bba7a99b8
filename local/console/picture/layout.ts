import { Graph, layout } from '@dagrejs/dagre'
import { type DrawnLine, lineKey } from './looks.ts'
import { widthOf } from './text.ts'

/** A place on the map: its middle, and how large it is. */
export interface Spot {
  x: number
  y: number
  width: number
  height: number
}

/** A drawn map, in pixels at the size 1. */
export interface Laid {
  width: number
  height: number
  spots: Map<string, Spot>
  /** The lines by their keys: paths of SVG, and the middle and size of what stands on them. */
  lines: Map<string, Spot & { path: string }>
}

/** The size of a node; labels are cut to fit. */
export const NODE = { width: 224, height: 56 }
/** The size of the letters on a line, and how high one of its notes is. */
export const NOTE = { size: 11, height: 14 }

const MARGIN = 16

type Point = { x: number; y: number }

const written = (...points: readonly Point[]): string =>
  points.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`).join(' ')

/** Goes on to the last of some points: straight at its end, rounded between. */
const onwards = (points: readonly Point[]): string => {
  const rest = points.slice(1)
  const last = rest.pop()
  if (!last) return ''
  if (rest.length === 0) return `L${written(last)}`
  return rest
    .map((point, at) => {
      const next = rest[at + 1] ?? last
      const middle = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
      return `Q${written(point, at === rest.length - 1 ? last : middle)}`
    })
    .join('')
}

/** A smooth line along points; what stands on it stands where it passes. */
const smooth = (points: readonly Point[], { x, y, width }: Spot): string => {
  const [first] = points
  if (!first) return ''
  const at = width === 0 ? -1 : points.findIndex((point) => Math.hypot(point.x - x, point.y - y) < 1)
  const parts = at > 0 ? [points.slice(0, at + 1), points.slice(at)] : [points]
  return `M${written(first)}${parts.map(onwards).join('')}`
}

/** Where lines go round in a circle, events keep their direction, and what was denied gives way. */
const WEIGHTS: Record<DrawnLine['kind'], number> = { event: 8, access: 2, denied: 1 }

const labelOf = ({ notes = [], kind }: Pick<DrawnLine, 'notes' | 'kind'>) => ({
  weight: WEIGHTS[kind],
  width: notes.length === 0 ? 0 : Math.max(...notes.map((note) => widthOf(note, NOTE.size))) + 8,
  height: notes.length === 0 ? 0 : notes.length * NOTE.height + 2,
  labelpos: 'c' as const,
})

/** Places nodes from left to right, or from top to bottom, in the order in which events go from one to the next. */
export const laidOut = (
  nodes: readonly string[],
  lines: readonly Pick<DrawnLine, 'from' | 'to' | 'kind' | 'notes'>[],
  rankdir: 'LR' | 'TB' = 'LR',
): Laid => {
  if (nodes.length === 0) return { width: 0, height: 0, spots: new Map(), lines: new Map() }
  const graph = new Graph({ multigraph: true })
  // What stands on a line makes room for itself.
  const ranksep = lines.some(({ notes }) => notes) ? 56 : 80
  graph.setGraph({ rankdir, acyclicer: 'greedy', nodesep: 26, ranksep, marginx: MARGIN, marginy: MARGIN })
  // dagre keeps nodes by their names in plain objects, where `constructor` is something already.
  const names = new Map(nodes.map((id, index) => [id, `node ${index}`]))
  for (const name of names.values()) graph.setNode(name, { ...NODE })
  for (const [index, line] of lines.entries()) {
    const [from, to] = [names.get(line.from), names.get(line.to)]
    if (from && to) graph.setEdge(from, to, labelOf(line), `line ${index}`)
  }
  layout(graph)
  const spots = new Map([...names].map(([id, name]) => [id, graph.node(name) as Spot]))
  const laid: Laid['lines'] = new Map()
  let { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  for (const [index, line] of lines.entries()) {
    const [from, to] = [names.get(line.from), names.get(line.to)]
    if (!from || !to) continue
    const { points, ...spot } = graph.edge(from, to, `line ${index}`) as Spot & { points: Point[] }
    laid.set(lineKey(line), { path: smooth(points, spot), ...spot })
    // A line from a node to itself goes round it, and dagre does not count that.
    width = Math.max(width, ...points.map((point) => point.x + MARGIN))
    height = Math.max(height, ...points.map((point) => point.y + MARGIN))
  }
  return { width, height, spots, lines: laid }
}
