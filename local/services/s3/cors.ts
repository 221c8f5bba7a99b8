import type { CORSRule } from '@aws-sdk/client-s3'
import type { CrossOrigin } from '../service.ts'
import { onBucket } from './access.ts'
import type { Operations } from './call.ts'
import { invalidRequest, malformedXml, refusal } from './errors.ts'
import type { S3Store } from './store.ts'

/** Cross-origin resource sharing: which pages may read a bucket ("Using cross-origin resource sharing (CORS)"). */

const METHODS = new Set(['GET', 'PUT', 'HEAD', 'POST', 'DELETE'])
const MOST_RULES = 100
const LONGEST_ID = 255

const stars = (text: string) => text.split('*').length - 1

/** @throws ServiceError MalformedXML, InvalidRequest */
const checkRules = (rules: readonly CORSRule[] | undefined): void => {
  if (!rules?.length) throw malformedXml()
  if (rules.length > MOST_RULES)
    throw invalidRequest(`The number of CORS rules should not exceed allowed limit of ${MOST_RULES} rules.`)
  for (const {
    ID = '',
    AllowedMethods,
    AllowedOrigins,
    AllowedHeaders = [],
    ExposeHeaders = [],
    MaxAgeSeconds,
  } of rules) {
    if (!AllowedMethods?.length || !AllowedOrigins?.length) throw malformedXml()
    if (ID.length > LONGEST_ID || (MaxAgeSeconds !== undefined && MaxAgeSeconds < 0)) throw malformedXml()
    for (const method of AllowedMethods)
      if (!METHODS.has(method))
        throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${method}`)
    for (const origin of AllowedOrigins)
      if (stars(origin) > 1) throw invalidRequest(`AllowedOrigin "${origin}" can not have more than one wildcard.`)
    for (const header of AllowedHeaders)
      if (stars(header) > 1) throw invalidRequest(`AllowedHeader "${header}" can not have more than one wildcard.`)
    for (const header of ExposeHeaders)
      if (stars(header) > 0)
        throw invalidRequest(
          `ExposeHeader "${header}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
        )
  }
}

export const corsOperations: Operations = {
  PutBucketCors: {
    action: onBucket('PutBucketCORS'),
    run({ Bucket, CORSConfiguration: { CORSRules } }, { store }) {
      checkRules(CORSRules)
      store.buckets.set(Bucket, 'cors', CORSRules as CORSRule[])
      return {}
    },
  },
  GetBucketCors: {
    action: onBucket('GetBucketCORS'),
    run({ Bucket }, { store }) {
      const CORSRules = store.buckets.setting(Bucket, 'cors')
      if (CORSRules) return { CORSRules }
      throw refusal('NoSuchCORSConfiguration', 404, 'The CORS configuration does not exist', { BucketName: Bucket })
    },
  },
  DeleteBucketCors: {
    action: onBucket('PutBucketCORS'),
    run({ Bucket }, { store }) {
      store.buckets.unset(Bucket, 'cors')
      return {}
    },
  },
}

/** Whether a text fits a pattern with one `*` at most, which stands for any text, the empty one too. */
const fits = (pattern: string, text: string): boolean => {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === text
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)]
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end)
}

const forbidden = (message: string, method: string, resource: 'BUCKET' | 'OBJECT') =>
  refusal('AccessForbidden', 403, `CORSResponse: ${message}`, { Method: method, ResourceType: resource })

const VARY = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method'

/** What the first rule that fits says to a browser. */
const headersOf = (rules: readonly CORSRule[], { origin, method, headers }: CrossOrigin) => {
  for (const rule of rules) {
    const pattern = rule.AllowedOrigins?.find((one) => fits(one, origin))
    if (pattern === undefined || !rule.AllowedMethods?.includes(method)) continue
    const allowed = (name: string) => rule.AllowedHeaders?.some((one) => fits(one.toLowerCase(), name))
    if (!headers.every(allowed)) continue
    return {
      'access-control-allow-origin': pattern === '*' ? '*' : origin,
      'access-control-allow-methods': rule.AllowedMethods.join(', '),
      ...(headers.length > 0 ? { 'access-control-allow-headers': headers.join(', ') } : {}),
      ...(rule.ExposeHeaders?.length ? { 'access-control-expose-headers': rule.ExposeHeaders.join(', ') } : {}),
      ...(rule.MaxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rule.MaxAgeSeconds) }),
      ...(pattern === '*' ? {} : { 'access-control-allow-credentials': 'true' }),
      vary: VARY,
    }
  }
  return undefined
}

/**
 * The headers of an answer to a page of another origin; none where no rule lets it read.
 * @throws ServiceError AccessForbidden (403), for a preflight that is not allowed.
 */
export const crossOrigin = (asked: CrossOrigin, store: S3Store): Record<string, string> => {
  const { bucket, method, preflight, path } = asked
  const rules = bucket === '' ? undefined : store.buckets.setting(bucket, 'cors')
  const found = rules && headersOf(rules, asked)
  if (found || !preflight) return found ?? {}
  if (bucket === '' || !store.buckets.find(bucket)) throw forbidden('Bucket not found', method, 'BUCKET')
  if (!rules) throw forbidden('CORS is not enabled for this bucket.', method, 'BUCKET')
  throw forbidden(
    "This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    method,
    path === '/' ? 'BUCKET' : 'OBJECT',
  )
}
