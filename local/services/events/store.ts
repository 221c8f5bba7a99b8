import type { Ground } from '../../base/ground.ts'
import { type EventPattern, matches } from '../eventMatching.ts'
import { nextDue, readExpression } from '../expressions.ts'
import { createTimetable, type Timed } from '../timetable.ts'
import { UTC } from '../zones.ts'
import { payloadOf } from './payload.ts'
import { type BusEvent, type Place, RULES, type Rule, type RuleDelivery } from './types.ts'

/** The rules that there are; as their times come, they fire. */
export interface EventsStore extends Timed {
  rule(arn: string): Rule | undefined
  /** All rules of a place, by name. */
  rules(place: Place): Rule[]
  save(rule: Rule): void
  remove(rule: Rule): void
  /** Hands an event to every enabled rule whose pattern fits. */
  publish(place: Place, event: BusEvent): void
  /** Fires a rule once, as if its time had come: its targets get the scheduled event. Whether there is such a rule. */
  runNow(arn: string): boolean
}

/** What EventBridge takes where a target says nothing: 185 tries, 24 hours. */
const ATTEMPTS = 185
const AGE = 86_400
/** Events tell their time in whole seconds. */
export const timeText = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')

export const createEventsStore = (ground: Ground): EventsStore => {
  const { state, clock, ids, outbox } = ground
  const timetable = createTimetable(ground, 'events')
  state.define(`create table if not exists events_rules (
    arn text primary key, account text, region text, name text, rule text, unique (account, region, name))`)
  const one = state.prepare('select rule from events_rules where arn = ?')
  const all = state.prepare('select rule from events_rules where account = ? and region = ? order by name')
  const put = state.prepare(
    'insert or replace into events_rules (arn, account, region, name, rule) values (?, ?, ?, ?, ?)',
  )
  const drop = state.prepare('delete from events_rules where arn = ?')
  const read = (row: unknown): Rule => JSON.parse((row as { rule: string }).rule)

  const dueAfter = (rule: Rule, after: number): number | undefined => {
    const expression = rule.enabled && rule.schedule !== undefined ? readExpression(rule.schedule) : undefined
    if (!expression) return undefined
    // A rule's rate is first due when its period is over.
    return nextDue(expression, { anchor: rule.anchor, zone: UTC }, Math.max(after, rule.anchor))
  }
  const deliver = (rule: Rule, event: BusEvent) => {
    for (const target of rule.targets) {
      const { MaximumRetryAttempts: attempts = ATTEMPTS, MaximumEventAgeInSeconds: age = AGE } =
        target.RetryPolicy ?? {}
      const delivery: RuleDelivery = {
        ...{ account: rule.account, region: rule.region, ruleArn: rule.arn },
        ...{ target: target.Arn ?? '', payload: payloadOf(target, event, rule, timeText(clock.now())) },
        ...{ attempts, age, deadLetter: target.DeadLetterConfig?.Arn, tries: 0 },
      }
      outbox.add(RULES, delivery)
    }
  }
  const scheduled = (rule: Rule, time: number): BusEvent => ({
    ...{ version: '0', id: ids.uuid(), 'detail-type': 'Scheduled Event', source: 'aws.events' },
    ...{ account: rule.account, time: timeText(time), region: rule.region, resources: [rule.arn], detail: {} },
  })
  const store: EventsStore = {
    timetable,
    rule: (arn) => {
      const row = one.get(arn)
      return row && read(row)
    },
    rules: ({ account, region }) => all.all(account, region).map(read),
    save: (rule) =>
      state.transaction(() => {
        put.run(rule.arn, rule.account, rule.region, rule.name, JSON.stringify(rule))
        timetable.set(rule.arn, dueAfter(rule, clock.now()))
      }),
    remove: ({ arn }) =>
      state.transaction(() => {
        drop.run(arn)
        timetable.set(arn, undefined)
      }),
    publish: (place, event) =>
      state.transaction(() => {
        for (const rule of store.rules(place))
          if (rule.enabled && rule.pattern !== undefined && matches(JSON.parse(rule.pattern) as EventPattern, event))
            deliver(rule, event)
      }),
    fire: (arn, due) =>
      state.transaction(() => {
        const rule = store.rule(arn)
        if (rule) deliver(rule, scheduled(rule, due))
        timetable.set(arn, rule && dueAfter(rule, due))
      }),
    miss: (arn, now) => {
      const rule = store.rule(arn)
      timetable.set(arn, rule && dueAfter(rule, now))
    },
    runNow: (arn) => {
      const rule = store.rule(arn)
      if (rule) state.transaction(() => deliver(rule, scheduled(rule, clock.now())))
      return rule !== undefined
    },
  }
  return store
}
