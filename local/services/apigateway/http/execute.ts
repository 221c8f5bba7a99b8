import type { Integration, RouteSettings, Stage } from '@aws-sdk/client-apigatewayv2'
import { ServiceError } from '../../../base/errors.ts'
import { headerText } from '../execute/finish.ts'
import { pathOf, send, withApiId } from '../execute/integrations/http.ts'
import { header } from '../execute/parameters.ts'
import type { ApiRequest, ApiResponse } from '../types.ts'
import { createHttpAccessLogs } from './accessLogs.ts'
import { answerOf } from './answers.ts'
import { createHttpAuthorizers } from './authorize.ts'
import { functionArn } from './checks.ts'
import { preflightOf, withCors } from './cors.ts'
import { event1, event2 } from './events.ts'
import { findRoute } from './router.ts'
import type { HttpApi, HttpDefinition } from './types.ts'
import { fault, HttpError, type HttpPorts, type HttpVisit, inTime, invokeFunction, type Trail } from './visit.ts'

/** The data plane of HTTP APIs. */
export interface HttpExecutor {
  execute(api: HttpApi, stage: Stage, request: ApiRequest): Promise<ApiResponse>
  /** The answer where no stage is. */
  notFound(): Promise<ApiResponse>
  /** ResetAuthorizersCache. */
  forgetAuthorizers(): void
}

/** What a stage serves: what is there, or what its deployment froze. */
const definitionOf = (api: HttpApi, { AutoDeploy, DeploymentId }: Stage): HttpDefinition | undefined =>
  AutoDeploy ? api : api.deployments.find(({ deployment }) => deployment.DeploymentId === DeploymentId)?.frozen

interface Bucket {
  tokens: number
  at: number
}
const MOST = 10_000

export const createHttpExecutor = (ports: HttpPorts): HttpExecutor => {
  const { clock, log } = ports.ground
  const authorizers = createHttpAuthorizers()
  const logs = createHttpAccessLogs(ports)
  const buckets = new Map<string, Bucket>()

  /** @throws HttpError 429 */
  const throttle = ({ api, stage, route }: HttpVisit): void => {
    const own: RouteSettings = stage.RouteSettings?.[route.RouteKey ?? ''] ?? {}
    const rate = own.ThrottlingRateLimit ?? stage.DefaultRouteSettings?.ThrottlingRateLimit
    const burst =
      own.ThrottlingBurstLimit ?? stage.DefaultRouteSettings?.ThrottlingBurstLimit ?? (rate && Math.ceil(rate))
    if (rate === undefined && burst === undefined) return
    if (buckets.size > MOST) buckets.clear()
    const key = `${api.id}/${stage.StageName}/${route.RouteKey}`
    const now = clock.now()
    const bucket = buckets.get(key) ?? { tokens: burst ?? 0, at: now }
    bucket.tokens = Math.min(burst ?? 0, bucket.tokens + ((rate ?? 0) * Math.max(0, now - bucket.at)) / 1000)
    bucket.at = now
    buckets.set(key, bucket)
    if (bucket.tokens < 1) throw new HttpError(429, 'Too Many Requests')
    bucket.tokens--
  }

  const admitted = async (visit: HttpVisit): Promise<void> => {
    try {
      await authorizers.authorize(visit)
    } catch (error) {
      visit.trail.authorizerError = reasonOf(error, 'authorizer')
      throw error
    }
    throttle(visit)
  }

  const integrated = async (visit: HttpVisit, integration: Integration): Promise<ApiResponse> => {
    const { trail } = visit
    const begun = clock.now()
    const answer = integration.IntegrationType === 'HTTP_PROXY' ? forwarded : proxied
    try {
      const response = await answer(visit, integration)
      trail.integration = { ...trail.integration, status: response.status }
      return response
    } catch (error) {
      trail.integration = { ...trail.integration, error: reasonOf(error, 'integration') }
      throw error
    } finally {
      trail.integration = { ...trail.integration, latency: clock.now() - begun }
    }
  }

  const answered = async (api: HttpApi, stage: Stage, request: ApiRequest, trail: Trail): Promise<ApiResponse> => {
    const definition = definitionOf(api, stage)
    const found = definition && findRoute(definition.routes, request.method, request.path)
    if (!definition || !found) throw new HttpError(404, 'Not Found')
    const { caller, facts } = request
    const context = { caller, account: api.account, region: api.region, facts }
    const visit: HttpVisit = { ...found, api, stage, definition, request, context, ports, trail }
    trail.visit = visit
    await admitted(visit)
    const integration = definition.integrations.find(
      ({ IntegrationId }) => `integrations/${IntegrationId}` === found.route.Target,
    )
    if (!integration) throw fault()
    return integrated(visit, integration)
  }

  /** What API Gateway itself answers to a request that failed. */
  const refused = (error: unknown, request: ApiRequest, trail: Trail): ApiResponse => {
    const known = error instanceof HttpError ? error : fault()
    if (error instanceof ServiceError)
      log({ level: 'warn', from: 'apigateway', text: `${request.path}: ${error.message}` })
    else if (!(error instanceof HttpError))
      log({ level: 'error', from: 'apigateway', text: `a request for ${request.path} failed`, cause: error })
    trail.error = known.message
    return {
      status: known.status,
      headers: [['content-type', 'application/json'], ...Object.entries(known.headers)],
      body: Buffer.from(JSON.stringify({ message: known.message })),
    }
  }

  return {
    forgetAuthorizers: authorizers.forget,
    notFound: async () => ({
      status: 404,
      headers: [['content-type', 'application/json']],
      body: Buffer.from(JSON.stringify({ message: 'Not Found' })),
    }),
    async execute(api, stage, request) {
      const { CorsConfiguration: cors } = api.api
      const trail: Trail = { id: idOf(request), begun: clock.now() }
      const preflight = preflightOf(cors, request)
      const whole = preflight
        ? preflight
        : withCors(
            cors,
            request,
            await answered(api, stage, request, trail).catch((error) => refused(error, request, trail)),
          )
      const response: ApiResponse = { ...whole, headers: [...whole.headers, ['Apigw-Requestid', trail.id]] }
      logs.take({ api, stage, request, trail, response })
      return response
    },
  }
}

