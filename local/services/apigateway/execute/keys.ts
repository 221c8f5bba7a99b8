import type { QuotaSettings, UsagePlan } from '@aws-sdk/client-api-gateway'
import type { Exchange } from './exchange.ts'
import { GatewayError } from './gatewayErrors.ts'
import { masked } from './masks.ts'
import { header } from './parameters.ts'

const DAY = 86_400_000

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

/** The first and last day of the quota's period that `at` lies in: a day, a week from Sunday, a month; all UTC. */
export const periodOf = (period: QuotaSettings['period'], at: number): { from: string; to: string } => {
  const today = Math.floor(at / DAY) * DAY
  const date = new Date(today)
  if (period === 'WEEK') {
    const since = date.getUTCDay()
    return { from: dayOf(today - since * DAY), to: dayOf(today + (6 - since) * DAY) }
  }
  if (period === 'MONTH') {
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    return { from: dayOf(Date.UTC(year, month, 1)), to: dayOf(Date.UTC(year, month + 1, 0)) }
  }
  return { from: dayOf(today), to: dayOf(today) }
}

/** A key that a request brought, and the plan by which it may. */
export interface UsedKey {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly created: number
  readonly plan: UsagePlan
}

/**
 * The API key of a request whose method asks for one: of the header `X-API-Key`, or of the authorizer.
 * @throws GatewayError INVALID_API_KEY (403) where there is none, or no plan of it covers the stage
 */
export const keyOf = (exchange: Exchange, usageIdentifierKey: string | undefined): UsedKey | undefined => {
  const { api, request, route, ports, log, requestId } = exchange
  if (!route?.method.apiKeyRequired) {
    log.info(
      `API Key authorized because method '${route?.method.httpMethod} ${route?.resource.path}' does not require API Key. Request will not contribute to throttle or quota limits`,
    )
    return undefined
  }
  const value = api.restApi.apiKeySource === 'AUTHORIZER' ? usageIdentifierKey : header(request.headers, 'x-api-key')
  const stage = `${api.restApi.id}/${api.stage.stageName}`
  log.info(`Verifying Usage Plan for request: ${requestId}. API Key: ${masked(value)} API Stage: ${stage}`)
  const found = value ? ports.findKey(api, value) : undefined
  const { key, plan } = found ?? {}
  if (!value || !key?.id || !key.enabled || !plan) {
    const reason = `API Key ${masked(value)} not authorized because ${key ? (key.enabled ? 'no usage plan covers the stage' : 'it is not enabled') : 'it is not known'}`
    throw new GatewayError('INVALID_API_KEY', { reason })
  }
  exchange.apiKey = { id: key.id, value }
  return { id: key.id, plan, created: key.createdDate?.getTime() ?? 0 }
}

/**
 * Counts a request against its key's quota; in the first period of a key `offset` requests are gone already.
 * @throws GatewayError QUOTA_EXCEEDED (429)
 */
export const countUse = ({ api, ports, log }: Exchange, { id, plan, created }: UsedKey): void => {
  const { limit, period, offset = 0 } = plan.quota ?? {}
  const now = ports.ground.clock.now()
  const { from, to } = periodOf(period, now)
  const isFirst = created >= Date.parse(from)
  const left = ports.countUse({
    account: api.account,
    region: api.region,
    usagePlanId: plan.id ?? '',
    keyId: id,
    day: dayOf(now),
    from,
    to,
    ...(limit === undefined ? {} : { limit: isFirst ? limit - offset : limit }),
  })
  if (left === undefined)
    throw new GatewayError('QUOTA_EXCEEDED', { reason: `The quota of usage plan ${plan.id} is used up` })
  log.info(`Usage Plan check succeeded for API Key and API Stage ${api.restApi.id}/${api.stage.stageName}`)
}
