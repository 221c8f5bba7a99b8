import type { Stage } from '@aws-sdk/client-apigatewayv2'
import type { Caller } from '../../../iam/types.ts'
import { background } from '../../background.ts'
import { lineOf } from '../accessFormat.ts'
import { commonLogTime, identityOf } from '../execute/context.ts'
import type { ApiRequest, ApiResponse } from '../types.ts'
import { createUnwritten } from '../unwritten.ts'
import { deliver, deliverer, destinationOf } from './delivery.ts'
import type { HttpApi } from './types.ts'
import type { HttpPorts, Trail } from './visit.ts'

/** A request that is answered. */
export interface Answered {
  readonly api: HttpApi
  readonly stage: Stage
  readonly request: ApiRequest
  readonly trail: Trail
  readonly response: ApiResponse
}

/** Writes the access logs of stages. */
export interface HttpAccessLogs {
  /** Hands over what a request became: its line is written soon, after those before it. */
  take(answered: Answered): void
}

/** Kinds of errors are named like gateway responses. */
const TYPES: Record<number, string> = {
  401: 'UNAUTHORIZED',
  403: 'ACCESS_DENIED',
  404: 'RESOURCE_NOT_FOUND',
  429: 'THROTTLED',
  503: 'INTEGRATION_TIMEOUT',
}
const typeOf = ({ integration, authorizerError }: Trail, status: number): string =>
  TYPES[status] ??
  (integration ? 'INTEGRATION_FAILURE' : authorizerError ? 'AUTHORIZER_FAILURE' : 'API_CONFIGURATION_ERROR')

type Value = string | number | null | undefined

/** What authorizers said: claims of a token, or the context that a function gave. */
const authorized = ({ visit }: Trail, path: string): Value => {
  const { jwt, lambda } = (visit?.authorizer ?? {}) as Record<string, Record<string, unknown> | undefined>
  const [name = '', claim] = path.split(/\.(.*)/s)
  const said = claim === undefined ? lambda : name === 'claims' ? (jwt?.claims as Record<string, unknown>) : undefined
  const key = claim ?? name
  const value = said && Object.hasOwn(said, key) ? said[key] : undefined
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value)
}

/** Who signed is told of routes that ask for it; by which key, only by REST APIs. */
const identity = ({ request, trail, api }: Answered, name: string): Value => {
  if (name === 'accessKey') return undefined
  const signs = trail.visit?.route.AuthorizationType === 'AWS_IAM'
  const caller: Caller = signs ? request.caller : { kind: 'anonymous', account: api.account }
  const context = { caller, account: api.account, region: api.region, facts: request.facts }
  const value = identityOf({ request, context, test: false }).get(name)
  return typeof value === 'string' ? value : undefined
}

/** The variables of access logs ("Customize HTTP API access logs"). */
const variables = (answered: Answered, now: number) => {
  const { api, stage, request, trail, response } = answered
  const { visit, error, authorizerError, integration = {} } = trail
  const known: Record<string, Value> = {
    accountId: api.account,
    apiId: api.id,
    'authorizer.error': authorizerError,
    awsEndpointRequestId: integration.requestId,
    awsEndpointRequestId2: integration.extendedRequestId,
    dataProcessed: request.body.length + response.body.length,
    domainName: request.domainName,
    domainPrefix: request.domainName.split('.', 1)[0],
    'error.message': error,
    'error.responseType': error === undefined ? undefined : typeOf(trail, response.status),
    extendedRequestId: trail.id,
    httpMethod: request.method,
    'integration.error': integration.error,
    'integration.integrationStatus': integration.lambdaStatus ?? integration.status,
    'integration.latency': integration.latency,
    'integration.requestId': integration.requestId,
    'integration.status': integration.status,
    integrationErrorMessage: integration.error,
    integrationLatency: integration.latency,
    integrationStatus: integration.status,
    path: stage.StageName === '$default' ? request.path : `/${stage.StageName}${request.path}`,
    protocol: request.protocol,
    requestId: trail.id,
    requestTime: commonLogTime(trail.begun),
    requestTimeEpoch: trail.begun,
    responseLatency: now - trail.begun,
    responseLength: response.body.length,
    routeKey: visit?.route.RouteKey,
    stage: stage.StageName,
    status: response.status,
  }
  return (name: string): Value => {
    if (Object.hasOwn(known, name)) return known[name]
    if (name.startsWith('authorizer.')) return authorized(trail, name.slice('authorizer.'.length))
    return name.startsWith('identity.') ? identity(answered, name.slice('identity.'.length)) : undefined
  }
}

/** One line of the stage's format; what has no value is `-`. @param now ms since the epoch */
export const accessLine = (answered: Answered, format: string, now: number): string =>
  lineOf(format, variables(answered, now))

/** Streams are named by API, stage and minute: `r0mx7qm4bi_prod-2026-07-18-12-33`. */
export const streamOf = (api: HttpApi, { StageName }: Stage, at: number): string =>
  `${api.id}_${StageName}-${new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`

export const createHttpAccessLogs = (ports: HttpPorts): HttpAccessLogs => {
  const { clock, log } = ports.ground
  const unwritten = createUnwritten(log)
  /** One after the other, so that streams keep the order of requests. */
  let before: Promise<void> = Promise.resolve()
  return {
    take(answered) {
      const { api, stage, trail } = answered
      const { Format: format } = stage.AccessLogSettings ?? {}
      const destination = destinationOf(stage.AccessLogSettings ?? {})
      if (!destination || format === undefined) return
      const line = { timestamp: trail.begun, message: accessLine(answered, format, clock.now()) }
      const logs = ports.cloud(background(ports.ground, deliverer(destination), destination.region))('logs')
      const what = `the access log of ${api.id}/${stage.StageName}`
      before = before
        .then(() => deliver(logs, destination, streamOf(api, stage, trail.begun), line))
        .then(
          () => unwritten.written(what),
          (cause) => unwritten.failed(what, cause),
        )
    },
  }
}
