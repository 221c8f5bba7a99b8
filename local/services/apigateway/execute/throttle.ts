import type { ThrottleSettings, UsagePlan } from '@aws-sdk/client-api-gateway'
import type { Exchange } from './exchange.ts'
import { GatewayError } from './gatewayErrors.ts'
import { own } from './parameters.ts'
import { settingsOf } from './settings.ts'

/** Requests a second and at once of an account in a region (API Gateway quotas). */
const ACCOUNT: Limit = { rate: 10_000, burst: 5_000 }

interface Limit {
  readonly rate: number
  readonly burst: number
}

/** Tokens as they were at a time. */
interface Bucket {
  tokens: number
  at: number
}

/** Token buckets ("Throttle requests to your REST APIs"): `burst` of them, filled by `rate` a second. */
export interface Throttle {
  /** Takes one token of each bucket. @throws GatewayError THROTTLED, and takes none, when one of them is empty */
  take(exchange: Exchange, key?: { readonly id: string; readonly plan: UsagePlan }): void
}

/** Buckets that are kept: full ones need not be. */
const MOST = 10_000

const limitOf = (settings: ThrottleSettings | undefined): Limit | undefined => {
  const { rateLimit, burstLimit } = settings ?? {}
  if (rateLimit === undefined && burstLimit === undefined) return undefined
  const rate = rateLimit ?? ACCOUNT.rate
  return { rate, burst: burstLimit ?? Math.ceil(rate) }
}

export const createThrottle = (now: () => number): Throttle => {
  const buckets = new Map<string, Bucket>()
  const filled = (name: string, { rate, burst }: Limit): Bucket => {
    const at = now()
    const bucket = buckets.get(name) ?? { tokens: burst, at }
    bucket.tokens = Math.min(burst, bucket.tokens + (rate * Math.max(0, at - bucket.at)) / 1000)
    bucket.at = at
    buckets.set(name, bucket)
    return bucket
  }
  return {
    take(exchange, key) {
      if (buckets.size > MOST) buckets.clear()
      const limits = limitsOf(exchange, key)
      const all = limits.map(({ name, limit }) => ({ name, bucket: filled(name, limit) }))
      const empty = all.find(({ bucket }) => bucket.tokens < 1)
      if (empty) throw new GatewayError('THROTTLED', { reason: `Request throttled by ${empty.name}` })
      for (const { bucket } of all) bucket.tokens--
    },
  }
}

/** The limits that a request counts against, the narrowest first. */
const limitsOf = (exchange: Exchange, key?: { readonly id: string; readonly plan: UsagePlan }) => {
  const { api, route } = exchange
  const stage = `${api.restApi.id}/${api.stage.stageName}`
  const method = `${route?.resource.path}/${route?.method.httpMethod}`
  const planStage = key?.plan.apiStages?.find(
    ({ apiId, stage: name }) => apiId === api.restApi.id && name === api.stage.stageName,
  )
  const { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit } = settingsOf(exchange)
  const limits = [
    {
      name: `usage plan ${key?.plan.id}, key ${key?.id}, ${stage} ${method}`,
      limit: limitOf(own(planStage?.throttle, method)),
    },
    { name: `usage plan ${key?.plan.id}, key ${key?.id}`, limit: limitOf(key?.plan.throttle) },
    {
      name: `stage ${stage} ${method}`,
      limit: limitOf({
        ...(isLimit(rateLimit) && { rateLimit }),
        ...(isLimit(burstLimit) && { burstLimit }),
      }),
    },
    { name: `account ${api.account} ${api.region}`, limit: ACCOUNT },
  ]
  return limits.flatMap(({ name, limit }) => (limit ? [{ name, limit }] : []))
}

/** -1 takes a limit away. */
const isLimit = (limit: number | undefined) => limit !== undefined && limit >= 0
