import type {
  Authorizer,
  GatewayResponse,
  Integration,
  Method,
  MethodResponse,
  Resource,
  Stage,
} from '@aws-sdk/client-api-gateway'
import type { ApiDefinition } from '../definition.ts'
import { given } from '../errors.ts'
import type { Dict } from './document.ts'

export interface ExportOptions {
  version: 2 | 3
  stage: Stage
  region: string
  /** `integrations`, `authorizers`, `apigateway` for both */
  extensions: ReadonlySet<string>
}

const INTEGRATION = 'x-amazon-apigateway-integration'
const ANY = 'x-amazon-apigateway-any-method'

/** An API as an OpenAPI document (developer guide, "Export a REST API"). */
export const exported = (definition: ApiDefinition, options: ExportOptions): Dict => {
  const { version, stage, region, extensions } = options
  const { restApi, resources, models, requestValidators, gatewayResponses } = definition
  const all = extensions.has('apigateway')
  const withAuthorizers = all || extensions.has('authorizers')
  const info = given({
    title: restApi.name,
    description: restApi.description,
    version: restApi.version ?? createdOn(restApi.createdDate),
  })
  const host = `${restApi.id}.execute-api.${region}.amazonaws.com`
  const schemas = Object.fromEntries(
    models.map(({ name = '', schema = '{}' }) => [name, referring(JSON.parse(schema), version)]),
  )
  const schemes = schemesOf(definition, withAuthorizers)
  const paths = Object.fromEntries(
    resources
      .filter(({ resourceMethods = {} }) => Object.keys(resourceMethods).length)
      .sort((a, b) => ((a.path ?? '') < (b.path ?? '') ? -1 : 1))
      .map((resource) => [resource.path ?? '/', pathItem(resource, definition, options, withAuthorizers)]),
  )
  const own: Dict = all
    ? given({
        'x-amazon-apigateway-binary-media-types': restApi.binaryMediaTypes?.length
          ? restApi.binaryMediaTypes
          : undefined,
        'x-amazon-apigateway-minimum-compression-size': restApi.minimumCompressionSize,
        'x-amazon-apigateway-api-key-source': restApi.apiKeySource === 'AUTHORIZER' ? 'AUTHORIZER' : undefined,
        'x-amazon-apigateway-policy': restApi.policy === undefined ? undefined : JSON.parse(restApi.policy),
        'x-amazon-apigateway-gateway-responses': gatewayResponses.length ? responsesOf(gatewayResponses) : undefined,
        'x-amazon-apigateway-request-validators': requestValidators.length
          ? Object.fromEntries(
              requestValidators.map(({ name = '', validateRequestBody, validateRequestParameters }) => [
                name,
                { validateRequestParameters, validateRequestBody },
              ]),
            )
          : undefined,
      })
    : {}
  if (version === 2)
    return {
      swagger: '2.0',
      info,
      host,
      basePath: `/${stage.stageName}`,
      schemes: ['https'],
      paths,
      ...(Object.keys(schemes).length ? { securityDefinitions: schemes } : {}),
      ...(models.length ? { definitions: schemas } : {}),
      ...own,
    }
  return {
    openapi: '3.0.1',
    info,
    servers: [{ url: `https://${host}/{basePath}`, variables: { basePath: { default: stage.stageName } } }],
    paths,
    components: given({
      schemas: models.length ? schemas : undefined,
      securitySchemes: Object.keys(schemes).length ? schemes : undefined,
    }),
    ...own,
  }
}

const createdOn = (date = new Date(0)): string => date.toISOString()

const referring = (value: unknown, version: 2 | 3): unknown => {
  if (Array.isArray(value)) return value.map((one) => referring(one, version))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== '$schema')
      .map(([name, one]) => [
        name,
        name === '$ref' && typeof one === 'string' && one.includes('/models/')
          ? `${version === 2 ? '#/definitions/' : '#/components/schemas/'}${one.split('/').at(-1)}`
          : referring(one, version),
      ]),
  )
}
const reference = (name: string, version: 2 | 3): Dict => ({
  $ref: `${version === 2 ? '#/definitions/' : '#/components/schemas/'}${name}`,
})

const schemesOf = ({ resources, authorizers }: ApiDefinition, withAuthorizers: boolean): Dict => {
  const methods = resources.flatMap(({ resourceMethods = {} }) => Object.values(resourceMethods))
  const schemes: Dict = {}
  if (withAuthorizers) for (const authorizer of authorizers) schemes[authorizer.name ?? ''] = schemeOf(authorizer)
  if (methods.some(({ apiKeyRequired }) => apiKeyRequired))
    schemes.api_key = { type: 'apiKey', name: 'x-api-key', in: 'header' }
  if (withAuthorizers && methods.some(({ authorizationType }) => authorizationType === 'AWS_IAM'))
    schemes.sigv4 = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' }
  return schemes
}

const schemeOf = (authorizer: Authorizer): Dict => {
  const { type, identitySource = '', authType } = authorizer
  const header = /^method\.request\.header\.(\S+)$/.exec(identitySource)?.[1]
  return {
    type: 'apiKey',
    name: type === 'REQUEST' ? 'Unused' : (header ?? 'Authorization'),
    in: 'header',
    'x-amazon-apigateway-authtype': authType,
    'x-amazon-apigateway-authorizer': given({
      type: type?.toLowerCase(),
      authorizerUri: authorizer.authorizerUri,
      authorizerCredentials: authorizer.authorizerCredentials,
      authorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
      identitySource: type === 'REQUEST' ? identitySource || undefined : undefined,
      identityValidationExpression: authorizer.identityValidationExpression,
      providerARNs: authorizer.providerARNs,
    }),
  }
}

