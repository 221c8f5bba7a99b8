import type { Integration, Stage } from '@aws-sdk/client-apigatewayv2'
import type { Ground } from '../../../base/ground.ts'
import type { Caller } from '../../../iam/types.ts'
import { assumeRole } from '../../roles.ts'
import type { Cloud, Context, Decide } from '../../service.ts'
import { plainPath } from '../execute/parameters.ts'
import type { ApiRequest, ApiResponse } from '../types.ts'
import type { Found } from './router.ts'
import type { HttpApi, HttpDefinition } from './types.ts'

export interface HttpPorts {
  readonly ground: Ground
  readonly cloud: (context: Context) => Cloud
  readonly decide: Decide
}

/** What becomes known of a request on its way, for its access log. */
export interface Trail {
  /** `$context.requestId`, as functions and clients are told it: `Vdntpho8IAMEVSQ=`. */
  readonly id: string
  /** ms since the epoch */
  readonly begun: number
  visit?: HttpVisit
  /** What API Gateway itself answered. */
  error?: string
  authorizerError?: string
  integration?: {
    /** What the backend answered, or a function's code. */
    status?: number
    /** What Lambda answered. */
    lambdaStatus?: number
    /** ms */
    latency?: number
    requestId?: string | undefined
    /** `x-amz-id-2` */
    extendedRequestId?: string | undefined
    error?: string
  }
}

/** One request for a stage of an HTTP API. */
export interface HttpVisit extends Found {
  readonly trail: Trail
  readonly api: HttpApi
  readonly stage: Stage
  readonly definition: HttpDefinition
  readonly request: ApiRequest
  readonly context: Context
  readonly ports: HttpPorts
  /** What the authorizer gave: `{ jwt }`, `{ lambda }`, `{ iam }`. */
  authorizer?: Record<string, unknown>
}

/** Ends a request with API Gateway's own answer. */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** For the access log only. */
  readonly reason: string | undefined

  constructor(status: number, message: string, headers: Record<string, string> = {}, reason?: string) {
    super(message)
    this.status = status
    this.headers = headers
    this.reason = reason
  }
}

export const fault = (reason?: string) => new HttpError(500, 'Internal Server Error', {}, reason)
export const unauthorized = (challenge = 'Bearer', reason?: string) =>
  new HttpError(401, 'Unauthorized', { 'www-authenticate': challenge }, reason)
export const forbidden = () => new HttpError(403, 'Forbidden')

/** What is asked for, as policies name it: `arn:aws:execute-api:us-east-1:123456789012:a1b2c3/prod/GET/books/7`. */
export const requestArn = ({ api, stage, request }: HttpVisit): string =>
  `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/${stage.StageName}/${request.method}${plainPath(request.path)}`

/** The route, as the functions' permissions name it. */
const routeArn = ({ api, stage, route, request }: HttpVisit): string => {
  const key = route.RouteKey ?? ''
  const end =
    key === '$default' ? key : `${request.method}${key.slice(key.indexOf(' ') + 1).replace(/\{[^}]*\}/g, '*')}`
  return `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/${stage.StageName}/${end}`
}

const asGateway = (visit: HttpVisit, sourceArn: string): Caller => ({
  kind: 'service',
  principal: 'apigateway.amazonaws.com',
  account: visit.api.account,
  sourceArn,
  sourceAccount: visit.api.account,
})

/** As whom an integration calls. @throws ServiceError where a role may not be taken on */
const callerOf = async (visit: HttpVisit, roleArn: string | undefined, sourceArn: string): Promise<Caller> => {
  const { ports, context, api } = visit
  if (!roleArn) return asGateway(visit, sourceArn)
  const { caller } = await assumeRole(ports.cloud(context), {
    roleArn,
    principal: 'apigateway.amazonaws.com',
    account: api.account,
    sessionName: 'BackplaneAssumeRoleSession',
    sourceArn,
  })
  return caller
}

/** Invokes a function, and gives what it gave. @throws ServiceError, HttpError 500 when the function failed */
export const invokeFunction = async (
  visit: HttpVisit,
  functionName: string,
  event: unknown,
  { roleArn, authorizerId }: { roleArn?: string | undefined; authorizerId?: string } = {},
): Promise<string> => {
  const { ports, context, api } = visit
  const source =
    authorizerId === undefined
      ? routeArn(visit)
      : `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/authorizers/${authorizerId}`
  const as = await callerOf(visit, roleArn, source)
  const { Payload, FunctionError } = await ports
    .cloud({ ...context, caller: as, account: as.account })('lambda')
    .Invoke({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) })
  const parts: Uint8Array[] = []
  if (typeof Payload === 'string' || Payload instanceof Uint8Array) parts.push(Buffer.from(Payload as Uint8Array))
  else if (Payload) for await (const part of Payload as AsyncIterable<Uint8Array>) parts.push(part)
  const payload = Buffer.concat(parts).toString()
  if (authorizerId === undefined)
    visit.trail.integration = { lambdaStatus: 200, requestId: context.facts.requestId, ...visit.trail.integration }
  if (FunctionError !== undefined) throw fault(failure(payload))
  return payload
}

/** What the access log says of a function that failed. */
const failure = (payload: string): string => {
  const { errorMessage } = JSON.parse(payload) as { errorMessage?: string }
  return `The Lambda function returned the following error: ${errorMessage}. Check your Lambda function code and try again.`
}

/** @throws HttpError 503 when it takes longer than an integration may */
export const inTime = async <T>(
  { ports }: HttpVisit,
  { TimeoutInMillis = 30_000 }: Integration,
  work: Promise<T>,
): Promise<T> => {
  let cancel = () => {}
  const late = new Promise<never>((_, reject) => {
    cancel = ports.ground.clock.after(TimeoutInMillis, () =>
      reject(new HttpError(503, 'Service Unavailable', {}, 'Endpoint request timed out')),
    )
  })
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

export type { ApiRequest, ApiResponse }
