import type { DynamoDB } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { ACCOUNT, withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, invalid, NO_TABLE, PICTURES, simple } from './fixture.ts'

describe('DynamoDB: tables', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  before(() => {
    dynamodb = test.client()
  })
  const describeTable = async (TableName: string) => (await dynamodb.describeTable({ TableName })).Table

  it('are created, described with their indexes, and active at once', async () => {
    const { TableDescription: created } = await dynamodb.createTable(PICTURES)
    const table = await describeTable('pictures')

    const arn = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/pictures`
    expect(created).to.include({ TableName: 'pictures', TableStatus: 'CREATING', TableArn: arn })
    expect(table).to.deep.include({
      TableName: 'pictures',
      TableStatus: 'ACTIVE',
      TableArn: arn,
      ItemCount: 0,
      TableSizeBytes: 0,
      KeySchema: PICTURES.KeySchema,
      AttributeDefinitions: PICTURES.AttributeDefinitions,
      DeletionProtectionEnabled: false,
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    })
    expect(table?.TableId).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(table?.CreationDateTime?.getTime()).to.be.closeTo(test.clock.now(), 5000)
    expect(table?.BillingModeSummary?.BillingMode).to.equal('PAY_PER_REQUEST')
    expect(
      table?.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index.IndexStatus, index.IndexArn]),
    ).to.deep.equal([
      ['by-day', 'ACTIVE', `${arn}/index/by-day`],
      ['by-format', 'ACTIVE', `${arn}/index/by-format`],
    ])
    expect(table?.LocalSecondaryIndexes?.[0]).to.deep.equal({
      IndexName: 'by-bytes',
      IndexArn: `${arn}/index/by-bytes`,
      IndexSizeBytes: 0,
      ItemCount: 0,
      KeySchema: PICTURES.LocalSecondaryIndexes?.[0]?.KeySchema,
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
    })
  })

  it('count their items and bytes, indexes too', async () => {
    await anew(dynamodb, PICTURES)
    const item = (key: string) => ({ owner: { S: 'me' }, key: { S: key }, day: { S: 'x' }, bytes: { N: '1' } })
    await dynamodb.putItem({ TableName: 'pictures', Item: { ...item('a'), title: { S: 'long' } } })
    await dynamodb.putItem({ TableName: 'pictures', Item: item('a') })
    await dynamodb.putItem({ TableName: 'pictures', Item: { owner: { S: 'me' }, key: { S: 'b' } } })

    const table = await describeTable('pictures')

    // owner 5 + 2, key 3 + 1, day 3 + 1, bytes 5 + 2 for the one, owner and key for the other.
    expect([table?.ItemCount, table?.TableSizeBytes]).to.deep.equal([2, 22 + 11])
    expect(table?.GlobalSecondaryIndexes?.map((one) => [one.ItemCount, one.IndexSizeBytes])).to.deep.equal([
      [1, 22],
      [0, 0],
    ])
    expect(table?.LocalSecondaryIndexes?.map((one) => [one.ItemCount, one.IndexSizeBytes])).to.deep.equal([[1, 18]])
  })

  it('with provisioned capacity are described with it', async () => {
    await dynamodb.createTable({
      ...simple('provisioned'),
      BillingMode: undefined,
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
    })

    const table = await describeTable('provisioned')

    expect(table?.BillingModeSummary).to.equal(undefined)
    expect(table?.ProvisionedThroughput).to.deep.equal({
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: 5,
      WriteCapacityUnits: 6,
    })
  })

  it('keep and tell class, encryption, stream and protection', async () => {
    await dynamodb.createTable({
      ...simple('settings'),
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
      SSESpecification: { Enabled: true },
      DeletionProtectionEnabled: true,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 },
    })

    const table = await describeTable('settings')

    expect(table).to.deep.include({
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
      DeletionProtectionEnabled: true,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 },
      SSEDescription: {
        Status: 'ENABLED',
        SSEType: 'KMS',
        KMSMasterKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:alias/aws/dynamodb`,
      },
    })
    expect(table?.LatestStreamArn).to.equal(`${table?.TableArn}/stream/${table?.LatestStreamLabel}`)
    expect(table?.LatestStreamLabel).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/)
  })

  it('that are protected cannot be deleted', async () => {
    await anew(dynamodb, { ...simple('protected'), DeletionProtectionEnabled: true })

    const refusal = await refusalOf(dynamodb.deleteTable({ TableName: 'protected' }))
    await dynamodb.updateTable({ TableName: 'protected', DeletionProtectionEnabled: false })
    const { TableDescription: deleted } = await dynamodb.deleteTable({ TableName: 'protected' })

    expect(refusal).to.deep.equal(
      invalid(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      ),
    )
    expect(deleted?.TableStatus).to.equal('DELETING')
    expect(await refusalOf(describeTable('protected'))).to.deep.equal({
      ...NO_TABLE,
      message: 'Requested resource not found: Table: protected not found',
    })
  })

  it('are gone with their items when they are deleted', async () => {
    await anew(dynamodb, PICTURES)
    const Item = { owner: { S: 'me' }, key: { S: 'a' }, day: { S: 'x' }, bytes: { N: '1' } }
    await dynamodb.putItem({ TableName: 'pictures', Item })
    await anew(dynamodb, PICTURES)

    const { Count: inTable } = await dynamodb.scan({ TableName: 'pictures' })
    const { Count: inIndex } = await dynamodb.scan({ TableName: 'pictures', IndexName: 'by-day' })

    expect([inTable, inIndex]).to.deep.equal([0, 0])
  })

  it('are listed by name, page by page, those of the region', async () => {
    const elsewhere = test.client({ region: 'eu-west-1' })
    for (const name of ['list-c', 'list-a', 'list-b']) await elsewhere.createTable(simple(name))

    const all = await elsewhere.listTables({})
    const first = await elsewhere.listTables({ Limit: 2 })
    const second = await elsewhere.listTables({ Limit: 2, ExclusiveStartTableName: first.LastEvaluatedTableName })

    expect(all.TableNames).to.deep.equal(['list-a', 'list-b', 'list-c'])
    expect([first.TableNames, first.LastEvaluatedTableName]).to.deep.equal([['list-a', 'list-b'], 'list-b'])
    expect([second.TableNames, second.LastEvaluatedTableName]).to.deep.equal([['list-c'], undefined])
    expect((await dynamodb.listTables({})).TableNames).not.to.include('list-a')
    expect(await refusalOf(elsewhere.listTables({ Limit: 101 }))).to.deep.equal(
      invalid(
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100",
      ),
    )
  })

  it('can be named by their ARN', async () => {
    await anew(dynamodb, simple('by-arn'))
    const TableName = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/by-arn`
    await dynamodb.putItem({ TableName, Item: { id: { S: 'a' } } })

    const { Item, ConsumedCapacity } = await dynamodb.getItem({
      TableName,
      Key: { id: { S: 'a' } },
      ReturnConsumedCapacity: 'TOTAL',
    })

    expect(Item).to.deep.equal({ id: { S: 'a' } })
    expect(ConsumedCapacity?.TableName).to.equal(TableName)
    expect((await dynamodb.describeTable({ TableName })).Table?.TableName).to.equal('by-arn')
    expect(await refusalOf(dynamodb.describeTable({ TableName: 'arn:aws:s3:::pictures' }))).to.deep.equal(
      invalid('Invalid TableArn: Invalid ResourceArn provided as input arn:aws:s3:::pictures'),
    )
  })

  it('are not reached from another region by their ARN', async () => {
    await anew(dynamodb, simple('at-home'))
    const elsewhere = test.client({ region: 'eu-west-1' })
    const TableName = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/at-home`

    expect(await refusalOf(elsewhere.getItem({ TableName, Key: { id: { S: 'a' } } }))).to.deep.equal(NO_TABLE)
    expect(await refusalOf(elsewhere.describeTable({ TableName }))).to.deep.equal(NO_TABLE)
  })

  it('that are not there are told so', async () => {
    const missing = { TableName: 'missing' }
    const named = { ...NO_TABLE, message: 'Requested resource not found: Table: missing not found' }

    expect(await refusalOf(dynamodb.describeTable(missing))).to.deep.equal(named)
    expect(await refusalOf(dynamodb.deleteTable(missing))).to.deep.equal(named)
    expect(await refusalOf(dynamodb.describeTimeToLive(missing))).to.deep.equal(named)
    expect(await refusalOf(dynamodb.describeContinuousBackups(missing))).to.deep.equal(named)
    expect(await refusalOf(dynamodb.updateTable({ ...missing, DeletionProtectionEnabled: true }))).to.deep.equal(named)
    expect(await refusalOf(dynamodb.getItem({ ...missing, Key: { id: { S: 'a' } } }))).to.deep.equal(NO_TABLE)
  })

  it('have tags', async () => {
    await anew(dynamodb, { ...simple('tagged'), Tags: [{ Key: 'team', Value: 'a' }] })
    const ResourceArn = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/tagged`
    await dynamodb.tagResource({
      ResourceArn,
      Tags: [
        { Key: 'team', Value: 'b' },
        { Key: 'empty', Value: '' },
      ],
    })
    const tagged = await dynamodb.listTagsOfResource({ ResourceArn })
    await dynamodb.untagResource({ ResourceArn, TagKeys: ['team', 'unknown'] })

    expect(tagged.Tags).to.deep.equal([
      { Key: 'empty', Value: '' },
      { Key: 'team', Value: 'b' },
    ])
    expect((await dynamodb.listTagsOfResource({ ResourceArn })).Tags).to.deep.equal([{ Key: 'empty', Value: '' }])
    expect(await refusalOf(dynamodb.tagResource({ ResourceArn, Tags: [{ Key: 'aws:x', Value: '' }] }))).to.deep.equal(
      invalid('Tag Key cannot be prefixed with aws:, Key: aws:x'),
    )
    const Tags = Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: 'v' }))
    expect(await refusalOf(dynamodb.tagResource({ ResourceArn, Tags }))).to.deep.equal(
      invalid('Number of Tags exceed the current limit for the provided ResourceArn'),
    )
    expect(await refusalOf(dynamodb.listTagsOfResource({ ResourceArn: `${ResourceArn}x` }))).to.deep.equal({
      ...NO_TABLE,
      message: `Requested resource not found: ResourcArn: ${ResourceArn}x not found`,
    })
  })

  it('have continuous backups, without point-in-time recovery unless it is switched on', async () => {
    await anew(dynamodb, simple('backed-up'))
    const TableName = 'backed-up'
    const off = await dynamodb.describeContinuousBackups({ TableName })
    const on = await dynamodb.updateContinuousBackups({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
    })

    expect(off.ContinuousBackupsDescription).to.deep.equal({
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    })
    expect(on.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).to.include({
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: 7,
    })
  })

  it('live in an account whose limits and endpoint are told', async () => {
    expect(await dynamodb.describeLimits({})).to.include({
      AccountMaxReadCapacityUnits: 80_000,
      TableMaxWriteCapacityUnits: 40_000,
    })
    expect((await dynamodb.describeEndpoints({})).Endpoints).to.deep.equal([
      { Address: new URL(test.url).host, CachePeriodInMinutes: 1440 },
    ])
    expect(await refusalOf(dynamodb.executeStatement({ Statement: 'select * from "x"' }))).to.deep.equal({
      name: 'NotImplemented',
      status: 501,
      message: 'The operation ExecuteStatement of dynamodb is not part of the local cloud.',
    })
  })
})
