import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import type { Verdict } from '../base/outbox.ts'
import { background } from '../services/background.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { EventsStore } from '../services/events/store.ts'
import { RULES, type RuleDelivery } from '../services/events/types.ts'
import { assumeRole } from '../services/roles.ts'
import { payloadOfTry, type SchedulerStore } from '../services/scheduler/store.ts'
import { SCHEDULES, type ScheduleDelivery } from '../services/scheduler/types.ts'
import type { Cloud } from '../services/service.ts'
import type { Timed } from '../services/timetable.ts'

const PARALLEL = 16
/** So many times are due in one turn of the event loop; a long jump of the clock takes several. */
const AT_ONCE = 100
/** The delays between tries grow from one second to five minutes. */
const AFTER_A_FAILURE = (tries: number) => Math.min(300_000, 1000 * 2 ** tries)

/**
 * Fires rules and schedules as their times come by the cloud's clock: after a jump of the clock each time that it has
 * passed once, in order. Times that went by while the cloud did not run are not made up for. Gives what ends it.
 */
const watch = (ground: Ground, timed: Timed, name: string): (() => void) => {
  const { clock, log } = ground
  let stopped = false
  let cancel = () => {}
  const wait = () => {
    cancel()
    const next = timed.timetable.next()
    if (!stopped && next !== undefined) cancel = clock.after(Math.max(0, next - clock.now()), wake)
  }
  const wake = () => {
    if (stopped) return
    for (let left = AT_ONCE; left > 0; left--) {
      const [ripe] = timed.timetable.ripe(clock.now(), 1)
      if (!ripe) break
      timed.fire(ripe.key, ripe.due)
    }
    wait()
  }
  const now = clock.now()
  for (const { key, due } of timed.timetable.ripe(now, -1)) {
    timed.miss(key, now)
    log({ level: 'info', from: name, text: `${key} was due at ${new Date(due).toISOString()}, while nothing ran` })
  }
  timed.timetable.watch(wait)
  wait()
  return () => {
    stopped = true
    cancel()
  }
}

interface Delivery {
  target: string
  attempts: number
  age: number
  deadLetter?: string
  tries: number
}

/** Refusals that another try does not change. */
const isFinal = (error: ServiceError) => !/TooManyRequests|Throttl|ServiceException|NotReady/.test(error.code)

/** Begins to fire rules and schedules, and to deliver what they send. Gives what ends the firing. */
export const startSchedules = (ground: Ground, dispatch: Dispatch): (() => void) => {
  const { outbox, clock, log } = ground

  const attempt = async <D extends Delivery>(
    { body, at }: { body: D; at: number },
    [from, source]: [from: string, source: string],
    run: () => Promise<unknown>,
  ): Promise<Verdict> => {
    try {
      await run()
      return undefined
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      const retryAt = clock.now() + AFTER_A_FAILURE(body.tries)
      const again = !isFinal(error) && body.tries < body.attempts && retryAt <= at + body.age * 1000
      if (again) return { retryAt, body: { ...body, tries: body.tries + 1 } }
      const end = body.deadLetter ? `; the local cloud cannot send it to ${body.deadLetter}` : ''
      log({ level: 'warn', from, text: `an event of ${source} for ${body.target} is dropped: ${error.message}${end}` })
      return undefined
    }
  }
  const invoke = (cloud: Cloud, FunctionName: string, Payload: string) =>
    cloud('lambda').Invoke({ FunctionName, InvocationType: 'Event', Payload })

  /** As EventBridge itself: the policy of the function decides. */
  outbox.work<RuleDelivery>(RULES, PARALLEL, (parcel) => {
    const { target, payload, ruleArn: sourceArn, account, region } = parcel.body
    const principal = 'events.amazonaws.com'
    const caller = { kind: 'service', principal, account, sourceArn, sourceAccount: account } as const
    const cloud = dispatch.cloud(background(ground, caller, region))
    return attempt(parcel, ['events', sourceArn], () => invoke(cloud, target, payload))
  })
  /** As the role of the schedule: the policies of the role decide. */
  outbox.work<ScheduleDelivery>(SCHEDULES, PARALLEL, (parcel) => {
    const { target, payload, scheduleArn, groupArn: sourceArn, roleArn, account, region, tries } = parcel.body
    return attempt(parcel, ['scheduler', scheduleArn], async () => {
      const principal = 'scheduler.amazonaws.com'
      const own = dispatch.cloud(background(ground, { kind: 'service', principal, account }, region))
      const sessionName = (scheduleArn.split('/').at(-1) ?? '').padEnd(2, '_')
      const { caller } = await assumeRole(own, { roleArn, principal, account, sessionName, sourceArn })
      await invoke(dispatch.cloud(background(ground, caller, region)), target, payloadOfTry(payload, tries + 1))
    })
  })
  const stops = [
    watch(ground, dispatch.store<EventsStore>('events'), 'events'),
    watch(ground, dispatch.store<SchedulerStore>('scheduler'), 'scheduler'),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
