import type { Authorizer, Cors } from '@aws-sdk/client-apigatewayv2'
import { systemTags } from '../../systemTags.ts'
import { given, invalid } from '../errors.ts'
import { type Dict, dictOf, isDict, listOf, type OpenApi, readOpenApi, textOf } from '../openapi/document.ts'
import type { Asking } from './names.ts'
import { addAuthorizer, addIntegration, addRoute } from './routes.ts'
import type { HttpApi } from './types.ts'

const INTEGRATION = 'x-amazon-apigateway-integration'
const ANY = 'x-amazon-apigateway-any-method'
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']

/**
 * Describes an API anew by an OpenAPI 3.0 document (developer guide, "OpenAPI definitions for HTTP APIs").
 * @returns warnings. @throws ServiceError `BadRequestException`
 */
export const importHttp = (api: HttpApi, text: string, basepath: string | undefined, call: Asking): string[] => {
  const document = readOpenApi(Buffer.from(text))
  const { root } = document
  if (document.version !== 3) throw invalid('HTTP APIs are defined by OpenAPI 3.0 documents only.')
  const warnings: string[] = []
  const info = dictOf(root.info)
  api.routes = []
  api.integrations = []
  api.authorizers = []
  const kept = systemTags(api.api.Tags)
  Object.assign(
    api.api,
    given({
      Name: textOf(info.title),
      Description: textOf(info.description),
      Version: textOf(info.version),
      CorsConfiguration: corsOf(root['x-amazon-apigateway-cors']),
      Tags: withKept(kept, tagsOf(root.tags)),
      DisableExecuteApiEndpoint: disabledBy(root),
    }),
  )
  const schemes = dictOf(dictOf(root.components).securitySchemes)
  const authorizers = new Map<string, Authorizer>()
  for (const [name, value] of Object.entries(schemes)) {
    const scheme = document.deref(value)
    if (isDict(scheme['x-amazon-apigateway-authorizer']))
      authorizers.set(name, addAuthorizer(api, authorizerOf(name, scheme), call))
  }
  const prefix = prefixOf(root, basepath)
  for (const [path, item] of Object.entries(dictOf(root.paths)))
    for (const [name, operation] of Object.entries(document.deref(item))) {
      const method = name === ANY ? 'ANY' : METHODS.includes(name) ? name.toUpperCase() : undefined
      if (!method || !isDict(operation)) continue
      const key = path === '$default' || path === '/$default' ? '$default' : `${method} ${prefix}${path}`
      const extension = operation[INTEGRATION]
      if (!isDict(extension)) warnings.push(`No integration defined for route ${key}`)
      const integration = isDict(extension) ? addIntegration(api, integrationOf(document, extension), call) : undefined
      addRoute(
        api,
        given({
          RouteKey: key,
          OperationName: textOf(operation.operationId),
          Target: integration && `integrations/${integration.IntegrationId}`,
          ...securityOf(operation, root, schemes, authorizers),
        }),
        call,
      )
    }
  return warnings
}

const corsOf = (value: unknown): Cors | undefined => {
  if (!isDict(value)) return undefined
  const texts = (name: string) => (value[name] === undefined ? undefined : [value[name]].flat().map(String))
  const age = value.maxAge
  return given({
    AllowOrigins: texts('allowOrigins'),
    AllowMethods: texts('allowMethods'),
    AllowHeaders: texts('allowHeaders'),
    ExposeHeaders: texts('exposeHeaders'),
    MaxAge: age === undefined ? undefined : Number(age),
    AllowCredentials: value.allowCredentials === undefined ? undefined : value.allowCredentials === true,
  })
}

const withKept = (kept: Record<string, string>, tags: Record<string, string> | undefined) =>
  tags && { ...kept, ...tags }

const tagsOf = (value: unknown): Record<string, string> | undefined => {
  const tags = listOf(value).flatMap((one) => {
    const { name, 'x-amazon-apigateway-tag-value': text } = dictOf(one)
    return text === undefined ? [] : [[String(name), String(text)]]
  })
  return tags.length ? Object.fromEntries(tags) : undefined
}

