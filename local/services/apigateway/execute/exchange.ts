import type { Context } from '../../service.ts'
import type { ApiRequest, DeployedApi, Ports } from '../types.ts'
import type { Json } from './json.ts'
import { headersOf, type Multi, own, plainPath, queryOf } from './parameters.ts'
import type { Route } from './router.ts'

/** The parts of the question who may ("Variables for access logging for API Gateway"). */
export type PhaseName = 'authenticate' | 'authorizer' | 'authorize'

/** How a part ended, for the access log. */
export interface Phase {
  /** Of HTTP */
  readonly status: number
  /** ms */
  readonly latency: number
  readonly error?: string
}

/** One request on its way, and what has become known about it. */
export interface Exchange {
  readonly api: DeployedApi
  readonly request: ApiRequest
  readonly ports: Ports
  /** As whom and for whom others are called; the caller is replaced. */
  readonly context: Context
  readonly requestId: string
  readonly extendedRequestId: string
  readonly traceId: string
  /** Milliseconds since the epoch. */
  readonly begun: number
  /** TestInvokeMethod. */
  readonly test: boolean
  readonly query: Multi
  readonly headers: Multi
  readonly log: ExecutionLog
  route?: Route
  /** Of `$context.authorizer`. */
  authorizer?: Map<string, Json>
  /** How the parts of the question who may ended. */
  readonly phases: Partial<Record<PhaseName, Phase>>
  /** The call of the authorizer's function, where its answer was not remembered. */
  authorizerCall?: { readonly integrationStatus: number; readonly integrationLatency: number }
  apiKey?: { readonly id: string; readonly value: string }
  error?: { readonly type: string; readonly message: string | null; readonly validation?: string }
  integration?: { status?: number; latency?: number; requestId?: string; error?: string }
  /** `$context.requestOverride`, `$context.responseOverride`: templates write them. */
  readonly requestOverride: Map<string, Json>
  readonly responseOverride: Map<string, Json>
}

/** The lines of the execution log, in their order. */
export interface ExecutionLog {
  /** A line of level INFO; what is data of requests is left out unless data tracing is on. */
  info(text: string): void
  data(text: string): void
  error(text: string): void
  readonly lines: readonly { readonly at: number; readonly level: 'info' | 'data' | 'error'; readonly text: string }[]
}

const createLog = (now: () => number): ExecutionLog => {
  const lines: { at: number; level: 'info' | 'data' | 'error'; text: string }[] = []
  const add = (level: 'info' | 'data' | 'error') => (text: string) => {
    lines.push({ at: now(), level, text: text.slice(0, LONGEST) })
  }
  return { info: add('info'), data: add('data'), error: add('error'), lines }
}

/** API Gateway cuts lines of its log that are longer than 1,024 bytes. */
const LONGEST = 1024

const overrides = (...names: string[]): Map<string, Json> =>
  new Map(names.map((name) => [name, new Map<string, Json>()] as const))

export const createExchange = (api: DeployedApi, request: ApiRequest, ports: Ports, test = false): Exchange => {
  const { ids, clock } = ports.ground
  const { account, region } = api
  const seconds = Math.floor(clock.now() / 1000).toString(16)
  return {
    api,
    request,
    ports,
    context: { caller: request.caller, account, region, facts: request.facts },
    requestId: request.facts.requestId,
    extendedRequestId: `${ids.secret(11)}=`,
    traceId: `Root=1-${seconds}-${ids.text(24, '0123456789abcdef')}`,
    begun: clock.now(),
    test,
    query: queryOf(request.rawQuery),
    headers: headersOf(request.headers),
    log: createLog(() => clock.now()),
    phases: {},
    requestOverride: overrides('header', 'path', 'querystring'),
    responseOverride: overrides('header'),
  }
}

/** `arn:aws:execute-api:us-east-1:123456789012:a1b2c3/prod/GET/books/5` */
export const methodArn = ({ api, request }: Exchange): string => {
  // As the router has it, a slash at the end means nothing.
  const path = plainPath(request.path).replace(/^\//, '').replace(/\/$/, '')
  return `${apiArn(api)}/${api.stage.stageName}/${request.method}/${path}`
}
export const apiArn = ({ account, region, restApi }: DeployedApi): string =>
  `arn:aws:execute-api:${region}:${account}:${restApi.id}`

/** Put in for the values of `${stageVariables.name}`. */
export const withVariables = (text: string, { api }: Exchange): string =>
  text.replace(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_, name: string) => own(api.stage.variables, name) ?? '')