const responsesOf = (responses: GatewayResponse[]): Dict =>
  Object.fromEntries(
    responses.map(({ responseType = '', statusCode, responseParameters, responseTemplates }) => [
      responseType,
      given({ statusCode, responseParameters, responseTemplates }),
    ]),
  )

const pathItem = (
  { path = '', resourceMethods = {} }: Resource,
  definition: ApiDefinition,
  options: ExportOptions,
  withAuthorizers: boolean,
): Dict =>
  Object.fromEntries(
    Object.entries(resourceMethods).map(([name, method]) => [
      name === 'ANY' ? ANY : name.toLowerCase(),
      operationOf(method, path, definition, options, withAuthorizers),
    ]),
  )

const operationOf = (
  method: Method,
  path: string,
  { authorizers, requestValidators }: ApiDefinition,
  { version, extensions }: ExportOptions,
  withAuthorizers: boolean,
): Dict => {
  const all = extensions.has('apigateway')
  const models = Object.entries(method.requestModels ?? {})
  const parameters: Dict[] = parametersOf(method, path, version)
  if (version === 2)
    for (const [, name] of models.slice(0, 1))
      parameters.push({ in: 'body', name, required: true, schema: reference(name, 2) })
  const security: Dict[] = []
  const authorizer = authorizers.find(({ id }) => id === method.authorizerId)
  if (withAuthorizers && authorizer) security.push({ [authorizer.name ?? '']: method.authorizationScopes ?? [] })
  if (withAuthorizers && method.authorizationType === 'AWS_IAM') security.push({ sigv4: [] })
  if (method.apiKeyRequired) security.push({ api_key: [] })
  const validator = requestValidators.find(({ id }) => id === method.requestValidatorId)
  return given({
    operationId: method.operationName,
    ...(version === 2
      ? { consumes: models.length ? models.map(([type]) => type) : undefined, produces: producedBy(method) }
      : {}),
    parameters: parameters.length ? parameters : undefined,
    requestBody:
      version === 3 && models.length
        ? {
            content: Object.fromEntries(models.map(([type, name]) => [type, { schema: reference(name, 3) }])),
            required: true,
          }
        : undefined,
    responses: Object.fromEntries(
      Object.values(method.methodResponses ?? {}).map((response) => [
        response.statusCode,
        responseOf(response, version),
      ]),
    ),
    security: security.length ? security : undefined,
    'x-amazon-apigateway-request-validator': all ? validator?.name : undefined,
    [INTEGRATION]:
      (all || extensions.has('integrations')) && method.methodIntegration
        ? integrationOf(method.methodIntegration)
        : undefined,
  })
}

const PLACES: Record<string, string> = { querystring: 'query', header: 'header', path: 'path' }

const parametersOf = ({ requestParameters = {} }: Method, path: string, version: 2 | 3): Dict[] => {
  const type = version === 2 ? { type: 'string' } : { schema: { type: 'string' } }
  const given = Object.entries(requestParameters).flatMap(([source, required]) => {
    const [, place = '', name = ''] = /^method\.request\.(\w+)\.(.+)$/.exec(source) ?? []
    return PLACES[place] ? [{ name, in: PLACES[place], required: required || place === 'path', ...type }] : []
  })
  const inPath = [...path.matchAll(/\{([^}+]+)\+?\}/g)]
    .map(([, name]) => name as string)
    .filter((name) => !given.some((one) => one.in === 'path' && one.name === name))
  return [...given, ...inPath.map((name) => ({ name, in: 'path', required: true, ...type }))]
}

const producedBy = ({ methodResponses = {} }: Method): string[] | undefined => {
  const types = new Set(
    Object.values(methodResponses).flatMap(({ responseModels = {} }) => Object.keys(responseModels)),
  )
  return types.size ? [...types] : undefined
}

const responseOf = (
  { statusCode, responseParameters = {}, responseModels = {} }: MethodResponse,
  version: 2 | 3,
): Dict => {
  const type = version === 2 ? { type: 'string' } : { schema: { type: 'string' } }
  const headers = Object.keys(responseParameters).map((name) => [name.replace('method.response.header.', ''), type])
  const models = Object.entries(responseModels)
  const [first] = models
  return given({
    description: `${statusCode} response`,
    headers: headers.length ? Object.fromEntries(headers) : undefined,
    schema: version === 2 && first ? reference(first[1], 2) : undefined,
    content:
      version === 3 && models.length
        ? Object.fromEntries(models.map(([mime, name]) => [mime, { schema: reference(name, 3) }]))
        : undefined,
  })
}

const integrationOf = ({ integrationResponses = {}, type, httpMethod, ...rest }: Integration): Dict => {
  const responses = Object.values(integrationResponses).map(({ selectionPattern, ...response }) => [
    selectionPattern ?? 'default',
    response,
  ])
  const {
    cacheNamespace: _,
    cacheKeyParameters,
    connectionType,
    timeoutInMillis,
    passthroughBehavior,
    ...others
  } = rest
  return given({
    type: type?.toLowerCase(),
    httpMethod,
    ...others,
    connectionType: connectionType === 'INTERNET' ? undefined : connectionType,
    cacheKeyParameters: cacheKeyParameters?.length ? cacheKeyParameters : undefined,
    responses: responses.length ? Object.fromEntries(responses) : undefined,
    passthroughBehavior: passthroughBehavior?.toLowerCase(),
    timeoutInMillis: timeoutInMillis === 29_000 ? undefined : timeoutInMillis,
  })
}
