import { isUtf8 } from 'node:buffer'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Integration } from '@aws-sdk/client-api-gateway'
import type { Headers } from '../../types.ts'
import { type Exchange, withVariables } from '../exchange.ts'
import { headerText } from '../finish.ts'
import { GatewayError, misconfigured } from '../gatewayErrors.ts'
import type { IntegrationRequest } from '../mapping.ts'
import { type Answer, inTime } from './answer.ts'
import { forwardedHeaders } from './proxyEvent.ts'

/** By this header API Gateway tells backends which API asks; no client can take it away. */
const API_ID = 'x-amzn-apigateway-api-id'

/** Headers for a backend, with the API that asks. */
export const withApiId = (
  headers: ReadonlyMap<string, readonly string[]>,
  apiId: string | undefined,
): Map<string, readonly string[]> =>
  new Map([...[...headers].filter(([name]) => name.toLowerCase() !== API_ID), [API_ID, [apiId ?? '']]])

/** A request to a backend by HTTP. */
export interface HttpRequest {
  readonly method: string
  readonly url: URL
  /** The path as it is sent: a URL would go upwards at `..`, and out of what the integration names. */
  readonly path: string
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: Buffer
}

export interface HttpResponse {
  readonly status: number
  /** As text: `headerText` writes them again. */
  readonly headers: Headers
  readonly body: Buffer
}

/** Bytes of a body, to and from (API Gateway quotas, "Payload size"). */
export const LARGEST_BODY = 10 * 1024 * 1024

/** Node gives each byte of a header as a character: text in UTF-8 is what the backend meant, wherever it is that. */
const meant = (value: string): string => {
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : value
}

const pairs = ({ rawHeaders }: IncomingMessage): Headers =>
  Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[index * 2] ?? '',
    meant(rawHeaders[index * 2 + 1] ?? ''),
  ])

/** What a client has sent goes on byte by byte; only what is mapped may hold other characters. */
const sendable = (value: string): string => (/[^\0-\u00ff]/.test(value) ? headerText(value) : value)

/** The path of an address, letter by letter; what may not stand in one is encoded. */
export const pathOf = (address: string): string =>
  (/^https?:\/*[^/?#]*([^?#]*)/i.exec(address)?.[1] || '/').replace(/[^\x21-\x7e]+/g, (text) =>
    encodeURIComponent(text.toWellFormed()),
  )

/** Sends a request; gives up at `signal`, and on an answer above 10 MB. Redirects are answers, as API Gateway has it. */
export const send = ({ method, url, path, headers, body }: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> =>
  new Promise((resolve, reject) => {
    // TLS is loaded when somebody is first asked by it.
    const run = url.protocol === 'https:' ? process.getBuiltinModule('node:https').request : httpRequest
    const outgoing = run(url, { method, path: `${path}${url.search}`, ...(signal && { signal }) }, (incoming) => {
      const parts: Buffer[] = []
      let size = 0
      incoming.on('data', (part: Buffer) => {
        parts.push(part)
        size += part.length
        if (size > LARGEST_BODY)
          incoming.destroy(new Error(`The backend's answer is larger than ${LARGEST_BODY} bytes`))
      })
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 502, headers: pairs(incoming), body: Buffer.concat(parts) }),
      )
    })
    outgoing.on('error', reject)
    for (const [name, values] of headers) outgoing.setHeader(name, values.map(sendable))
    if (body.length || !['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method))
      outgoing.setHeader('Content-Length', body.length)
    outgoing.end(body)
  })

/**
 * The address of an HTTP integration with its variables, path parameters and query string. AWS reaches public
 * addresses only (and private ones through a VPC link); here the template's author may name this machine, too.
 */
const urlOf = (
  exchange: Exchange,
  { uri }: Integration,
  { path, query }: IntegrationRequest,
): { url: URL; path: string } => {
  const filled = withVariables(uri ?? '', exchange).replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const greedy = name.endsWith('+')
    const value = path.get(greedy ? name.slice(0, -1) : name)
    if (value === undefined) return whole
    return greedy || name === 'proxy' ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value)
  })
  const url = URL.canParse(filled) ? new URL(filled) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw misconfigured('Invalid endpoint address')
  for (const [name, values] of query) for (const value of values) url.searchParams.append(name, value)
  return { url, path: pathOf(filled) }
}

/** Asks the backend of an integration of type `HTTP` or `HTTP_PROXY`. */
export const httpAnswer = async (
  exchange: Exchange,
  integration: Integration,
  mapped: IntegrationRequest,
): Promise<Answer> => {
  const { url, path } = urlOf(exchange, integration, mapped)
  const { clock } = exchange.ports.ground
  exchange.log.info(`Endpoint request URI: ${url.origin}${path}${url.search}`)
  const method =
    !integration.httpMethod || integration.httpMethod === 'ANY' ? exchange.request.method : integration.httpMethod
  const stop = new AbortController()
  const begun = clock.now()
  try {
    const headers = withApiId(mapped.headers, exchange.api.restApi.id)
    const answered = send({ method, url, path, headers, body: mapped.body }, stop.signal)
    const { status, headers: lines, body } = await inTime(exchange, integration, answered)
    exchange.log.info(`Received response. Status: ${status}, Integration latency: ${clock.now() - begun} ms`)
    return { status, headers: lines, body, matched: String(status) }
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw new GatewayError('INTEGRATION_FAILURE', {
      message: 'Network error communicating with endpoint',
      reason: `Execution failed due to a network error communicating with endpoint: ${(error as Error).message}`,
    })
  } finally {
    stop.abort()
    exchange.integration = { ...exchange.integration, latency: clock.now() - begun }
  }
}

const NOT_FORWARDED = new Set(['host', 'content-length', 'expect'])

/** The request as it came (type `HTTP_PROXY`), with what `requestParameters` add. */
export const proxiedRequest = (exchange: Exchange, mapped: IntegrationRequest): IntegrationRequest => {
  const headers = new Map([...forwardedHeaders(exchange)].filter(([name]) => !NOT_FORWARDED.has(name.toLowerCase())))
  for (const [name, values] of mapped.headers) {
    for (const other of headers.keys()) if (other.toLowerCase() === name.toLowerCase()) headers.delete(other)
    headers.set(name, values)
  }
  return {
    path: new Map([...(exchange.route?.pathParameters ?? []), ...mapped.path]),
    query: new Map([...exchange.query, ...mapped.query]),
    headers,
    body: exchange.request.body,
  }
}
