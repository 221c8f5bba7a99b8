import type { Account } from '@aws-sdk/client-api-gateway'
import { theKey } from './apiKeys.ts'
import { invalid, missing } from './errors.ts'
import { periodOf } from './execute/keys.ts'
import { type Asking, type Operations, on, pageOf } from './names.ts'
import { numberOf, type Patches, patched } from './patch.ts'
import { thePlan } from './usagePlans.ts'
import type { PlanRecord } from './usageStore.ts'

const DAY = 86_400_000
/** Longest time that one answer tells of, in days. */
const LONGEST = 90

const daysOf = (from: string, to: string): string[] => {
  const [first, last] = [Date.parse(from), Date.parse(to)]
  if (!/^\d{4}-\d\d-\d\d$/.test(from) || Number.isNaN(first)) throw invalid(`Invalid start date: ${from}`)
  if (!/^\d{4}-\d\d-\d\d$/.test(to) || Number.isNaN(last)) throw invalid(`Invalid end date: ${to}`)
  if (last < first) throw invalid('The start date must not be after the end date')
  const count = (last - first) / DAY + 1
  if (count > LONGEST) throw invalid(`Usage date range must be at most ${LONGEST} days`)
  return Array.from({ length: count }, (_, i) => new Date(first + i * DAY).toISOString().slice(0, 10))
}

/** For each day what a key used, and what was left of its quota at the day's end. */
const usageOf = (plan: PlanRecord, keyId: string, days: string[], { store }: Asking): number[][] =>
  days.map((day) => {
    const { from } = periodOf(plan.quota?.period, Date.parse(day))
    const used = store.used(plan.id, keyId, from, day)
    const sum = [...used.values()].reduce((total, one) => total + one, 0)
    const limit = plan.quota?.limit
    const left = limit === undefined ? 0 : Math.max(0, limit + store.extraOf(plan.id, keyId, from) - sum)
    return [used.get(day) ?? 0, left]
  })

const accountPatches: Patches<Account> = {
  '/cloudwatchRoleArn': {
    ops: ['replace', 'remove', 'add'],
    run(account, _, value, op) {
      if (op === 'remove' || value === '') delete account.cloudwatchRoleArn
      else if (!/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(value))
        throw invalid(
          'The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.',
        )
      else account.cloudwatchRoleArn = value
    },
  },
}

/** What keys used, and the settings of the account. */
export const usage = {
  GetUsage: {
    action: on('GET', '/usageplans/{usagePlanId}/usage'),
    run(input, call) {
      const plan = thePlan(input.usagePlanId, call)
      const days = daysOf(input.startDate, input.endDate)
      const ids = call.store.keysOf(plan.id).filter((id) => input.keyId === undefined || id === input.keyId)
      const { items, position } = pageOf(ids, input)
      return {
        usagePlanId: plan.id,
        startDate: input.startDate,
        endDate: input.endDate,
        items: Object.fromEntries(items.map((id) => [id, usageOf(plan, id, days, call)])),
        position,
      }
    },
  },
  UpdateUsage: {
    action: on('PATCH', '/usageplans/{usagePlanId}/keys/{keyId}/usage'),
    run({ usagePlanId, keyId, patchOperations }, call) {
      const plan = thePlan(usagePlanId, call)
      theKey(keyId, call)
      if (!call.store.keysOf(plan.id).includes(keyId)) throw missing('Invalid Usage Plan Key identifier specified')
      const { limit, period } = plan.quota ?? {}
      if (limit === undefined) throw invalid('Usage Plan does not have a quota')
      const { from, to } = periodOf(period, call.ground.clock.now())
      const { remaining } = patched<{ remaining?: number }>(
        {},
        {
          '/remaining': {
            ops: ['replace'],
            run(thing, _, value) {
              thing.remaining = numberOf(value, '/remaining')
            },
          },
        },
        patchOperations,
      )
      if (remaining !== undefined) {
        const used = [...call.store.used(plan.id, keyId, from, to).values()].reduce((sum, one) => sum + one, 0)
        call.store.extend(plan.id, keyId, from, remaining + used - limit)
      }
      const today = new Date(call.ground.clock.now()).toISOString().slice(0, 10)
      return { usagePlanId, startDate: today, endDate: today, items: { [keyId]: usageOf(plan, keyId, [today], call) } }
    },
  },
  GetAccount: {
    action: on('GET', '/account'),
    run: (_, call) => call.store.account(call),
  },
  UpdateAccount: {
    action: on('PATCH', '/account'),
    run({ patchOperations }, call) {
      const account = patched(call.store.account(call), accountPatches, patchOperations)
      call.store.saveAccount(call, account)
      return account
    },
  },
} satisfies Operations
