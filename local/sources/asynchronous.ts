import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import type { Parcel, Verdict } from '../base/outbox.ts'
import type { InvokeResult } from '../execution/types.ts'
import {
  ASYNCHRONOUS,
  type AsynchronousEvent,
  type LambdaFunction,
  type LambdaStore,
} from '../services/lambda/types.ts'
import { bucketOf, failureKey } from './failureKeys.ts'
import { createTurns } from './turns.ts'

/** So many events run at the same time, and so many of one function, so that it leaves room for others. */
const RUNNING = 16
const RUNNING_OF_ONE = 8
/** So many wait for their turn in memory; the rest stays in the outbox. */
const TAKEN = 100
/** What AWS takes when a function says nothing else: two more tries, six hours. */
const ATTEMPTS = 2
const AGE = 21_600
/** A function that failed gets its event again after one minute, then after two more. */
const AFTER_A_FAILURE = (failures: number) => failures * 60_000
/** Without a free environment the waiting grows from one second to five minutes. */
const AFTER_A_THROTTLE = (throttles: number) => Math.min(300_000, 1000 * 2 ** throttles)

type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency'
type Given = Parcel<AsynchronousEvent>

const json = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString())

/** What a destination gets (Lambda developer guide, "Capturing records of Lambda asynchronous invocations"). */
const recordOf = ({ body }: Given, condition: Condition, now: number, result?: InvokeResult) => ({
  version: '1.0',
  timestamp: new Date(now).toISOString(),
  requestContext: {
    requestId: body.requestId,
    functionArn: `${body.functionArn}:$LATEST`,
    condition,
    approximateInvokeCount: body.failures + (result ? 1 : 0),
  },
  requestPayload: JSON.parse(body.payload) as unknown,
  ...(result && {
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: result.functionError },
    responsePayload: json(result.payload),
  }),
})

/**
 * Delivers the events that Lambda has accepted for later: with two more tries when the function fails, with growing
 * delays while it is throttled, until the event is too old; then to its destination. A killed cloud delivers again what
 * was under way: at least once, as on AWS.
 */
export const startAsynchronous = (ground: Ground, lambda: LambdaStore): void => {
  const { outbox, clock, log } = ground
  const tell = (text: string) => log({ level: 'warn', from: 'lambda', text })

  const pass = async (fn: LambdaFunction, to: string, parcel: Given, record: unknown) => {
    try {
      const cloud = await lambda.asRole(fn)
      const Body = JSON.stringify(record)
      const Bucket = bucketOf(to)
      const Key = failureKey(ground, `aws/lambda/async/${fn.name}`)
      if (Bucket) await cloud('s3').PutObject({ Bucket, Key, Body, ContentType: 'application/json' })
      else await cloud('lambda').Invoke({ FunctionName: to, InvocationType: 'Event', Payload: Body })
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      tell(`the outcome of event ${parcel.body.requestId} of ${fn.name} did not reach ${to}: ${error.message}`)
    }
  }
  const fail = async (fn: LambdaFunction, parcel: Given, condition: Condition, result?: InvokeResult) => {
    const { requestId, failures } = parcel.body
    const to = fn.asynchronous?.onFailure
    if (to) return pass(fn, to, parcel, recordOf(parcel, condition, clock.now(), result))
    const { deadLetter } = fn.configuration
    const tries = failures + (result ? 1 : 0)
    const end = deadLetter
      ? `the local cloud cannot send it to the dead letter target ${deadLetter}`
      : 'it has no destination for failures, so it is dropped'
    tell(
      `event ${requestId} of ${fn.name} ended as ${condition} after ${tries} ${tries === 1 ? 'try' : 'tries'}: ${end}`,
    )
  }

  const turns = createTurns()
  /** Waits for its turn: a function that may run once at a time gets its events one by one, not throttled. */
  const deliver = async (parcel: Given): Promise<Verdict> => {
    const { functionArn } = parcel.body
    // Events of a function without concurrency do not run: they end at once.
    const reserved = lambda.find(functionArn)?.reserved || RUNNING_OF_ONE
    const leaveOne = await turns.take(functionArn, Math.min(reserved, RUNNING_OF_ONE))
    const leaveAll = await turns.take('', RUNNING)
    try {
      return await decide(parcel)
    } finally {
      leaveAll()
      leaveOne()
    }
  }
  const decide = async (parcel: Given): Promise<Verdict> => {
    const { body } = parcel
    const fn = lambda.find(body.functionArn)
    if (!fn) {
      tell(`event ${body.requestId} is dropped: ${body.functionArn} is not there any more`)
      return undefined
    }
    const { attempts = ATTEMPTS, age = AGE, onSuccess } = fn.asynchronous ?? {}
    const expires = parcel.at + age * 1000
    const later = (ms: number, change: Partial<AsynchronousEvent>): Verdict => ({
      retryAt: Math.min(clock.now() + ms, expires + 1),
      body: { ...body, ...change },
    })
    if (clock.now() > expires) await fail(fn, parcel, 'EventAgeExceeded')
    else if (fn.reserved === 0) await fail(fn, parcel, 'ZeroReservedConcurrency')
    else {
      const result = await attempt(fn, body)
      if (result instanceof ServiceError)
        return later(AFTER_A_THROTTLE(body.throttles), { throttles: body.throttles + 1 })
      const failures = body.failures + 1
      if (result.functionError && failures <= attempts) return later(AFTER_A_FAILURE(failures), { failures })
      if (result.functionError) await fail(fn, parcel, 'RetriesExhausted', result)
      else if (onSuccess) await pass(fn, onSuccess, parcel, recordOf(parcel, 'Success', clock.now(), result))
    }
    return undefined
  }
  /** Runs the function; a refusal is that of Lambda itself: throttled, or a role that it may not assume. */
  const attempt = async (fn: LambdaFunction, event: AsynchronousEvent): Promise<InvokeResult | ServiceError> => {
    try {
      const result = await lambda.execute(fn, {
        requestId: event.requestId,
        functionArn: event.invokedArn,
        payload: Buffer.from(event.payload),
        identity: event.identity,
      })
      // Only then is the event done: a kill must not take the lines of an event that is not run again.
      await lambda.logged()
      return result
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      if (event.throttles === 0) tell(`event ${event.requestId} of ${fn.name} has to wait: ${error.message}`)
      return error
    }
  }
  outbox.work(ASYNCHRONOUS, TAKEN, deliver)
}
