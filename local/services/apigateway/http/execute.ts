import type { Integration, RouteSettings, Stage } from '@aws-sdk/client-apigatewayv2'
import { ServiceError } from '../../../base/errors.ts'
import { headerText } from '../execute/finish.ts'
import { pathOf, send, withApiId } from '../execute/integrations/http.ts'
import type { ApiRequest, ApiResponse } from '../types.ts'
import { answerOf } from './answers.ts'
import { createHttpAuthorizers } from './authorize.ts'
import { functionArn } from './checks.ts'
import { preflightOf, withCors } from './cors.ts'
import { event1, event2 } from './events.ts'
import { findRoute } from './router.ts'
import type { HttpApi, HttpDefinition } from './types.ts'
import { fault, HttpError, type HttpPorts, type HttpVisit, inTime, invokeFunction } from './visit.ts'

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

  const answered = async (api: HttpApi, stage: Stage, request: ApiRequest): Promise<ApiResponse> => {
    const definition = definitionOf(api, stage)
    const found = definition && findRoute(definition.routes, request.method, request.path)
    if (!definition || !found) throw new HttpError(404, 'Not Found')
    const { caller, facts } = request
    const context = { caller, account: api.account, region: api.region, facts }
    const visit: HttpVisit = { ...found, api, stage, definition, request, context, ports }
    await authorizers.authorize(visit)
    throttle(visit)
    const integration = definition.integrations.find(
      ({ IntegrationId }) => `integrations/${IntegrationId}` === found.route.Target,
    )
    if (!integration) throw fault()
    return integration.IntegrationType === 'HTTP_PROXY' ? forwarded(visit, integration) : proxied(visit, integration)
  }

  return {
    forgetAuthorizers: authorizers.forget,
    notFound: async () => ({
      status: 404,
      headers: [['content-type', 'application/json']],
      body: Buffer.from(JSON.stringify({ message: 'Not Found' })),
    }),
    async execute(api, stage, request) {
      const id: [string, string] = [
        'Apigw-Requestid',
        Buffer.from(request.facts.requestId).toString('base64url').slice(0, 15),
      ]
      const preflight = preflightOf(api.api.CorsConfiguration, request)
      if (preflight) return { ...preflight, headers: [...preflight.headers, id] }
      try {
        const response = withCors(api.api.CorsConfiguration, request, await answered(api, stage, request))
        return { ...response, headers: [...response.headers, id] }
      } catch (error) {
        const known = error instanceof HttpError ? error : fault()
        if (error instanceof ServiceError)
          log({ level: 'warn', from: 'apigateway', text: `${request.path}: ${error.message}` })
        else if (!(error instanceof HttpError))
          log({ level: 'error', from: 'apigateway', text: `a request for ${request.path} failed`, cause: error })
        const response: ApiResponse = {
          status: known.status,
          headers: [['content-type', 'application/json'], ...Object.entries(known.headers)],
          body: Buffer.from(JSON.stringify({ message: known.message })),
        }
        const whole = withCors(api.api.CorsConfiguration, request, response)
        return { ...whole, headers: [...whole.headers, id] }
      }
    },
  }
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
    const kept = response.headers.filter(([name]) => !NOT_FORWARDED.has(name.toLowerCase()))
    return { ...response, headers: kept.map(([name, value]) => [name, headerText(value)]) }
  } catch (error) {
    if (error instanceof HttpError) throw error
    throw fault()
  } finally {
    stop.abort()
  }
}
