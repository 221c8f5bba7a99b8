import type { Ground } from '../../base/ground.ts'
import { nextDue, readExpression } from '../expressions.ts'
import { createTimetable, type Timed } from '../timetable.ts'
import { zoneNamed } from '../zones.ts'
import { ATTEMPT_NUMBER, type Group, type Place, SCHEDULES, type Schedule, type ScheduleDelivery } from './types.ts'

/** The schedules that there are; as their times come, they fire. */
export interface SchedulerStore extends Timed {
  schedule(arn: string): Schedule | undefined
  /** All schedules of a place, by group and name. */
  schedules(place: Place): Schedule[]
  /** `anew`: its timing has changed, so its next time is looked for from now on. */
  save(schedule: Schedule, anew: boolean): void
  remove(schedule: Schedule): void
  group(place: Place, name: string): Group | undefined
  /** All groups of a place, by name. */
  groups(place: Place): Group[]
  saveGroup(group: Group): void
  /** Removes a group with its schedules. */
  removeGroup(group: Group): void
  /** Fires a schedule once, as if its time had come. Whether there is such a schedule. */
  runNow(arn: string): boolean
}

/** What the Scheduler takes where a target says nothing: 185 tries, 24 hours. */
const ATTEMPTS = 185
const AGE = 86_400
/** Events tell their time in whole seconds. */
const timeText = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')

export const createSchedulerStore = (ground: Ground): SchedulerStore => {
  const { state, clock, ids, outbox } = ground
  const timetable = createTimetable(ground, 'scheduler')
  state.define(`
    create table if not exists scheduler_schedules (
      arn text primary key, account text, region text, grp text, name text, schedule text);
    create index if not exists scheduler_schedules_place on scheduler_schedules (account, region, grp, name);
    create table if not exists scheduler_groups (
      account text, region text, name text, grp text, primary key (account, region, name))`)
  const one = state.prepare('select schedule as json from scheduler_schedules where arn = ?')
  const all = state.prepare(
    'select schedule as json from scheduler_schedules where account = ? and region = ? order by grp, name',
  )
  const put = state.prepare('insert or replace into scheduler_schedules values (?, ?, ?, ?, ?, ?)')
  const drop = state.prepare('delete from scheduler_schedules where arn = ?')
  const allGroups = state.prepare('select grp as json from scheduler_groups where account = ? and region = ?')
  const putGroup = state.prepare('insert or replace into scheduler_groups values (?, ?, ?, ?)')
  const dropGroup = state.prepare('delete from scheduler_groups where account = ? and region = ? and name = ?')
  const read = <T>(row: unknown): T => JSON.parse((row as { json: string }).json)
  const began = clock.now()

  const dueAfter = (schedule: Schedule, after: number): number | undefined => {
    const expression = schedule.enabled ? readExpression(schedule.expression) : undefined
    const zone = zoneNamed(schedule.zone)
    if (!expression || !zone) return undefined
    const { anchor, start, end } = schedule
    return nextDue(expression, { anchor, zone, start, end }, after)
  }
  const payloadOf = (schedule: Schedule, due: number): string => {
    const id = ids.uuid()
    const { target, account, region, arn } = schedule
    if (target.Input === undefined)
      return JSON.stringify({
        ...{ version: '0', id, 'detail-type': 'Scheduled Event', source: 'aws.scheduler', account },
        ...{ time: timeText(due), region, resources: [arn], detail: '{}' },
      })
    // Scheduler user guide, "Adding context attributes"
    return target.Input.replaceAll('<aws.scheduler.schedule-arn>', arn)
      .replaceAll('<aws.scheduler.scheduled-time>', timeText(due))
      .replaceAll('<aws.scheduler.execution-id>', id)
  }
  const deliver = (schedule: Schedule, due: number) => {
    const { target, account, region, arn, group } = schedule
    const { MaximumRetryAttempts: attempts = ATTEMPTS, MaximumEventAgeInSeconds: age = AGE } = target.RetryPolicy ?? {}
    const delivery: ScheduleDelivery = {
      ...{
        account,
        region,
        scheduleArn: arn,
        groupArn: `arn:aws:scheduler:${region}:${account}:schedule-group/${group}`,
      },
      ...{ target: target.Arn ?? '', roleArn: target.RoleArn ?? '', payload: payloadOf(schedule, due) },
      ...{ attempts, age, deadLetter: target.DeadLetterConfig?.Arn, tries: 0 },
    }
    outbox.add(SCHEDULES, delivery)
  }
  /** Sets the next time; a schedule that has none left goes, if it is to. */
  const goOn = (schedule: Schedule, after: number) => {
    const due = dueAfter(schedule, after)
    if (due === undefined && schedule.after === 'DELETE') store.remove(schedule)
    else timetable.set(schedule.arn, due)
  }
  const store: SchedulerStore = {
    timetable,
    schedule: (arn) => {
      const row = one.get(arn)
      return row && read<Schedule>(row)
    },
    schedules: ({ account, region }) => all.all(account, region).map((row) => read<Schedule>(row)),
    save: (schedule, anew) =>
      state.transaction(() => {
        const { arn, account, region, group, name } = schedule
        put.run(arn, account, region, group, name, JSON.stringify(schedule))
        // A rate without a start is due at once: at the time of the change itself, which may be a moment ago by now.
        if (anew) timetable.set(arn, dueAfter(schedule, schedule.modified - 1))
      }),
    remove: ({ arn }) =>
      state.transaction(() => {
        drop.run(arn)
        timetable.set(arn, undefined)
      }),
    group: (place, name) => store.groups(place).find((one) => one.name === name),
    groups: (place) => {
      const { account, region } = place
      const own = allGroups.all(account, region).map((row) => read<Group>(row))
      const arn = `arn:aws:scheduler:${region}:${account}:schedule-group/default`
      const always = { account, region, arn, name: 'default', created: began, modified: began, tags: {} }
      return [...(own.some(({ name }) => name === 'default') ? [] : [always]), ...own].sort((a, b) =>
        a.name < b.name ? -1 : 1,
      )
    },
    saveGroup: (group) => void putGroup.run(group.account, group.region, group.name, JSON.stringify(group)),
    removeGroup: (group) =>
      state.transaction(() => {
        for (const one of store.schedules(group)) if (one.group === group.name) store.remove(one)
        dropGroup.run(group.account, group.region, group.name)
      }),
    fire: (arn, due) =>
      state.transaction(() => {
        const schedule = store.schedule(arn)
        if (!schedule) return timetable.set(arn, undefined)
        deliver(schedule, due)
        goOn(schedule, due)
      }),
    miss: (arn, now) =>
      state.transaction(() => {
        const schedule = store.schedule(arn)
        if (schedule) goOn(schedule, now)
        else timetable.set(arn, undefined)
      }),
    runNow: (arn) => {
      const schedule = store.schedule(arn)
      if (schedule) deliver(schedule, clock.now())
      return schedule !== undefined
    },
  }
  return store
}

/** The payload as the try with this number gets it. */
export const payloadOfTry = (payload: string, number: number): string =>
  payload.replaceAll(ATTEMPT_NUMBER, String(number))
