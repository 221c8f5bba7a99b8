import type { DynamoDB, StreamViewType } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreams, type ShardIteratorType } from '@aws-sdk/client-dynamodb-streams'
import { expect } from 'chai'
import { withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { keepingTime, signsAt } from '../../../tests/timed.ts'
import { anew, simple } from './fixture.ts'

describe('DynamoDB Streams', () => {
  const test = withDynamoDB()
  const TableName = 'streamed'
  let dynamodb: DynamoDB
  let streams: DynamoDBStreams
  const streamsOf = (client: DynamoDB) =>
    keepingTime(
      new DynamoDBStreams({
        endpoint: test.url,
        region: 'us-east-1',
        credentials: client.config.credentials,
        maxAttempts: 1,
        ...signsAt(test.clock),
      }),
    )
  const begin = (StreamViewType: StreamViewType = 'NEW_AND_OLD_IMAGES') =>
    anew(dynamodb, { ...simple(TableName), StreamSpecification: { StreamEnabled: true, StreamViewType } })
  beforeEach(async () => {
    dynamodb = test.client()
    streams = streamsOf(dynamodb)
    await begin()
  })
  afterEach(() => streams.destroy())
  const arn = async () => (await dynamodb.describeTable({ TableName })).Table?.LatestStreamArn ?? ''
  const put = (id: string, value: string) => dynamodb.putItem({ TableName, Item: { id: { S: id }, v: { S: value } } })
  const shard = async (StreamArn: string) =>
    (await streams.describeStream({ StreamArn })).StreamDescription?.Shards?.[0]?.ShardId ?? ''
  const iterator = async (type: ShardIteratorType = 'TRIM_HORIZON', SequenceNumber?: string) => {
    const StreamArn = await arn()
    const asked = { StreamArn, ShardId: await shard(StreamArn), ShardIteratorType: type, SequenceNumber }
    return (await streams.getShardIterator(asked)).ShardIterator ?? ''
  }
  const read = async (from: string, Limit?: number) => streams.getRecords({ ShardIterator: from, Limit })

  it('lists the streams of a table, page by page, disabled ones too', async () => {
    await dynamodb.updateTable({ TableName, StreamSpecification: { StreamEnabled: false } })
    const first = await arn()
    test.clock.advance(5)
    await dynamodb.updateTable({ TableName, StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } })

    const one = await streams.listStreams({ TableName, Limit: 1 })
    const both = await streams.listStreams({ TableName })
    const two = await streams.listStreams({ TableName, ExclusiveStartStreamArn: both.Streams?.at(-2)?.StreamArn })

    expect(one.Streams).to.have.length(1)
    expect(one.LastEvaluatedStreamArn).to.equal(one.Streams?.[0]?.StreamArn)
    expect(both.LastEvaluatedStreamArn).to.equal(undefined)
    expect(both.Streams?.slice(-2).map(({ StreamArn }) => StreamArn)).to.deep.equal([first, await arn()])
    expect(two.Streams).to.deep.equal([
      { StreamArn: await arn(), TableName, StreamLabel: (await arn()).split('/').at(-1) },
    ])
  })

  it('describes a stream with its shard', async () => {
    const StreamArn = await arn()
    await put('a', '1')

    const { StreamDescription: open } = await streams.describeStream({ StreamArn })
    await dynamodb.updateTable({ TableName, StreamSpecification: { StreamEnabled: false } })
    const { StreamDescription: closed } = await streams.describeStream({ StreamArn })

    expect(open).to.deep.include({
      StreamArn,
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    })
    expect(open?.Shards?.[0]?.ShardId).to.match(/^shardId-\d{20}-[0-9a-f]{8}$/)
    expect(open?.Shards?.[0]?.SequenceNumberRange?.StartingSequenceNumber).to.match(/^\d{21}$/)
    expect(open?.Shards?.[0]?.SequenceNumberRange?.EndingSequenceNumber).to.equal(undefined)
    expect(closed?.StreamStatus).to.equal('DISABLED')
    expect(closed?.Shards?.[0]?.SequenceNumberRange?.EndingSequenceNumber).to.match(/^\d{21}$/)
  })

  it('gives every change in its order, and goes on behind it', async () => {
    await put('a', '1')
    await put('a', '2')
    await put('b', '3')
    await dynamodb.deleteItem({ TableName, Key: { id: { S: 'a' } } })

    const start = await read(await iterator(), 3)
    const rest = await read(start.NextShardIterator ?? '')
    await put('c', '4')
    const later = await read(rest.NextShardIterator ?? '')

    expect(
      start.Records?.map(({ eventName, dynamodb: { Keys, OldImage, NewImage } = {} }) => ({
        eventName,
        id: Keys?.id?.S,
        old: OldImage?.v?.S,
        now: NewImage?.v?.S,
      })),
    ).to.deep.equal([
      { eventName: 'INSERT', id: 'a', old: undefined, now: '1' },
      { eventName: 'MODIFY', id: 'a', old: '1', now: '2' },
      { eventName: 'INSERT', id: 'b', old: undefined, now: '3' },
    ])
    expect(start.Records?.[0]).to.deep.include({
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
    })
    expect(start.Records?.[0]?.eventID).to.match(/^[0-9a-f]{32}$/)
    expect(start.Records?.[0]?.dynamodb).to.deep.include({ SizeBytes: 3 + 3 + 2, StreamViewType: 'NEW_AND_OLD_IMAGES' })
    expect(start.Records?.[0]?.dynamodb?.ApproximateCreationDateTime?.getMilliseconds()).to.equal(0)
    expect(rest.Records?.map(({ eventName }) => eventName)).to.deep.equal(['REMOVE'])
    expect(later.Records?.map(({ dynamodb: change }) => change?.Keys?.id?.S)).to.deep.equal(['c'])
  })

  it('begins at, after and behind what it is told', async () => {
    await put('a', '1')
    await put('b', '2')
    const [first, second] = (await read(await iterator())).Records ?? []
    const ids = async (from: string) => (await read(from)).Records?.map(({ dynamodb: change }) => change?.Keys?.id?.S)
    const number = first?.dynamodb?.SequenceNumber

    expect(await ids(await iterator('AT_SEQUENCE_NUMBER', number))).to.deep.equal(['a', 'b'])
    expect(await ids(await iterator('AFTER_SEQUENCE_NUMBER', number))).to.deep.equal(['b'])
    expect(await ids(await iterator('AT_SEQUENCE_NUMBER', second?.dynamodb?.SequenceNumber))).to.deep.equal(['b'])
    expect(await ids(await iterator('LATEST'))).to.deep.equal([])
  })

  it('says in binary what was binary, and who took away what expired', async () => {
    await dynamodb.updateTimeToLive({ TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' } })
    const until = { N: String(Math.floor(test.clock.now() / 1000) - 10) }
    await dynamodb.putItem({ TableName, Item: { id: { S: 'a' }, b: { B: new Uint8Array([1, 2]) }, until } })
    test.clock.advance(60_000)
    dynamodb = test.client()
    streams.destroy()
    streams = streamsOf(dynamodb)

    const { Records = [] } = await read(await iterator())

    expect([...(Records[0]?.dynamodb?.NewImage?.b?.B ?? [])]).to.deep.equal([1, 2])
    expect(Records[0]?.userIdentity).to.equal(undefined)
    expect(Records[1]?.eventName).to.equal('REMOVE')
    expect(Records[1]?.userIdentity).to.deep.equal({ Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' })
  })

  it('ends where a closed stream ends, and lets an iterator grow old', async () => {
    await put('a', '1')
    const from = await iterator()
    const StreamArn = await arn()
    await dynamodb.updateTable({ TableName, StreamSpecification: { StreamEnabled: false } })
    const end = await read(from)
    test.clock.advance(16 * 60_000)
    const old = streamsOf(test.client())
    const refused = await refusalOf(old.getRecords({ ShardIterator: from }))
    test.clock.advance(25 * 3_600_000)
    const later = streamsOf(test.client())
    const gone = await refusalOf(later.describeStream({ StreamArn }))
    old.destroy()
    later.destroy()

    expect(end.Records).to.have.length(1)
    expect(end.NextShardIterator).to.equal(undefined)
    expect(refused).to.deep.equal({
      name: 'ExpiredIteratorException',
      status: 400,
      message: 'The shard iterator has expired and can no longer be used to retrieve stream records.',
    })
    expect(gone.name).to.equal('ResourceNotFoundException')
  })

  it('refuses what is wrong or not there', async () => {
    const StreamArn = await arn()
    const ShardId = await shard(StreamArn)
    const from = await iterator()
    const codes: [string, () => Promise<unknown>][] = [
      ['ResourceNotFoundException', () => streams.describeStream({ StreamArn: `${StreamArn}1` })],
      ['ValidationException', () => streams.describeStream({ StreamArn: 'short' })],
      ['ValidationException', () => streams.listStreams({ Limit: 101 })],
      [
        'ResourceNotFoundException',
        () => streams.getShardIterator({ StreamArn, ShardId: `${ShardId}1`, ShardIteratorType: 'LATEST' }),
      ],
      [
        'ValidationException',
        () => streams.getShardIterator({ StreamArn, ShardId, ShardIteratorType: 'FIRST' as 'LATEST' }),
      ],
      [
        'ValidationException',
        () => streams.getShardIterator({ StreamArn, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' }),
      ],
      [
        'ValidationException',
        () =>
          streams.getShardIterator({ StreamArn, ShardId, ShardIteratorType: 'LATEST', SequenceNumber: '1'.repeat(21) }),
      ],
      ['ValidationException', () => streams.getRecords({ ShardIterator: 'none' })],
      ['ValidationException', () => streams.getRecords({ ShardIterator: from, Limit: 1001 })],
    ]

    for (const [code, call] of codes) expect((await refusalOf(call())).name).to.equal(code)
  })

  it('is decided by IAM, on the stream', async () => {
    const StreamArn = await arn()
    const allowed = streamsOf(
      test.as('reader', [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:DescribeStream',
            'dynamodb:GetRecords',
            'dynamodb:GetShardIterator',
            'dynamodb:ListStreams',
          ],
          Resource: StreamArn.replace(/[^/]+$/, '*'),
        },
      ]),
    )
    const other = streamsOf(
      test.as('other', [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: StreamArn.replace(/\/stream.*$/, '') }]),
    )

    const listed = await allowed.listStreams({ TableName })
    const ShardId = (await allowed.describeStream({ StreamArn })).StreamDescription?.Shards?.[0]?.ShardId
    const { ShardIterator } = await allowed.getShardIterator({ StreamArn, ShardId, ShardIteratorType: 'LATEST' })
    const { Records } = await allowed.getRecords({ ShardIterator })
    const refused = await refusalOf(other.getRecords({ ShardIterator }))
    allowed.destroy()
    other.destroy()

    expect(listed.Streams).not.to.have.length(0)
    expect(Records).to.deep.equal([])
    expect(refused.name).to.equal('AccessDeniedException')
    expect(refused.message).to.match(/is not authorized to perform: dynamodb:GetRecords on resource: .*\/stream\//)
  })
})
