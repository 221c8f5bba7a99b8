import type { Ground } from '../base/ground.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { LambdaStore } from '../services/lambda/store.ts'
import { startAsynchronous } from './asynchronous.ts'
import { startBuckets } from './buckets.ts'

/** Begins to deliver what operations have caused: from here on the outbox empties itself. */
export const startSources = ({ ground, dispatch }: { ground: Ground; dispatch: Dispatch }): void => {
  startAsynchronous(ground, dispatch.store<LambdaStore>('lambda'))
  startBuckets(ground, dispatch)
}
