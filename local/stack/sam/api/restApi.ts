import { createHash } from 'node:crypto'
import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import {
  attributesOf,
  given,
  inherited,
  ref,
  type SamContext,
  type SamResource,
  type SamType,
  tagList,
} from '../types.ts'
import { addAuth, authorizerPermissions } from './auth.ts'
import { addCors } from './cors.ts'
import { isDefinition, isVersion3, postprocessed } from './definition.ts'
import { domainOf, restDomain } from './domain.ts'
import { addGatewayResponses, addModels } from './extensions.ts'
import { definitionAt } from './location.ts'
import { SHARED, usagePlanOf } from './usagePlan.ts'

/** AWS::Serverless::Api: the API, a deployment that changes with its definition, and its stage. */
export const samApi: SamType = {
  properties: [
    'Name',
    'StageName',
    'Tags',
    'PropagateTags',
    'DefinitionBody',
    'DefinitionUri',
    'MergeDefinitions',
    'CacheClusterEnabled',
    'CacheClusterSize',
    'Variables',
    'EndpointConfiguration',
    'MethodSettings',
    'BinaryMediaTypes',
    'MinimumCompressionSize',
    'Cors',
    'Auth',
    'GatewayResponses',
    'AccessLogSetting',
    'CanarySetting',
    'TracingEnabled',
    'OpenApiVersion',
    'Models',
    'FailOnWarnings',
    'Description',
    'Mode',
    'DisableExecuteApiEndpoint',
    'ApiKeySourceType',
    'AlwaysDeploy',
    'Policy',
    'Domain',
    'SecurityPolicy',
    'EndpointAccessMode',
  ],
  transform(resource, context) {
    const { id, entry, properties, refuse } = resource
    const body = context.apis.get(id)?.body
    checkProperties(resource, body)
    const attributes = attributesOf(entry)
    const restApi = restApiOf(resource, body, context)
    const definition = restApi.Body ?? restApi.BodyS3Location
    const domain = domainOf(resource, context)
    const hash = hashOf(
      properties.AlwaysDeploy
        ? [String(Math.floor(context.outside.now() / 1000))]
        : [
            JSON.stringify(definition ?? ''),
            ...(properties.OpenApiVersion ? [String(properties.OpenApiVersion)] : []),
            ...(domain ? [JSON.stringify(domain)] : []),
          ],
    )
    const deploymentId = `${id}Deployment${definition ? hash.slice(0, 10) : ''}`
    const stageId = stageIdOf(id, properties.StageName)
    if (properties.StageName === undefined) throw refuse("Missing required property 'StageName'.")
    const made: Record<string, ResourceEntry> = {
      [id]: { ...attributes, Type: 'AWS::ApiGateway::RestApi', Properties: restApi },
      [deploymentId]: {
        Type: 'AWS::ApiGateway::Deployment',
        ...inherited(entry),
        Properties: given({
          RestApiId: ref(id),
          Description: definition ? `RestApi deployment id: ${hash}` : undefined,
          StageName: properties.OpenApiVersion ? undefined : 'Stage',
        }),
      },
      [stageId]: {
        Type: 'AWS::ApiGateway::Stage',
        ...inherited(entry),
        Properties: given({
          DeploymentId: ref(deploymentId),
          RestApiId: ref(id),
          StageName: properties.StageName,
          CacheClusterEnabled: properties.CacheClusterEnabled,
          CacheClusterSize: properties.CacheClusterSize,
          Variables: properties.Variables,
          MethodSettings: properties.MethodSettings,
          AccessLogSetting: properties.AccessLogSetting,
          CanarySetting: properties.CanarySetting,
          TracingEnabled: properties.TracingEnabled,
          Tags: isDict(properties.Tags) ? tagList(properties.Tags) : undefined,
        }),
      },
      ...authorizerPermissions(resource, context),
      ...restDomain(resource, stageId, context),
      ...usagePlanOf(resource, stageId, context),
    }
    propagate(resource, made, context)
    context.named.set(`${id}.Stage`, stageId)
    context.named.set(`${id}.Deployment`, deploymentId)
    return made
  },
}

const TAGGED = new Set(
  ['RestApi', 'Stage', 'UsagePlan', 'ApiKey', 'DomainName', 'DomainNameV2', 'DomainNameAccessAssociation'].map(
    (name) => `AWS::ApiGateway::${name}`,
  ),
)

