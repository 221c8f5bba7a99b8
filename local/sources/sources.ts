import type { Ground } from '../base/ground.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { LambdaStore } from '../services/lambda/store.ts'
import { startAsynchronous } from './asynchronous.ts'
import { startBuckets } from './buckets.ts'
import { startSchedules } from './schedules.ts'

/**
 * Begins to deliver what operations have caused, and what is due: from here on the outbox empties itself. Gives what ends
 * the watch over times, before the state is closed.
 */
export const startSources = ({ ground, dispatch }: { ground: Ground; dispatch: Dispatch }): (() => void) => {
  startAsynchronous(ground, dispatch.store<LambdaStore>('lambda'))
  startBuckets(ground, dispatch)
  return startSchedules(ground, dispatch)
}
