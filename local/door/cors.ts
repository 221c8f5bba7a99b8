import { ServiceError } from '../base/errors.ts'
import type { CrossOrigin, Service } from '../services/service.ts'
import { match } from '../wire/match.ts'
import type { Model, WireResponse } from '../wire/types.ts'
import type { SiteRequest } from './request.ts'
import { bucketOf } from './routing.ts'

/**
 * What lets pages of other origins read answers (CORS). Which origins come this far at all, `hosts.ts` has decided
 * before: pages from elsewhere get neither an answer nor one of these headers.
 */

/** What AWS's services besides S3 let pages read of an answer. */
const EXPOSED =
  'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,x-amz-function-error,x-amz-log-result,x-amz-executed-version,Date'
/** For how many seconds a browser may remember what they say: two days. */
const REMEMBERED = '172800'

const asked = (head: SiteRequest, origin: string, preflight: boolean): CrossOrigin => {
  const { headers, method } = head
  const names = (headers['access-control-request-headers'] ?? '').toLowerCase().split(',')
  return {
    origin,
    method: headers['access-control-request-method'] ?? method,
    headers: names.map((name) => name.trim()).filter((name) => name !== ''),
    preflight,
    ...bucketOf(head),
  }
}

/** The headers of an answer, or of a refusal, to a page. */
export const corsHeaders = (head: SiteRequest, service: Service, store: unknown): Record<string, string> => {
  const { origin } = head.headers
  if (origin === undefined || head.method === 'OPTIONS') return {}
  if (service.crossOrigin) return service.crossOrigin(asked(head, origin, false), store as never)
  return { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED }
}

/**
 * Whether a preflight, which carries no signature, is for another service than S3: they ask at `/`, or at a path of their
 * own API.
 */
export const isForOthers = (head: SiteRequest, models: readonly Model[]): boolean => {
  const method = head.headers['access-control-request-method'] ?? ''
  const { path, query, headers } = head
  if (bucketOf(head).bucket === '') return true
  return models.some((model) => match(model, { method, path, query, headers }) !== undefined)
}

const answer = (headers: Record<string, string>): WireResponse => ({ status: 200, headers, body: '' })

/** Answers a preflight. @throws ServiceError (400, 403) when the page may not ask. */
export const preflight = (head: SiteRequest, service: Service | undefined, store: unknown): WireResponse => {
  const { headers } = head
  const { origin } = headers
  if (origin === undefined)
    throw new ServiceError('BadRequest', 'Insufficient information. Origin request header needed.', { status: 400 })
  if (service?.crossOrigin) return answer(service.crossOrigin(asked(head, origin, true), store as never))
  const wanted = headers['access-control-request-headers']
  return answer({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': headers['access-control-request-method'] ?? 'GET, POST, PUT, DELETE',
    ...(wanted === undefined ? {} : { 'access-control-allow-headers': wanted }),
    'access-control-expose-headers': EXPOSED,
    'access-control-max-age': REMEMBERED,
  })
}