/** Puts the API's tags on all that is made of it, what several share too. */
const propagate = ({ properties }: SamResource, made: Record<string, ResourceEntry>, { resources }: SamContext) => {
  const { PropagateTags: propagates, Tags: tags, Auth: auth } = properties
  if (propagates !== true || !isDict(tags) || !Object.keys(tags).length) return
  const plan = isDict(auth) && isDict(auth.UsagePlan) ? auth.UsagePlan.CreateUsagePlan : undefined
  const shared = plan === 'SHARED' ? [resources[SHARED.plan], resources[SHARED.key]] : []
  for (const entry of [...Object.values(made), ...shared])
    if (entry && TAGGED.has(entry.Type)) entry.Properties = { ...entry.Properties, Tags: tagList(tags) }
}

const checkProperties = ({ properties, refuse }: SamResource, body: Dict | undefined): void => {
  const { DefinitionUri: uri, OpenApiVersion: version } = properties
  if (uri && body) throw refuse("Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.")
  if (uri && properties.MergeDefinitions)
    throw refuse("Cannot set 'MergeDefinitions' to True when using `DefinitionUri`.")
  if (version && !/^[2-3](\.\d)(\.\d)?$/.test(String(version)))
    throw refuse("The OpenApiVersion value must be of the format '3.0.0'.", [properties, 'OpenApiVersion'])
}

const restApiOf = (resource: SamResource, body: Dict | undefined, context: SamContext): Dict => {
  const { properties } = resource
  const { OpenApiVersion: version, BinaryMediaTypes: media, DisableExecuteApiEndpoint: disabled } = properties
  addCors(body, resource)
  addAuth(body, resource, context)
  addGatewayResponses(body, resource)
  if (body && Array.isArray(media) && media.length) body['x-amazon-apigateway-binary-media-types'] = slashed(media)
  addModels(body, resource)
  if (disabled !== undefined) disable(body, disabled, resource)
  const endpoint = properties.EndpointConfiguration ? endpointOf(properties.EndpointConfiguration) : {}
  return given({
    Name: properties.Name || undefined,
    Description: properties.Description || undefined,
    BinaryMediaTypes: media,
    MinimumCompressionSize: properties.MinimumCompressionSize,
    ...endpoint,
    FailOnWarnings: properties.FailOnWarnings || undefined,
    Mode: properties.Mode || undefined,
    ApiKeySourceType: properties.ApiKeySourceType || undefined,
    Policy: properties.Policy || undefined,
    SecurityPolicy: properties.SecurityPolicy || undefined,
    EndpointAccessMode: properties.EndpointAccessMode || undefined,
    ...(properties.DefinitionUri ? definitionAt(resource, context) : { Body: body && postprocessed(body, version) }),
  })
}

const slashed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(slashed)
  if (isDict(value))
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.replaceAll('~1', '/'), slashed(one)]))
  return typeof value === 'string' ? value.replaceAll('~1', '/') : value
}

const disable = (body: Dict | undefined, disabled: unknown, { refuse }: SamResource): void => {
  if (!body) throw refuse("DisableExecuteApiEndpoint works only within 'DefinitionBody' property.")
  if (!isDefinition(body)) throw refuse('Invalid OpenAPI definition.')
  const extension = 'x-amazon-apigateway-endpoint-configuration'
  if (isVersion3(body.openapi)) body.servers ??= [{}]
  const holders = isVersion3(body.openapi) ? body.servers : [body]
  for (const holder of holders as Dict[])
    holder[extension] = { ...(isDict(holder[extension]) ? holder[extension] : {}), disableExecuteApiEndpoint: disabled }
}

const endpointOf = (value: unknown): Dict => {
  if (!isDict(value) || !value.Type)
    return { EndpointConfiguration: { Types: [value] }, Parameters: { endpointConfigurationTypes: value } }
  const ids = value.VPCEndpointIds ?? value.VpcEndpointIds
  return {
    EndpointConfiguration: given({ Types: [value.Type], VpcEndpointIds: ids, IpAddressType: value.IpAddressType }),
    Parameters: { endpointConfigurationTypes: value.Type },
  }
}

/** The logical ID of a stage: its name belongs to it where that is known and plain. */
const stageIdOf = (id: string, name: unknown): string => {
  const prefix = typeof name === 'string' ? name : ''
  if (/^[\p{L}\p{N}]+$/u.test(prefix)) return `${id}${prefix}Stage`
  return `${id}Stage${prefix ? hashOf([prefix]).slice(0, 10) : ''}`
}

const hashOf = (parts: string[]): string => createHash('sha1').update(parts.join('||')).digest('hex')
