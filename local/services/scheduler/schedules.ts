import type { FlexibleTimeWindow, Target } from '@aws-sdk/client-scheduler'
import { ServiceError } from '../../base/errors.ts'
import type { Access } from '../../iam/types.ts'
import { type Broken, length, oneOf, pattern, range } from '../constraints.ts'
import { readExpression } from '../expressions.ts'
import { assumeRole } from '../roles.ts'
import type { Call, Input } from '../service.ts'
import { zoneNamed } from '../zones.ts'
import {
  aName,
  aToken,
  conflict,
  DEFAULT_GROUP,
  groupArn,
  invalid,
  type Named,
  type Operations,
  pageOf,
  scheduleArn,
  theGroup,
  theSchedule,
  valid,
} from './names.ts'
import type { SchedulerStore } from './store.ts'
import type { Schedule } from './types.ts'

type Given = Input<typeof import('@aws-sdk/client-scheduler'), 'CreateSchedule'>

export const PRINCIPAL = 'scheduler.amazonaws.com'
const FUNCTION = /^arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:(\$LATEST|[\w-]+))?$/
const UNIVERSAL = /^arn:aws[\w-]*:scheduler:::aws-sdk:lambda:invoke$/
/** What is for targets that the local cloud does not deliver to. */
const ELSEWHERE = [
  'EcsParameters',
  'EventBridgeParameters',
  'KinesisParameters',
  'SageMakerPipelineParameters',
  'SqsParameters',
] as const
const LARGEST_INPUT = 262_144

const onSchedule =
  <In extends Named>(action: string) =>
  ({ Name, GroupName = DEFAULT_GROUP }: In, call: Call<SchedulerStore>): Access => [
    `scheduler:${action}`,
    scheduleArn(call, GroupName, Name),
    groupKeys(GroupName, call),
  ]
/** Condition keys of a schedule: the tags of its group. */
const groupKeys = (name: string, call: Call<SchedulerStore>) =>
  Object.fromEntries(
    Object.entries(call.store.group(call, name)?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  )

const targetShape = ({ Arn, RoleArn, Input: input, RetryPolicy: retry, DeadLetterConfig: dead }: Target): Broken[] => [
  length('target.arn', Arn, 1, 1600),
  length('target.roleArn', RoleArn, 1, 1600),
  pattern('target.roleArn', RoleArn, /^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@/-]+$/),
  length('target.input', input, 1, LARGEST_INPUT),
  range('target.retryPolicy.maximumRetryAttempts', retry?.MaximumRetryAttempts, 0, 185),
  range('target.retryPolicy.maximumEventAgeInSeconds', retry?.MaximumEventAgeInSeconds, 60, 86_400),
  pattern('target.deadLetterConfig.arn', dead?.Arn, /^arn:aws(-[a-z]+)?:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9\-_]+$/),
]

/** @throws ServiceError `ValidationException` */
const checkTarget = (target: Target) => {
  const { Arn = '', Input: input } = target
  if (UNIVERSAL.test(Arn)) throw invalid('The local cloud has no universal targets: give the ARN of the function.')
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+/.test(Arn)) throw invalid(`Invalid ARN: ${Arn}.`)
  if (!FUNCTION.test(Arn)) throw invalid(`The local cloud delivers to Lambda functions, not to ${Arn}.`)
  const other = ELSEWHERE.find((name) => target[name] !== undefined)
  if (other) throw invalid(`Provided Arn is not compatible with ${other}.`)
  if (input === undefined) return
  try {
    JSON.parse(input.replaceAll(/<aws\.scheduler\.[a-z-]+>/g, '0'))
  } catch {
    throw invalid('Invalid request provided: Input is not valid JSON for a Lambda function.')
  }
}

/** @throws ServiceError `ValidationException` */
const checkWindow = ({ Mode: mode, MaximumWindowInMinutes: minutes }: FlexibleTimeWindow) => {
  valid(
    oneOf('flexibleTimeWindow.mode', mode, ['OFF', 'FLEXIBLE']),
    range('flexibleTimeWindow.maximumWindowInMinutes', minutes, 1, 1440),
  )
  if (mode === 'OFF' && minutes !== undefined)
    throw invalid('Flexible time window must be disabled when MaximumWindowInMinutes is not set.')
  if (mode === 'FLEXIBLE' && minutes === undefined)
    throw invalid('MaximumWindowInMinutes must be provided for flexible time window mode FLEXIBLE.')
}

/** @throws ServiceError `ValidationException` for what AWS would not take either, or the local cloud cannot do */
const check = (input: Given, now: number) => {
  const { ScheduleExpression: text, ScheduleExpressionTimezone: zone = 'UTC', StartDate, EndDate } = input
  valid(
    ...aName('name', input.Name),
    ...aName('groupName', input.GroupName),
    ...aToken(input.ClientToken),
    length('scheduleExpression', text, 1, 256),
    length('scheduleExpressionTimezone', zone, 1, 50),
    length('description', input.Description, 0, 512),
    oneOf('state', input.State, ['ENABLED', 'DISABLED']),
    oneOf('actionAfterCompletion', input.ActionAfterCompletion, ['NONE', 'DELETE']),
    ...targetShape(input.Target),
  )
  checkWindow(input.FlexibleTimeWindow)
  if (!readExpression(text)) throw invalid(`Invalid Schedule Expression ${text}.`)
  if (!zoneNamed(zone)) throw invalid(`Invalid Schedule Expression Timezone ${zone}.`)
  if (StartDate && EndDate && EndDate <= StartDate) throw invalid('The EndDate must be after the StartDate.')
  if (EndDate && EndDate.getTime() <= now) throw invalid('The EndDate must be in the future.')
  if (input.KmsKeyArn !== undefined) throw invalid('The local cloud has no schedules with a key of their own.')
  checkTarget(input.Target)
}

