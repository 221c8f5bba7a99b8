import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import type { Dispatch } from '../services/dispatch.ts'
import { redirection } from '../services/s3/routingRules.ts'
import type { S3Store } from '../services/s3/store.ts'
import { noWebsite } from '../services/s3/website.ts'
import type { Context, Service } from '../services/service.ts'
import { headerSafe } from '../wire/head.ts'
import { match } from '../wire/match.ts'
import { read } from '../wire/read.ts'
import type { Model, RequestHead, WireResponse } from '../wire/types.ts'
import { hostIdOf, requestIds, write } from '../wire/write.ts'
import { escapeXml } from '../wire/xml.ts'
import { send } from './answer.ts'
import { contextOf } from './context.ts'
import { corsHeaders, preflight } from './cors.ts'
import { STATUS_CODES } from './http.ts'
import type { Models } from './models.ts'
import { decode, type Site, type SiteRequest } from './request.ts'
import { bucketOf, websiteOf } from './routing.ts'

/**
 * The website endpoint of S3 ("Website endpoints" in its user guide): buckets that are websites, read by everybody whom
 * their policies let, with pages for people where the API has XML.
 */

export interface WebsitesOptions {
  ground: Ground
  dispatch: Dispatch
  modelFor: Models
}

/** Headers of a request that have a say in what of an object is sent. */
const CONDITIONS = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']

/** A website under a visit. */
interface Visited {
  head: SiteRequest
  service: Service
  model: Model
  store: S3Store
  context: Context
  bucket: string
}

