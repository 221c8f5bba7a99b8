import type { ApiStage, QuotaSettings, ThrottleSettings, UsagePlan, UsagePlanKey } from '@aws-sdk/client-api-gateway'
import { theKey } from './apiKeys.ts'
import { conflict, given, invalid, missing } from './errors.ts'
import { type Asking, checkedTags, type Operations, on, pageOf } from './names.ts'
import { numberOf, type Patches, patched, text } from './patch.ts'
import type { KeyRecord, PlanRecord } from './usageStore.ts'

const one = '/usageplans/{usagePlanId}'
const keys = `${one}/keys`

/** @throws ServiceError `NotFoundException` */
export const thePlan = (id: string, call: Asking): PlanRecord => {
  const plan = call.store.plan(call, id)
  if (!plan) throw missing('Invalid Usage Plan ID specified')
  return plan
}

const shown = ({ account: _, region: __, ...plan }: PlanRecord): UsagePlan => plan

const checkThrottle = ({ rateLimit, burstLimit }: ThrottleSettings = {}): void => {
  if ((rateLimit ?? 0) < 0 || (burstLimit ?? 0) < 0) throw invalid('Usage Plan throttle limits must not be negative')
}
const DAYS = { DAY: 0, WEEK: 6, MONTH: 27 }
const checkQuota = (quota: QuotaSettings | undefined): void => {
  if (!quota) return
  const { limit, offset = 0, period } = quota
  if (limit === undefined || !(limit > 0)) throw invalid('Usage Plan quota limit should be > 0')
  if (!period || !(period in DAYS)) throw invalid('Usage Plan quota period must be one of [DAY, WEEK, MONTH]')
  if (!(offset >= 0 && offset <= DAYS[period]))
    throw invalid(`Usage Plan quota offset should be between 0 and ${DAYS[period]} for the period ${period}`)
}
const checkStages = (stages: readonly ApiStage[] | undefined, call: Asking): void => {
  const seen = new Set<string>()
  for (const { apiId = '', stage = '', throttle } of stages ?? []) {
    if (call.store.api(apiId)?.account !== call.account || !call.store.stage(apiId, stage))
      throw missing(`API Stage not found: ${apiId}:${stage}`)
    if (seen.has(`${apiId}:${stage}`))
      throw conflict(`API Stage is already associated with the usage plan: ${apiId}:${stage}`)
    seen.add(`${apiId}:${stage}`)
    for (const limits of Object.values(throttle ?? {})) checkThrottle(limits)
  }
}
const checkPlan = (plan: UsagePlan, call: Asking): void => {
  checkThrottle(plan.throttle)
  checkQuota(plan.quota)
  checkStages(plan.apiStages, call)
}

const throttle = (name: 'rateLimit' | 'burstLimit') => ({
  ops: ['replace', 'add'] as const,
  run(plan: PlanRecord, _: string[], value: string) {
    plan.throttle = { ...plan.throttle, [name]: numberOf(value, `/throttle/${name}`) }
  },
})
const quota = (name: keyof QuotaSettings) => ({
  ops: ['replace', 'add'] as const,
  run(plan: PlanRecord, _: string[], value: string) {
    plan.quota = { ...plan.quota, [name]: name === 'period' ? value : numberOf(value, `/quota/${name}`) }
  },
})
const stageNamed = (plan: PlanRecord, name: string): ApiStage => {
  const stage = plan.apiStages?.find(({ apiId, stage }) => `${apiId}:${stage}` === name)
  if (!stage) throw invalid(`API Stage is not associated with the usage plan: ${name}`)
  return stage
}
const methodThrottle = (name: 'rateLimit' | 'burstLimit') => ({
  ops: ['replace', 'add'] as const,
  run(plan: PlanRecord, [stage = '', path = '', method = '']: string[], value: string) {
    const found = stageNamed(plan, stage)
    const key = `${path}/${method}`
    found.throttle = {
      ...found.throttle,
      [key]: { ...found.throttle?.[key], [name]: numberOf(value, `/apiStages/${stage}/throttle`) },
    }
  },
})

const patches: Patches<PlanRecord> = {
  '/name': text('name'),
  '/description': text('description'),
  '/productCode': {
    ops: ['add', 'replace', 'remove'],
    run(plan, _, value, op) {
      if (op === 'remove') delete plan.productCode
      else plan.productCode = value
    },
  },
  '/throttle/rateLimit': throttle('rateLimit'),
  '/throttle/burstLimit': throttle('burstLimit'),
  '/throttle': {
    ops: ['remove'],
    run(plan) {
      delete plan.throttle
    },
  },
  '/quota/limit': quota('limit'),
  '/quota/offset': quota('offset'),
  '/quota/period': quota('period'),
  '/quota': {
    ops: ['remove'],
    run(plan) {
      delete plan.quota
    },
  },
  '/apiStages': {
    ops: ['add', 'remove'],
    run(plan, _, value, op) {
      const [apiId, stage] = value.split(':')
      if (!apiId || !stage)
        throw invalid(`Invalid API Stage specified: ${value}. It must be of the form apiId:stageName`)
      if (op === 'add') plan.apiStages = [...(plan.apiStages ?? []), { apiId, stage }]
      else {
        const gone = stageNamed(plan, value)
        plan.apiStages = plan.apiStages?.filter((other) => other !== gone)
      }
    },
  },
  '/apiStages/{stage}/throttle/{path}/{method}/rateLimit': methodThrottle('rateLimit'),
  '/apiStages/{stage}/throttle/{path}/{method}/burstLimit': methodThrottle('burstLimit'),
  '/apiStages/{stage}/throttle/{path}/{method}': {
    ops: ['remove'],
    run(plan, [stage = '', path = '', method = '']) {
      delete stageNamed(plan, stage).throttle?.[`${path}/${method}`]
    },
  },
}

