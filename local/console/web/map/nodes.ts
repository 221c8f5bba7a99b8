import { type Drawn, type DrawnLine, drawnNode, lineKey } from '../../picture/looks.ts'
import type { ChapterMap, MapEdge, MapNode } from '../../types.ts'
import { link } from '../lib/router.ts'

const PAGES: Partial<Record<MapNode['kind'], string>> = {
  function: 'functions',
  bucket: 'buckets',
  table: 'tables',
  schedule: 'schedules',
  rule: 'schedules',
}

/** A node with the page that shows what it holds. */
export const linked = (node: MapNode): Drawn => {
  const page = PAGES[node.kind]
  return { ...drawnNode(node), ...(page && { href: link(page === 'schedules' ? [page] : [page, node.physicalId]) }) }
}

/** One line for each pair: where an event goes, a call the same way is not drawn beside it. */
const merged = (edges: readonly MapEdge[]): DrawnLine[] => {
  const lines = new Map<string, DrawnLine>()
  for (const { from, to, kind, label } of edges) {
    const key = lineKey({ from, to, kind })
    const before = lines.get(key)
    const both = before ? ([before.kind, kind].includes('event') ? 'event' : 'access') : kind
    lines.set(key, { from, to, kind: both, label: before ? `${before.label}, ${label}` : label })
  }
  return [...lines.values()]
}

/** A map of the contract as it is drawn. */
export const drawnOf = ({ nodes, edges }: ChapterMap): { nodes: Drawn[]; lines: DrawnLine[] } => ({
  nodes: nodes.map(linked),
  lines: merged(edges),
})
