import type { IncomingMessage, ServerResponse } from 'node:http'
import { ServiceError } from '../base/errors.ts'

/** A request without its body, as a site and the router look at it. */
export interface SiteRequest {
  readonly method: string
  /** As sent: percent-encoded, without the query. */
  readonly path: string
  /** As sent, without the question mark. */
  readonly search: string
  /** Decoded, in the order sent. */
  readonly query: URLSearchParams
  /** Names in lower case; a header sent twice is joined by commas, as a signature is over it. */
  readonly headers: Readonly<Record<string, string>>
  /** The host that the client named, in lower case, without the port. */
  readonly host: string
  /** The client's address. */
  readonly sourceIp: string
}

/** Something behind the door that is not an AWS operation: a website, an API stage, the console. */
export interface Site {
  matches(head: SiteRequest): boolean
  handle(request: IncomingMessage, response: ServerResponse, head: SiteRequest): Promise<void>
}

/** As S3 limits them; node:http refuses larger ones before we see them. */
export const LARGEST_HEAD = 16_384
const MOST_HEADERS = 200

const badUri = () => new ServiceError('InvalidURI', "Couldn't parse the specified URI.", { status: 400 })
const badRequest = (message: string) => new ServiceError('InvalidRequest', message, { status: 400 })

/** Reads target and headers of a request. @throws ServiceError (400) for what no client of AWS sends. */
export const readHead = (request: IncomingMessage): SiteRequest => {
  const target = request.url ?? ''
  // Absolute and authority form name a second host; printable ASCII is all that a URI may hold.
  if (!target.startsWith('/') || !/^[!-~]+$/.test(target) || target.includes('#')) throw badUri()
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const search = mark < 0 ? '' : target.slice(mark + 1)
  decode(path)

  const { rawHeaders } = request
  if (rawHeaders.length > 2 * MOST_HEADERS) throw badRequest(`A request may have ${MOST_HEADERS} headers at most.`)
  const headers: Record<string, string> = Object.create(null)
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    const value = rawHeaders[i + 1] as string
    const before = headers[name]
    if (before !== undefined && ALONE.has(name)) throw badRequest(`The header ${name} may be sent only once.`)
    headers[name] = before === undefined ? value : `${before},${value}`
  }
  return {
    method: request.method ?? '',
    path,
    search,
    query: readQuery(search),
    headers,
    host: hostOf(headers.host ?? ''),
    sourceIp: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  }
}

/** Headers whose second value would be a second opinion about who asks, whom, or for how many bytes. */
const ALONE = new Set([
  'host',
  'authorization',
  'content-length',
  'content-type',
  'content-md5',
  'date',
  'origin',
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-decoded-content-length',
  'x-amz-security-token',
  'x-amz-target',
])

const hostOf = (host: string): string => host.replace(/:\d*$/, '').toLowerCase()

/** Percent-decodes. @throws ServiceError (400) for what is no UTF-8. */
export const decode = (text: string): string => {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw badUri()
  }
}

/** A plus sign is a space, as everywhere on AWS; a bare name has the value `''`. */
const readQuery = (search: string): URLSearchParams => {
  const query = new URLSearchParams()
  if (search === '') return query
  for (const part of search.split('&')) {
    if (part === '') continue
    const mark = part.indexOf('=')
    const text = (encoded: string) => decode(encoded.replaceAll('+', ' '))
    if (mark < 0) query.append(text(part), '')
    else query.append(text(part.slice(0, mark)), text(part.slice(mark + 1)))
  }
  return query
}
