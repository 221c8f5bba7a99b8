import type * as DynamoDBStreams from '@aws-sdk/client-dynamodb-streams'
import { ServiceError } from '../../base/errors.ts'
import type { Ground } from '../../base/ground.ts'
import { keep, length, oneOf, range } from '../constraints.ts'
import { type Call, type Input, type Operation, type Output, service } from '../service.ts'
import { placeOf, recordOf, sequenceNumber, shardId } from './streamRecords.ts'
import { createStreams, type Stream, type Streams } from './streams.ts'

type Sdk = typeof DynamoDBStreams
type StreamsCall = Call<Streams>
type One<Name extends string> = Operation<Input<Sdk, Name>, Output<Sdk, Name>, Streams>

/** How long an iterator can be used, ms (API reference, GetShardIterator: 15 minutes). */
const ITERATOR = 15 * 60_000
/** What one answer holds at most (API reference, GetRecords): records, and their bytes. */
const RECORDS = 1000
const BYTES = 1024 ** 2

const notFound = (what: string) =>
  new ServiceError('ResourceNotFoundException', `Requested resource not found: ${what.slice(0, 300)}`)
const invalid = (message: string) => new ServiceError('ValidationException', message)

/** @throws ServiceError ResourceNotFoundException for what is not there, in another region or of another account */
const streamOf = (arn: string, { store, account, region }: StreamsCall): Stream => {
  keep('ValidationException', length('streamArn', arn, 37, 1024))
  const stream = store.get(arn)
  if (!stream || stream.account !== account || stream.region !== region) throw notFound(`Stream: ${arn} not found`)
  return stream
}

/** Where a reader stands: behind which record of which stream, and since when (ms since the epoch). */
interface Iterator {
  arn: string
  after: number
  at: number
}

const written = ({ arn, after, at }: Iterator): string =>
  `${arn}|1|${Buffer.from(JSON.stringify([after, at])).toString('base64')}`

/** @throws ServiceError ValidationException for what is no iterator */
const readIterator = (text: string): Iterator => {
  const [, arn, code] = /^([^|]{1,1024})\|1\|([A-Za-z0-9+/=]{1,200})$/.exec(text) ?? []
  try {
    const [after, at] = JSON.parse(Buffer.from(code ?? '', 'base64').toString())
    if (arn && Number.isSafeInteger(after) && Number.isSafeInteger(at)) return { arn, after, at }
  } catch {
    // it is none
  }
  throw invalid('Invalid ShardIterator')
}

const onStream = (action: string) => (input: { StreamArn: string }) => [`dynamodb:${action}`, input.StreamArn] as const

const ListStreams: One<'ListStreams'> = {
  action: ({ TableName }, { account, region }) => [
    'dynamodb:ListStreams',
    `arn:aws:dynamodb:${region}:${account}:table/${TableName ?? '*'}/stream/*`,
  ],
  run({ TableName, Limit = 100, ExclusiveStartStreamArn: start }, call) {
    keep('ValidationException', range('limit', Limit, 1, 100), length('tableName', TableName, 3, 255))
    const all = call.store.list(call, TableName)
    const first = start === undefined ? 0 : all.findIndex(({ arn }) => arn === start) + 1
    if (start !== undefined && first === 0) throw notFound(`Stream: ${start} not found`)
    const page = all.slice(first, first + Limit)
    return {
      Streams: page.map(({ arn, table, label }) => ({ StreamArn: arn, TableName: table, StreamLabel: label })),
      ...(first + Limit < all.length && { LastEvaluatedStreamArn: page.at(-1)?.arn }),
    }
  },
}

const DescribeStream: One<'DescribeStream'> = {
  action: (input) => [...onStream('DescribeStream')(input)],
  run({ StreamArn, Limit, ExclusiveStartShardId: start, ShardFilter: filter }, call) {
    keep(
      'ValidationException',
      range('limit', Limit, 1, 100),
      length('exclusiveStartShardId', start, 28, 65),
      oneOf('shardFilter.type', filter?.Type, ['CHILD_SHARDS']),
    )
    const stream = streamOf(StreamArn, call)
    const { first, last } = call.store.extent(stream.arn)
    const id = shardId(stream)
    const shard = {
      ShardId: id,
      SequenceNumberRange: {
        StartingSequenceNumber: sequenceNumber(first),
        ...(stream.disabled !== null && { EndingSequenceNumber: sequenceNumber(last) }),
      },
    }
    return {
      StreamDescription: {
        StreamArn: stream.arn,
        StreamLabel: stream.label,
        StreamStatus: stream.disabled === null ? 'ENABLED' : 'DISABLED',
        StreamViewType: stream.view,
        CreationRequestDateTime: new Date(stream.created),
        TableName: stream.table,
        KeySchema: stream.keys,
        // The only shard has no children, and none stands behind it.
        Shards: filter || start !== undefined ? [] : [shard],
      },
    }
  },
}

