import { type Dict, isDict } from '../../source.ts'
import { attributesOf, getAtt, given, ref, type SamType, tagList } from '../types.ts'
import { authOf } from './auth.ts'
import { appSyncRole, connected, type GraphQl, type Made, membersOf, namedOf } from './members.ts'
import { functionsOf, resolversOf } from './resolvers.ts'
import { dataSourcesOf } from './sources.ts'

/** AWS::Serverless::GraphQLApi: AppSync's API with its schema, its data sources, functions and resolvers. */
export const graphQlApi: SamType = {
  properties: [
    'Name',
    'Tags',
    'XrayEnabled',
    'Auth',
    'SchemaInline',
    'SchemaUri',
    'Logging',
    'DataSources',
    'Functions',
    'Resolvers',
    'ApiKeys',
    'DomainName',
    'Cache',
    'Visibility',
    'OwnerContact',
    'IntrospectionConfig',
    'QueryDepthLimit',
    'ResolverCountLimit',
  ],
  transform(resource, context) {
    const { id, entry, properties } = resource
    const attributes = attributesOf(entry)
    const api: GraphQl = { resource, context, attributes, apiId: getAtt(id, 'ApiId') }
    const { settings, authorizers } = authOf(api)
    const log = loggingOf(api)
    const made: Made = {
      [id]: {
        ...attributes,
        Type: 'AWS::AppSync::GraphQLApi',
        Properties: given({
          Name: properties.Name || id,
          Visibility: properties.Visibility || undefined,
          OwnerContact: properties.OwnerContact || undefined,
          XrayEnabled: properties.XrayEnabled,
          IntrospectionConfig: properties.IntrospectionConfig || undefined,
          QueryDepthLimit: properties.QueryDepthLimit || undefined,
          ResolverCountLimit: properties.ResolverCountLimit || undefined,
          ...settings,
          Tags: tagList({ ...(isDict(properties.Tags) ? properties.Tags : {}), 'graphqlapi:createdBy': 'SAM' }),
          LogConfig: log?.config,
        }),
      },
      [`${id}Schema`]: schemaOf(api),
      ...log?.role,
      ...keysOf(api),
      ...cacheOf(api),
      ...domainOf(api),
    }
    for (const [index, Arn] of authorizers.entries())
      Object.assign(
        made,
        connected(
          `${id}ToLambdaAuthConnector${index + 1}`,
          { Type: 'AWS::AppSync::GraphQLApi', Arn: ref(id), ResourceId: api.apiId },
          { Type: 'AWS::Lambda::Function', Arn },
          ['Write'],
          api,
        ),
      )
    const sources = dataSourcesOf(api)
    const functions = functionsOf(api, sources.names)
    const resolvers = resolversOf(api, functions.ids)
    return { ...made, ...sources.made, ...functions.made, ...resolvers }
  },
}

const loggingOf = (api: GraphQl): { config: Dict; role: Made } | undefined => {
  const { resource } = api
  const { Logging: logging } = resource.properties
  if (logging === false) return undefined
  const names = ['CloudWatchLogsRoleArn', 'ExcludeVerboseContent', 'FieldLogLevel']
  const given = logging === undefined || logging === true ? {} : membersOf(logging, 'Logging', names, resource)
  const roleId = `${resource.id}CloudWatchRole`
  const config = {
    ...(given.ExcludeVerboseContent ? { ExcludeVerboseContent: given.ExcludeVerboseContent } : {}),
    FieldLogLevel: given.FieldLogLevel || 'ALL',
    CloudWatchLogsRoleArn: given.CloudWatchLogsRoleArn || getAtt(roleId, 'Arn'),
  }
  if (given.CloudWatchLogsRoleArn) return { config, role: {} }
  const policy = { 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs` }
  return { config, role: { [roleId]: appSyncRole(api, { ManagedPolicyArns: [policy] }) } }
}

const schemaOf = ({ resource: { properties, refuse }, attributes, apiId }: GraphQl) => {
  const { SchemaInline: text, SchemaUri: uri } = properties
  if (!text && !uri) throw refuse("One of 'SchemaInline' or 'SchemaUri' must be set.")
  if (text && uri) throw refuse("Both 'SchemaInline' and 'SchemaUri' cannot be defined at the same time.")
  return {
    ...attributes,
    Type: 'AWS::AppSync::GraphQLSchema',
    Properties: given({ ApiId: apiId, Definition: text, DefinitionS3Location: uri }),
  }
}

const keysOf = ({ resource, attributes, apiId }: GraphQl): Made =>
  Object.fromEntries(
    namedOf(resource.properties.ApiKeys, 'ApiKeys', resource).map(([name, one]) => {
      const key = membersOf(one, `ApiKeys.${name}`, ['ApiKeyId', 'Description', 'ExpiresOn'], resource)
      const { ApiKeyId, Description, ExpiresOn: Expires } = key
      const Properties = given({ ApiId: apiId, ApiKeyId, Description, Expires })
      return [`${resource.id}${name}`, { ...attributes, Type: 'AWS::AppSync::ApiKey', Properties }]
    }),
  )

const CACHE = ['ApiCachingBehavior', 'Ttl', 'Type', 'AtRestEncryptionEnabled', 'TransitEncryptionEnabled']

const cacheOf = ({ resource, attributes, apiId }: GraphQl): Made => {
  const { Cache: cache } = resource.properties
  if (!cache) return {}
  const Properties = given({ ApiId: apiId, ...membersOf(cache, 'Cache', CACHE, resource) })
  return { [`${resource.id}ApiCache`]: { ...attributes, Type: 'AWS::AppSync::ApiCache', Properties } }
}

const domainOf = ({ resource, attributes, apiId }: GraphQl): Made => {
  const { DomainName: domain } = resource.properties
  if (!domain) return {}
  const names = ['CertificateArn', 'DomainName', 'Description']
  const id = `${resource.id}DomainName`
  return {
    [id]: {
      ...attributes,
      Type: 'AWS::AppSync::DomainName',
      Properties: given(membersOf(domain, 'DomainName', names, resource)),
    },
    [`${id}ApiAssociation`]: {
      ...attributes,
      Type: 'AWS::AppSync::DomainNameApiAssociation',
      Properties: { ApiId: apiId, DomainName: ref(id) },
    },
  }
}
