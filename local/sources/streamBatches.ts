import { createHash } from 'node:crypto'
import type { _Record } from '@aws-sdk/client-dynamodb-streams'
import { placeOf } from '../services/dynamodb/streamRecords.ts'
import { type EventPattern, matches } from '../services/eventMatching.ts'
import { readPattern } from '../services/eventPatterns.ts'
import type { EventSourceMapping } from '../services/lambda/mappingStore.ts'

/** A record of a DynamoDB stream as a function gets it (Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB"). */
export interface StreamEventRecord {
  eventID: string
  eventName: string
  eventVersion: string
  eventSource: string
  awsRegion: string
  dynamodb: {
    /** s since the epoch */
    ApproximateCreationDateTime: number
    Keys: Record<string, unknown>
    NewImage?: Record<string, unknown>
    OldImage?: Record<string, unknown>
    SequenceNumber: string
    SizeBytes: number
    StreamViewType: string
  }
  userIdentity?: { type: string; principalId: string }
  eventSourceARN: string
}

/** A record that waits for its invocation. */
export interface Waiting {
  record: StreamEventRecord
  /** Its place in the stream. */
  sequence: number
  /** Bytes of its JSON. */
  bytes: number
}

/** Binary values are base64 in an event. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, plain(member)]])),
  )
}

export const waitingOf = (given: _Record, eventSourceARN: string): Waiting => {
  const { dynamodb, userIdentity, ...rest } = given
  const record = {
    ...rest,
    dynamodb: {
      ...(plain({ ...dynamodb, ApproximateCreationDateTime: undefined }) as object),
      ApproximateCreationDateTime: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
    },
    ...(userIdentity && { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
    eventSourceARN,
  } as StreamEventRecord
  return { record, sequence: placeOf(record.dynamodb.SequenceNumber), bytes: Buffer.byteLength(JSON.stringify(record)) }
}

/** Which of `lanes` a record belongs to: all changes of one partition key to the same. */
export const laneOf = ({ dynamodb: { Keys } }: StreamEventRecord, partitionKey: string, lanes: number): number =>
  lanes === 1
    ? 0
    : createHash('md5')
        .update(JSON.stringify(Keys[partitionKey] ?? null))
        .digest()
        .readUInt32BE() % lanes

/** Whether a mapping's filters let a record through: without filters all, else one of them must fit. */
export const filterOf = ({ settings }: EventSourceMapping): ((record: StreamEventRecord) => boolean) => {
  const patterns: EventPattern[] = settings.filters.map(readPattern)
  return (record) => !patterns.length || patterns.some((pattern) => matches(pattern, record))
}

/**
 * The first record that a function says has failed (`batchItemFailures`): -1 for none, 0 for the whole batch, which is
 * also what an answer means that names an unknown record or none.
 */
export const firstFailed = (batch: readonly Waiting[], answer: unknown): number => {
  const failures = (answer as { batchItemFailures?: unknown } | null)?.batchItemFailures
  if (failures === undefined || failures === null) return -1
  if (!Array.isArray(failures)) return 0
  const places = failures.map((failure: { itemIdentifier?: unknown } | null) =>
    batch.findIndex(({ record }) => record.dynamodb.SequenceNumber === failure?.itemIdentifier),
  )
  return places.length ? Math.max(0, Math.min(...places)) : -1
}