const GetShardIterator: One<'GetShardIterator'> = {
  action: (input) => [...onStream('GetShardIterator')(input)],
  run({ StreamArn, ShardId, ShardIteratorType: type, SequenceNumber: given }, call) {
    keep(
      'ValidationException',
      length('shardId', ShardId, 28, 65),
      oneOf('shardIteratorType', type, ['AFTER_SEQUENCE_NUMBER', 'AT_SEQUENCE_NUMBER', 'LATEST', 'TRIM_HORIZON']),
      length('sequenceNumber', given, 21, 40),
    )
    const stream = streamOf(StreamArn, call)
    if (ShardId !== shardId(stream)) throw notFound(`Shard: ${ShardId} in Stream: ${StreamArn} not found`)
    const { last } = call.store.extent(stream.arn)
    const numbered = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER'
    if (numbered !== (given !== undefined))
      throw invalid(
        numbered
          ? `Invalid request: SequenceNumber must be given with a ShardIteratorType of ${type}`
          : `Invalid request: SequenceNumber must not be given with a ShardIteratorType of ${type}`,
      )
    const place = given === undefined ? 0 : placeOf(given)
    if (numbered && place > last) throw invalid('Invalid SequenceNumber: it is beyond the last record of the shard')
    if (numbered && (type === 'AT_SEQUENCE_NUMBER' ? place : place + 1) < call.store.horizon())
      throw new ServiceError(
        'TrimmedDataAccessException',
        'The operation attempted to read past the oldest stream record in a shard.',
      )
    const after =
      type === 'TRIM_HORIZON' ? 0 : type === 'LATEST' ? last : type === 'AT_SEQUENCE_NUMBER' ? place - 1 : place
    return { ShardIterator: written({ arn: stream.arn, after, at: call.ground.clock.now() }) }
  },
}

const GetRecords: One<'GetRecords'> = {
  action: ({ ShardIterator }) => ['dynamodb:GetRecords', readIterator(ShardIterator).arn],
  run({ ShardIterator, Limit = RECORDS }, call) {
    keep('ValidationException', range('limit', Limit, 1, RECORDS))
    const { arn, after, at } = readIterator(ShardIterator)
    const now = call.ground.clock.now()
    if (now - at > ITERATOR)
      throw new ServiceError(
        'ExpiredIteratorException',
        'The shard iterator has expired and can no longer be used to retrieve stream records.',
      )
    const stream = streamOf(arn, call)
    const found = call.store.read(arn, after, Limit)
    let bytes = 0
    const page = found.filter(({ size }, index) => {
      bytes += size
      return index === 0 || bytes <= BYTES
    })
    const next = page.at(-1)?.sequence ?? after
    // What is closed and read to its end has no next place.
    const ended = stream.disabled !== null && next >= call.store.extent(arn).last
    return {
      Records: page.map((record) => recordOf(stream, record)),
      ...(!ended && { NextShardIterator: written({ arn, after: next, at: now }) }),
    }
  },
}

/**
 * DynamoDB Streams: reads what tables with a stream record, for a day. A stream has one shard here, so all its records
 * keep their order; on AWS it has several, each with the order of its keys.
 */
export const dynamodbstreams = service(
  {
    name: 'dynamodbstreams',
    scope: 'dynamodb',
    sdk: () => import('@aws-sdk/client-dynamodb-streams'),
    protocol: 'json1.0',
    target: 'DynamoDBStreams_20120810',
    denied: 'AccessDeniedException',
    store: ({ state }: Ground): Streams => createStreams(state),
  },
  { ListStreams, DescribeStream, GetShardIterator, GetRecords },
)
