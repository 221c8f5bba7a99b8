import type { ApiResponse } from '../types.ts'
import { cachePrefix } from './authorizers.ts'
import { type Exchange, methodArn } from './exchange.ts'
import { GatewayError } from './gatewayErrors.ts'
import { mappedValues } from './mapping.ts'
import { header, own } from './parameters.ts'
import { settingsOf } from './settings.ts'

/** Responses by API, stage, namespace, method and key parameters ("Cache settings for REST APIs"). */
export interface ResponseCache {
  /** Answers from the cache, or asks and keeps the answer. */
  through(exchange: Exchange, ask: () => Promise<ApiResponse>): Promise<ApiResponse>
  forget(apiId: string, stageName: string): void
}

/** Seconds that a response holds where the settings do not say; the most that may be cached of one, in bytes. */
const HOLDS = 300
const LARGEST = 1_048_576
const MOST = 1000

export const createResponseCache = (now: () => number): ResponseCache => {
  const kept = new Map<string, { response: ApiResponse; until: number }>()
  return {
    async through(exchange, ask) {
      const seconds = secondsOf(exchange)
      if (!seconds) return ask()
      const key = keyOf(exchange)
      const renewal = isRenewal(exchange) ? renewalOf(exchange) : undefined
      const found = renewal === 'renew' ? undefined : kept.get(key)
      if (found && found.until > now()) return renewal === 'warn' ? warned(found.response) : found.response
      const response = await ask()
      if (response.status < 200 || response.status > 299 || response.body.length > LARGEST) return response
      if (kept.size >= MOST) kept.delete(kept.keys().next().value ?? '')
      kept.delete(key)
      kept.set(key, { response, until: now() + seconds * 1000 })
      return response
    },
    forget(apiId, stageName) {
      for (const key of kept.keys()) if (key.startsWith(cachePrefix(apiId, stageName))) kept.delete(key)
    },
  }
}

/** 0: this method is not cached. A setting for all methods concerns GET only. */
const secondsOf = (exchange: Exchange): number => {
  const { api, request, route } = exchange
  const settings = settingsOf(exchange)
  if (!api.stage.cacheClusterEnabled || !settings.cachingEnabled || exchange.test) return 0
  const own = settings.own?.cachingEnabled && route?.method.httpMethod !== 'ANY'
  return request.method === 'GET' || own ? (settings.cacheTtlInSeconds ?? HOLDS) : 0
}

const keyOf = (exchange: Exchange): string => {
  const { api, request, route } = exchange
  const { cacheNamespace, cacheKeyParameters } = route?.method.methodIntegration ?? {}
  const values = (cacheKeyParameters ?? []).map((parameter) => [parameter, valuesOf(exchange, parameter)])
  const parts = JSON.stringify([cacheNamespace ?? route?.resource.id, request.method, values])
  return `${cachePrefix(api.restApi.id, api.stage.stageName)}${parts}`
}

/** `method.request.…`, or `integration.request.…` by what is mapped to it. */
const valuesOf = (exchange: Exchange, parameter: string): string[] => {
  if (!parameter.startsWith('integration.')) return mappedValues(exchange, parameter)
  const source = own(exchange.route?.method.methodIntegration?.requestParameters, parameter)
  return source === undefined ? [] : mappedValues(exchange, source)
}

const isRenewal = ({ request }: Exchange) => /\bmax-age=0\b/.test(header(request.headers, 'cache-control') ?? '')

/** What becomes of a client's `Cache-Control: max-age=0`. @throws GatewayError ACCESS_DENIED */
const renewalOf = (exchange: Exchange): 'renew' | 'warn' | undefined => {
  const { requireAuthorizationForCacheControl, unauthorizedCacheControlHeaderStrategy } = settingsOf(exchange)
  if (requireAuthorizationForCacheControl === false) return 'renew'
  const { context, ports } = exchange
  const signed = context.caller.kind !== 'anonymous'
  if (signed && ports.decide(context, ['execute-api:InvalidateCache', methodArn(exchange)], []).allowed) return 'renew'
  if (unauthorizedCacheControlHeaderStrategy === 'FAIL_WITH_403') throw new GatewayError('ACCESS_DENIED')
  return unauthorizedCacheControlHeaderStrategy === 'SUCCEED_WITHOUT_RESPONSE_HEADER' ? undefined : 'warn'
}

const warned = (response: ApiResponse): ApiResponse => ({
  ...response,
  headers: [
    ...response.headers,
    ['Warning', '199 Cache-control headers were ignored because the caller was unauthorized'],
  ],
})
