import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { templateFile, withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { arnOf, roleArn } from './fixture.ts'

const ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    },
  },
}
const CODE = 'exports.handler = async () => process.env.COLOUR'
const PROPERTIES = {
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
  Code: { ZipFile: CODE },
}

describe('CloudFormation types of Lambda and CloudWatch Logs', () => {
  const cloud = withCloud()
  let lambda: LambdaClient
  let logs: CloudWatchLogsClient
  before(() => {
    lambda = new LambdaClient(cloud.config())
    logs = new CloudWatchLogsClient(cloud.config())
  })
  after(() => {
    lambda.destroy()
    logs.destroy()
  })

  const deploy = (resources: Record<string, unknown>, outputs: Record<string, unknown> = {}) =>
    cloud.cloud.deploy({
      name: 'local',
      template: JSON.stringify({
        Resources: { Role: ROLE, ...resources },
        Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
      }),
      file: templateFile,
    })
  const fn = (more: Record<string, unknown> = {}) => ({
    Type: 'AWS::Lambda::Function',
    Properties: { ...PROPERTIES, ...more },
  })
  const invoke = async (FunctionName: string) => {
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }))
    return Buffer.from(Payload ?? []).toString()
  }
  const get = (FunctionName: string) => lambda.send(new GetFunctionCommand({ FunctionName }))
  const policyOf = async (FunctionName: string) =>
    JSON.parse((await lambda.send(new GetPolicyCommand({ FunctionName }))).Policy ?? '').Statement

  describe('AWS::Lambda::Function', () => {
    it('is created with all that it says; Ref is the name, Arn an attribute', async () => {
      const { outputs } = await deploy(
        {
          One: fn({
            Description: 'one',
            Timeout: '7',
            MemorySize: 256,
            Environment: { Variables: { COLOUR: 'red', NUMBER: 7 } },
            ReservedConcurrentExecutions: 5,
            LoggingConfig: { LogGroup: 'mine' },
            Tags: [{ Key: 'a', Value: '1' }],
          }),
        },
        { Name: { Ref: 'One' }, Arn: { 'Fn::GetAtt': ['One', 'Arn'] } },
      )
      const { Configuration, Concurrency, Tags } = await get('One')

      expect([outputs.Name?.value, outputs.Arn?.value]).to.deep.equal(['One', arnOf('One')])
      expect(Configuration).to.deep.include({
        Description: 'one',
        Timeout: 7,
        MemorySize: 256,
        Role: roleArn('Role'),
        Environment: { Variables: { COLOUR: 'red', NUMBER: '7' } },
        LoggingConfig: { LogFormat: 'Text', LogGroup: 'mine' },
      })
      expect(Concurrency).to.deep.equal({ ReservedConcurrentExecutions: 5 })
      expect(Tags).to.include({ a: '1' })
      expect(await invoke('One')).to.equal('"red"')
    })

    it('is changed by difference; what is taken out has its default again', async () => {
      const before = (await get('One')).Configuration
      await deploy({ One: fn({ Environment: { Variables: { COLOUR: 'blue' } }, Tags: [{ Key: 'b', Value: '2' }] }) })
      const { Configuration, Concurrency, Tags } = await get('One')

      expect(Configuration).to.deep.include({
        Description: '',
        Timeout: 3,
        MemorySize: 128,
        Environment: { Variables: { COLOUR: 'blue' } },
        LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/One' },
        CodeSha256: before?.CodeSha256,
      })
      expect(Concurrency).to.equal(undefined)
      expect(Tags).to.include({ b: '2' }).and.not.have.property('a')
      expect(await invoke('One')).to.equal('"blue"')
    })

    it('gets new code, and is left alone when nothing changed', async () => {
      const Code = { ZipFile: `exports.handler = async () => 'new'` }
      await deploy({ One: fn({ Code }) })
      const first = (await get('One')).Configuration?.RevisionId
      const answer = await invoke('One')
      await deploy({ One: fn({ Code }) })

      expect(answer).to.equal('"new"')
      expect((await get('One')).Configuration?.RevisionId).to.equal(first)
    })

    it('is another one under another name', async () => {
      await deploy({ One: fn({ FunctionName: 'renamed' }) })

      expect((await get('renamed')).Configuration?.FunctionArn).to.equal(arnOf('renamed'))
      expect((await refusalOf(get('One'))).name).to.equal('ResourceNotFoundException')
    })

    it('goes with its line in the template', async () => {
      await deploy({})

      expect((await refusalOf(get('renamed'))).name).to.equal('ResourceNotFoundException')
    })

    for (const [name, value] of [
      ['VpcConfig', { SubnetIds: ['subnet-1'] }],
      ['KmsKeyArn', 'arn:aws:kms:us-east-1:123456789012:key/k'],
      ['SnapStart', { ApplyOn: 'PublishedVersions' }],
      ['RuntimeManagementConfig', { UpdateRuntimeOn: 'Auto' }],
      ['Runtime', 'python3.13'],
      ['Timeout', 'soon'],
    ] as const)
      it(`refuses ${name} ${JSON.stringify(value)} by name`, async () => {
        const error = await deploy({ One: fn({ [name]: value }) }).then(
          () => expect.fail('was deployed'),
          (refused: Error) => refused,
        )

        expect(error.message).to.match(new RegExp(name === 'KmsKeyArn' ? 'KMSKeyArn' : name, 'i'))
      })
  })

  it('AWS::Lambda::Permission and EventInvokeConfig follow the template', async () => {
    const resources = (principal: string, attempts: number) => ({
      Two: fn({ Environment: { Variables: { COLOUR: 'x' } } }),
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: { Ref: 'Two' },
          Action: 'lambda:InvokeFunction',
          Principal: principal,
          SourceArn: 'arn:aws:s3:::b',
        },
      },
      Config: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: { FunctionName: { Ref: 'Two' }, Qualifier: '$LATEST', MaximumRetryAttempts: attempts },
      },
    })
    const config = () => lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'Two' }))

    await deploy(resources('s3.amazonaws.com', 1))
    const [first] = await policyOf('Two')
    const attempts = (await config()).MaximumRetryAttempts
    await deploy(resources('sns.amazonaws.com', 0))
    const changed = await policyOf('Two')
    const then = (await config()).MaximumRetryAttempts
    await deploy({ Two: resources('', 0).Two })

    expect(first).to.deep.include({ Principal: { Service: 's3.amazonaws.com' }, Resource: arnOf('Two') })
    expect(changed).to.have.length(1)
    expect(changed[0]).to.deep.include({ Principal: { Service: 'sns.amazonaws.com' } })
    expect([attempts, then]).to.deep.equal([1, 0])
    expect((await refusalOf(policyOf('Two'))).name).to.equal('ResourceNotFoundException')
    expect((await refusalOf(config())).name).to.equal('ResourceNotFoundException')
  })

  it('AWS::Logs::LogGroup keeps its retention and tags, and goes with the stack', async () => {
    const group = (Properties: object) => ({ Group: { Type: 'AWS::Logs::LogGroup', Properties } })
    const described = async () =>
      (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/of/stack' }))).logGroups ?? []
    const resourceArn = 'arn:aws:logs:us-east-1:123456789012:log-group:/of/stack'

    const { outputs } = await deploy(
      group({ LogGroupName: '/of/stack', RetentionInDays: 7, Tags: [{ Key: 'a', Value: '1' }] }),
      { Name: { Ref: 'Group' }, Arn: { 'Fn::GetAtt': ['Group', 'Arn'] } },
    )
    const [made] = await described()
    const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn }))
    await deploy(group({ LogGroupName: '/of/stack', RetentionInDays: '30' }))
    const [changed] = await described()
    await deploy(group({ LogGroupName: '/of/stack' }))
    const [forever] = await described()
    await deploy({})

    expect([outputs.Name?.value, outputs.Arn?.value]).to.deep.equal(['/of/stack', `${resourceArn}:*`])
    expect([made?.retentionInDays, changed?.retentionInDays, forever?.retentionInDays]).to.deep.equal([
      7,
      30,
      undefined,
    ])
    expect(tags).to.include({ a: '1' })
    expect(await described()).to.deep.equal([])
  })
})
