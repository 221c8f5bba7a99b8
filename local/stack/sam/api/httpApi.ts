import { createHash } from 'node:crypto'
import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import {
  attributesOf,
  given,
  inherited,
  isIntrinsic,
  ref,
  type SamContext,
  type SamResource,
  type SamType,
} from '../types.ts'
import { branches, isVersion3 } from './definition.ts'
import { secondDomain } from './domain.ts'
import { addHttpAuth, httpAuthorizerPermissions } from './httpAuth.ts'
import { definitionAt } from './location.ts'

const DEFAULT = '$default'

/** AWS::Serverless::HttpApi: the API out of its definition, and a stage that deploys by itself. */
export const samHttpApi: SamType = {
  properties: [
    'Name',
    'StageName',
    'Tags',
    'PropagateTags',
    'DefinitionBody',
    'DefinitionUri',
    'StageVariables',
    'CorsConfiguration',
    'AccessLogSettings',
    'DefaultRouteSettings',
    'Auth',
    'RouteSettings',
    'FailOnWarnings',
    'Description',
    'DisableExecuteApiEndpoint',
    'Domain',
  ],
  transform(resource, context) {
    const { id, entry, properties } = resource
    const attributes = attributesOf(entry)
    const work = context.httpApis.get(id)
    const tags = tagsOf(resource, work?.body)
    const api = apiOf(resource, work?.body, tags, context)
    const stageId = stageIdOf(id, properties.StageName)
    context.named.set(`${id}.Stage`, stageId)
    const made: Record<string, ResourceEntry> = {
      [id]: { ...attributes, Type: 'AWS::ApiGatewayV2::Api', Properties: api },
      [stageId]: {
        Type: 'AWS::ApiGatewayV2::Stage',
        ...inherited(entry),
        Properties: given({
          ApiId: ref(id),
          StageName: properties.StageName || DEFAULT,
          StageVariables: properties.StageVariables,
          AccessLogSettings: properties.AccessLogSettings,
          DefaultRouteSettings: properties.DefaultRouteSettings,
          RouteSettings: work?.properties.RouteSettings ?? properties.RouteSettings,
          Tags: tags,
          AutoDeploy: true,
        }),
      },
    }
    const domain = secondDomain(resource, stageId, tags, context)
    return { ...made, ...domain, ...httpAuthorizerPermissions(resource, context) }
  },
}

/** Whether SAM can work with a definition of an HTTP API. */
export const isHttpDefinition = (body: unknown): body is Dict & { paths: Dict } =>
  isDict(body) && isDict(body.paths) && isVersion3(body.openapi)

const tagsOf = ({ properties, refuse }: SamResource, body: Dict | undefined): Dict | undefined => {
  const { Tags: tags } = properties
  if (tags && !body)
    throw refuse("Tags works only with inline OpenApi specified in the 'DefinitionBody' property.", [
      properties,
      'Tags',
    ])
  if (!body || !isHttpDefinition(body)) return isDict(tags) ? tags : undefined
  return { ...(isDict(tags) ? tags : {}), 'httpapi:createdBy': 'SAM' }
}

const apiOf = (resource: SamResource, body: Dict | undefined, tags: Dict | undefined, context: SamContext): Dict => {
  const { properties, refuse } = resource
  const { DefinitionUri: uri, FailOnWarnings: fail } = properties
  if (uri && body) throw refuse("Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.")
  addCors(body, resource)
  addHttpAuth(body, resource, context)
  if (body && isHttpDefinition(body)) addTags(body, tags ?? {})
  if (properties.DisableExecuteApiEndpoint !== undefined) disable(body, resource)
  addTexts(body, resource)
  if (fail && body && isDict(body.paths) && DEFAULT in body.paths) {
    body.paths[`/${DEFAULT}`] = body.paths[DEFAULT]
    delete body.paths[DEFAULT]
  }
  return given({
    FailOnWarnings: fail || undefined,
    ...(uri ? definitionAt(resource, context) : { Body: body }),
  })
}

const CORS = ['AllowOrigins', 'AllowHeaders', 'AllowMethods', 'ExposeHeaders', 'MaxAge', 'AllowCredentials']
const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

