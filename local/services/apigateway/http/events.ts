import { commonLogTime } from '../execute/context.ts'
import { queryOf } from '../execute/parameters.ts'
import type { HttpVisit } from './visit.ts'

/** The events that functions get ("Create AWS Lambda proxy integrations for HTTP APIs", payload format 1.0 and 2.0). */

const TEXT = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded|graphql)|[^;]+\+(json|xml))/i

/** Headers under lower-case names, those sent twice joined by commas. */
const headersOf = ({ request }: HttpVisit): Map<string, string[]> => {
  const headers = new Map<string, string[]>()
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase()
    headers.set(lower, [...(headers.get(lower) ?? []), value])
  }
  headers.set('host', [request.domainName])
  headers.set('x-forwarded-for', [request.facts.sourceIp])
  headers.set('x-forwarded-proto', ['http'])
  headers.set('x-forwarded-port', [new URL(request.facts.origin).port || '80'])
  return headers
}
const joined = (values: Map<string, string[]>, separator = ','): Record<string, string> =>
  Object.fromEntries([...values].map(([name, all]) => [name, all.join(separator)]))
const filled = (values: Record<string, string> | undefined) =>
  values && Object.keys(values).length ? values : undefined

const bodyOf = ({ request }: HttpVisit): { body?: string; isBase64Encoded: boolean } => {
  if (request.body.length === 0) return { isBase64Encoded: false }
  const type = request.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const binary = type === undefined || !TEXT.test(type)
  return { body: request.body.toString(binary ? 'base64' : 'utf8'), isBase64Encoded: binary }
}

/** The path with its stage before it, as it was sent, unless that is the one without a name. */
export const rawPathOf = ({ request, stage }: HttpVisit): string =>
  stage.StageName === '$default' ? request.path : `/${stage.StageName}${request.path}`

const userAgentOf = ({ request }: HttpVisit): string => request.facts.userAgent ?? ''

export const context2 = (visit: HttpVisit) => {
  const { api, request, stage, route, authorizer, trail, ports } = visit
  const at = ports.ground.clock.now()
  return {
    accountId: api.account,
    apiId: api.id,
    ...(authorizer ? { authorizer } : {}),
    domainName: request.domainName,
    domainPrefix: request.domainName.split('.')[0],
    http: {
      method: request.method,
      path: rawPathOf(visit),
      protocol: request.protocol,
      sourceIp: request.facts.sourceIp,
      userAgent: userAgentOf(visit),
    },
    requestId: trail.id,
    routeKey: route.RouteKey,
    stage: stage.StageName,
    time: commonLogTime(at),
    timeEpoch: at,
  }
}

/** What the payloads of functions and authorizers have in common, format 2.0. */
export const common2 = (visit: HttpVisit) => {
  const { request, route, parameters, stage } = visit
  const headers = headersOf(visit)
  const cookies = headers.get('cookie')?.flatMap((line) => line.split(/;\s*/))
  headers.delete('cookie')
  return {
    version: '2.0',
    routeKey: route.RouteKey,
    rawPath: rawPathOf(visit),
    rawQueryString: request.rawQuery,
    ...(cookies ? { cookies } : {}),
    headers: joined(headers),
    queryStringParameters: filled(joined(queryOf(request.rawQuery))),
    requestContext: context2(visit),
    pathParameters: filled(parameters),
    stageVariables: filled(stage.StageVariables),
  }
}

export const event2 = (visit: HttpVisit) => ({ ...common2(visit), ...bodyOf(visit) })

/** The same of format 1.0, where what is not there is null. */
export const common1 = (visit: HttpVisit) => {
  const { api, request, route, parameters, stage, authorizer, trail, ports } = visit
  const headers = headersOf(visit)
  const query = queryOf(request.rawQuery)
  const key = route.RouteKey ?? ''
  const resource = key === '$default' ? key : key.slice(key.indexOf(' ') + 1)
  const at = ports.ground.clock.now()
  const last = (values: Map<string, string[]>) =>
    Object.fromEntries([...values].map(([name, all]) => [name, all.at(-1) ?? '']))
  const { lambda, jwt, iam } = authorizer ?? {}
  return {
    version: '1.0',
    resource,
    path: rawPathOf(visit),
    httpMethod: request.method,
    headers: last(headers),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: filled(last(query)) ?? null,
    multiValueQueryStringParameters: query.size ? Object.fromEntries(query) : null,
    requestContext: {
      accountId: api.account,
      apiId: api.id,
      ...(authorizer ? { authorizer: (lambda ?? jwt ?? iam) as object } : {}),
      domainName: request.domainName,
      domainPrefix: request.domainName.split('.')[0],
      extendedRequestId: trail.id,
      httpMethod: request.method,
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: request.facts.sourceIp,
        user: null,
        userAgent: userAgentOf(visit),
        userArn: null,
      },
      path: rawPathOf(visit),
      protocol: request.protocol,
      requestId: trail.id,
      requestTime: commonLogTime(at),
      requestTimeEpoch: at,
      resourceId: key,
      resourcePath: resource,
      stage: stage.StageName,
    },
    pathParameters: filled(parameters) ?? null,
    stageVariables: filled(stage.StageVariables) ?? null,
  }
}

export const event1 = (visit: HttpVisit) => {
  const { body, isBase64Encoded } = bodyOf(visit)
  return { ...common1(visit), body: body ?? null, isBase64Encoded }
}
