import type { Access, ConditionKeys } from '../../iam/types.ts'
import { length, oneOf } from '../constraints.ts'
import { readPattern } from '../eventPatterns.ts'
import { readExpression } from '../expressions.ts'
import type { Call } from '../service.ts'
import {
  arnOfNamed,
  checkBus,
  DEFAULT_BUS,
  invalid,
  type NamedRule,
  type Operations,
  pageOf,
  ruleName,
  theRule,
  valid,
} from './names.ts'
import type { EventsStore } from './store.ts'
import { checkTags, ruleKeys, tagsOf } from './tags.ts'
import type { Rule } from './types.ts'

/** What an operation on one rule asks for. */
export const onRule =
  <In extends NamedRule>(action: string) =>
  (input: In, call: Call<EventsStore>) => {
    const arn = arnOfNamed(input, call)
    return [`events:${action}`, arn, ruleKeys(call.store.rule(arn))] as const
  }

/** What a role that EventBridge is to work with asks for. */
export const passRole = (role: string | undefined): Access[] =>
  role === undefined ? [] : [['iam:PassRole', role, { 'iam:PassedToService': 'events.amazonaws.com' }]]

/** @throws ServiceError `ValidationException` for what is no expression of a rule: those of one-time schedules too */
const checkSchedule = (schedule: string) => {
  const expression = readExpression(schedule)
  const [, count, unit = ''] = /^rate\((\d+) (\w+)\)$/.exec(schedule) ?? []
  // Rules are strict: one hour, two hours.
  const wrong = expression?.kind === 'rate' && (count === undefined || (count === '1') === unit.endsWith('s'))
  if (!expression || expression.kind === 'at' || wrong) throw invalid('Parameter ScheduleExpression is not valid.')
}

const described = (rule: Rule) => ({
  Name: rule.name,
  Arn: rule.arn,
  EventPattern: rule.pattern,
  ScheduleExpression: rule.schedule,
  State: rule.state,
  Description: rule.description,
  RoleArn: rule.roleArn,
  EventBusName: DEFAULT_BUS,
})

const setState = (rule: Rule, state: Rule['state'], { store, ground }: Call<EventsStore>) => {
  // A rate that is enabled again begins anew.
  const anchor = rule.enabled || state === 'DISABLED' ? rule.anchor : ground.clock.now()
  store.save({ ...rule, state, enabled: state !== 'DISABLED', anchor })
  return {}
}

export const rules = {
  PutRule: {
    action(input, call): Access[] {
      const arn = arnOfNamed(input, call)
      const tags = tagsOf(input.Tags)
      const keys: ConditionKeys = {
        ...ruleKeys(call.store.rule(arn)),
        'aws:TagKeys': Object.keys(tags),
        ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
      }
      const tag: Access[] = Object.keys(tags).length ? [['events:TagResource', arn, keys]] : []
      return [['events:PutRule', arn, keys], ...tag, ...passRole(input.RoleArn)]
    },
    run(input, call) {
      const { Name: name, ScheduleExpression: schedule, EventPattern: pattern, Description: description } = input
      const { RoleArn: roleArn, State: state = 'ENABLED' } = input
      valid(
        ...ruleName(name, 'name'),
        length('scheduleExpression', schedule, 0, 256),
        length('eventPattern', pattern, 0, 4096),
        length('description', description, 0, 512),
        length('roleArn', roleArn, 1, 1600),
        oneOf('state', state, ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']),
      )
      checkBus(input.EventBusName)
      if (!schedule && !pattern) throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.')
      if (schedule) checkSchedule(schedule)
      if (pattern) readPattern(pattern)
      const arn = arnOfNamed(input, call)
      const before = call.store.rule(arn)
      const enabled = state !== 'DISABLED'
      const tags = tagsOf(input.Tags)
      checkTags(tags)
      // A rate goes on as it was unless it changes.
      const goesOn = before?.enabled && enabled && before.schedule === schedule
      call.store.save({
        ...{ arn, name, account: call.account, region: call.region, state, enabled },
        ...{ description, roleArn, schedule: schedule || undefined, pattern: pattern || undefined },
        anchor: goesOn ? before.anchor : call.ground.clock.now(),
        targets: before?.targets ?? [],
        // Tags of a rule that is there change by TagResource alone.
        tags: before?.tags ?? tags,
      })
      return { RuleArn: arn }
    },
  },
  DescribeRule: {
    action: onRule('DescribeRule'),
    run: (input, call) => ({ ...described(theRule(input, call)), CreatedBy: call.account }),
  },
  ListRules: {
    action: () => ['events:ListRules', '*'],
    run(input, call) {
      const { NamePrefix = '' } = input
      valid(...ruleName(input.NamePrefix, 'namePrefix'))
      checkBus(input.EventBusName)
      const all = call.store.rules(call).filter(({ name }) => name.startsWith(NamePrefix))
      const { page, NextToken } = pageOf(all, ({ name }) => name, input)
      return { Rules: page.map(described), NextToken }
    },
  },
  DeleteRule: {
    action: onRule('DeleteRule'),
    run(input, call) {
      valid(...ruleName(input.Name, 'name'))
      checkBus(input.EventBusName)
      const rule = call.store.rule(arnOfNamed(input, call))
      // A rule that is not there is deleted, says AWS.
      if (!rule) return {}
      if (rule.targets.length) throw invalid("Rule can't be deleted since it has targets.")
      call.store.remove(rule)
      return {}
    },
  },
  EnableRule: {
    action: onRule('EnableRule'),
    run: (input, call) => setState(theRule(input, call), 'ENABLED', call),
  },
  DisableRule: {
    action: onRule('DisableRule'),
    run: (input, call) => setState(theRule(input, call), 'DISABLED', call),
  },
} satisfies Operations