const disabledBy = ({ servers }: Dict): boolean | undefined => {
  const { disableExecuteApiEndpoint: disabled } = dictOf(
    dictOf(listOf(servers)[0])['x-amazon-apigateway-endpoint-configuration'],
  )
  return disabled === undefined ? undefined : disabled === true || disabled === 'true'
}

const prefixOf = ({ servers }: Dict, basepath = 'ignore'): string => {
  if (basepath === 'ignore') return ''
  const { url, variables } = dictOf(listOf(servers)[0])
  const filled = (textOf(url) ?? '').replace(
    /\{(\w+)\}/g,
    (_, name) => textOf(dictOf(dictOf(variables)[name]).default) ?? '',
  )
  const parts = filled
    .replace(/^\w+:\/\/[^/]*/, '')
    .split('/')
    .filter(Boolean)
  return (basepath === 'split' ? parts.slice(1) : parts).map((part) => `/${part}`).join('')
}

const authorizerOf = (name: string, scheme: Dict): Partial<Authorizer> & { Name: string } => {
  const extension = dictOf(scheme['x-amazon-apigateway-authorizer'])
  const jwt = dictOf(extension.jwtConfiguration)
  const ttl = extension.authorizerResultTtlInSeconds
  const sources = extension.identitySource
  return given({
    Name: name,
    AuthorizerType: textOf(extension.type)?.toUpperCase() as Authorizer['AuthorizerType'],
    IdentitySource:
      sources === undefined
        ? undefined
        : [sources]
            .flat()
            .flatMap((one) => String(one).split(','))
            .map((one) => one.trim()),
    JwtConfiguration: extension.jwtConfiguration
      ? given({
          Issuer: textOf(jwt.issuer),
          Audience: jwt.audience === undefined ? undefined : [jwt.audience].flat().map(String),
        })
      : undefined,
    AuthorizerUri: textOf(extension.authorizerUri),
    AuthorizerCredentialsArn: textOf(extension.authorizerCredentials),
    AuthorizerPayloadFormatVersion: textOf(extension.authorizerPayloadFormatVersion),
    AuthorizerResultTtlInSeconds: ttl === undefined ? undefined : Number(ttl),
    EnableSimpleResponses:
      extension.enableSimpleResponses === undefined ? undefined : extension.enableSimpleResponses === true,
  })
}

const integrationOf = ({ deref }: OpenApi, value: Dict) => {
  const extension = deref(value)
  const type = textOf(extension.type)?.toUpperCase()
  const timeout = extension.timeoutInMillis
  const parameters = extension.requestParameters
  return given({
    IntegrationType: type as 'AWS_PROXY',
    IntegrationMethod: textOf(extension.httpMethod)?.toUpperCase(),
    IntegrationSubtype: textOf(extension.integrationSubtype),
    IntegrationUri: textOf(extension.uri),
    ConnectionType: textOf(extension.connectionType) as 'INTERNET' | undefined,
    CredentialsArn: textOf(extension.credentials),
    PayloadFormatVersion: textOf(extension.payloadFormatVersion),
    RequestParameters: isDict(parameters)
      ? Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, String(one)]))
      : undefined,
    TimeoutInMillis: timeout === undefined ? undefined : Number(timeout),
  })
}

const securityOf = (operation: Dict, root: Dict, schemes: Dict, authorizers: ReadonlyMap<string, Authorizer>) => {
  for (const requirement of listOf(operation.security ?? root.security))
    for (const [name, scopes] of Object.entries(dictOf(requirement))) {
      const authorizer = authorizers.get(name)
      if (authorizer) {
        const list = listOf(scopes).map(String)
        return {
          AuthorizationType: authorizer.AuthorizerType === 'JWT' ? ('JWT' as const) : ('CUSTOM' as const),
          AuthorizerId: authorizer.AuthorizerId,
          ...(list.length ? { AuthorizationScopes: list } : {}),
        }
      }
      if (textOf(dictOf(schemes[name])['x-amazon-apigateway-authtype'])?.toLowerCase() === 'awssigv4')
        return { AuthorizationType: 'AWS_IAM' as const }
    }
  return {}
}
