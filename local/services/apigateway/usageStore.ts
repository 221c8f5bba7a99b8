import { timingSafeEqual } from 'node:crypto'
import type { ApiKey, UsagePlan } from '@aws-sdk/client-api-gateway'
import type { Ground } from '../../base/ground.ts'
import { type Place, revived } from './kept.ts'
import type { Ports, Use } from './types.ts'

export type KeyRecord = Place & ApiKey & { id: string; value: string }
export type PlanRecord = Place & UsagePlan & { id: string }

/** API keys, usage plans, which key is in which plan, and what they used. */
export interface UsageStore {
  key(place: Place, id: string): KeyRecord | undefined
  /** The keys of a place, the oldest first. */
  keys(place: Place): KeyRecord[]
  saveKey(key: KeyRecord): void
  removeKey(key: KeyRecord): void
  plan(place: Place, id: string): PlanRecord | undefined
  plans(place: Place): PlanRecord[]
  savePlan(plan: PlanRecord): void
  removePlan(plan: PlanRecord): void
  /** The ids of the keys of a plan, in the order in which they came. */
  keysOf(planId: string): string[]
  plansOf(keyId: string): string[]
  join(planId: string, keyId: string): void
  leave(planId: string, keyId: string): void
  /** Requests by day, `2026-01-31`, from the first to the last. */
  used(planId: string, keyId: string, from: string, to: string): Map<string, number>
  /** Gives a key `extra` more requests than its plan's quota, for the period that begins on `from`. */
  extend(planId: string, keyId: string, from: string, extra: number): void
  extraOf(planId: string, keyId: string, from: string): number
  findKey: Ports['findKey']
  countUse: Ports['countUse']
}

export const createUsageStore = ({ state }: Ground): UsageStore => {
  state.define(`
    create table if not exists apigateway_keys (
      account text, region text, id text, json text, primary key (account, region, id));
    create table if not exists apigateway_plans (
      account text, region text, id text, json text, primary key (account, region, id));
    create table if not exists apigateway_plan_keys (plan text, key text, primary key (plan, key));
    create table if not exists apigateway_uses (
      plan text, key text, day text, used integer, primary key (plan, key, day));
    create table if not exists apigateway_extra (
      plan text, key text, day text, extra integer, primary key (plan, key, day))`)
  const table = (name: string) => ({
    one: state.prepare(`select json from apigateway_${name} where account = ? and region = ? and id = ?`),
    all: state.prepare(`select json from apigateway_${name} where account = ? and region = ? order by rowid`),
    put: state.prepare(
      `insert into apigateway_${name} values (?, ?, ?, ?) on conflict (account, region, id) do update set json = excluded.json`,
    ),
    drop: state.prepare(`delete from apigateway_${name} where account = ? and region = ? and id = ?`),
  })
  const keys = table('keys')
  const plans = table('plans')
  const inPlan = state.prepare('select key from apigateway_plan_keys where plan = ? order by rowid')
  const ofKey = state.prepare('select plan from apigateway_plan_keys where key = ? order by rowid')
  const join = state.prepare('insert or ignore into apigateway_plan_keys values (?, ?)')
  const leave = state.prepare('delete from apigateway_plan_keys where plan = ? and key = ?')
  const uses = state.prepare(
    'select day, used from apigateway_uses where plan = ? and key = ? and day >= ? and day <= ? order by day',
  )
  const count = state.prepare(
    'insert into apigateway_uses values (?, ?, ?, 1) on conflict (plan, key, day) do update set used = used + 1',
  )
  const oneExtra = state.prepare('select extra from apigateway_extra where plan = ? and key = ? and day = ?')
  const putExtra = state.prepare('insert or replace into apigateway_extra values (?, ?, ?, ?)')
  const forget = ['plan_keys', 'uses', 'extra'].map((name) => ({
    plan: state.prepare(`delete from apigateway_${name} where plan = ?`),
    key: state.prepare(`delete from apigateway_${name} where key = ?`),
  }))
  const read = <T>(row: unknown): T | undefined => (row === undefined ? undefined : revived<T>(row))

  const store: UsageStore = {
    key: ({ account, region }, id) => read(keys.one.get(account, region, id)),
    keys: ({ account, region }) => keys.all.all(account, region).map((row) => revived<KeyRecord>(row)),
    saveKey: (key) => void keys.put.run(key.account, key.region, key.id, JSON.stringify(key)),
    removeKey: ({ account, region, id }) =>
      state.transaction(() => {
        keys.drop.run(account, region, id)
        for (const { key } of forget) key.run(id)
      }),
    plan: ({ account, region }, id) => read(plans.one.get(account, region, id)),
    plans: ({ account, region }) => plans.all.all(account, region).map((row) => revived<PlanRecord>(row)),
    savePlan: (plan) => void plans.put.run(plan.account, plan.region, plan.id, JSON.stringify(plan)),
    removePlan: ({ account, region, id }) =>
      state.transaction(() => {
        plans.drop.run(account, region, id)
        for (const { plan } of forget) plan.run(id)
      }),
    keysOf: (planId) => inPlan.all(planId).map(({ key }) => String(key)),
    plansOf: (keyId) => ofKey.all(keyId).map(({ plan }) => String(plan)),
    join: (planId, keyId) => void join.run(planId, keyId),
    leave: (planId, keyId) => void leave.run(planId, keyId),
    used: (planId, keyId, from, to) =>
      new Map(uses.all(planId, keyId, from, to).map(({ day, used }) => [String(day), Number(used)])),
    extend: (planId, keyId, from, extra) => void putExtra.run(planId, keyId, from, extra),
    extraOf: (planId, keyId, from) => Number(oneExtra.get(planId, keyId, from)?.extra ?? 0),
    findKey({ account, region, restApi, stage }, value) {
      const place = { account, region }
      let found: KeyRecord | undefined
      for (const key of store.keys(place)) if (equal(key.value, value)) found = key
      if (!found) return undefined
      const covers = (plan: UsagePlan | undefined) =>
        plan?.apiStages?.some((one) => one.apiId === restApi.id && one.stage === stage.stageName)
      const plan = store
        .plansOf(found.id)
        .map((id) => store.plan(place, id))
        .find(covers)
      const { account: _, region: __, ...key } = found
      return { key, ...(plan ? { plan } : {}) }
    },
    countUse: ({ usagePlanId, keyId, day, from, to, limit }: Use) =>
      state.transaction(() => {
        if (limit === undefined) {
          count.run(usagePlanId, keyId, day)
          return Number.POSITIVE_INFINITY
        }
        const used = [...store.used(usagePlanId, keyId, from, to).values()].reduce((sum, one) => sum + one, 0)
        const left = limit + store.extraOf(usagePlanId, keyId, from) - used
        if (left <= 0) return undefined
        count.run(usagePlanId, keyId, day)
        return left - 1
      }),
  }
  return store
}

/** Compares without telling by its time how much agrees. */
const equal = (expected: string, given: string): boolean => {
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}