/** @throws ServiceError `ValidationException` when the trust policy does not let the Scheduler have the role */
const checkRole = async (input: Given, call: Call<SchedulerStore>) => {
  const { account } = call
  const sourceArn = groupArn(call, input.GroupName ?? DEFAULT_GROUP)
  const assumption = { roleArn: input.Target.RoleArn ?? '', principal: PRINCIPAL, account, sourceArn }
  try {
    await assumeRole(call.cloud, { ...assumption, sessionName: input.Name.padEnd(2, '_') })
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === 'AccessDenied')) throw error
    throw invalid('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.')
  }
}

const timingOf = ({ expression, zone, start, end, enabled }: Schedule) =>
  JSON.stringify([expression, zone, start, end, enabled])

const put = async (input: Given, call: Call<SchedulerStore>, before?: Schedule) => {
  const { Name: name, GroupName: group = DEFAULT_GROUP } = input
  await checkRole(input, call)
  const now = call.ground.clock.now()
  const start = input.StartDate?.getTime()
  const schedule: Schedule = {
    ...{ arn: scheduleArn(call, group, name), name, group, account: call.account, region: call.region },
    ...{ expression: input.ScheduleExpression, zone: input.ScheduleExpressionTimezone ?? 'UTC' },
    ...{ start, end: input.EndDate?.getTime(), description: input.Description, enabled: input.State !== 'DISABLED' },
    ...{ window: input.FlexibleTimeWindow, target: input.Target, after: input.ActionAfterCompletion ?? 'NONE' },
    ...{ created: before?.created ?? now, modified: now, anchor: start ?? now },
  }
  // What has the same timing goes on as it was.
  const anew = !before || timingOf(schedule) !== timingOf(before)
  call.store.save(anew ? schedule : { ...schedule, anchor: before.anchor }, anew)
  return { ScheduleArn: schedule.arn }
}
const passRole = ({ Target: { RoleArn = '' } }: Given): Access => [
  'iam:PassRole',
  RoleArn,
  { 'iam:PassedToService': PRINCIPAL },
]

const date = (time: number | undefined) => (time === undefined ? undefined : new Date(time))
const stateOf = ({ enabled }: Schedule) => (enabled ? ('ENABLED' as const) : ('DISABLED' as const))
const keyOf = ({ group, name }: Schedule) => `${group}/${name}`

export const schedules = {
  CreateSchedule: {
    action: (input, call) => [onSchedule<Given>('CreateSchedule')(input, call), passRole(input)],
    async run(input, call) {
      check(input, call.ground.clock.now())
      const { name: group } = theGroup(input.GroupName ?? DEFAULT_GROUP, call)
      const exists = () => call.store.schedule(scheduleArn(call, group, input.Name))
      if (exists()) throw conflict(`Schedule ${input.Name} already exists.`)
      return put(input, call)
    },
  },
  UpdateSchedule: {
    action: (input, call) => [onSchedule<Given>('UpdateSchedule')(input, call), passRole(input)],
    async run(input, call) {
      check(input, call.ground.clock.now())
      return put(input, call, theSchedule(input, call))
    },
  },
  GetSchedule: {
    action: onSchedule('GetSchedule'),
    run(input, call) {
      const schedule = theSchedule(input, call)
      return {
        ...{ Arn: schedule.arn, Name: schedule.name, GroupName: schedule.group, State: stateOf(schedule) },
        ...{ ScheduleExpression: schedule.expression, ScheduleExpressionTimezone: schedule.zone },
        ...{ StartDate: date(schedule.start), EndDate: date(schedule.end), Description: schedule.description },
        ...{ CreationDate: date(schedule.created), LastModificationDate: date(schedule.modified) },
        Target: {
          ...schedule.target,
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185, ...schedule.target.RetryPolicy },
        },
        ...{ FlexibleTimeWindow: schedule.window, ActionAfterCompletion: schedule.after },
      }
    },
  },
  DeleteSchedule: {
    action: onSchedule('DeleteSchedule'),
    run(input, call) {
      valid(...aToken(input.ClientToken))
      call.store.remove(theSchedule(input, call))
      return {}
    },
  },
  ListSchedules: {
    action: () => ['scheduler:ListSchedules', '*'],
    run(input, call) {
      const { GroupName: group, NamePrefix: prefix = '', State: state } = input
      valid(...aName('namePrefix', input.NamePrefix), oneOf('state', state, ['ENABLED', 'DISABLED']))
      if (group !== undefined) theGroup(group, call)
      const all = call.store
        .schedules(call)
        .filter((one) => (group === undefined || one.group === group) && one.name.startsWith(prefix))
        .filter((one) => state === undefined || stateOf(one) === state)
        .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      const { page, NextToken } = pageOf(all, keyOf, input)
      const Schedules = page.map((one) => ({
        ...{ Arn: one.arn, Name: one.name, GroupName: one.group, State: stateOf(one), Target: { Arn: one.target.Arn } },
        ...{ CreationDate: date(one.created), LastModificationDate: date(one.modified) },
      }))
      return { Schedules, NextToken }
    },
  },
} satisfies Operations