export const createWebsites = ({ ground, dispatch, modelFor }: WebsitesOptions): Site => {
  /** Reads an object as everybody may. @throws ServiceError */
  const get = async ({ head, model, context, bucket }: Visited, key: string, conditional: boolean) => {
    const headers: Record<string, string> = {}
    for (const name of conditional ? CONDITIONS : [])
      if (head.headers[name] !== undefined) headers[name] = head.headers[name]
    const path = `/${encodeURIComponent(key)}`
    // For HEAD too: the answer is the same, without its body.
    const wanted: RequestHead = { method: 'GET', path, query: new URLSearchParams(), headers, bucket }
    const matched = match(model, wanted)
    if (!matched) throw new Error(`no operation reads ${key}`)
    const input = await read(model, matched, wanted, new Uint8Array())
    const output = await dispatch.run('s3', matched.operation.name, input, context)
    return write(model, matched.operation, output, context.facts.requestId)
  }

  const isThere = async ({ context, bucket }: Visited, key: string): Promise<boolean> => {
    try {
      await dispatch.cloud(context)('s3').HeadObject({ Bucket: bucket, Key: key })
      return true
    } catch (error) {
      if (error instanceof ServiceError) return false
      throw error
    }
  }

  /** The page of an error: the website's own, where it has one that can be read. */
  const errorPage = async (visited: Visited, error: ServiceError, own: string | undefined): Promise<WireResponse> => {
    const plain = plainPage(visited, error)
    if (own === undefined || plain.status < 400 || plain.status >= 500) return plain
    try {
      const { headers, body } = await get(visited, own, false)
      const { etag: _, 'last-modified': __, ...kept } = headers
      return { status: plain.status, headers: { ...kept, ...errorHeaders(error) }, body }
    } catch (cause) {
      if (!(cause instanceof ServiceError)) throw cause
      return plainPage(visited, error, cause.fields.Key === undefined ? withKey(cause, own) : cause)
    }
  }

  const answer = async (visited: Visited): Promise<WireResponse> => {
    const { head, service, model, store, context, bucket } = visited
    if (!store.buckets.find(bucket))
      throw refusal('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: bucket })
    if (head.method === 'OPTIONS') return preflight(head, service, store)
    const website = store.buckets.setting(bucket, 'website')
    if (!website) throw noWebsite(bucket)
    if (head.method !== 'GET' && head.method !== 'HEAD')
      throw refusal('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', {
        Method: head.method,
        ResourceType: 'OBJECT',
        headers: { allow: 'GET, HEAD' },
      })
    const ids = requestIds(model, context.facts.requestId)
    const asked = {
      protocol: 'http',
      host: head.headers.host ?? head.host,
      key: decode(head.path.slice(1)),
      search: head.search === '' ? '' : `?${head.search}`,
    }
    const led = (status: number, location: string): WireResponse => ({
      status,
      headers: { ...ids, location },
      body: '',
    })
    const before = redirection(website, asked)
    if (before) return led(before.status, before.location)

    const suffix = website.IndexDocument?.Suffix ?? ''
    const isFolder = asked.key === '' || asked.key.endsWith('/')
    const key = isFolder ? asked.key + suffix : asked.key
    try {
      const found = await get(visited, key, true)
      const { 'x-amz-website-redirect-location': elsewhere, ...headers } = found.headers
      if (elsewhere === undefined) return { ...found, headers }
      return led(301, elsewhere)
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      const { status = 400 } = error
      if (status === 304) return { status, headers: { ...ids, ...error.headers }, body: '' }
      const missing = status === 403 || status === 404
      if (missing && !isFolder && (await isThere(visited, `${key}/${suffix}`))) {
        const found = plainPage(visited, refusal('Found', 302, 'Resource Found'))
        return { ...found, headers: { ...found.headers, location: `${ownPath(head.path)}/` } }
      }
      const after = redirection(website, asked, status)
      if (after) return led(after.status, after.location)
      return errorPage(visited, missing ? withKey(error, key) : error, website.ErrorDocument?.Key)
    }
  }

  // Website endpoints of S3 have no TLS on AWS either.
  const plainly = (context: Context): Context => ({ ...context, facts: { ...context.facts, secure: false } })
  return {
    matches: ({ host }) => dispatch.services.has('s3') && websiteOf(host) !== undefined,
    async handle(request, response, head) {
      const service = dispatch.services.get('s3') as Service
      const requestId = ground.ids.uuid().replaceAll('-', '').slice(0, 16).toUpperCase()
      const visited: Visited = {
        head,
        service,
        model: await modelFor(service),
        store: dispatch.store<S3Store>('s3'),
        context: plainly(contextOf(head, requestId, ground.account)),
        bucket: bucketOf(head).bucket,
      }
      const given = await answer(visited).catch((error) => {
        if (error instanceof ServiceError) return plainPage(visited, error)
        ground.log({
          level: 'error',
          from: 'door',
          text: `a request to the website ${visited.bucket} failed`,
          cause: error,
        })
        return plainPage(visited, refusal('InternalError', 500, 'We encountered an internal error. Please try again.'))
      })
      const cors = corsHeaders(head, service, visited.store)
      await send(request, response, { ...given, headers: { ...given.headers, ...cors } })
    },
  }
}

/** A path as a Location: one that began with two slashes would lead to another host. */
const ownPath = (path: string): string =>
  path.replace(/^\/[/\\]+/, (slashes) => `/${encodeURIComponent(slashes.slice(1))}`)

const refusal = (code: string, status: number, message: string, fields: Record<string, unknown> = {}) =>
  new ServiceError(code, message, { ...fields, status })

/** Which object it was about, of a 404; a 403 keeps it to itself. */
const withKey = (error: ServiceError, key: string): ServiceError =>
  error.status === 404
    ? refusal(error.code, 404, error.message, { ...error.fields, Key: key, headers: error.headers })
    : error

const errorHeaders = ({ code, message, fields }: ServiceError): Record<string, string> => ({
  'x-amz-error-code': code,
  'x-amz-error-message': headerSafe(message),
  ...(fields.Key === undefined ? {} : { 'x-amz-error-detail-key': headerSafe(String(fields.Key)) }),
})

const list = ({ code, message, fields }: ServiceError, more: Record<string, string> = {}): string => {
  const told = Object.entries({ Code: code, Message: message, ...fields, ...more })
  return `<ul>\n${told.map(([name, value]) => `<li>${name}: ${escapeXml(String(value))}</li>\n`).join('')}</ul>\n`
}

/** S3's own page of an error, and of the one that came of looking for the website's. */
const plainPage = ({ model, context }: Visited, error: ServiceError, second?: ServiceError): WireResponse => {
  const { status = 400 } = error
  const { requestId } = context.facts
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trim()
  const ids = { RequestId: requestId, HostId: hostIdOf(requestId) }
  const also = second
    ? `<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n${list(second)}`
    : ''
  return {
    status,
    headers: {
      ...requestIds(model, requestId),
      ...error.headers,
      ...errorHeaders(error),
      'content-type': 'text/html; charset=utf-8',
    },
    body: `<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n${list(error, ids)}${also}<hr/>\n</body>\n</html>\n`,
  }
}