/** As API Gateway writes the ids of requests: 16 letters, of 11 bytes. */
const idOf = ({ facts }: ApiRequest): string =>
  `${Buffer.from(facts.requestId.replaceAll('-', ''), 'hex').subarray(0, 11).toString('base64url')}=`

/** What the access log says of why an integration or an authorizer failed. */
const reasonOf = (error: unknown, what: 'integration' | 'authorizer'): string | undefined => {
  if (error instanceof HttpError) return error.reason
  if (!(error instanceof ServiceError)) return undefined
  return /^AccessDenied/.test(error.code)
    ? `The IAM role configured on the ${what} or API Gateway doesn't have permissions to call the ${what}. Check the permissions and try again.`
    : error.message
}

const proxied = async (visit: HttpVisit, integration: Integration): Promise<ApiResponse> => {
  const { PayloadFormatVersion: version, IntegrationUri: uri = '', CredentialsArn: roleArn } = integration
  const name = functionArn(
    uri.replace(/\$\{stageVariables\.(\w+)\}/g, (_, key) => visit.stage.StageVariables?.[key] ?? ''),
  )
  if (!name) throw fault()
  const event = version === '2.0' ? event2(visit) : event1(visit)
  const payload = await inTime(visit, integration, invokeFunction(visit, name, event, { roleArn }))
  return answerOf(payload, version)
}

const NOT_FORWARDED = new Set(['host', 'content-length', 'connection', 'expect', 'transfer-encoding'])

const forwarded = async (visit: HttpVisit, integration: Integration): Promise<ApiResponse> => {
  const { request, parameters, stage } = visit
  const { IntegrationUri: uri = '', IntegrationMethod: verb } = integration
  const filled = uri
    .replace(/\$\{stageVariables\.(\w+)\}/g, (_, key) => stage.StageVariables?.[key] ?? '')
    .replace(/\{(\w+)\+?\}/g, (whole, name: string) =>
      parameters[name] === undefined ? whole : parameters[name].split('/').map(encodeURIComponent).join('/'),
    )
  if (!URL.canParse(filled)) throw fault()
  const url = new URL(filled)
  if (request.rawQuery) url.search = url.search ? `${url.search}&${request.rawQuery}` : request.rawQuery
  const headers = new Map<string, string[]>()
  for (const [name, value] of request.headers)
    if (!NOT_FORWARDED.has(name.toLowerCase())) headers.set(name, [...(headers.get(name) ?? []), value])
  const method = !verb || verb === 'ANY' ? request.method : verb
  const stop = new AbortController()
  try {
    const asked = { method, url, path: pathOf(filled), headers: withApiId(headers, visit.api.id), body: request.body }
    const response = await inTime(visit, integration, send(asked, stop.signal))
    const requestId = header(response.headers, 'x-amzn-requestid') ?? header(response.headers, 'x-amz-request-id')
    const extendedRequestId = header(response.headers, 'x-amz-id-2')
    visit.trail.integration = { ...visit.trail.integration, requestId, extendedRequestId }
    const kept = response.headers.filter(([name]) => !NOT_FORWARDED.has(name.toLowerCase()))
    return { ...response, headers: kept.map(([name, value]) => [name, headerText(value)]) }
  } catch (error) {
    if (error instanceof HttpError) throw error
    throw fault('Network error communicating with endpoint')
  } finally {
    stop.abort()
  }
}
