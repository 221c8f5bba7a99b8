import type { Ground } from '../base/ground.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { EventsStore } from '../services/events/store.ts'
import type { LambdaStore } from '../services/lambda/store.ts'
import { startAsynchronous } from './asynchronous.ts'
import { startBuckets } from './buckets.ts'
import { startBusEvents } from './busEvents.ts'
import { startSchedules } from './schedules.ts'
import { startStreams } from './streams.ts'

/** What delivers, once it has begun. */
export interface Sources {
  /** What was accepted and is not yet delivered: events in the outbox, and lanes of streams that are not at their end. */
  waiting(): number
  /** Ends the watch over times and streams, before the state is closed. */
  stop(): void
}

/** Begins to deliver what operations have caused, and what is due: from here on the outbox empties itself. */
export const startSources = ({ ground, dispatch }: { ground: Ground; dispatch: Dispatch }): Sources => {
  startAsynchronous(ground, dispatch.store<LambdaStore>('lambda'))
  startBuckets(ground, dispatch)
  startBusEvents(ground, dispatch.store<EventsStore>('events'))
  const stopSchedules = startSchedules(ground, dispatch)
  const streams = startStreams(ground, dispatch)
  return {
    waiting: () => ground.outbox.waiting() + streams.waiting(),
    stop() {
      stopSchedules()
      streams.stop()
    },
  }
}
