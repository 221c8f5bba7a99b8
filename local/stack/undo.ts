import type { Ground } from '../base/ground.ts'
import { deletionOrder } from './deletionOrder.ts'
import type { Hands } from './hands.ts'
import { inOrder, PARALLEL } from './parallel.ts'
import type { Leftover, ResourceRecord, Stable, StackStore } from './store.ts'

/** What failed, by logical ID, and why. */
export type Failures = Map<string, string>

/** The stack whose resources are taken back. */
export interface Undoing {
  stackId: string
  hands: Hands
  store: StackStore
  ground: Pick<Ground, 'clock'>
}

/** Takes back a creation: what is there, or may be, is marked for deletion; what it replaced counts again. */
export const undo = (row: ResourceRecord, of: Undoing): void => {
  const { stable, logicalId } = row
  leaveCreated(row, of)
  if (stable) goBack(logicalId, stable, of)
  else of.hands.drop(logicalId)
}

/** Marks for deletion what a creation made, or may have made. */
export const leaveCreated = (row: ResourceRecord, { stackId, hands, store }: Undoing): void => {
  const { pending, type } = row
  if (pending?.step !== 'create') {
    hands.leave(row)
    return
  }
  if (pending.refused) return
  const presumed = hands.presumed(row)
  // A kill may have come before the service could say that the name is somebody else's.
  const others = store.list().filter(({ id }) => id !== stackId)
  const isTheirs = others.some(({ id }) =>
    store.resources(id).some((one) => one.type === type && one.physicalId === presumed.physicalId),
  )
  if (!isTheirs) hands.leave(presumed)
}

const goBack = (logicalId: string, { doubts, ...stable }: Stable, { hands, ground }: Undoing): void => {
  const at = ground.clock.now()
  const pending = doubts ? { pending: { step: 'update' as const, doubts } } : {}
  hands.keep({ ...stable, logicalId, stable, status: 'UPDATE_COMPLETE', at, ...pending })
}

/** Deletes what is marked for it, each after all that depends on it. What cannot be deleted stays marked. */
export const sweep = async ({ stackId, hands, store }: Undoing): Promise<Failures> => {
  await hands.written()
  const leftovers = store.leftovers(stackId)
  const byKey = new Map(leftovers.map((leftover) => [String(leftover.id), leftover]))
  const failures: Failures = new Map()
  const remove = (key: string) => {
    const leftover = byKey.get(key) as Leftover
    return hands.remove(leftover).catch((error) => {
      failures.set(leftover.logicalId, hands.reasonOf(error, leftover.logicalId))
    })
  }
  await inOrder(deletionOrder(leftovers), PARALLEL, remove)
  return failures
}
