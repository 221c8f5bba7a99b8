import type { CreateEventSourceMappingCommandInput } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { addFunction, addRole, type Core, newFolder, removeFolder, startCore } from './fixture.ts'

const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/songs'
const READ = {
  Effect: 'Allow',
  Action: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream', 'dynamodb:ListStreams'],
  Resource: `${TABLE}/stream/*`,
}
/** Logs what it got, `a1,b2`, and fails as often as the item says. */
const SOURCE = `
  const seen = new Map()
  export const handler = async ({ Records }) => {
    const names = Records.map(({ dynamodb: { Keys, NewImage } }) => Keys.id.S + (NewImage?.v?.N ?? 'x'))
    console.log('got ' + names.join())
    for (const { eventID, dynamodb: { NewImage } } of Records) {
      const times = seen.get(eventID) ?? 0
      seen.set(eventID, times + 1)
      if (times < Number(NewImage?.fails?.N ?? 0)) throw new Error('failed')
    }
  }`
/** Names each record whose item says so as failed, once. */
const PARTIAL = `
  const seen = new Set()
  export const handler = async ({ Records }) => {
    console.log('got ' + Records.map(({ dynamodb: { Keys } }) => Keys.id.S).join())
    const failed = Records.filter(({ eventID, dynamodb: { NewImage } }) => NewImage?.fails && !seen.has(eventID))
    for (const { eventID } of failed) seen.add(eventID)
    return { batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) }
  }`

