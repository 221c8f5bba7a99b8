import type { DynamoDB, UpdateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, INVALID, invalid, simple } from './fixture.ts'

const HOUR = 3600 * 1000

describe('DynamoDB: UpdateTable', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  const TableName = 'changing'
  beforeEach(async () => {
    dynamodb = test.client()
    await anew(dynamodb, simple(TableName))
  })
  const update = (change: Omit<UpdateTableCommandInput, 'TableName'>) => dynamodb.updateTable({ TableName, ...change })
  const table = async () => (await dynamodb.describeTable({ TableName })).Table
  const byDay = (ProjectionType: 'ALL' | 'KEYS_ONLY' = 'ALL') => ({
    AttributeDefinitions: [{ AttributeName: 'day', AttributeType: 'S' as const }],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: 'by-day',
          KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' as const }],
          Projection: { ProjectionType },
        },
      },
    ],
  })
  const put = (id: string, day?: object) =>
    dynamodb.putItem({ TableName, Item: { id: { S: id }, ...(day && { day: day as { S: string } }) } })

  it('creates a global index and fills it with the items that can stand in it', async () => {
    for (const n of ['1', '2', '3']) await put(n, { S: 'x' })
    await put('4')
    await put('5', { N: '1' })

    const { TableDescription } = await update(byDay())
    const ids = async () =>
      (await dynamodb.scan({ TableName, IndexName: 'by-day' })).Items?.map((item) => item.id?.S).sort()

    expect(TableDescription?.TableStatus).to.equal('UPDATING')
    expect((await table())?.GlobalSecondaryIndexes?.[0]).to.include({ IndexStatus: 'ACTIVE', ItemCount: 3 })
    expect(await ids()).to.deep.equal(['1', '2', '3'])
    await dynamodb.deleteItem({ TableName, Key: { id: { S: '5' } } }) // it never stood in the index
    await dynamodb.deleteItem({ TableName, Key: { id: { S: '1' } } })
    await put('6', { S: 'x' })
    expect(await ids()).to.deep.equal(['2', '3', '6'])
    expect(await refusalOf(put('7', { N: '1' }))).to.deep.equal(
      invalid(`${INVALID}Type mismatch for Index Key day Expected: S Actual: N IndexName: by-day`),
    )
  })

  it('deletes a global index, and what only it defined', async () => {
    await put('1', { S: 'x' })
    await update(byDay())
    await update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-day' } }] })

    const deleted = await table()
    await update(byDay('KEYS_ONLY'))

    expect([deleted?.GlobalSecondaryIndexes, deleted?.AttributeDefinitions]).to.deep.equal([
      undefined,
      [{ AttributeName: 'id', AttributeType: 'S' }],
    ])
    expect((await dynamodb.scan({ TableName, IndexName: 'by-day' })).Items).to.deep.equal([
      { id: { S: '1' }, day: { S: 'x' } },
    ])
  })

  it('changes how a table is billed, and back', async () => {
    await update(byDay())
    const throughput = { ReadCapacityUnits: 3, WriteCapacityUnits: 4 }
    const missing = update({ BillingMode: 'PROVISIONED', ProvisionedThroughput: throughput })
    expect(await refusalOf(missing)).to.deep.equal(
      invalid(`${INVALID}ProvisionedThroughput must be specified for index: by-day`),
    )
    await update({
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: throughput,
      GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'by-day', ProvisionedThroughput: throughput } }],
    })
    const provisioned = await table()
    await update({ BillingMode: 'PAY_PER_REQUEST' })
    const onDemand = await table()

    expect(provisioned?.BillingModeSummary).to.equal(undefined)
    expect(provisioned?.ProvisionedThroughput).to.include(throughput)
    expect(provisioned?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput).to.include(throughput)
    expect(onDemand?.BillingModeSummary?.BillingMode).to.equal('PAY_PER_REQUEST')
    expect(onDemand?.ProvisionedThroughput).to.include({ ReadCapacityUnits: 0, WriteCapacityUnits: 0 })
  })

  it('raises capacity at any time, and lowers it four times at once and then hourly, by the day of UTC', async () => {
    const scale = (units: number) =>
      update({ ProvisionedThroughput: { ReadCapacityUnits: units, WriteCapacityUnits: 1 } })
    test.clock.advance(24 * HOUR - (test.clock.now() % (24 * HOUR)))
    dynamodb = test.client()
    await anew(dynamodb, {
      ...simple(TableName),
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 1 },
    })
    for (const units of [20, 9, 8, 7, 6]) await scale(units)

    const refusal = await refusalOf(scale(5))
    await scale(50)
    const four = (await table())?.ProvisionedThroughput
    test.clock.advance(HOUR)
    dynamodb = test.client()
    await scale(5)
    const second = await refusalOf(scale(4))

    expect(refusal.name).to.equal('LimitExceededException')
    expect(refusal.message).to.contain(
      'Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of decreases today: 4.',
    )
    expect([four?.NumberOfDecreasesToday, four?.ReadCapacityUnits]).to.deep.equal([4, 50])
    expect(four?.LastIncreaseDateTime).to.be.instanceOf(Date)
    expect(second.message).to.contain('Number of decreases today: 5.')
    test.clock.advance(24 * HOUR)
    dynamodb = test.client()
    expect((await table())?.ProvisionedThroughput?.NumberOfDecreasesToday).to.equal(0)
    await scale(4)
  })

  it('begins a stream, ends it, and begins another', async () => {
    const stream = (StreamViewType?: 'KEYS_ONLY') =>
      update({ StreamSpecification: { StreamEnabled: StreamViewType !== undefined, StreamViewType } })
    await stream('KEYS_ONLY')
    const first = await table()
    const again = await refusalOf(stream('KEYS_ONLY'))
    await stream()
    const ended = await table()
    const endedAgain = await refusalOf(stream())
    await stream('KEYS_ONLY')
    const second = await table()

    expect(first?.StreamSpecification).to.deep.equal({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' })
    expect(again).to.deep.equal(invalid('Table already has an enabled stream: TableName: changing'))
    expect([ended?.StreamSpecification, ended?.LatestStreamArn]).to.deep.equal([undefined, first?.LatestStreamArn])
    expect(endedAgain).to.deep.equal(invalid('Table has no stream to disable: TableName: changing'))
    expect(second?.LatestStreamArn).not.to.equal(first?.LatestStreamArn)
    const ours = test.store.streams.list({ account: '123456789012', region: 'us-east-1' }, TableName)
    expect(ours.slice(-2).map((one) => [one.arn, one.disabled === null])).to.deep.equal([
      [first?.LatestStreamArn, false],
      [second?.LatestStreamArn, true],
    ])
  })

  it('changes class, encryption and protection, each alone', async () => {
    await update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })
    await update({ SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'alias/mine' } })
    await update({ DeletionProtectionEnabled: true })
    await update({ DeletionProtectionEnabled: false })

    const changed = await table()

    expect(changed?.TableClassSummary).to.deep.equal({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })
    expect(changed?.SSEDescription?.KMSMasterKeyArn).to.equal('alias/mine')
    expect(changed?.DeletionProtectionEnabled).to.equal(false)
  })

  describe('refuses', () => {
    const [create] = byDay().GlobalSecondaryIndexUpdates
    const other = { Create: { ...create?.Create, IndexName: 'other' } } as typeof create
    const capacity = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
    const cases: [what: string, change: Omit<UpdateTableCommandInput, 'TableName'>, message: string][] = [
      [
        'nothing to change',
        {},
        'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
      ],
      [
        'capacity on demand',
        { ProvisionedThroughput: capacity },
        `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
      ],
      [
        'billing without capacity',
        { BillingMode: 'PROVISIONED' },
        `${INVALID}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`,
      ],
      [
        'encryption beside something else',
        { SSESpecification: { Enabled: true }, DeletionProtectionEnabled: true },
        `${INVALID}Server-Side Encryption modification must be the only operation in the request`,
      ],
      [
        'a stream beside capacity',
        { StreamSpecification: { StreamEnabled: false }, BillingMode: 'PAY_PER_REQUEST' },
        `${INVALID}You cannot modify stream status while updating table IOPS`,
      ],
      [
        'a stream without a view',
        { StreamSpecification: { StreamEnabled: true } },
        `${INVALID}If stream is being enabled then UpdateViewType is required`,
      ],
      [
        'an index of an undefined attribute',
        { GlobalSecondaryIndexUpdates: [create as never] },
        `${INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [day], AttributeDefinitions: [id]`,
      ],
      [
        'an update that says nothing',
        { GlobalSecondaryIndexUpdates: [{}] },
        `${INVALID}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null`,
      ],
      [
        'two updates of one index',
        { GlobalSecondaryIndexUpdates: [create as never, { Delete: { IndexName: 'by-day' } }] },
        `${INVALID}Only one global secondary index update per index is allowed simultaneously. Index: by-day`,
      ],
      [
        'an index with capacity on demand',
        {
          AttributeDefinitions: byDay().AttributeDefinitions,
          GlobalSecondaryIndexUpdates: [{ Create: { ...create?.Create, ProvisionedThroughput: capacity } as never }],
        },
        `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: by-day when BillingMode is PAY_PER_REQUEST`,
      ],
    ]
    for (const [what, change, message] of cases)
      it(what, async () => expect(await refusalOf(update(change))).to.deep.equal(invalid(message)))

    it('an index that is there already, one that is not there, two at once', async () => {
      await update(byDay())

      expect(await refusalOf(update(byDay()))).to.deep.equal(
        invalid('Attempting to create an index which already exists'),
      )
      expect(
        await refusalOf(update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'missing' } }] })),
      ).to.deep.equal({
        name: 'ResourceNotFoundException',
        status: 400,
        message: 'Requested resource not found',
      })
      const two = { ...byDay(), GlobalSecondaryIndexUpdates: [other as never, { Delete: { IndexName: 'by-day' } }] }
      expect(await refusalOf(update(two))).to.deep.equal({
        name: 'LimitExceededException',
        status: 400,
        message: 'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
      })
    })

    it('capacity that stays the same', async () => {
      await anew(dynamodb, { ...simple(TableName), BillingMode: 'PROVISIONED', ProvisionedThroughput: capacity })

      const { message } = await refusalOf(update({ ProvisionedThroughput: capacity }))

      expect(message).to.contain(
        'The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: 1.',
      )
    })
  })
})
