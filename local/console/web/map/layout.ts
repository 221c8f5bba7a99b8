import { Graph, layout } from '@dagrejs/dagre'

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
  /** The lines by `from→to`, as paths of SVG. */
  lines: Map<string, string>
}

/** The size of a node; labels are cut to fit. */
export const NODE = { width: 224, height: 56 }

const MARGIN = 16

export const lineKey = (from: string, to: string): string => `${from}→${to}`

/** A smooth line through points: straight at its ends, rounded between. */
const smooth = (points: readonly { x: number; y: number }[]): string => {
  const [first, ...rest] = points.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }))
  const last = rest.pop()
  if (!first || !last) return ''
  let path = `M${first.x} ${first.y}`
  rest.forEach((point, at) => {
    const next = rest[at + 1] ?? last
    const to = at === rest.length - 1 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
    path += `Q${point.x} ${point.y} ${to.x} ${to.y}`
  })
  return rest.length === 0 ? `${path}L${last.x} ${last.y}` : path
}

/**
 * Places nodes from left to right, in the order in which events go from one to the next.
 */
export const laidOut = (nodes: readonly string[], edges: readonly { from: string; to: string }[]): Laid => {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 26, ranksep: 80, marginx: MARGIN, marginy: MARGIN })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const id of nodes) graph.setNode(id, { ...NODE })
  for (const { from, to } of edges) if (graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to)
  layout(graph)
  const spots = new Map(nodes.map((id) => [id, graph.node(id) as Spot]))
  const lines = new Map<string, string>()
  let { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  for (const { v, w } of graph.edges()) {
    const points: { x: number; y: number }[] = graph.edge(v, w).points ?? []
    lines.set(lineKey(v, w), smooth(points))
    // A line from a node to itself goes round it, and dagre does not count that.
    width = Math.max(width, ...points.map(({ x }) => x + MARGIN))
    height = Math.max(height, ...points.map(({ y }) => y + MARGIN))
  }
  return { width, height, spots, lines }
}
