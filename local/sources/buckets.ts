import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import { background } from '../services/background.ts'
import type { Dispatch } from '../services/dispatch.ts'
import { NOTIFICATIONS, type S3Parcel } from '../services/s3/events.ts'

const PARALLEL = 16

/**
 * Hands the notifications of buckets to Lambda's asynchronous queue, as S3 itself: the function's policy decides. What
 * is refused, and what is for a function that is gone, is dropped, with a line that says so.
 */
export const startBuckets = (ground: Ground, dispatch: Dispatch): void => {
  ground.outbox.work<S3Parcel>(NOTIFICATIONS, PARALLEL, async ({ body }) => {
    const { target, bucketArn, account, region, record } = body
    const caller = {
      kind: 'service',
      principal: 's3.amazonaws.com',
      account,
      sourceArn: bucketArn,
      sourceAccount: account,
    } as const
    const lambda = dispatch.cloud(background(ground, caller, region))('lambda')
    try {
      const Payload = JSON.stringify({ Records: [record] })
      await lambda.Invoke({ FunctionName: target, InvocationType: 'Event', Payload })
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      const text = `an event of ${bucketArn} for ${target} is dropped: ${error.message}`
      ground.log({ level: 'warn', from: 's3', text })
    }
    return undefined
  })
}