const addCors = (body: Dict | undefined, { properties, refuse }: SamResource): void => {
  const { CorsConfiguration: cors } = properties
  if (!cors) return
  const spot = [properties, 'CorsConfiguration'] as const
  if (!body) throw refuse("Cors works only with inline OpenApi specified in 'DefinitionBody' property.", spot)
  const settings = typeof cors === 'boolean' ? { AllowOrigins: ['*'] } : cors
  if (!isDict(settings)) throw refuse("Invalid value for 'Cors' property.", spot)
  if (!isHttpDefinition(body))
    throw refuse(
      "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
      spot,
    )
  const configuration: Dict = isDict(body['x-amazon-apigateway-cors']) ? body['x-amazon-apigateway-cors'] : {}
  body['x-amazon-apigateway-cors'] = configuration
  if (isIntrinsic(settings)) {
    const text = CORS.reduce((all, name) => all.replaceAll(name, lowerFirst(name)), JSON.stringify(settings))
    Object.assign(configuration, JSON.parse(text))
    return
  }
  for (const name of Object.keys(settings))
    if (!CORS.includes(name)) throw refuse(`Invalid key '${name}' for 'Cors' property.`, [settings, name])
  const { AllowOrigins: origins = ['*'], MaxAge: age, AllowCredentials: credentials, ...lists } = settings as Dict
  if (credentials === true && JSON.stringify(origins) === '["*"]')
    throw refuse(
      "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set.",
      spot,
    )
  configuration.allowOrigins = origins
  for (const [name, value] of Object.entries(lists)) if (value) configuration[lowerFirst(name)] = value
  if (age !== undefined && age !== null) configuration.maxAge = age
  if (credentials === true) configuration.allowCredentials = true
}

const addTags = (body: Dict, tags: Dict): void => {
  const list = Array.isArray(body.tags) ? (body.tags as Dict[]) : []
  for (const [name, value] of Object.entries(tags)) {
    const known = list.find((tag) => tag.name === name)
    if (known) known['x-amazon-apigateway-tag-value'] = value
    else list.push({ name, 'x-amazon-apigateway-tag-value': value })
  }
  body.tags = list
}

const disable = (body: Dict | undefined, { properties, refuse }: SamResource): void => {
  if (!body) throw refuse("DisableExecuteApiEndpoint works only within 'DefinitionBody' property.")
  const extension = 'x-amazon-apigateway-endpoint-configuration'
  const servers = Array.isArray(body.servers) ? (body.servers as Dict[]) : [{} as Dict]
  for (const server of servers)
    server[extension] = {
      ...(isDict(server[extension]) ? server[extension] : {}),
      disableExecuteApiEndpoint: properties.DisableExecuteApiEndpoint,
    }
  body.servers = servers
}

const addTexts = (body: Dict | undefined, { properties, refuse }: SamResource): void => {
  const { Name: name, Description: description } = properties
  const info = isDict(body?.info) ? body.info : {}
  if (name) {
    if (!body) throw refuse("Name works only with inline OpenApi specified in the 'DefinitionBody' property.")
    if (!isDict(info.title) || info.title.Ref !== 'AWS::StackName')
      throw refuse(
        "Unable to set Name because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property.",
        [properties, 'Name'],
      )
    info.title = name
  }
  if (description) {
    if (!body) throw refuse("Description works only with inline OpenApi specified in the 'DefinitionBody' property.")
    if (info.description)
      throw refuse(
        "Unable to set Description because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property.",
        [properties, 'Description'],
      )
    info.description = description
  }
  if (body && (name || description)) body.info = info
}

const stageIdOf = (id: string, name: unknown): string => {
  const prefix = name ? (typeof name === 'string' ? name : '') : DEFAULT
  if (/^[\p{L}\p{N}]+$/u.test(prefix)) return `${id}${prefix}Stage`
  if (prefix === DEFAULT) return `${id}ApiGatewayDefaultStage`
  return `${id}Stage${prefix ? createHash('sha1').update(prefix).digest('hex').slice(0, 10) : ''}`
}

/** The branches of a path's item; what is no map is none. */
export const itemsOf = (body: Dict, path: string): Dict[] => branches((body.paths as Dict)[path])
