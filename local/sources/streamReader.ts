import { ServiceError } from '../base/errors.ts'
import { sequenceNumber } from '../services/dynamodb/streamRecords.ts'
import type { EventSourceMapping } from '../services/lambda/mappingStore.ts'
import type { LambdaFunction, LambdaStore } from '../services/lambda/types.ts'
import { filterOf, laneOf, type Waiting, waitingOf } from './streamBatches.ts'

/** Records of one reading. */
const READ = 1000

/** What one reading has found. */
export interface Reading {
  /** Those that are for this lane, in their order. */
  records: Waiting[]
  /** The last place that was looked at. */
  last: number
  /** Whether there was any record, so that more may stand behind. */
  more: boolean
}

/** The function of a mapping. @throws ServiceError ResourceNotFoundException when it is gone */
export const functionOf = (lambda: LambdaStore, { functionArn }: EventSourceMapping): LambdaFunction => {
  const fn = lambda.find(functionArn)
  if (!fn) throw new ServiceError('ResourceNotFoundException', `Function not found: ${functionArn}`)
  return fn
}

/** Reads a mapping's stream, as the role of its function: IAM decides on every reading. */
export const createReader = (lambda: LambdaStore, mapping: EventSourceMapping, lane: number) => {
  const { sourceArn: StreamArn, settings } = mapping
  const fits = filterOf(mapping)
  let known: { ShardId: string; partitionKey: string } | undefined

  return {
    /** What stands behind a place. @throws ServiceError when the role may not read, or function or stream are gone */
    async behind(place: number): Promise<Reading> {
      const streams = (await lambda.asRole(functionOf(lambda, mapping)))('dynamodbstreams')
      if (!known) {
        const { StreamDescription } = await streams.DescribeStream({ StreamArn })
        const { KeySchema = [], Shards = [] } = StreamDescription ?? {}
        const partitionKey = KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? ''
        known = { ShardId: Shards[0]?.ShardId ?? '', partitionKey }
      }
      const { ShardId, partitionKey } = known
      const fromStart = () => streams.GetShardIterator({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' })
      const fromPlace = () =>
        streams.GetShardIterator({
          ...{ StreamArn, ShardId, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' },
          SequenceNumber: sequenceNumber(place),
        })
      const { ShardIterator = '' } = await (place > 0 ? fromPlace() : fromStart()).catch((error: Error) => {
        // What stood there is gone after a day: the oldest record that is left is next.
        if (error instanceof ServiceError && error.code === 'TrimmedDataAccessException') return fromStart()
        throw error
      })
      const { Records = [] } = await streams.GetRecords({ ShardIterator, Limit: READ })
      const all = Records.map((record) => waitingOf(record, StreamArn))
      const isMine = ({ record }: Waiting) => laneOf(record, partitionKey, settings.parallel) === lane && fits(record)
      return { records: all.filter(isMine), last: all.at(-1)?.sequence ?? place, more: all.length > 0 }
    },
    shardId: (): string => known?.ShardId ?? '',
  }
}
export type Reader = ReturnType<typeof createReader>
