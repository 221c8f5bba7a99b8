import type { Integration } from '@aws-sdk/client-api-gateway'
import { type Exchange, withVariables } from '../exchange.ts'
import { GatewayError, misconfigured } from '../gatewayErrors.ts'
import type { IntegrationRequest } from '../mapping.ts'
import { own } from '../parameters.ts'
import { type Answer, credentialsOf, inTime } from './answer.ts'
import { type HttpRequest, send } from './http.ts'
import { signed } from './sign.ts'

/** How an `action/` of a service is asked for: by `x-amz-target`, or by the query protocol's Action and Version. */
const PROTOCOLS: Readonly<Record<string, { target: string; json: '1.0' | '1.1' } | { version: string }>> = {
  dynamodb: { target: 'DynamoDB_20120810', json: '1.0' },
  events: { target: 'AWSEvents', json: '1.1' },
  kinesis: { target: 'Kinesis_20131202', json: '1.1' },
  logs: { target: 'Logs_20140328', json: '1.1' },
  states: { target: 'AWSStepFunctions', json: '1.0' },
  ssm: { target: 'AmazonSSM', json: '1.1' },
  sns: { version: '2010-03-31' },
  sqs: { version: '2012-11-05' },
  sts: { version: '2011-06-15' },
}

/** `arn:aws:apigateway:<region>:<[subdomain.]service>:<path|action>/<what>` */
const URI = /^arn:aws:apigateway:([a-z0-9-]+):(?:([^:]+)\.)?([a-z0-9-]+):(path|action)\/(.*)$/s

interface Target {
  readonly region: string
  readonly service: string
  readonly subdomain?: string
  readonly kind: 'path' | 'action'
  readonly what: string
}

const targetOf = (exchange: Exchange, { uri = '' }: Integration, { path }: IntegrationRequest): Target => {
  const [, region, subdomain, service, kind, what] = URI.exec(withVariables(uri, exchange)) ?? []
  if (!region || !service || what === undefined) throw misconfigured('Invalid endpoint address')
  const filled = what.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const value = path.get(name.replace(/\+$/, ''))
    return value === undefined ? whole : value.split('/').map(encodeURIComponent).join('/')
  })
  return { region, service, kind: kind === 'path' ? 'path' : 'action', what: filled, ...(subdomain && { subdomain }) }
}

const has = (headers: ReadonlyMap<string, unknown>, name: string) =>
  [...headers.keys()].some((other) => other.toLowerCase() === name)

/** The request as the service wants it, to this cloud's own door. */
const requestOf = (
  exchange: Exchange,
  integration: Integration,
  mapped: IntegrationRequest,
  target: Target,
): HttpRequest => {
  const url = new URL(exchange.ports.ground.url())
  const headers = new Map<string, readonly string[]>(mapped.headers)
  let sent = '/'
  for (const [name, values] of mapped.query) for (const value of values) url.searchParams.append(name, value)
  if (target.kind === 'path') {
    const [path = '', query = ''] = target.what.split(/\?(.*)/s)
    for (const [name, value] of new URLSearchParams(query)) url.searchParams.append(name, value)
    // A bucket that stands before the host goes before the path: the same object either way.
    sent = `${target.subdomain ? `/${target.subdomain}` : ''}/${path.replace(/^\//, '')}`
  } else {
    const protocol = own(PROTOCOLS, target.service)
    if (!protocol) throw misconfigured(`Actions of ${target.service} are not part of the local cloud`)
    if ('target' in protocol) {
      if (!has(headers, 'x-amz-target')) headers.set('X-Amz-Target', [`${protocol.target}.${target.what}`])
      headers.set('Content-Type', [`application/x-amz-json-${protocol.json}`])
    } else {
      url.searchParams.set('Action', target.what)
      url.searchParams.set('Version', protocol.version)
    }
  }
  if (!has(headers, 'content-type')) headers.set('Content-Type', ['application/json'])
  const method =
    !integration.httpMethod || integration.httpMethod === 'ANY' ? exchange.request.method : integration.httpMethod
  return { method, url, path: sent, headers, body: ['GET', 'HEAD'].includes(method) ? Buffer.alloc(0) : mapped.body }
}

/**
 * Calls another service for an integration of type `AWS`, signed by a session of the integration's role: what the role
 * may not do, the service refuses, and its refusal is the backend's answer.
 */
export const awsAnswer = async (
  exchange: Exchange,
  integration: Integration,
  mapped: IntegrationRequest,
): Promise<Answer> => {
  const target = targetOf(exchange, integration, mapped)
  const request = requestOf(exchange, integration, mapped, target)
  const given = await credentialsOf(exchange, integration.credentials)
  if (!given) throw misconfigured('AWS integration has no credentials')
  if (!('credentials' in given))
    throw misconfigured("The caller's own credentials reach functions only in the local cloud")
  const { clock } = exchange.ports.ground
  const begun = clock.now()
  const { service, region } = target
  const stop = new AbortController()
  exchange.log.info(
    `Endpoint request URI: https://${service}.${region}.amazonaws.com${request.path}${request.url.search}`,
  )
  try {
    const asked = signed(request, { service, region, now: begun, credentials: given.credentials })
    const { status, headers, body } = await inTime(exchange, integration, send(asked, stop.signal))
    exchange.log.info(`Received response. Status: ${status}, Integration latency: ${clock.now() - begun} ms`)
    return { status, headers, body, matched: String(status) }
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw new GatewayError('INTEGRATION_FAILURE', { reason: `Execution failed: ${(error as Error).message}` })
  } finally {
    stop.abort()
    exchange.integration = { ...exchange.integration, latency: clock.now() - begun }
  }
}
