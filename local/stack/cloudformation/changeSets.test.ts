import {
  CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListChangeSetsCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { type ClientConfig, withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { createRole, sessionOf, trust } from '../../services/lambda/fixture.ts'

const group = (properties: object, more: object = {}) =>
  JSON.stringify({ Resources: { One: { Type: 'AWS::Logs::LogGroup', Properties: properties } }, ...more })

describe('change sets of CloudFormation', function () {
  this.timeout(30_000)
  const t = withCloud()
  const client = (config: ClientConfig = t.config()) => new CloudFormationClient(config)
  const review = (StackName: string, TemplateBody: string, more: Partial<CreateChangeSetCommandInput> = {}) =>
    client().send(new CreateChangeSetCommand({ StackName, ChangeSetName: 'set', TemplateBody, ...more }))
  const described = (ChangeSetName = 'set', StackName?: string) =>
    client().send(new DescribeChangeSetCommand({ ChangeSetName, StackName }))
  const execute = async (StackName: string) => {
    await client().send(new ExecuteChangeSetCommand({ ChangeSetName: 'set', StackName }))
    for (;;) {
      const { Stacks: [found] = [] } = await client().send(new DescribeStacksCommand({ StackName }))
      if (!found?.StackStatus?.endsWith('_IN_PROGRESS')) return found
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  it('make a stack that waits for its review, and then create it', async () => {
    const { Id, StackId } = await review('reviewed', group({}), { ChangeSetType: 'CREATE', Description: 'first' })
    const { Stacks: [waiting] = [] } = await client().send(new DescribeStacksCommand({ StackName: 'reviewed' }))
    const found = await described(Id)
    const done = await execute('reviewed')

    expect(waiting?.StackStatus).to.equal('REVIEW_IN_PROGRESS')
    expect(found).to.deep.include({
      StackId,
      StackName: 'reviewed',
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
    })
    expect(
      found.Changes?.map(({ ResourceChange: change }) => [change?.Action, change?.LogicalResourceId]),
    ).to.deep.equal([['Add', 'One']])
    expect(done).to.include({ StackStatus: 'CREATE_COMPLETE', ChangeSetId: Id })
    expect((await described('set', 'reviewed')).ExecutionStatus).to.equal('EXECUTE_COMPLETE')
  })

  it('say what an update does: what stays, what is replaced and why', async () => {
    const body = JSON.stringify({
      Parameters: { Days: { Type: 'Number', Default: 7 } },
      Resources: {
        Days: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: { Ref: 'Days' } } },
        Named: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'before' } },
        After: { Type: 'AWS::Logs::LogGroup', Properties: { Tags: [{ Key: 'of', Value: { Ref: 'Named' } }] } },
        Gone: { Type: 'AWS::Logs::LogGroup' },
      },
    }).replaceAll('"Days":{"Type":"AWS', '"Kept":{"Type":"AWS')
    await review('modified', body, { ChangeSetType: 'CREATE' })
    await execute('modified')

    const next = JSON.parse(body.replace('"before"', '"after"'))
    delete next.Resources.Gone
    await review('modified', JSON.stringify(next), {
      ChangeSetName: 'next',
      Parameters: [{ ParameterKey: 'Days', ParameterValue: '14' }],
    })
    const { Changes = [] } = await described('next', 'modified')

    const byId = new Map(Changes.map(({ ResourceChange }) => [ResourceChange?.LogicalResourceId, ResourceChange]))
    expect([...byId.keys()].sort()).to.deep.equal(['After', 'Gone', 'Kept', 'Named'])
    expect(byId.get('Kept')).to.deep.include({ Action: 'Modify', Replacement: 'False', Scope: ['Properties'] })
    expect(byId.get('Kept')?.Details).to.deep.equal([
      {
        Target: { Attribute: 'Properties', Name: 'RetentionInDays', RequiresRecreation: 'Never' },
        Evaluation: 'Static',
        ChangeSource: 'ParameterReference',
        CausingEntity: 'Days',
      },
    ])
    expect(byId.get('Named')).to.deep.include({
      Action: 'Modify',
      Replacement: 'True',
      PolicyAction: 'ReplaceAndDelete',
    })
    expect(byId.get('After')?.Details?.[0]).to.deep.include({
      Evaluation: 'Dynamic',
      ChangeSource: 'ResourceReference',
      CausingEntity: 'Named',
    })
    expect(byId.get('Gone')).to.deep.include({ Action: 'Remove', PolicyAction: 'Delete' })
  })

  it('fail when there is nothing to change, and cannot be executed then', async () => {
    await review('same', group({}), { ChangeSetType: 'CREATE' })
    await execute('same')

    await review('same', group({}), { ChangeSetName: 'again' })
    const found = await described('again', 'same')
    const refused = await refusalOf(
      client().send(new ExecuteChangeSetCommand({ ChangeSetName: 'again', StackName: 'same' })),
    )

    expect(found).to.include({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    })
    expect(refused).to.include({ name: 'InvalidChangeSetStatusException', status: 400 })
    expect(refused.message).to.match(/^ChangeSet \[arn:.*\] cannot be executed in its current status of \[FAILED\]$/)
  })

  it('see that outputs or tags alone have changed', async () => {
    await review('around', group({}), { ChangeSetType: 'CREATE' })
    await execute('around')

    await review('around', group({}, { Outputs: { New: { Value: 'x' } } }))
    const found = await described('set', 'around')
    const done = await execute('around')

    expect(found).to.include({ Status: 'CREATE_COMPLETE' })
    expect(found.Changes ?? []).to.deep.equal([])
    expect(done?.Outputs).to.deep.equal([{ OutputKey: 'New', OutputValue: 'x' }])
  })

  it('are listed, deleted and missed', async () => {
    await review('listed', group({}), { ChangeSetType: 'CREATE', ChangeSetName: 'one' })
    await review('listed', group({}), { ChangeSetType: 'CREATE', ChangeSetName: 'two' })

    await client().send(new DeleteChangeSetCommand({ ChangeSetName: 'one', StackName: 'listed' }))
    const { Summaries = [] } = await client().send(new ListChangeSetsCommand({ StackName: 'listed' }))
    const missed = await refusalOf(described('one', 'listed'))
    const nowhere = await refusalOf(described('one', 'nowhere'))
    const alone = await refusalOf(described('one'))

    expect(Summaries.map(({ ChangeSetName }) => ChangeSetName)).to.deep.equal(['two'])
    expect(missed).to.deep.equal({
      name: 'ChangeSetNotFoundException',
      status: 404,
      message: 'ChangeSet [one] does not exist',
    })
    expect(nowhere).to.include({ name: 'ValidationError', message: 'Stack [nowhere] does not exist' })
    expect(alone.message).to.equal('StackName must be specified if ChangeSetName is not specified as an ARN.')
  })

  it('do not create what is there, or update what is not', async () => {
    await review('there', group({}), { ChangeSetType: 'CREATE' })
    await execute('there')

    const again = await refusalOf(review('there', group({}), { ChangeSetType: 'CREATE', ChangeSetName: 'b' }))
    const missing = await refusalOf(review('missing', group({})))

    expect(again.message).to.equal('Stack [there] already exists and cannot be created again with the changeSet [b].')
    expect(missing.message).to.equal('Stack [missing] does not exist')
  })

  it('take templates from a bucket, in every form of its address', async () => {
    const s3 = new S3Client({ ...t.config(), forcePathStyle: true })
    await s3.send(new CreateBucketCommand({ Bucket: 'templates' }))
    await s3.send(new PutObjectCommand({ Bucket: 'templates', Key: 'a/b.json', Body: group({}) }))
    const validate = (TemplateURL: string) => client().send(new ValidateTemplateCommand({ TemplateURL }))

    for (const address of [
      `${t.config().endpoint}/templates/a/b.json`,
      'https://s3.amazonaws.com/templates/a/b.json',
      'https://s3.us-east-1.amazonaws.com/templates/a/b.json',
      'https://templates.s3.us-east-1.amazonaws.com/a/b.json',
      'https://templates.s3.amazonaws.com/a/b.json',
    ])
      expect((await validate(address)).Parameters ?? []).to.deep.equal([])
    const missing = await refusalOf(validate('https://templates.s3.amazonaws.com/c.json'))
    const elsewhere = await refusalOf(validate('https://example.org/a.json'))

    expect(missing.message).to.match(/^S3 error: The specified key does not exist\./)
    expect(elsewhere.message).to.equal('TemplateURL must be a supported URL.')
  })

  it('keep the template, as given and as the transform made it', async () => {
    const body = [
      'Transform: AWS::Serverless-2016-10-31',
      'Description: a table',
      'Parameters: { Name: { Type: String, Default: x } }',
      'Resources: { Table: { Type: AWS::Serverless::SimpleTable } }',
    ].join('\n')
    await review('sam', body, { ChangeSetType: 'CREATE' })
    await execute('sam')
    const template = async (TemplateStage: 'Original' | 'Processed') =>
      (await client().send(new GetTemplateCommand({ StackName: 'sam', TemplateStage }))).TemplateBody ?? ''

    const summary = await client().send(new GetTemplateSummaryCommand({ TemplateBody: body }))
    const validated = await client().send(new ValidateTemplateCommand({ TemplateBody: body }))

    expect(await template('Original')).to.equal(body)
    expect(JSON.parse(await template('Processed')).Resources.Table.Type).to.equal('AWS::DynamoDB::Table')
    expect(summary).to.deep.include({ Description: 'a table', ResourceTypes: ['AWS::DynamoDB::Table'] })
    expect(summary.Parameters?.[0]).to.deep.include({
      ParameterKey: 'Name',
      DefaultValue: 'x',
      ParameterType: 'String',
    })
    expect(validated.Capabilities).to.deep.equal(['CAPABILITY_AUTO_EXPAND'])
  })

  it('tell by their reason what the transform refuses', async () => {
    const body = JSON.stringify({
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        Fn: {
          Type: 'AWS::Serverless::Function',
          Properties: { CodeUri: './src', Handler: 'a.b', Runtime: 'nodejs24.x' },
        },
      },
    })

    await review('refused', body, { ChangeSetType: 'CREATE', Capabilities: ['CAPABILITY_IAM'] })
    const found = await described('set', 'refused')

    expect(found.Status).to.equal('FAILED')
    expect(found.StatusReason).to.match(
      /^Transform AWS::Serverless-2016-10-31 failed with: .* 'CodeUri' is not a valid S3 Uri/,
    )
  })

  it('are allowed on the ARN of their stack, and make resources as the caller', async () => {
    const mine = {
      Resource: 'arn:aws:cloudformation:us-east-1:123456789012:stack/mine-*/*',
      Action: 'cloudformation:*',
    }
    const role = await createRole(
      t.config(),
      'deployer',
      [{ Effect: 'Allow', ...mine }],
      trust({ AWS: '123456789012' }),
    )
    const config = { ...t.config(), credentials: await sessionOf(t.config(), role) }
    const asRole = (StackName: string) =>
      client(config).send(
        new CreateChangeSetCommand({
          StackName,
          ChangeSetName: 'set',
          ChangeSetType: 'CREATE',
          TemplateBody: group({}),
        }),
      )

    const denied = await refusalOf(asRole('theirs-1'))
    await asRole('mine-1')
    await client(config).send(new ExecuteChangeSetCommand({ ChangeSetName: 'set', StackName: 'mine-1' }))
    const { Stacks: [found] = [] } = await client(config).send(new DescribeStacksCommand({ StackName: 'mine-1' }))

    const { Id: theirs, StackId } = await review('theirs-2', group({}), { ChangeSetType: 'CREATE' })
    const other = { ChangeSetName: theirs, StackName: 'mine-1' }
    const asked = [
      client(config).send(new DescribeChangeSetCommand(other)),
      client(config).send(new ExecuteChangeSetCommand(other)),
      client(config).send(new GetTemplateCommand(other)),
    ]
    for (const one of asked)
      expect(await refusalOf(one)).to.deep.equal({
        name: 'ChangeSetNotFoundException',
        status: 404,
        message: `ChangeSet [${theirs}] does not exist`,
      })
    await client(config).send(new DeleteChangeSetCommand(other))
    const still = await client().send(new DescribeChangeSetCommand({ ChangeSetName: theirs, StackName: StackId }))

    expect(still.ExecutionStatus).to.equal('AVAILABLE')
    expect(denied).to.include({ name: 'AccessDenied', status: 403 })
    expect(denied.message).to.contain(
      'is not authorized to perform: cloudformation:CreateChangeSet on resource: arn:aws:cloudformation:us-east-1:123456789012:stack/theirs-1/*',
    )
    expect(found?.StackStatus).to.equal('ROLLBACK_COMPLETE')
  })
})
