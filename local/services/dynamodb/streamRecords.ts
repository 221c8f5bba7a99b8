import { createHash } from 'node:crypto'
import type { _Record } from '@aws-sdk/client-dynamodb-streams'
import { ServiceError } from '../../base/errors.ts'
import type { Stream, StreamRecord } from './streams.ts'
import { sdkItem } from './values.ts'

/** The least number that DynamoDB writes with 21 digits, as its sequence numbers have at least. */
const BASE = 10n ** 20n

/** A place in a stream as requests and records name it: 21 digits. */
export const sequenceNumber = (sequence: number): string => String(BASE + BigInt(sequence))

/** The place that a sequence number names. @throws ServiceError ValidationException */
export const placeOf = (text: string): number => {
  const place = /^\d{21,40}$/.test(text) ? BigInt(text) - BASE : -1n
  if (place < 0n || place > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ServiceError('ValidationException', `Invalid SequenceNumber: ${text.slice(0, 50)}`)
  return Number(place)
}

const hex = (text: string): string => createHash('md5').update(text).digest('hex')

/** The one shard that a stream has here. */
export const shardId = ({ arn, created }: Stream): string =>
  `shardId-${String(created).padStart(20, '0')}-${hex(arn).slice(0, 8)}`

/** A record as GetRecords gives it; `eventID` is the same at every reading. */
export const recordOf = (stream: Stream, record: StreamRecord): _Record => ({
  eventID: hex(`${stream.arn} ${record.sequence}`),
  eventName: record.event,
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: stream.region,
  dynamodb: {
    // The service tells the time of a change to the second.
    ApproximateCreationDateTime: new Date(record.at - (record.at % 1000)),
    Keys: sdkItem(record.keys),
    ...(record.newImage && { NewImage: sdkItem(record.newImage) }),
    ...(record.oldImage && { OldImage: sdkItem(record.oldImage) }),
    SequenceNumber: sequenceNumber(record.sequence),
    SizeBytes: record.size,
    StreamViewType: stream.view,
  },
  ...(record.expired && { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } }),
})
