import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import type { InvokeResult } from '../execution/types.ts'
import type { EventSourceMapping } from '../services/lambda/mappingStore.ts'
import type { LambdaFunction, LambdaStore } from '../services/lambda/types.ts'
import { failureKey } from './failureKeys.ts'
import type { Waiting } from './streamBatches.ts'

/** Why a batch is given up. */
export type Condition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded'

/** A batch that is given up. */
export interface GivenUp {
  batch: readonly Waiting[]
  condition: Condition
  /** Of the last try, if there was one. */
  requestId: string
  tries: number
  result?: InvokeResult
}

const timeOf = ({ record }: Waiting): string =>
  new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString()

/** What a destination learns of a batch (Lambda developer guide, "Retain discarded batch records for a DynamoDB event source"). */
const recordOf = (mapping: EventSourceMapping, shardId: string, given: GivenUp, now: number) => {
  const { batch, condition, requestId, tries, result } = given
  const [first, last] = [batch[0] as Waiting, batch.at(-1) as Waiting]
  return {
    requestContext: { requestId, functionArn: mapping.functionArn, condition, approximateInvokeCount: tries },
    ...(result && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: result.functionError },
    }),
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.record.dynamodb.SequenceNumber,
      endSequenceNumber: last.record.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: timeOf(first),
      approximateArrivalOfLastRecord: timeOf(last),
      batchSize: batch.length,
      streamArn: mapping.sourceArn,
    },
    // A bucket gets the records themselves, too.
    payload: JSON.stringify({ Records: batch.map(({ record }) => record) }),
  }
}

/** Brings a batch that is given up to its destination, by the function's role; without one a line says what was dropped. */
export const createGivingUp =
  (ground: Ground, lambda: LambdaStore) =>
  async (fn: LambdaFunction, mapping: EventSourceMapping, shardId: string, given: GivenUp): Promise<void> => {
    const { clock, log } = ground
    const { batch, condition } = given
    const { onFailure } = mapping.settings
    const many = batch.length === 1 ? 'a record' : `${batch.length} records`
    const tell = (end: string) =>
      log({ level: 'warn', from: 'lambda', text: `${many} of ${mapping.sourceArn} ended as ${condition}: ${end}` })
    if (!onFailure) return tell('there is no destination for failures, so they are dropped')
    try {
      const cloud = await lambda.asRole(fn)
      await cloud('s3').PutObject({
        Bucket: onFailure.slice('arn:aws:s3:::'.length),
        Key: failureKey(ground, `aws/lambda/${mapping.uuid}/${shardId}`),
        Body: JSON.stringify(recordOf(mapping, shardId, given, clock.now())),
      })
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      tell(`it did not reach ${onFailure}: ${error.message}`)
    }
  }
