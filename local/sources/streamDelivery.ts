import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import type { InvokeResult } from '../execution/types.ts'
import type { EventSourceMapping } from '../services/lambda/mappingStore.ts'
import type { LambdaStore } from '../services/lambda/types.ts'
import { firstFailed, type Waiting } from './streamBatches.ts'
import { type Condition, createGivingUp } from './streamFailures.ts'
import { functionOf } from './streamReader.ts'

/** A batch that failed comes again after one second, then ever later. */
const AFTER_A_FAILURE = (failures: number) => Math.min(60_000, 1000 * 2 ** (failures - 1))

export interface DeliveryOptions {
  ground: Ground
  lambda: LambdaStore
  mapping: EventSourceMapping
  shardId: () => string
  /** Everything up to a place is dealt with. */
  advance: (sequence: number) => void
  /** Waits by the cloud's clock. @throws when the lane was stopped meanwhile */
  pause: (ms: number) => Promise<void>
  /** What caused a record, for the story. */
  causeOf: (sequence: number) => string | undefined
}

const lastOf = (batch: readonly Waiting[]): number => (batch.at(-1) as Waiting).sequence

const answerOf = ({ payload }: InvokeResult): unknown => {
  try {
    return JSON.parse(Buffer.from(payload).toString())
  } catch {
    return undefined
  }
}

/** Runs the function of a mapping over a batch until the batch is dealt with: done, split, or given up. */
export const createDelivery = (options: DeliveryOptions) => {
  const { ground, lambda, mapping, shardId, advance, pause } = options
  const { clock, ids, log } = ground
  const { settings, uuid } = mapping
  const giveUp = createGivingUp(ground, lambda)
  const isYoung = ({ record }: Waiting) =>
    settings.age < 0 || record.dynamodb.ApproximateCreationDateTime >= clock.now() / 1000 - settings.age

  /** A refusal is that of Lambda itself: throttled, or a role that it may not assume. */
  const attempt = async (batch: readonly Waiting[], requestId: string): Promise<InvokeResult | ServiceError> => {
    const payload = Buffer.from(JSON.stringify({ Records: batch.map(({ record }) => record) }))
    try {
      const fn = functionOf(lambda, mapping)
      const run = () => lambda.execute(fn, { requestId, functionArn: fn.arn, payload })
      const result = await ground.outbox.story.within(options.causeOf(lastOf(batch)), run)
      // Only then is the batch done: a kill must not take the lines of records that are not delivered again.
      await lambda.logged()
      return result
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      log({ level: 'warn', from: 'lambda', text: `records for ${mapping.functionArn} have to wait: ${error.message}` })
      return error
    }
  }

  const deliver = async (given: readonly Waiting[]): Promise<void> => {
    let batch = given
    let failures = 0
    let throttles = 0
    let last: { requestId: string; result?: InvokeResult } = { requestId: '' }
    const drop = async (dropped: readonly Waiting[], condition: Condition) => {
      const fn = functionOf(lambda, mapping)
      await giveUp(fn, mapping, shardId(), { batch: dropped, condition, tries: failures + throttles, ...last })
      advance(lastOf(dropped))
    }
    for (;;) {
      const young = batch.findIndex(isYoung)
      if (young !== 0) {
        await drop(young < 0 ? batch : batch.slice(0, young), 'RecordAgeExceeded')
        if (young < 0) return
        batch = batch.slice(young)
      }
      const requestId = ids.uuid()
      const result = await attempt(batch, requestId)
      if (result instanceof ServiceError) {
        lambda.mappings.setResult(uuid, `PROBLEM: ${result.message}`)
        await pause(AFTER_A_FAILURE(++throttles))
        continue
      }
      last = { requestId, result }
      const failed = result.functionError ? 0 : settings.partial ? firstFailed(batch, answerOf(result)) : -1
      lambda.mappings.setResult(uuid, failed < 0 ? 'OK' : 'PROBLEM: Function call failed')
      if (failed < 0) return advance(lastOf(batch))
      if (failed > 0) {
        // What stands before the first failure is done; the rest is a batch of its own.
        advance(lastOf(batch.slice(0, failed)))
        batch = batch.slice(failed)
        failures = 0
      } else failures++
      if (failed === 0 && settings.bisect && batch.length > 1) {
        const middle = Math.ceil(batch.length / 2)
        await pause(AFTER_A_FAILURE(1))
        await deliver(batch.slice(0, middle))
        return deliver(batch.slice(middle))
      }
      if (settings.retries >= 0 && failures > settings.retries) return drop(batch, 'RetryAttemptsExhausted')
      await pause(AFTER_A_FAILURE(Math.max(1, failures)))
    }
  }
  return deliver
}
