import type { Ground } from '../base/ground.ts'
import type { EventSourceMapping } from '../services/lambda/mappingStore.ts'
import type { LambdaStore } from '../services/lambda/types.ts'
import type { Waiting } from './streamBatches.ts'
import { createDelivery } from './streamDelivery.ts'
import { createReader } from './streamReader.ts'

/** What one invocation takes, bytes. */
const PAYLOAD = 6 * 1024 ** 2 - 64
/** A stream that cannot be read is tried again after a minute. */
const AFTER_A_PROBLEM = 60_000

/** One of the readers of a mapping: it takes the records of its partition keys, batch after batch, in their order. */
export interface Lane {
  /** There may be new records. */
  wake(): void
  /** Whether it has something to do, or to try again. */
  readonly busy: boolean
  /** Ends at once; what is under way comes again when the cloud starts. */
  stop(): void
  /** Takes no further batch; resolves when the one under way is dealt with, or has to be tried again. */
  finish(): Promise<void>
}

const STOPPED = new Error('the lane was stopped')

export interface LaneOptions {
  ground: Ground
  lambda: LambdaStore
  mapping: EventSourceMapping
  /** Its number, from 0. */
  lane: number
  /** Behind which record it begins. */
  place: number
  causeOf: (sequence: number) => string | undefined
}

export const createLane = ({ ground, lambda, mapping, lane, place, causeOf }: LaneOptions): Lane => {
  const { clock, log } = ground
  const { settings, sourceArn, uuid, functionArn } = mapping
  const { mappings } = lambda
  let stopped = false
  let finishing = false
  let busy = true
  /** Whether somebody woke it since it last looked. */
  let woken = false
  let resume = () => {}
  let stopWaiting = () => {}

  /** Waits until `ms` have passed by the cloud's clock, until `stop`, or, if `wakeable`, until it is woken. */
  const wait = async (ms: number | undefined, wakeable: boolean) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = ms === undefined ? () => {} : clock.after(ms, resolve)
    stopWaiting = resolve
    if (wakeable) resume = resolve
    await promise
    cancel()
    if (stopped || finishing) throw STOPPED
  }
  const advance = (sequence: number) => {
    if (stopped) throw STOPPED
    place = sequence
    mappings.setPlace(uuid, lane, sequence)
  }
  const reader = createReader(lambda, mapping, lane)
  const pause = (ms: number) => wait(ms, false)
  const deliver = createDelivery({ ground, lambda, mapping, shardId: reader.shardId, advance, pause, causeOf })

  /** Records that were read, and how far was read. */
  let held: Waiting[] = []
  let read = place

  /** How many of the records that are held make one batch, and whether more would not fit. */
  const measure = (): { count: number; full: boolean } => {
    let bytes = 0
    for (const [index, one] of held.entries()) {
      bytes += one.bytes + 1
      if (index > 0 && (index >= settings.batchSize || bytes > PAYLOAD)) return { count: index, full: true }
    }
    return { count: held.length, full: held.length >= settings.batchSize }
  }
  /** Collects a batch: as many records as it takes, or what came within the window. Waits while there is none. */
  const gather = async (): Promise<Waiting[]> => {
    let due: number | undefined
    for (;;) {
      const { count, full } = measure()
      if (held.length) due ??= clock.now() + settings.window * 1000
      if (!full) {
        woken = false
        const { records, last, more } = await reader.behind(read)
        if (stopped || finishing) throw STOPPED
        held.push(...records)
        read = last
        if (more && !held.length) advance(read)
        if (more) continue
      }
      if (full || (due !== undefined && clock.now() >= due)) {
        const batch = held.slice(0, count)
        held = held.slice(count)
        return batch
      }
      if (woken) continue
      busy = held.length > 0
      await wait(due === undefined ? undefined : due - clock.now(), true)
      busy = true
    }
  }
  const run = async () => {
    let told = ''
    while (!stopped && !finishing)
      try {
        await deliver(await gather())
        told = ''
      } catch (error) {
        if (stopped || finishing) return
        // Nothing is lost: what was held is read again from the last place.
        held = []
        read = place
        const { message } = error as Error
        mappings.setResult(uuid, `PROBLEM: ${message}`)
        const text = `${sourceArn} for ${functionArn} has to wait: ${message}`
        if (message !== told) log({ level: 'warn', from: 'lambda', text })
        told = message
        await pause(AFTER_A_PROBLEM).catch(() => {})
      }
  }
  const ended = new Promise<void>((resolve) => setImmediate(() => run().then(resolve)))
  return {
    wake() {
      woken = true
      busy = true
      resume()
    },
    get busy() {
      return busy
    },
    stop() {
      stopped = true
      stopWaiting()
    },
    finish() {
      finishing = true
      stopWaiting()
      return ended
    },
  }
}
