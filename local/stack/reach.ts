import { isDeepStrictEqual } from 'node:util'
import { Mistake } from '../base/errors.ts'
import type { Hands, HandsOptions } from './hands.ts'
import { resolve } from './intrinsics.ts'
import type { Target } from './prepare.ts'
import type { Scope } from './scope.ts'
import type { Dict } from './source.ts'
import { aroundOf, type ResourceRecord } from './store.ts'

/** With what a resource is made or changed, and what may be said against it. */
export interface Reach extends Pick<HandsOptions, 'guard' | 'stopped'> {
  hands: Hands
  /** Called before anything is told of a resource. */
  begin(): void
}

/**
 * Makes one resource what a template wants it to be; nothing is done where it is that already.
 * @param scope where its properties are resolved: all that it depends on is there
 * @throws what its step failed with; the resource's event has been told
 */
export const reach = async (target: Target, scope: Scope, means: Reach): Promise<void> => {
  const { hands, begin, stopped } = means
  const row = hands.rows.get(target.logicalId)
  const why = stopped?.()
  if (why !== undefined) throw new Mistake(why)
  const properties = resolvedFor(target, scope, means)
  if (!row) {
    begin()
    return hands.create(target, properties)
  }
  const around = aroundOf(target)
  if (!row.pending && isDeepStrictEqual(row.properties, properties)) {
    if (!isDeepStrictEqual(around, aroundOf(row))) hands.keep({ ...row, ...around })
    return
  }
  begin()
  const replaces = hands.replaces(row, properties)
  guarded(row, replaces ? 'Update:Replace' : 'Update:Modify', means)
  if (replaces) await hands.create(target, properties)
  else await hands.update(row, properties, around)
}

const guarded = (row: ResourceRecord, action: 'Update:Modify' | 'Update:Replace', { guard, hands }: Reach): void => {
  try {
    guard?.(row, action)
  } catch (error) {
    hands.hear(row, 'UPDATE_FAILED', hands.reasonOf(error, row.logicalId))
    throw error
  }
}

const resolvedFor = (target: Target, scope: Scope, { hands, begin }: Reach): Dict => {
  try {
    const resolved = hands.tagged(target.type, resolve(target.properties, scope) as Dict)
    // As it comes back from the store: what is undefined is not there.
    return JSON.parse(JSON.stringify(resolved)) as Dict
  } catch (error) {
    const row = hands.rows.get(target.logicalId)
    const status = row ? 'UPDATE_FAILED' : 'CREATE_FAILED'
    begin()
    hands.hear(row ?? { ...target, physicalId: '' }, status, hands.reasonOf(error, target.logicalId))
    throw error
  }
}
