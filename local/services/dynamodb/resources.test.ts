import type { DynamoDB } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { ACCOUNT, withDynamoDB } from '../../../tests/dynamodb.ts'
import { background } from '../background.ts'
import type { Resource, ResourceCall, ResourceType } from '../service.ts'
import type { DynamoDBStore } from './store.ts'

const USER = { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/local`, account: ACCOUNT, userId: 'local' } as const

describe('AWS::DynamoDB::Table', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  let type: ResourceType<DynamoDBStore>
  before(() => {
    dynamodb = test.client()
    type = test.dispatch.services.get('dynamodb')?.resources?.['AWS::DynamoDB::Table'] as typeof type
  })
  const call = (): ResourceCall<DynamoDBStore> => {
    const context = background(test.ground, USER, 'us-east-1')
    return {
      ...context,
      ground: test.ground,
      store: test.store,
      cloud: test.dispatch.cloud(context),
      stack: { name: 'local', id: 'arn:aws:cloudformation:us-east-1:123456789012:stack/local/1' },
    }
  }
  const resource = (properties: Record<string, unknown>, physicalId = 'local-Pictures-ABC'): Resource => ({
    logicalId: 'Pictures',
    physicalId,
    type: 'AWS::DynamoDB::Table',
    properties: {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...properties,
    },
  })
  const table = async (TableName: string) => (await dynamodb.describeTable({ TableName })).Table
  /** What a template says of a table, in the text that it may stand in. */
  const FULL = {
    TableName: 'full',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'at', AttributeType: 'N' },
      { AttributeName: 'day', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'at', KeyType: 'RANGE' },
    ],
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: { ReadCapacityUnits: '5', WriteCapacityUnits: 6 },
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-day',
        KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'of-day',
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'day', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: 'true' },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    TableClass: 'STANDARD_INFREQUENT_ACCESS',
    DeletionProtectionEnabled: 'false',
    Tags: [{ Key: 'team', Value: 'red' }],
  }

  it('is created with all that the template says', async () => {
    const created = await type.create(resource(FULL), call())

    const made = await table('full')
    const arn = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/full`
    expect(created).to.deep.equal({
      physicalId: 'full',
      attributes: { Arn: arn, StreamArn: made?.LatestStreamArn },
    })
    expect(made).to.deep.include({
      KeySchema: FULL.KeySchema,
      AttributeDefinitions: FULL.AttributeDefinitions,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
      DeletionProtectionEnabled: false,
    })
    expect(made?.ProvisionedThroughput).to.include({ ReadCapacityUnits: 5, WriteCapacityUnits: 6 })
    expect(made?.SSEDescription?.Status).to.equal('ENABLED')
    expect(made?.GlobalSecondaryIndexes?.[0]?.IndexName).to.equal('by-day')
    expect(made?.LocalSecondaryIndexes?.[0]?.IndexName).to.equal('of-day')
    expect((await dynamodb.describeTimeToLive({ TableName: 'full' })).TimeToLiveDescription).to.deep.equal({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expires',
    })
    const { ContinuousBackupsDescription } = await dynamodb.describeContinuousBackups({ TableName: 'full' })
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).to.equal('ENABLED')
    expect((await dynamodb.listTagsOfResource({ ResourceArn: arn })).Tags).to.deep.equal(FULL.Tags)
  })

  it('has the name that CloudFormation makes up, where the template says none', async () => {
    const created = await type.create(resource({}), call())

    expect(created.physicalId).to.equal('local-Pictures-ABC')
    expect(created.attributes).to.deep.equal({ Arn: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/local-Pictures-ABC` })
  })

  it('is updated by its difference, its items kept', async () => {
    const before = resource(FULL, 'full')
    await dynamodb.putItem({ TableName: 'full', Item: { id: { S: 'a' }, at: { N: '1' }, kind: { S: 'x' } } })
    const { StreamSpecification: _, ...rest } = FULL
    const changed = {
      ...rest,
      AttributeDefinitions: [...FULL.AttributeDefinitions, { AttributeName: 'kind', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      ProvisionedThroughput: undefined,
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-day',
          KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
        {
          IndexName: 'by-kind',
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'ends', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      TableClass: 'STANDARD',
      DeletionProtectionEnabled: true,
      Tags: [{ Key: 'cost', Value: 'low' }],
    }

    const updated = await type.update(resource(changed, 'full'), before, call())

    const made = await table('full')
    expect(updated.physicalId).to.equal('full')
    expect(made?.BillingModeSummary?.BillingMode).to.equal('PAY_PER_REQUEST')
    expect(made?.StreamSpecification).to.equal(undefined)
    expect(
      made?.GlobalSecondaryIndexes?.map((one) => [one.IndexName, one.Projection?.ProjectionType, one.ItemCount]),
    ).to.have.deep.members([
      ['by-day', 'KEYS_ONLY', 0],
      ['by-kind', 'ALL', 1],
    ])
    expect(made).to.deep.include({ TableClassSummary: { TableClass: 'STANDARD' }, DeletionProtectionEnabled: true })
    const { TimeToLiveDescription } = await dynamodb.describeTimeToLive({ TableName: 'full' })
    expect(TimeToLiveDescription?.AttributeName).to.equal('ends')
    const { Tags } = await dynamodb.listTagsOfResource({ ResourceArn: made?.TableArn })
    expect(Tags).to.deep.equal(changed.Tags)
    expect((await dynamodb.scan({ TableName: 'full' })).Count).to.equal(1)
    // And back again.
    await type.update(before, resource(changed, 'full'), call())
    const back = await table('full')
    expect(back?.ProvisionedThroughput).to.include({ ReadCapacityUnits: 5, WriteCapacityUnits: 6 })
    expect(back?.GlobalSecondaryIndexes?.map((one) => one.Projection?.ProjectionType)).to.deep.equal(['ALL'])
  })

  it('does nothing when nothing has changed', async () => {
    const seen = test.dispatch.decisions.length

    await type.update(resource(FULL, 'full'), resource(FULL, 'full'), call())

    expect(test.dispatch.decisions.slice(seen).map(({ operation }) => operation)).to.deep.equal(['DescribeTable'])
  })

  it('is deleted, also when somebody has deleted it already', async () => {
    await type.delete(resource(FULL, 'full'), call())
    await type.delete(resource(FULL, 'full'), call())

    expect((await dynamodb.listTables({})).TableNames).not.to.include('full')
  })

  it('leaves nothing behind when it cannot be made whole', async () => {
    const broken = { TableName: 'broken', TimeToLiveSpecification: { Enabled: true } }

    const error = await type.create(resource(broken), call()).catch((thrown) => thrown)

    expect(error.message).to.contain('TimeToLive AttributeName')
    expect((await dynamodb.listTables({})).TableNames).not.to.include('broken')
  })

  it('refuses, by name, what is not realised', async () => {
    const refusal = async (properties: Record<string, unknown>) =>
      (await type.create(resource({ TableName: 'refused', ...properties }), call()).catch((thrown) => thrown)).message

    expect(await refusal({ KinesisStreamSpecification: { StreamArn: 'x' } })).to.equal(
      'The local cloud does not realise KinesisStreamSpecification of AWS::DynamoDB::Table.',
    )
    expect(await refusal({ GlobalSecondaryIndexes: [{ IndexName: 'one', WarmThroughput: {} }] })).to.equal(
      'The local cloud does not realise GlobalSecondaryIndexes.0.WarmThroughput of AWS::DynamoDB::Table.',
    )
    expect(await refusal({ KeySchema: 'id' })).to.equal('Property KeySchema of AWS::DynamoDB::Table must be a list.')
    const other = resource({ AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }] }, 'x')
    expect((await type.update(other, resource({}, 'x'), call()).catch((thrown) => thrown)).message).to.contain(
      'The type of attribute id of AWS::DynamoDB::Table x changes from S to N',
    )
  })
})
