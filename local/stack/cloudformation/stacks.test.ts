import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  ListImportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  SetStackPolicyCommand,
  type Stack,
  UpdateStackCommand,
  type UpdateStackCommandInput,
  UpdateTerminationProtectionCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'

/** A stack of log groups by their logical IDs, with what is added to the template. */
const groups = (ids: Record<string, object>, more: object = {}): string =>
  JSON.stringify({
    Resources: Object.fromEntries(
      Object.entries(ids).map(([id, Properties]) => [id, { Type: 'AWS::Logs::LogGroup', Properties }]),
    ),
    ...more,
  })
const BROKEN = { LogGroupName: 'no such name!' }

describe('stacks of CloudFormation', function () {
  this.timeout(30_000)
  const t = withCloud()
  const client = () => new CloudFormationClient(t.config())
  const create = (StackName: string, TemplateBody: string, more: Partial<CreateStackCommandInput> = {}) =>
    client().send(new CreateStackCommand({ StackName, TemplateBody, ...more }))
  const update = (StackName: string, TemplateBody: string, more: Partial<UpdateStackCommandInput> = {}) =>
    client().send(new UpdateStackCommand({ StackName, TemplateBody, ...more }))
  const remove = (StackName: string, RetainResources?: string[]) =>
    client().send(new DeleteStackCommand({ StackName, RetainResources }))
  const stack = async (StackName: string): Promise<Partial<Stack>> =>
    (await client().send(new DescribeStacksCommand({ StackName }))).Stacks?.[0] ?? {}
  /** Once nothing is in progress. */
  const settled = async (StackName: string) => {
    for (;;) {
      const found = await stack(StackName)
      if (!found.StackStatus?.endsWith('_IN_PROGRESS')) return found
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const events = async (StackName: string) =>
    (await client().send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? []
  const logGroups = async (prefix: string) =>
    (
      await new CloudWatchLogsClient(t.config()).send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix }))
    ).logGroups?.map(({ logGroupName }) => logGroupName) ?? []

  it('are created, told event by event, and found by the waiters of the SDK', async () => {
    const body = groups(
      { One: { RetentionInDays: 7 } },
      { Outputs: { Name: { Value: { Ref: 'One' }, Description: 'its name' } } },
    )

    const { StackId = '' } = await create('made', body, {
      Tags: [{ Key: 'team', Value: 'a' }],
      ClientRequestToken: 'token-1',
    })
    await waitUntilStackCreateComplete(
      { client: client(), minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
      { StackName: 'made' },
    )

    const found = await stack('made')
    const [name = ''] = await logGroups('made-One-')
    expect(StackId).to.match(/^arn:aws:cloudformation:us-east-1:123456789012:stack\/made\/[0-9a-f-]{36}$/)
    expect(found).to.deep.include({ StackId, StackStatus: 'CREATE_COMPLETE', Tags: [{ Key: 'team', Value: 'a' }] })
    expect(found.Outputs).to.deep.equal([{ OutputKey: 'Name', OutputValue: name, Description: 'its name' }])
    expect((await events('made')).reverse().map((one) => [one.LogicalResourceId, one.ResourceStatus])).to.deep.equal([
      ['made', 'CREATE_IN_PROGRESS'],
      ['One', 'CREATE_IN_PROGRESS'],
      ['One', 'CREATE_COMPLETE'],
      ['made', 'CREATE_COMPLETE'],
    ])
    expect((await events('made')).every((one) => one.ClientRequestToken === 'token-1' && one.Timestamp)).to.equal(true)
  })

  it('give their tags to their resources', async () => {
    await create('tagged', groups({ One: { Tags: [{ Key: 'team', Value: 'own' }] } }), {
      Tags: [
        { Key: 'team', Value: 'stack' },
        { Key: 'cost', Value: '7' },
      ],
    })
    const [name] = await logGroups('tagged-One-')
    const { tags } = await new CloudWatchLogsClient(t.config()).send(
      new ListTagsForResourceCommand({ resourceArn: `arn:aws:logs:us-east-1:123456789012:log-group:${name}` }),
    )

    expect(tags).to.deep.equal({ team: 'own', cost: '7' })
  })

  it('are updated by difference, and not where nothing is different', async () => {
    await create('changed', groups({ One: { RetentionInDays: 7 } }))

    await update('changed', groups({ One: { RetentionInDays: 14 }, Two: {} }))
    const found = await settled('changed')
    const refused = await refusalOf(update('changed', groups({ One: { RetentionInDays: 14 }, Two: {} })))

    expect(found.StackStatus).to.equal('UPDATE_COMPLETE')
    expect(await logGroups('changed-')).to.have.length(2)
    expect(refused).to.include({ name: 'ValidationError', status: 400, message: 'No updates are to be performed.' })
  })

  it('go back when a resource fails, with its reason', async () => {
    await create('failed', groups({ One: {}, Bad: BROKEN }))
    const found = await settled('failed')
    const told = await events('failed')
    const again = await refusalOf(update('failed', groups({ One: {} })))

    expect(found.StackStatus).to.equal('ROLLBACK_COMPLETE')
    expect(told.find((one) => one.ResourceStatus === 'CREATE_FAILED')).to.deep.include({ LogicalResourceId: 'Bad' })
    expect(told.find((one) => one.ResourceStatus === 'CREATE_FAILED')?.ResourceStatusReason).to.contain('logGroupName')
    expect(told.find((one) => one.ResourceStatus === 'ROLLBACK_IN_PROGRESS')?.ResourceStatusReason).to.equal(
      'The following resource(s) failed to create: [Bad]. Rollback requested by user.',
    )
    expect(await logGroups('failed-')).to.deep.equal([])
    expect(again.message).to.match(/^Stack:arn:.*\/failed\/.* is in ROLLBACK_COMPLETE state and can not be updated\.$/)
  })

  it('keep what was made, or go as a whole, when asked to', async () => {
    await create('kept', groups({ One: {}, Bad: { ...BROKEN } }, {}), { OnFailure: 'DO_NOTHING' })
    const { StackId = '' } = await create('gone', groups({ Bad: BROKEN }), { OnFailure: 'DELETE' })

    const kept = await settled('kept')
    const gone = await settled(StackId)

    expect(kept.StackStatus).to.equal('CREATE_FAILED')
    expect(gone.StackStatus).to.equal('DELETE_COMPLETE')
  })

  it('go back to what they were when an update fails', async () => {
    await create('back', groups({ One: { RetentionInDays: 7 } }))

    await update('back', groups({ One: { RetentionInDays: 14 }, Bad: BROKEN }))
    const found = await settled('back')

    expect(found.StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE')
    const { logGroups: [group] = [] } = await new CloudWatchLogsClient(t.config()).send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: 'back-' }),
    )
    expect(group?.retentionInDays).to.equal(7)
  })

  it('are deleted, and found by their ARN afterwards', async () => {
    const { StackId = '' } = await create('deleted', groups({ One: {} }))

    await remove('deleted')
    await waitUntilStackDeleteComplete(
      { client: client(), minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
      { StackName: 'deleted' },
    )

    const refused = await refusalOf(stack('deleted'))
    const { StackSummaries = [] } = await client().send(
      new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }),
    )
    const { StackResources = [] } = await client().send(new DescribeStackResourcesCommand({ StackName: StackId }))
    expect(refused).to.include({ name: 'ValidationError', message: 'Stack with id deleted does not exist' })
    expect((await stack(StackId)).StackStatus).to.equal('DELETE_COMPLETE')
    expect(StackSummaries.map((one) => one.StackId)).to.include(StackId)
    expect(StackResources[0]?.ResourceStatus).to.equal('DELETE_COMPLETE')
    await remove('deleted')
  })

  it('do not delete a bucket that has something in it', async () => {
    const body = JSON.stringify({
      Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'full-one' } } },
    })
    await create('full', body)
    await settled('full')
    const s3 = new S3Client({ ...t.config(), forcePathStyle: true })
    await s3.send(new PutObjectCommand({ Bucket: 'full-one', Key: 'a', Body: 'b' }))

    await remove('full')
    const found = await settled('full')
    const { StackResourceSummaries = [] } = await client().send(new ListStackResourcesCommand({ StackName: 'full' }))
    await remove('full', ['Bucket'])

    expect(found).to.include({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'The following resource(s) failed to delete: [Bucket].',
    })
    expect(StackResourceSummaries[0]?.ResourceStatusReason).to.contain('The bucket you tried to delete is not empty')
    expect((await refusalOf(stack('full'))).message).to.equal('Stack with id full does not exist')
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).to.include('full-one')
  })

  it('are protected from deletion', async () => {
    await create('safe', groups({ One: {} }), { EnableTerminationProtection: true })
    await settled('safe')

    const refused = await refusalOf(remove('safe'))
    await client().send(
      new UpdateTerminationProtectionCommand({ StackName: 'safe', EnableTerminationProtection: false }),
    )
    await remove('safe')

    expect(refused.message).to.equal('Stack [safe] cannot be deleted while TerminationProtection is enabled')
    expect((await refusalOf(stack('safe'))).message).to.equal('Stack with id safe does not exist')
  })

  it('protect resources by their policy', async () => {
    await create('policed', groups({ One: { RetentionInDays: 7 }, Two: { RetentionInDays: 7 } }))
    await settled('policed')
    const Statement = [
      { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'Update:Modify', Principal: '*', Resource: 'LogicalResourceId/One' },
    ]
    await client().send(
      new SetStackPolicyCommand({ StackName: 'policed', StackPolicyBody: JSON.stringify({ Statement }) }),
    )

    await update('policed', groups({ One: { RetentionInDays: 14 }, Two: { RetentionInDays: 7 } }))
    const found = await settled('policed')
    const told = (await events('policed')).find((one) => one.ResourceStatus === 'UPDATE_FAILED')
    await update('policed', groups({ One: { RetentionInDays: 7 }, Two: { RetentionInDays: 14 } }))
    const other = await settled('policed')
    const wrong = await refusalOf(
      client().send(
        new SetStackPolicyCommand({ StackName: 'policed', StackPolicyBody: '{"Statement":{"Effect":"Maybe"}}' }),
      ),
    )

    expect(found.StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE')
    expect(told?.ResourceStatusReason).to.equal(
      'Action denied by stack policy: Statement [#2] does not allow [Update:Modify] for resource [LogicalResourceId/One]',
    )
    expect(other.StackStatus).to.equal('UPDATE_COMPLETE')
    expect(wrong).to.include({ name: 'ValidationError' })
  })

  it('do not delete what another stack imports', async () => {
    const shared = (Value: string) => ({ Outputs: { Shared: { Value, Export: { Name: 'shared-value' } } } })
    await create('exporter', groups({ One: {} }, shared('a')))
    await settled('exporter')
    await create('importer', groups({ Two: { Tags: [{ Key: 'from', Value: { 'Fn::ImportValue': 'shared-value' } }] } }))
    await settled('importer')

    const { Imports } = await client().send(new ListImportsCommand({ ExportName: 'shared-value' }))
    const { Exports = [] } = await client().send(new ListExportsCommand({}))
    await remove('exporter')
    const found = await settled('exporter')
    await remove('importer')
    await remove('exporter')

    expect(Imports).to.deep.equal(['importer'])
    expect(Exports.find(({ Name }) => Name === 'shared-value')?.Value).to.equal('a')
    expect(found.StackStatusReason).to.equal(
      'Delete canceled. Export shared-value cannot be deleted as it is in use by importer.',
    )
    expect((await refusalOf(stack('exporter'))).message).to.equal('Stack with id exporter does not exist')
  })

  it('retain what is to be retained', async () => {
    const body = JSON.stringify({ Resources: { One: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Retain' } } })
    await create('retaining', body)
    await settled('retaining')

    await remove('retaining')

    expect(await logGroups('retaining-One-')).to.have.length(1)
  })

  const ROLE = JSON.stringify({
    Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } } },
  })
  const NAMED = ROLE.replace('"Properties":{', '"Properties":{"RoleName":"mine",')
  const parameter = (declaration: object) => groups({ One: {} }, { Parameters: { P: declaration } })
  const P = (ParameterValue: string) => ({ Parameters: [{ ParameterKey: 'P', ParameterValue }] })
  const LONG = groups({ One: {} }, { Description: 'x'.repeat(51_200) })
  const SAM = (CodeUri: string) =>
    JSON.stringify({
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        Fn: { Type: 'AWS::Serverless::Function', Properties: { CodeUri, Handler: 'a.b', Runtime: 'nodejs24.x' } },
      },
    })
  const EXPAND = {
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'] as ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
  }
  for (const [what, body, more, name, message] of [
    ['what is no template', 'Resources: [', {}, 'ValidationError', 'Template format error'],
    ['an empty one', '{}', {}, 'ValidationError', 'At least one Resources member must be defined.'],
    ['one that is too long', LONG, {}, 'ValidationError', 'Member must have length less than or equal to 51200'],
    [
      'roles without a capability',
      ROLE,
      {},
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_IAM]',
    ],
    [
      'named roles',
      NAMED,
      { Capabilities: ['CAPABILITY_IAM'] },
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    ],
    [
      'transforms',
      SAM('s3://b/k'),
      { Capabilities: ['CAPABILITY_IAM'] },
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_AUTO_EXPAND]',
    ],
    [
      'code of this machine',
      SAM('.'),
      EXPAND,
      'ValidationError',
      "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: 1. Resource with id [Fn] is invalid. 'CodeUri' is not a valid S3 Uri",
    ],
    ['a missing parameter', parameter({ Type: 'String' }), {}, 'ValidationError', 'Parameters: [P] must have values'],
    [
      'an unknown parameter',
      groups({ One: {} }),
      P('x'),
      'ValidationError',
      'Parameters: [P] do not exist in the template',
    ],
    [
      'a value that is not allowed',
      parameter({ Type: 'String', AllowedValues: ['a'] }),
      P('x'),
      'ValidationError',
      "Parameter 'P' must be one of AllowedValues [a]",
    ],
    [
      'a value beyond its limit',
      parameter({ Type: 'Number', MaxValue: 3 }),
      P('4'),
      'ValidationError',
      "Parameter 'P' must be a number not greater than 3",
    ],
    [
      'a value beside its pattern',
      parameter({ Type: 'String', AllowedPattern: '[a-z]+' }),
      P('A'),
      'ValidationError',
      "Parameter 'P' must match pattern [a-z]+",
    ],
    [
      'parameters looked up on AWS',
      parameter({ Type: 'AWS::SSM::Parameter::Value<String>' }),
      P('A'),
      'ValidationError',
      'is looked up on AWS',
    ],
    [
      'a previous value of nothing',
      parameter({ Type: 'String' }),
      { Parameters: [{ ParameterKey: 'P', UsePreviousValue: true }] },
      'ValidationError',
      'Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    ],
    [
      'reserved tags',
      groups({ One: {} }),
      { Tags: [{ Key: 'aws:x', Value: '' }] },
      'ValidationError',
      'aws: prefixed tag key names are not allowed for external use.',
    ],
    [
      'two ways to fail',
      groups({ One: {} }),
      { DisableRollback: true, OnFailure: 'DELETE' },
      'ValidationError',
      'You may not specify both DisableRollback and OnFailure.',
    ],
  ] as [string, string, Partial<CreateStackCommandInput>, string, string][])
    it(`refuse ${what}`, async () => {
      const refused = await refusalOf(create('refused', body, more))

      expect(refused).to.include({ name, status: 400 })
      expect(refused.message).to.contain(message)
      expect((await refusalOf(stack('refused'))).message).to.equal('Stack with id refused does not exist')
    })

  it('mask secrets, and keep them for the next update', async () => {
    const body = (days: number) =>
      groups(
        { One: { RetentionInDays: days, Tags: [{ Key: 'secret', Value: { Ref: 'P' } }] } },
        { Parameters: { P: { Type: 'String', NoEcho: true } } },
      )
    await create('secret', body(7), P('open sesame'))
    await settled('secret')

    await update('secret', body(14), { Parameters: [{ ParameterKey: 'P', UsePreviousValue: true }] })
    const found = await settled('secret')

    const [name] = await logGroups('secret-One-')
    const { tags } = await new CloudWatchLogsClient(t.config()).send(
      new ListTagsForResourceCommand({ resourceArn: `arn:aws:logs:us-east-1:123456789012:log-group:${name}` }),
    )
    expect(found.Parameters).to.deep.equal([{ ParameterKey: 'P', ParameterValue: '****' }])
    expect(tags).to.deep.equal({ secret: 'open sesame' })
  })

  it('refuse a name that is taken, and unknown ones', async () => {
    await create('taken', groups({ One: {} }))

    const taken = await refusalOf(create('taken', groups({ One: {} })))
    const unknown = await refusalOf(update('unknown', groups({ One: {} })))
    const wrong = await refusalOf(create('no_name', groups({ One: {} })))

    expect(taken).to.include({ name: 'AlreadyExistsException', message: 'Stack [taken] already exists' })
    expect(unknown).to.include({ name: 'ValidationError', message: 'Stack [unknown] does not exist' })
    expect(wrong.message).to.contain('Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*')
  })
})
