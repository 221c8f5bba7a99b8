import type { GatewayResponse, Method, RequestValidator, Resource, RestApi } from '@aws-sdk/client-api-gateway'
import type { Ids } from '../../../base/ids.ts'
import { type ApiDefinition, addResource, partId, rootOf } from '../definition.ts'
import { given, invalid } from '../errors.ts'
import { type Owner, policyText } from '../policies.ts'
import { readSecurity } from './authorizers.ts'
import { type Dict, dictOf, isDict, listOf, type OpenApi, readOpenApi, textOf } from './document.ts'
import { textsOf } from './integrations.ts'
import { methodOf, type Reading } from './operations.ts'
import { readModels } from './schemas.ts'

/** How a definition is taken: `basepath` of the request's parameters, and what becomes of what is there. */
export interface ImportOptions {
  body: Uint8Array
  basepath: string | undefined
  mode: 'merge' | 'overwrite'
  ids: Ids
  owner: Owner
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']
const ANY = 'x-amazon-apigateway-any-method'

/**
 * An API as an OpenAPI document describes it, merged into what is there or in its place (developer guide, "Develop REST
 * APIs using OpenAPI"). @throws ServiceError `BadRequestException` for what API Gateway does not take.
 */
export const importInto = (
  before: ApiDefinition,
  { body, basepath, mode, ids, owner }: ImportOptions,
): { definition: ApiDefinition; warnings: string[] } => {
  const document = readOpenApi(body)
  const overwrite = mode === 'overwrite'
  const apiId = before.restApi.id ?? ''
  const root = rootOf(before)
  const { resourceMethods: _, ...bare } = root
  const definition: ApiDefinition = {
    restApi: restApiOf(document, before.restApi, overwrite, owner),
    resources: overwrite ? [bare] : structuredClone(before.resources),
    models: [],
    requestValidators: [],
    authorizers: [],
    gatewayResponses: [],
  }
  const models = readModels(document, apiId, ids)
  const security = readSecurity(document, ids)
  const validators = validatorsOf(document, ids)
  const reading: Reading = { document, models, security, validators, warnings: [] }
  readPaths(definition, prefixOf(document, basepath), reading, ids)

  const kept = <T extends { name?: string }>(old: T[], now: readonly T[]): T[] => [
    ...(overwrite ? [] : old.filter(({ name }) => !now.some((one) => one.name === name))),
    ...now,
  ]
  definition.models = kept(before.models, models.list)
  for (const name of ['Empty', 'Error']) {
    const old = before.models.find((one) => one.name === name)
    if (old && !definition.models.some((one) => one.name === name)) definition.models.push(old)
  }
  definition.requestValidators = kept(before.requestValidators, validators)
  definition.authorizers = kept(before.authorizers, security.authorizers)
  const responses = gatewayResponsesOf(document)
  definition.gatewayResponses = [
    ...(overwrite
      ? []
      : before.gatewayResponses.filter(
          ({ responseType }) => !responses.some((one) => one.responseType === responseType),
        )),
    ...responses,
  ]
  return { definition, warnings: reading.warnings }
}

const restApiOf = ({ root }: OpenApi, before: RestApi, overwrite: boolean, owner: Owner): RestApi => {
  const info = dictOf(root.info)
  const types = root['x-amazon-apigateway-binary-media-types']
  const size = root['x-amazon-apigateway-minimum-compression-size']
  const source = root['x-amazon-apigateway-api-key-source']
  const policy = root['x-amazon-apigateway-policy']
  const endpoint = dictOf(
    root['x-amazon-apigateway-endpoint-configuration'] ??
      dictOf(listOf(root.servers)[0])['x-amazon-apigateway-endpoint-configuration'],
  )
  const own: RestApi = given({
    name: textOf(info.title),
    description: textOf(info.description),
    version: textOf(info.version),
    binaryMediaTypes: Array.isArray(types) ? types.map(String) : undefined,
    minimumCompressionSize: size === undefined || size === null ? undefined : Number(size),
    apiKeySource: textOf(source)?.toUpperCase() as RestApi['apiKeySource'],
    policy:
      policy === undefined ? undefined : policyText(isDict(policy) ? JSON.stringify(policy) : String(policy), owner),
    disableExecuteApiEndpoint:
      endpoint.disableExecuteApiEndpoint === undefined ? undefined : endpoint.disableExecuteApiEndpoint === true,
  })
  const { binaryMediaTypes: _, minimumCompressionSize: __, ...rest } = before
  return { ...(overwrite ? rest : before), ...own }
}

const validatorsOf = ({ root }: OpenApi, ids: Ids): RequestValidator[] =>
  Object.entries(dictOf(root['x-amazon-apigateway-request-validators'])).map(([name, value]) => ({
    id: partId(ids),
    name,
    validateRequestBody: dictOf(value).validateRequestBody === true,
    validateRequestParameters: dictOf(value).validateRequestParameters === true,
  }))

const gatewayResponsesOf = ({ root }: OpenApi): GatewayResponse[] =>
  Object.entries(dictOf(root['x-amazon-apigateway-gateway-responses'])).map(([type, value]) => {
    const response = dictOf(value)
    return given({
      responseType: type.toUpperCase() as GatewayResponse['responseType'],
      statusCode: textOf(response.statusCode),
      responseParameters: textsOf(response.responseParameters),
      responseTemplates: textsOf(response.responseTemplates),
      defaultResponse: false,
    })
  })

/** What stands before each path: nothing, or the base path as `prepend` and `split` have it. */
const prefixOf = ({ root, version }: OpenApi, basepath = 'ignore'): string => {
  if (!['ignore', 'prepend', 'split'].includes(basepath))
    throw invalid(`Invalid value for the parameter basepath: ${basepath}. Must be one of ignore, prepend, split`)
  if (basepath === 'ignore') return ''
  const path = (version === 2 ? textOf(root.basePath) : serverPath(dictOf(listOf(root.servers)[0]))) ?? ''
  const parts = path.split('/').filter(Boolean)
  // The first part becomes the host's own base path mapping.
  return (basepath === 'split' ? parts.slice(1) : parts).map((part) => `/${part}`).join('')
}

const serverPath = ({ url, variables }: Dict): string => {
  const filled = (textOf(url) ?? '').replace(
    /\{(\w+)\}/g,
    (_, name) => textOf(dictOf(dictOf(variables)[name]).default) ?? '',
  )
  return filled.replace(/^\w+:\/\/[^/]*/, '')
}

const readPaths = (definition: ApiDefinition, prefix: string, reading: Reading, ids: Ids): void => {
  const { document } = reading
  for (const [path, value] of Object.entries(dictOf(document.root.paths))) {
    if (!path.startsWith('/')) {
      if (path.startsWith('x-')) continue
      throw invalid(`Invalid path specified: ${path}. It must begin with a slash.`)
    }
    const resource = resourceAt(definition, `${prefix}${path}`, ids)
    const item = document.deref(value)
    for (const [name, operation] of Object.entries(item)) {
      const httpMethod = name === ANY ? 'ANY' : METHODS.includes(name.toLowerCase()) ? name.toUpperCase() : undefined
      if (!httpMethod || !isDict(operation)) continue
      const methods: Record<string, Method> = { ...resource.resourceMethods }
      methods[httpMethod] = methodOf(httpMethod, operation, item.parameters, resource.id ?? '', reading)
      resource.resourceMethods = methods
    }
  }
}

/** The resource of a path, made with those above it where it is not there. */
const resourceAt = (definition: ApiDefinition, path: string, ids: Ids): Resource =>
  path
    .split('/')
    .filter(Boolean)
    .reduce(
      (parent, part) =>
        definition.resources.find((one) => one.parentId === parent.id && one.pathPart === part) ??
        addResource(definition, parent, part, ids),
      rootOf(definition),
    )
