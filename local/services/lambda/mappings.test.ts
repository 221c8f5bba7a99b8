import { type CreateTableCommandInput, DynamoDB } from '@aws-sdk/client-dynamodb'
import { type CreateEventSourceMappingCommandInput, Lambda } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { templateFile, withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { allow, arnOf, createFunction, createRole, LOGGING } from './fixture.ts'

const READ = {
  Effect: 'Allow',
  Action: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream', 'dynamodb:ListStreams'],
  Resource: 'arn:aws:dynamodb:us-east-1:123456789012:table/*/stream/*',
}
const TABLE: Omit<CreateTableCommandInput, 'TableName'> = {
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
}

describe('Operations of event source mappings', () => {
  const cloud = withCloud()
  let lambda: Lambda
  let dynamodb: DynamoDB
  let stream: string
  before(async () => {
    lambda = new Lambda(cloud.config())
    dynamodb = new DynamoDB(cloud.config())
    await createRole(cloud.config(), 'basic', [LOGGING, READ])
    await createFunction(lambda, 'listener', 'export const handler = async () => {}')
    await createFunction(lambda, 'other', 'export const handler = async () => {}')
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const
    const { TableDescription } = await dynamodb.createTable({ TableName: 'songs', ...TABLE, StreamSpecification })
    stream = TableDescription?.LatestStreamArn ?? ''
  })
  afterEach(async () => {
    const { EventSourceMappings = [] } = await lambda.listEventSourceMappings({})
    for (const { UUID } of EventSourceMappings) await lambda.deleteEventSourceMapping({ UUID })
  })
  after(() => {
    lambda.destroy()
    dynamodb.destroy()
  })
  const create = (more: Partial<CreateEventSourceMappingCommandInput> = {}) =>
    lambda.createEventSourceMapping({
      ...{ FunctionName: 'listener', EventSourceArn: stream, StartingPosition: 'LATEST', ...more },
    })

  it('creates one with what AWS takes where nothing is said', async () => {
    const created = await create()

    const { $metadata, ...mapping } = await lambda.getEventSourceMapping({ UUID: created.UUID })
    expect(created.State).to.equal('Creating')
    expect($metadata.httpStatusCode).to.equal(200)
    expect(mapping).to.deep.include({
      EventSourceArn: stream,
      FunctionArn: arnOf('listener'),
      EventSourceMappingArn: `arn:aws:lambda:us-east-1:123456789012:event-source-mapping:${created.UUID}`,
      StartingPosition: 'LATEST',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: -1,
      BisectBatchOnFunctionError: false,
      State: 'Enabled',
      LastProcessingResult: 'No records processed',
    })
  })

  it('changes what is asked, and nothing else', async () => {
    const { UUID } = await create({ BatchSize: 7, MaximumRetryAttempts: 3 })

    const changed = await lambda.updateEventSourceMapping({ UUID, BatchSize: 8, Enabled: false, FunctionName: 'other' })
    const after = await lambda.getEventSourceMapping({ UUID })

    expect(changed.State).to.equal('Disabling')
    expect(after).to.deep.include({ BatchSize: 8, MaximumRetryAttempts: 3, State: 'Disabled' })
    expect(after.FunctionArn).to.equal(arnOf('other'))
  })

  it('lists by function and by source, page by page, and deletes', async () => {
    const first = await create()
    const second = await create({ FunctionName: 'other' })

    const page = await lambda.listEventSourceMappings({ MaxItems: 1 })
    const rest = await lambda.listEventSourceMappings({ MaxItems: 1, Marker: page.NextMarker })
    const own = await lambda.listEventSourceMappings({ FunctionName: 'other', EventSourceArn: stream })
    const gone = await lambda.deleteEventSourceMapping({ UUID: first.UUID })
    const refused = await refusalOf(lambda.getEventSourceMapping({ UUID: first.UUID }))

    expect(page.EventSourceMappings?.map(({ UUID }) => UUID)).to.deep.equal([first.UUID])
    expect(rest.EventSourceMappings?.map(({ UUID }) => UUID)).to.deep.equal([second.UUID])
    expect(rest.NextMarker).to.equal(undefined)
    expect(own.EventSourceMappings?.map(({ UUID }) => UUID)).to.deep.equal([second.UUID])
    expect(gone.State).to.equal('Deleting')
    expect(refused).to.deep.equal({
      name: 'ResourceNotFoundException',
      status: 404,
      message: 'The resource you requested does not exist.',
    })
  })

  it('is made once for a function and a source', async () => {
    const { UUID } = await create()

    const refused = await refusalOf(create())

    expect([refused.name, refused.status]).to.deep.equal(['ResourceConflictException', 409])
    expect(refused.message).to.equal(
      `The event source arn (" ${stream} ") and function (" listener ") provided mapping already exists. Please update or delete the existing mapping with UUID ${UUID}`,
    )
  })

  it('needs a role that may read the stream', async () => {
    await allow(cloud.config(), 'basic', [LOGGING, { ...READ, Action: READ.Action.slice(1) }])
    const refused = await refusalOf(create())
    await allow(cloud.config(), 'basic', [LOGGING, READ])

    expect(refused).to.deep.equal({
      name: 'InvalidParameterValueException',
      status: 400,
      message: `Cannot access stream ${stream}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
    })
  })

  it('refuses what AWS refuses, and what the local cloud has not', async () => {
    const refused = async (more: Partial<CreateEventSourceMappingCommandInput>) => {
      const { name, message } = await refusalOf(create(more))
      return `${name}: ${message}`
    }

    expect(await refused({ BatchSize: 10_001 })).to.match(
      /^ValidationException: 1 validation error detected: .*'batchSize'/,
    )
    expect(await refused({ MaximumRecordAgeInSeconds: 30 })).to.match(/^InvalidParameterValueException: Max/)
    expect(await refused({ StartingPosition: undefined })).to.contain("Value null at 'startingPosition'")
    expect(await refused({ StartingPosition: 'AT_TIMESTAMP' })).to.contain('AT_TIMESTAMP')
    expect(await refused({ EventSourceArn: `${stream}0` })).to.equal(
      `InvalidParameterValueException: Stream not found: ${stream}0`,
    )
    expect(await refused({ EventSourceArn: 'arn:aws:sqs:us-east-1:123456789012:q' })).to.contain(
      'Unrecognized event source',
    )
    expect(await refused({ FunctionName: 'none' })).to.contain('ResourceNotFoundException: Function not found')
    expect(await refused({ FilterCriteria: { Filters: [{ Pattern: '{"a": 1}' }] } })).to.contain(
      'Invalid filter pattern definition',
    )
    expect(await refused({ TumblingWindowInSeconds: 5 })).to.contain('Tumbling windows are not part of the local cloud')
    expect(await refused({ Queues: ['q'] })).to.contain('Queues is not part of the local cloud')
  })

  it('comes with a stack, changes with it and goes with it', async () => {
    const deploy = (mapping: object = {}) =>
      cloud.cloud.deploy({
        name: 'local',
        template: JSON.stringify({
          Resources: {
            Songs: {
              Type: 'AWS::DynamoDB::Table',
              Properties: { ...TABLE, StreamSpecification: { StreamViewType: 'KEYS_ONLY' } },
            },
            ...mapping,
          },
        }),
        file: templateFile,
      })
    const mapping = (BatchSize: number, more: object = {}) => ({
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          ...{ FunctionName: 'listener', EventSourceArn: { 'Fn::GetAtt': ['Songs', 'StreamArn'] } },
          ...{ StartingPosition: 'LATEST', BatchSize, ...more },
        },
      },
    })
    await deploy(mapping(5, { MaximumRetryAttempts: 2 }))
    const { EventSourceMappings: [first] = [] } = await lambda.listEventSourceMappings({})
    await deploy(mapping(6, { Enabled: 'false' }))
    const { EventSourceMappings: [second] = [] } = await lambda.listEventSourceMappings({})
    await deploy()
    const { EventSourceMappings: rest } = await lambda.listEventSourceMappings({})

    expect(first).to.deep.include({ BatchSize: 5, MaximumRetryAttempts: 2, State: 'Enabled' })
    expect(second).to.deep.include({ UUID: first?.UUID, BatchSize: 6, MaximumRetryAttempts: -1, State: 'Disabled' })
    expect(rest).to.deep.equal([])
  })
})
