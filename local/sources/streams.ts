import type { Ground } from '../base/ground.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { DynamoDBStore } from '../services/dynamodb/store.ts'
import type { EventSourceMapping } from '../services/lambda/mappingStore.ts'
import type { LambdaStore } from '../services/lambda/types.ts'
import { createLane, type Lane } from './streamLane.ts'

/** The event source mappings at work. */
export interface StreamReaders {
  /** How many of their lanes have something to do, or to try again. */
  waiting(): number
  stop(): void
}

/**
 * Reads the streams of tables for the functions that are mapped to them. Each mapping has as many lanes as batches may run
 * at the same time; how far each has come is in the state, so that after a kill it goes on there: at least once, as on AWS.
 */
export const startStreams = (ground: Ground, dispatch: Dispatch): StreamReaders => {
  const lambda = dispatch.store<LambdaStore>('lambda')
  const { streams } = dispatch.store<DynamoDBStore>('dynamodb')
  const { mappings } = lambda
  const running = new Map<string, Lane[]>()
  const finishing = new Set<Lane[]>()

  /** A lane that is new goes on where the slowest one stands: rather twice than not at all. */
  const placesOf = ({ uuid, sourceArn, start, settings: { parallel } }: EventSourceMapping): number[] => {
    const known: number[] = []
    for (let lane = 0; ; lane++) {
      const place = mappings.place(uuid, lane)
      if (place === undefined) break
      known.push(place)
    }
    const first = start === 'LATEST' ? streams.extent(sourceArn).last : 0
    if (known.length === parallel) return known
    return Array(parallel).fill(known.length ? Math.min(...known) : first)
  }
  let stopped = false
  /** Begins a mapping as it is now; one that was changed, when the lanes that it had have finished. */
  const begin = (mapping: EventSourceMapping): void => {
    const { uuid, enabled, settings } = mapping
    const before = running.get(uuid)
    if (before) {
      running.delete(uuid)
      finishing.add(before)
      void Promise.all(before.map((lane) => lane.finish())).then(() => {
        finishing.delete(before)
        const now = mappings.get(uuid)
        if (!stopped && now && !running.has(uuid)) begin(now)
      })
      return
    }
    if (mappings.get(uuid) !== mapping) return
    const places = placesOf(mapping)
    mappings.dropPlaces(uuid, settings.parallel)
    for (const [lane, place] of places.entries()) mappings.setPlace(uuid, lane, place)
    if (!enabled) return
    running.set(
      uuid,
      places.map((place, lane) => createLane({ ground, lambda, mapping, lane, place, causeOf: streams.causeOf })),
    )
  }
  const unwatchMappings = mappings.watch(begin)
  const unwatchStreams = streams.watch((arn) => {
    for (const [uuid, lanes] of running)
      if (mappings.get(uuid)?.sourceArn === arn) for (const lane of lanes) lane.wake()
  })
  for (const mapping of mappings.list()) begin(mapping)
  return {
    waiting: () => [...running.values(), ...finishing].flat().filter(({ busy }) => busy).length,
    stop() {
      unwatchMappings()
      unwatchStreams()
      stopped = true
      for (const lane of [...running.values(), ...finishing].flat()) lane.stop()
    },
  }
}