describe('Event source mappings of DynamoDB streams', function () {
  this.timeout(30_000)
  let folder: string
  let core: Core
  let streamArn: string
  beforeEach(async () => {
    folder = newFolder()
    core = startCore(folder)
    await addRole(core, [READ, { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::failed/*' }])
    const { TableDescription } = await core
      .cloud()('dynamodb')
      .CreateTable({
        TableName: 'songs',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'at', AttributeType: 'N' },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      })
    streamArn = TableDescription?.LatestStreamArn ?? ''
    await addFunction(core, 'listener', SOURCE)
  })
  afterEach(async () => {
    await core.stop()
    removeFolder(folder)
  })
  const map = async (more: Partial<CreateEventSourceMappingCommandInput> = {}) => {
    const { UUID = '' } = await core
      .cloud()('lambda')
      .CreateEventSourceMapping({
        ...{ FunctionName: 'listener', EventSourceArn: streamArn, StartingPosition: 'TRIM_HORIZON', ...more },
      })
    return UUID
  }
  let at = 0
  const put = (id: string, v: number, more = {}) =>
    core
      .cloud()('dynamodb')
      .PutItem({ TableName: 'songs', Item: { id: { S: id }, at: { N: String(at++) }, v: { N: String(v) }, ...more } })
  const got = () => core.lines.flatMap((line) => line.match(/got (.*)/)?.[1] ?? [])
  const idle = () => core.until(() => streamsIdle(), 'the streams to be read')
  const streamsIdle = () => core.waiting() === 0
  /** Moves the clock until all is dealt with: what failed waits for its next try. */
  const settle = async () => {
    const end = Date.now() + 10_000
    while (!streamsIdle() && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      core.clock.advance(1000)
    }
    await idle()
  }

  it('hands a function every change in its order, what stood there before too', async () => {
    await put('a', 1)
    await map()
    await idle()
    await put('b', 2)
    await idle()
    await put('a', 3)
    await core
      .cloud()('dynamodb')
      .DeleteItem({ TableName: 'songs', Key: { id: { S: 'a' }, at: { N: '0' } } })
    await idle()

    expect(got().join()).to.equal('a1,b2,a3,ax')
    const { EventSourceMappings: [mapping] = [] } = await core
      .cloud()('lambda')
      .ListEventSourceMappings({ FunctionName: 'listener' })
    expect(mapping?.LastProcessingResult).to.equal('OK')
  })

  it('gives the event that AWS gives', async () => {
    await addFunction(
      core,
      'shows',
      'export const handler = async (event) => console.log("got " + JSON.stringify(event))',
    )
    await map({ FunctionName: 'shows' })
    await put('ä', 1, { b: { B: new Uint8Array([1, 2]) }, s: { SS: ['x'] } })
    await idle()

    const { Records } = JSON.parse(got()[0] ?? '{}')
    const [record] = Records
    const key = record.dynamodb.Keys
    expect(Object.keys(record).sort()).to.deep.equal([
      'awsRegion',
      'dynamodb',
      'eventID',
      'eventName',
      'eventSource',
      'eventSourceARN',
      'eventVersion',
    ])
    expect(record).to.deep.include({
      awsRegion: 'us-east-1',
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: streamArn,
      eventVersion: '1.1',
    })
    expect(record.dynamodb.NewImage).to.deep.equal({ ...key, v: { N: '1' }, b: { B: 'AQI=' }, s: { SS: ['x'] } })
    expect(record.dynamodb.ApproximateCreationDateTime).to.be.a('number').above(1e9)
    expect(record.dynamodb.SequenceNumber).to.match(/^\d{21}$/)
    expect(record.dynamodb.StreamViewType).to.equal('NEW_AND_OLD_IMAGES')
  })

  it('begins behind what was there, where it is told to', async () => {
    await put('a', 1)
    await map({ StartingPosition: 'LATEST' })
    await put('b', 2)
    await idle()

    expect(got()).to.deep.equal(['b2'])
  })

  it('makes batches of a size, and waits within its window for more', async () => {
    for (const n of [1, 2, 3]) await put('a', n)
    await map({ BatchSize: 2, MaximumBatchingWindowInSeconds: 60 })
    await core.until(() => got().length === 1, 'the first batch')
    await put('a', 4)
    await core.until(() => got().length === 2, 'the second batch')
    await put('a', 5)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const before = got()
    core.clock.advance(60_001)
    await idle()

    expect(before).to.deep.equal(['a1,a2', 'a3,a4'])
    expect(got()).to.deep.equal(['a1,a2', 'a3,a4', 'a5'])
  })

  it('lets through what fits a filter', async () => {
    const Pattern = JSON.stringify({ eventName: ['INSERT'], dynamodb: { NewImage: { v: { N: ['2', '3'] } } } })
    await map({ FilterCriteria: { Filters: [{ Pattern }] } })
    for (const n of [1, 2, 3, 4]) await put('a', n)
    await idle()

    expect(got().join()).to.equal('a2,a3')
  })

  it('tries a batch again until it comes off, and holds back what stands behind it', async () => {
    await map({ BatchSize: 1 })
    await put('a', 1, { fails: { N: '2' } })
    await put('b', 2)
    await settle()

    expect(got()).to.deep.equal(['a1', 'a1', 'a1', 'b2'])
  })

  it('gives a batch up after its tries, and tells its bucket', async () => {
    await core.cloud()('s3').CreateBucket({ Bucket: 'failed' })
    const UUID = await map({
      BatchSize: 1,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failed' } },
    })
    await put('a', 1, { fails: { N: '9' } })
    await put('b', 2)
    await settle()

    const { Contents: [told] = [] } = await core.cloud()('s3').ListObjectsV2({ Bucket: 'failed' })
    const { Body } = await core
      .cloud()('s3')
      .GetObject({ Bucket: 'failed', Key: told?.Key ?? '' })
    const record = JSON.parse(Buffer.from(Body as Uint8Array).toString())

    expect(got()).to.deep.equal(['a1', 'a1', 'b2'])
    expect(told?.Key).to.match(new RegExp(`^aws/lambda/${UUID}/shardId-[0-9a-f-]+/\\d{4}/\\d\\d/\\d\\d/`))
    expect(record.requestContext).to.deep.include({ condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 })
    expect(record.DDBStreamBatchInfo).to.deep.include({ batchSize: 1, streamArn })
    expect(JSON.parse(record.payload).Records[0].dynamodb.Keys.id.S).to.equal('a')
  })

  it('splits a batch to find the record that fails', async () => {
    await map({
      BatchSize: 4,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 0,
      MaximumBatchingWindowInSeconds: 1,
    })
    for (const n of [1, 2, 3, 4]) await put('a', n, n === 3 ? { fails: { N: '99' } } : {})
    await settle()

    expect(got()).to.deep.equal(['a1,a2,a3,a4', 'a1,a2', 'a3,a4', 'a3', 'a4'])
    expect(core.said.map(({ text }) => text).join('\n')).to.contain('a record of')
  })

  it('goes on at the record that a function names', async () => {
    await addFunction(core, 'partial', PARTIAL)
    await map({
      FunctionName: 'partial',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 1,
      BatchSize: 3,
    })
    for (const id of ['a', 'b', 'c']) await put(id, 1, id === 'b' ? { fails: { N: '1' } } : {})
    await settle()

    expect(got()).to.deep.equal(['a,b,c', 'b,c'])
  })

  it('passes over records that are too old', async () => {
    await put('a', 1)
    core.clock.advance(120_000)
    await put('b', 2)
    await map({ MaximumRecordAgeInSeconds: 60 })
    await idle()

    expect(got()).to.deep.equal(['b2'])
    expect(core.said.map(({ text }) => text).join('\n')).to.contain('RecordAgeExceeded')
  })

  it('runs several batches at a time, and keeps the order of each partition key', async () => {
    const source = `export const handler = async ({ Records }) => {
      for (const { dynamodb: { Keys, NewImage } } of Records) console.log('got ' + Keys.id.S + ' ' + NewImage.v.N)
    }`
    await addFunction(core, 'order', source)
    await map({ FunctionName: 'order', ParallelizationFactor: 4, BatchSize: 5 })
    for (let n = 0; n < 60; n++) await put('abcdefgh'[n % 8] ?? '', n)
    await idle()

    const seen = new Map<string, number[]>()
    for (const line of got()) {
      const [id = '', n] = line.split(' ')
      seen.set(id, [...(seen.get(id) ?? []), Number(n)])
    }
    expect([...seen.values()].flat().sort((a, b) => a - b)).to.deep.equal([...Array(60).keys()])
    for (const numbers of seen.values()) expect(numbers).to.deep.equal([...numbers].sort((a, b) => a - b))
  })

  it('stands still while it is disabled, and goes on where it was', async () => {
    const UUID = await map()
    await put('a', 1)
    await idle()
    await core.cloud()('lambda').UpdateEventSourceMapping({ UUID, Enabled: false })
    await put('b', 2)
    await idle()
    const before = got()
    await core.cloud()('lambda').UpdateEventSourceMapping({ UUID, Enabled: true })
    await core.until(() => got().length === 2, 'the record')

    expect(before).to.deep.equal(['a1'])
    expect(got()).to.deep.equal(['a1', 'b2'])
  })

  it('goes on after a restart, without a record lost or given twice', async () => {
    await map()
    await put('a', 1)
    await idle()
    const before = got()
    await core.stop()
    core = startCore(folder)
    await put('b', 2)
    await idle()

    expect([...before, ...got()]).to.deep.equal(['a1', 'b2'])
  })

  it('waits while the role may not read, and says so', async () => {
    await map()
    const iam = core.cloud()('iam')
    await iam.DeleteRolePolicy({ RoleName: 'basic', PolicyName: 'policy' })
    await put('a', 1)
    await core.until(() => core.said.some(({ text }) => text.includes('has to wait')), 'the refusal')

    expect(got()).to.deep.equal([])
    expect(core.said.map(({ text }) => text).join('\n')).to.contain('is not authorized to perform: dynamodb:')
  })
})
