import type { Authorizer, Integration, Route, Stage } from '@aws-sdk/client-apigatewayv2'
import { invalid } from '../errors.ts'
import type { HttpDefinition } from './types.ts'

const METHODS = ['ANY', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** @throws ServiceError `BadRequestException` */
export const checkRoute = (route: Route, { routes, integrations, authorizers }: HttpDefinition): void => {
  const { RouteKey: key = '', Target: target, AuthorizationType: type = 'NONE', AuthorizerId: id, RouteId } = route
  const [, method = '', path = ''] = /^(\S+) (\/\S*)$/.exec(key) ?? []
  if (key !== '$default' && !(METHODS.includes(method) && /^(\/(\{[\w.-]+\+?\}|[^{}/]*))*$/.test(path)))
    throw invalid(
      'The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
    )
  if (/\+\}.*\S/.test(path.replace(/\+\}$/, ''))) throw invalid('A greedy path variable must be at the end of a route')
  if (routes.some((other) => other.RouteKey === key && other.RouteId !== RouteId))
    throw invalid(`Route with key ${key} already exists for this API`)
  const [, integrationId] = /^integrations\/(\w+)$/.exec(target ?? '') ?? []
  if (target !== undefined && !integrations.some(({ IntegrationId }) => IntegrationId === integrationId))
    throw invalid(`Invalid Integration identifier specified ${integrationId ?? target}`)
  if (!['NONE', 'AWS_IAM', 'JWT', 'CUSTOM'].includes(type)) throw invalid(`Invalid authorization type: ${type}`)
  if (type === 'JWT' || type === 'CUSTOM') {
    const authorizer = authorizers.find(({ AuthorizerId }) => AuthorizerId === id)
    if (!authorizer) throw invalid(`Invalid Authorizer identifier specified ${id}`)
    if ((authorizer.AuthorizerType === 'JWT') !== (type === 'JWT'))
      throw invalid('The authorization type of the route does not fit its authorizer.')
  }
}

/** @throws ServiceError `BadRequestException` */
export const checkHttpIntegration = (integration: Integration): void => {
  const {
    IntegrationType: type,
    IntegrationUri: uri,
    PayloadFormatVersion: version,
    TimeoutInMillis: timeout,
  } = integration
  if (integration.ConnectionType === 'VPC_LINK') throw invalid('VPC links are not part of the local cloud.')
  if (integration.IntegrationSubtype !== undefined)
    throw invalid('Integrations with the actions of AWS services are not part of the local cloud.')
  if (type !== 'AWS_PROXY' && type !== 'HTTP_PROXY')
    throw invalid(`HTTP APIs do not support integrations of type ${type}; they have AWS_PROXY and HTTP_PROXY.`)
  if (!uri) throw invalid('IntegrationUri is required')
  if (type === 'HTTP_PROXY' && !/^https?:\/\/./.test(uri)) throw invalid('Invalid HTTP endpoint specified for URI')
  if (type === 'AWS_PROXY' && !functionArn(uri)) throw invalid('Invalid function ARN or invalid uri')
  if (version !== '1.0' && version !== '2.0')
    throw invalid(`PayloadFormatVersion ${version} is not supported: it must be 1.0 or 2.0`)
  if (type === 'HTTP_PROXY' && version !== '1.0')
    throw invalid('PayloadFormatVersion must be 1.0 for HTTP_PROXY integrations')
  if (timeout !== undefined && !(timeout >= 50 && timeout <= 30_000))
    throw invalid('Timeout should be between 50 ms and 30000 ms')
}

/** The function that a URI names: its ARN, or API Gateway's own path to it. */
export const functionArn = (uri: string): string | undefined =>
  /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:.+$/.test(uri)
    ? uri
    : /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1]

/** @throws ServiceError `BadRequestException` */
export const checkHttpAuthorizer = (authorizer: Authorizer): void => {
  const { AuthorizerType: type, JwtConfiguration: jwt, IdentitySource: sources = [], AuthorizerUri: uri } = authorizer
  const {
    AuthorizerPayloadFormatVersion: version,
    AuthorizerResultTtlInSeconds: ttl,
    EnableSimpleResponses: simple,
  } = authorizer
  if (type === 'JWT') {
    if (!jwt?.Issuer || !/^https?:\/\/./.test(jwt.Issuer))
      throw invalid('Invalid issuer: it must be the URL of an issuer of tokens')
    if (!jwt.Audience?.length) throw invalid('Audience list is required for JWT authorizers')
    if (sources.length !== 1) throw invalid('JWT authorizers need one identity source')
    return
  }
  if (type !== 'REQUEST') throw invalid(`Invalid authorizer type: ${type}. HTTP APIs have JWT and REQUEST`)
  if (!uri || !functionArn(uri))
    throw invalid(
      'Invalid Authorizer URI. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.',
    )
  if (version !== '1.0' && version !== '2.0')
    throw invalid('AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer: 1.0 or 2.0')
  if (simple && version !== '2.0')
    throw invalid('EnableSimpleResponses is only supported for payload format version 2.0')
  if (ttl !== undefined && !(ttl >= 0 && ttl <= 3600))
    throw invalid('Authorizer result TTL must be between 0 and 3600 seconds')
  for (const source of sources)
    if (!/^\$(request\.(header|querystring)\.\S+|context\.\S+|stageVariables\.\S+)$/.test(source))
      throw invalid(`Invalid identity source: ${source}`)
}

/** @throws ServiceError `BadRequestException` */
export const checkStage = ({ StageName: name = '', StageVariables: variables = {} }: Stage): void => {
  if (name !== '$default' && !/^[a-zA-Z0-9_-]{1,128}$/.test(name))
    throw invalid('Stage name only allows a-zA-Z0-9_- and $default')
  for (const key of Object.keys(variables)) if (!/^\w+$/.test(key)) throw invalid(`Invalid stage variable name: ${key}`)
}