const planKey = ({ id, name }: KeyRecord): UsagePlanKey => given({ id, type: 'API_KEY', name })

/** The key of a plan. @throws ServiceError `NotFoundException` */
const thePlanKey = (planId: string, keyId: string, call: Asking): KeyRecord => {
  thePlan(planId, call)
  if (!call.store.keysOf(planId).includes(keyId)) throw missing('Invalid Usage Plan Key identifier specified')
  return theKey(keyId, call)
}

export const usagePlans = {
  CreateUsagePlan: {
    action: on('POST', '/usageplans'),
    run(input, call) {
      const { account, region } = call
      const plan: PlanRecord = given({
        account,
        region,
        id: call.ground.ids.text(6),
        ...input,
        apiStages: input.apiStages ?? [],
        quota: input.quota && { offset: 0, ...input.quota },
        tags: checkedTags(input.tags),
      })
      checkPlan(plan, call)
      call.store.savePlan(plan)
      return shown(plan)
    },
  },
  GetUsagePlan: {
    action: on('GET', one),
    run: ({ usagePlanId }, call) => shown(thePlan(usagePlanId, call)),
  },
  GetUsagePlans: {
    action: on('GET', '/usageplans'),
    run(input, call) {
      const { keyId } = input
      const all = call.store
        .plans(call)
        .filter(({ id }) => keyId === undefined || call.store.keysOf(id).includes(keyId))
      const { items, position } = pageOf(all, input)
      return { items: items.map(shown), position }
    },
  },
  UpdateUsagePlan: {
    action: on('PATCH', one),
    run({ usagePlanId, patchOperations }, call) {
      const plan = patched(thePlan(usagePlanId, call), patches, patchOperations)
      checkPlan(plan, call)
      call.store.savePlan(plan)
      return shown(plan)
    },
  },
  DeleteUsagePlan: {
    action: on('DELETE', one),
    run({ usagePlanId }, call) {
      const plan = thePlan(usagePlanId, call)
      if (plan.apiStages?.length)
        throw invalid(
          `Cannot delete Usage Plan ${usagePlanId} because there are API Stages attached to it. Please remove all API Stages and try again`,
        )
      call.store.removePlan(plan)
      return {}
    },
  },
  CreateUsagePlanKey: {
    action: on('POST', keys),
    run({ usagePlanId, keyId, keyType }, call) {
      const plan = thePlan(usagePlanId, call)
      if (keyType !== 'API_KEY') throw invalid('Usage Plan Key type must be API_KEY')
      const key = theKey(keyId, call)
      if (call.store.keysOf(usagePlanId).includes(keyId))
        throw conflict(`${keyId} is already a member of the usage plan ${plan.name}.`)
      // A key that is in two plans with the same stage could not tell which of them counts.
      const stages = new Set(plan.apiStages?.map(({ apiId, stage }) => `${apiId}:${stage}`))
      for (const other of call.store.plansOf(keyId))
        for (const { apiId, stage } of call.store.plan(call, other)?.apiStages ?? [])
          if (stages.has(`${apiId}:${stage}`))
            throw conflict(
              `Cannot subscribe API Key ${keyId} to Usage Plan ${usagePlanId}: it is subscribed to ${apiId}:${stage} already.`,
            )
      call.store.join(usagePlanId, keyId)
      return planKey(key)
    },
  },
  GetUsagePlanKey: {
    action: on('GET', `${keys}/{keyId}`),
    run: ({ usagePlanId, keyId }, call) => planKey(thePlanKey(usagePlanId, keyId, call)),
  },
  GetUsagePlanKeys: {
    action: on('GET', keys),
    run(input, call) {
      thePlan(input.usagePlanId, call)
      const all = call.store
        .keysOf(input.usagePlanId)
        .map((id) => theKey(id, call))
        .filter(({ name }) => input.nameQuery === undefined || name?.startsWith(input.nameQuery))
      const { items, position } = pageOf(all, input)
      return { items: items.map(planKey), position }
    },
  },
  DeleteUsagePlanKey: {
    action: on('DELETE', `${keys}/{keyId}`),
    run({ usagePlanId, keyId }, call) {
      thePlanKey(usagePlanId, keyId, call)
      call.store.leave(usagePlanId, keyId)
      return {}
    },
  },
} satisfies Operations
