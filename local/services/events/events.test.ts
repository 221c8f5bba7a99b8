import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { type TestCloud, withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const Arn = 'arn:aws:lambda:us-east-1:123456789012:function:f'
const RuleArn = 'arn:aws:events:us-east-1:123456789012:rule/r'

/** A client of EventBridge with a new role's session. */
const roleThatMay = async (cloud: TestCloud, Action: string): Promise<EventBridgeClient> => {
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: statement })
  const iam = new IAMClient(cloud.config())
  const trust = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }
  await iam.send(new CreateRoleCommand({ RoleName: 'maker', AssumeRolePolicyDocument: document(trust) }))
  const PolicyDocument = document({ Effect: 'Allow', Action, Resource: '*' })
  await iam.send(new PutRolePolicyCommand({ RoleName: 'maker', PolicyName: 'all', PolicyDocument }))
  const RoleArn = 'arn:aws:iam::123456789012:role/maker'
  const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' })
  const { Credentials } = await new STSClient(cloud.config()).send(assume)
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {}
  return new EventBridgeClient(
    cloud.config({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken ?? '' }),
  )
}

describe('events, through the SDK', () => {
  const cloud = withCloud()
  const client = () => new EventBridgeClient(cloud.config())

  it('keeps rules, targets and tags', async () => {
    const Tags = [{ Key: 'a', Value: 'b' }]
    const put = await client().send(new PutRuleCommand({ Name: 'r', ScheduleExpression: 'rate(1 hour)', Tags }))
    const Targets = [
      { Id: '1', Arn, Input: '{}' },
      { Id: '2', Arn: 'arn:aws:sqs:us-east-1:123456789012:q' },
    ]
    const { FailedEntries } = await client().send(new PutTargetsCommand({ Rule: 'r', Targets }))

    expect(put.RuleArn).to.equal(RuleArn)
    expect(FailedEntries).to.deep.equal([
      {
        TargetId: '2',
        ErrorCode: 'ValidationException',
        ErrorMessage: 'The local cloud delivers to Lambda functions, not to arn:aws:sqs:us-east-1:123456789012:q.',
      },
    ])
    const described = await client().send(new DescribeRuleCommand({ Name: 'r' }))
    expect(described).to.include({ Arn: RuleArn, ScheduleExpression: 'rate(1 hour)', State: 'ENABLED' })
    const { Targets: listed } = await client().send(new ListTargetsByRuleCommand({ Rule: 'r' }))
    expect(listed).to.deep.equal([{ Id: '1', Arn, Input: '{}' }])
    const { RuleNames } = await client().send(new ListRuleNamesByTargetCommand({ TargetArn: Arn }))
    expect(RuleNames).to.deep.equal(['r'])
    const tagged = await client().send(new ListTagsForResourceCommand({ ResourceARN: RuleArn }))
    expect(tagged.Tags).to.deep.equal(Tags)
    expect((await client().send(new ListRulesCommand({ NamePrefix: 'x' }))).Rules).to.deep.equal([])
  })

  it('wants a permission of its own for the tags of a rule', async () => {
    const role = await roleThatMay(cloud, 'events:PutRule')
    const rule = { Name: 'tagged', ScheduleExpression: 'rate(1 hour)' }

    await role.send(new PutRuleCommand(rule))
    const refused = await refusalOf(role.send(new PutRuleCommand({ ...rule, Tags: [{ Key: 'a', Value: 'b' }] })))
    await client().send(new DeleteRuleCommand({ Name: 'tagged' }))

    expect(refused).to.include({ name: 'AccessDeniedException', status: 400 })
    expect(refused.message).to.contain('to perform: events:TagResource on resource')
  })

  for (const [name, command, code, message] of [
    [
      'a rule that is not there',
      new DescribeRuleCommand({ Name: 'no' }),
      'ResourceNotFoundException',
      'Rule no does not exist on EventBus default.',
    ],
    [
      'a rule with targets',
      new DeleteRuleCommand({ Name: 'r' }),
      'ValidationException',
      "Rule can't be deleted since it has targets.",
    ],
    [
      'one hours',
      new PutRuleCommand({ Name: 'x', ScheduleExpression: 'rate(1 hours)' }),
      'ValidationException',
      'Parameter ScheduleExpression is not valid.',
    ],
    [
      'a date',
      new PutRuleCommand({ Name: 'x', ScheduleExpression: 'at(2030-01-01T00:00:00)' }),
      'ValidationException',
      'Parameter ScheduleExpression is not valid.',
    ],
    [
      'neither schedule nor pattern',
      new PutRuleCommand({ Name: 'x' }),
      'ValidationException',
      'Parameter(s) EventPattern or ScheduleExpression must be specified.',
    ],
    [
      'another bus',
      new PutRuleCommand({ Name: 'x', EventBusName: 'b', EventPattern: '{"a":[1]}' }),
      'ResourceNotFoundException',
      'Event bus b does not exist.',
    ],
    [
      'a wrong pattern',
      new TestEventPatternCommand({ EventPattern: '{"a":1}', Event: '{}' }),
      'InvalidEventPatternException',
      'Event pattern is not valid. Reason: "a" must be an object or an array',
    ],
  ] as const)
    it(`refuses ${name}`, async () => {
      const error = await refusalOf(client().send(command as DescribeRuleCommand))

      expect([error.name, error.message]).to.deep.equal([code, message])
    })

  it('says what is wrong with each event', async () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels)}1${']'.repeat(levels)}}`
    const EventPattern = JSON.stringify({ detail: { a: ['x'] } })
    await client().send(new PutRuleCommand({ Name: 'deep', EventPattern }))
    const Entries = [
      { Source: 's', DetailType: 't', Detail: '{}' },
      { Source: 's', DetailType: 't', Detail: '[' },
      { Source: 's', Detail: '{}' },
      { Source: 'aws.s3', DetailType: 't', Detail: '{}' },
      { Source: 's', DetailType: 't', Detail: nested(900) },
      { Source: 's', DetailType: 't', Detail: nested(100_000) },
    ]

    const answer = await client().send(new PutEventsCommand({ Entries }))

    expect(answer.FailedEntryCount).to.equal(4)
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).to.deep.equal([
      undefined,
      'MalformedDetail',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      undefined,
      'MalformedDetail',
    ])
  })
})
