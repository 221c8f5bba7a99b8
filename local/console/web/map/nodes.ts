import type { ChapterMap, MapEdge, MapNode } from '../../types.ts'
import { link } from '../lib/router.ts'
import type { IconName } from '../parts/icons.tsx'
import type { Drawn, DrawnLine } from './drawing.tsx'
import { lineKey } from './layout.ts'

const looks: Record<MapNode['kind'], { icon: IconName; what: string; page?: string }> = {
  function: { icon: 'function', what: 'function', page: 'functions' },
  bucket: { icon: 'bucket', what: 'bucket', page: 'buckets' },
  table: { icon: 'table', what: 'table', page: 'tables' },
  schedule: { icon: 'clock', what: 'schedule', page: 'schedules' },
  rule: { icon: 'rule', what: 'rule', page: 'schedules' },
  api: { icon: 'api', what: 'API' },
  queue: { icon: 'queue', what: 'queue' },
  topic: { icon: 'topic', what: 'topic' },
  pool: { icon: 'person', what: 'identity pool' },
  client: { icon: 'web', what: 'and your clients' },
}

/** One line for each pair: where an event goes, a call the same way is not drawn beside it. */
const merged = (edges: readonly MapEdge[]): DrawnLine[] => {
  const lines = new Map<string, DrawnLine>()
  for (const { from, to, kind, label } of edges) {
    const before = lines.get(lineKey(from, to))
    const both = before ? ([before.kind, kind].includes('event') ? 'event' : 'access') : kind
    lines.set(lineKey(from, to), { from, to, kind: both, label: before ? `${before.label}, ${label}` : label })
  }
  return [...lines.values()]
}

/** A map of the contract as it is drawn. */
export const drawnOf = ({ nodes, edges }: ChapterMap): { nodes: Drawn[]; lines: DrawnLine[] } => ({
  nodes: nodes.map(({ id, kind, name, physicalId }) => {
    const { icon, what, page } = looks[kind] ?? { icon: 'box', what: kind }
    const href = page && link(page === 'schedules' ? [page] : [page, physicalId])
    // A bucket is known by its name in the template: its own is long, and the same for all but its end.
    const shown = kind === 'client' ? 'You' : id
    return { id, icon, name: shown, what, ...(name === shown ? {} : { also: name }), ...(href ? { href } : {}) }
  }),
  lines: merged(edges),
})
