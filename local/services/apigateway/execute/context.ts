import type { Caller } from '../../../iam/types.ts'
import { type Exchange, methodArn } from './exchange.ts'
import type { Json } from './json.ts'
import { header } from './parameters.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `09/Apr/2015:12:34:56 +0000` (Common Log Format). */
export const commonLogTime = (at: number): string => {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
}

/** `$context.identity`, and `requestContext.identity` of a proxy event: null where nobody signed. */
export const identityOf = ({
  request,
  apiKey,
  context,
  test,
}: Pick<Exchange, 'request' | 'apiKey' | 'context' | 'test'>): Map<string, Json> => {
  const { caller } = context
  const signed = caller.kind === 'user' || caller.kind === 'role' ? caller : undefined
  const keys = caller.kind === 'role' ? caller.keys : {}
  const key = (name: string) => (typeof keys[name] === 'string' ? keys[name] : null)
  const identityId = key('cognito-identity.amazonaws.com:sub')
  return new Map<string, Json>([
    ['cognitoIdentityPoolId', key('cognito-identity.amazonaws.com:aud')],
    ...(apiKey
      ? ([
          ['apiKey', apiKey.value],
          ['apiKeyId', apiKey.id],
        ] as const)
      : []),
    ['accountId', signed?.account ?? null],
    ['cognitoIdentityId', identityId],
    ['caller', signed?.userId ?? null],
    ['sourceIp', test ? 'test-invoke-source-ip' : request.facts.sourceIp],
    ['principalOrgId', null],
    ['accessKey', signed?.accessKeyId ?? null],
    ['cognitoAuthenticationType', identityId && key('cognito-identity.amazonaws.com:amr')],
    ['cognitoAuthenticationProvider', null],
    ['userArn', signed?.arn ?? null],
    ['userAgent', header(request.headers, 'user-agent') ?? request.facts.userAgent ?? null],
    ['user', signed ? userOf(signed) : null],
  ])
}

const userOf = (caller: Extract<Caller, { userId: string }>): string => caller.userId

/** The path with its stage, as `$context.path` has it. */
export const fullPath = ({ api, request }: Exchange): string => `/${api.stage.stageName}${request.path}`

/** `$context` ("Variables for data transformations for API Gateway"), as far as it is known by now. */
export const contextOf = (exchange: Exchange): Map<string, Json> => {
  const { api, request, route, error, begun, integration } = exchange
  const known: [string, Json | undefined][] = [
    ['accountId', api.account],
    ['apiId', api.restApi.id],
    ['authorizer', exchange.authorizer ?? new Map()],
    ['awsEndpointRequestId', integration?.requestId],
    ['deploymentId', api.stage.deploymentId],
    ['domainName', request.domainName],
    ['domainPrefix', request.domainName.split('.', 1)[0] ?? ''],
    ['error', errorOf(error)],
    ['extendedRequestId', exchange.extendedRequestId],
    ['httpMethod', request.method],
    ['identity', identityOf(exchange)],
    ['integration', integrationOf(exchange)],
    ['integrationErrorMessage', integration?.error],
    ['integrationLatency', integration?.latency],
    ['integrationStatus', integration?.status],
    ['methodArn', methodArn(exchange)],
    ['operationName', route?.method.operationName],
    ['path', fullPath(exchange)],
    ['protocol', request.protocol],
    ['requestId', exchange.requestId],
    ['requestOverride', exchange.requestOverride],
    ['requestTime', commonLogTime(begun)],
    ['requestTimeEpoch', begun],
    ['resourceId', route?.resource.id],
    ['resourcePath', route?.resource.path],
    ['responseOverride', exchange.responseOverride],
    ['stage', api.stage.stageName],
    ['xrayTraceId', exchange.traceId],
  ]
  return new Map(known.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

const errorOf = (error: Exchange['error']): Map<string, Json> =>
  new Map<string, Json>(
    error
      ? [
          ['message', error.message],
          ['messageString', JSON.stringify(error.message)],
          ['responseType', error.type],
          ['validationErrorString', error.validation ?? null],
        ]
      : [],
  )

const integrationOf = ({ integration }: Exchange): Map<string, Json> =>
  new Map<string, Json>([
    ['status', integration?.status ?? null],
    ['integrationStatus', integration?.status ?? null],
    ['latency', integration?.latency ?? null],
    ['requestId', integration?.requestId ?? null],
    ['error', integration?.error ?? null],
  ])

/** A value of `$context` by its path, `identity.sourceIp`; undefined where there is none. */
export const contextValue = (exchange: Exchange, path: string): string | undefined => {
  let at: Json | undefined = contextOf(exchange)
  for (const name of path.split('.')) at = at instanceof Map ? at.get(name) : undefined
  if (at === undefined || at === null || at instanceof Map || Array.isArray(at)) return undefined
  return typeof at === 'object' ? at.text : String(at)
}
