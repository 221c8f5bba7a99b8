import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const trust = (Service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' },
  })
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`
const Target = { Arn: 'arn:aws:lambda:us-east-1:123456789012:function:f', RoleArn: role('timer') }
const given: CreateScheduleCommandInput = {
  ...{ Name: 's', ScheduleExpression: 'cron(0 10 ? * MON-FRI *)', ScheduleExpressionTimezone: 'Europe/Berlin' },
  ...{ FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 }, Target },
}

describe('scheduler, through the SDK', () => {
  const cloud = withCloud()
  const client = () => new SchedulerClient(cloud.config())
  before(async () => {
    const iam = new IAMClient(cloud.config())
    for (const [RoleName, service] of [
      ['timer', 'scheduler.amazonaws.com'],
      ['other', 'lambda.amazonaws.com'],
    ] as const)
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(service) }))
  })

  it('keeps schedules', async () => {
    const { ScheduleArn } = await client().send(new CreateScheduleCommand(given))
    const {
      $metadata: _,
      CreationDate,
      LastModificationDate,
      ...schedule
    } = await client().send(new GetScheduleCommand({ Name: 's' }))

    expect(ScheduleArn).to.equal('arn:aws:scheduler:us-east-1:123456789012:schedule/default/s')
    expect(CreationDate).to.deep.equal(LastModificationDate)
    expect(schedule).to.deep.equal({
      ...given,
      ...{ Arn: ScheduleArn, GroupName: 'default', State: 'ENABLED', ActionAfterCompletion: 'NONE' },
      Target: { ...Target, RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
    })
    await client().send(new UpdateScheduleCommand({ ...given, State: 'DISABLED' }))
    const { Schedules } = await client().send(new ListSchedulesCommand({ State: 'DISABLED' }))
    expect(Schedules?.map(({ Name }) => Name)).to.deep.equal(['s'])
  })

  it('deletes a group with its schedules', async () => {
    await client().send(new CreateScheduleGroupCommand({ Name: 'g' }))
    await client().send(new CreateScheduleCommand({ ...given, GroupName: 'g' }))
    const { ScheduleGroups } = await client().send(new ListScheduleGroupsCommand({}))

    await client().send(new DeleteScheduleGroupCommand({ Name: 'g' }))

    expect(ScheduleGroups?.map(({ Name }) => Name)).to.deep.equal(['default', 'g'])
    const gone = await refusalOf(client().send(new GetScheduleCommand({ Name: 's', GroupName: 'g' })))
    expect(gone).to.deep.equal({
      ...{ name: 'ResourceNotFoundException', status: 404, message: 'Schedule s does not exist.' },
    })
  })

  for (const [name, change, code, message] of [
    ['a schedule that is there', {}, 'ConflictException', 'Schedule s already exists.'],
    [
      'a group that is not there',
      { GroupName: 'no' },
      'ResourceNotFoundException',
      'Schedule group no does not exist.',
    ],
    [
      'a wrong expression',
      { ScheduleExpression: 'cron(1)' },
      'ValidationException',
      'Invalid Schedule Expression cron(1).',
    ],
    [
      'a wrong zone',
      { ScheduleExpressionTimezone: 'Mars/Base' },
      'ValidationException',
      'Invalid Schedule Expression Timezone Mars/Base.',
    ],
    [
      'a role of another service',
      { Name: 't', Target: { ...Target, RoleArn: role('other') } },
      'ValidationException',
      'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
    ],
    [
      'a queue',
      { Name: 't', Target: { ...Target, Arn: 'arn:aws:sqs:us-east-1:123456789012:q' } },
      'ValidationException',
      'The local cloud delivers to Lambda functions, not to arn:aws:sqs:us-east-1:123456789012:q.',
    ],
  ] as const)
    it(`refuses ${name}`, async () => {
      const refusal = await refusalOf(client().send(new CreateScheduleCommand({ ...given, ...change })))

      expect([refusal.name, refusal.message]).to.deep.equal([code, message])
    })

  it('refuses to delete what is not there', async () => {
    const refusal = await refusalOf(client().send(new DeleteScheduleCommand({ Name: 'no' })))

    expect(refusal.name).to.equal('ResourceNotFoundException')
  })
})
