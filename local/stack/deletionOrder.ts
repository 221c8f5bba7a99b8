import { sorted } from './graph.ts'
import type { Leftover } from './store.ts'

/**
 * By id of a leftover: the ids of those that depend on it, and so go before. Old and new forms of a resource may depend
 * on each other in a circle: then the younger go first.
 */
export const deletionOrder = (leftovers: Leftover[]): Map<string, string[]> => {
  const dependents = ({ id, logicalId }: Leftover) =>
    leftovers.filter((one) => one.id !== id && one.dependsOn.includes(logicalId)).map((one) => String(one.id))
  const graph = new Map(leftovers.map((leftover) => [String(leftover.id), dependents(leftover)]))
  try {
    sorted(graph, () => new Error('circle'))
    return graph
  } catch {
    const ids = [...graph.keys()].reverse()
    return new Map(ids.map((id, index) => [id, ids.slice(Math.max(0, index - 1), index)]))
  }
}
