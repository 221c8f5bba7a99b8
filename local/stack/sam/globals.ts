import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry, Template } from '../template.ts'
import { isIntrinsic } from './types.ts'

/** Which properties each section of Globals may hold (SAM developer guide, "Globals section"). */
const SUPPORTED: Record<string, readonly string[] | undefined> = {
  Function: [
    'Handler',
    'Runtime',
    'CodeUri',
    'DeadLetterQueue',
    'Description',
    'MemorySize',
    'Timeout',
    'VpcConfig',
    'Environment',
    'Tags',
    'PropagateTags',
    'Tracing',
    'KmsKeyArn',
    'AutoPublishAlias',
    'AutoPublishAliasAllProperties',
    'Layers',
    'DeploymentPreference',
    'RolePath',
    'PermissionsBoundary',
    'ReservedConcurrentExecutions',
    'ProvisionedConcurrencyConfig',
    'AssumeRolePolicyDocument',
    'EventInvokeConfig',
    'FileSystemConfigs',
    'CodeSigningConfigArn',
    'Architectures',
    'SnapStart',
    'EphemeralStorage',
    'FunctionUrlConfig',
    'RuntimeManagementConfig',
    'LoggingConfig',
    'RecursiveLoop',
    'SourceKMSKeyArn',
    'TenancyConfig',
    'DurableConfig',
    'CapacityProviderConfig',
    'FunctionScalingConfig',
    'PublishToLatestPublished',
    'VersionDeletionPolicy',
  ],
  SimpleTable: ['SSESpecification'],
  HttpApi: [
    'Auth',
    'AccessLogSettings',
    'StageVariables',
    'Tags',
    'CorsConfiguration',
    'DefaultRouteSettings',
    'Domain',
    'RouteSettings',
    'FailOnWarnings',
    'PropagateTags',
  ],
  Api: [
    'Auth',
    'Name',
    'DefinitionUri',
    'CacheClusterEnabled',
    'CacheClusterSize',
    'MergeDefinitions',
    'Variables',
    'EndpointConfiguration',
    'MethodSettings',
    'BinaryMediaTypes',
    'MinimumCompressionSize',
    'Cors',
    'GatewayResponses',
    'AccessLogSetting',
    'CanarySetting',
    'TracingEnabled',
    'OpenApiVersion',
    'Domain',
    'AlwaysDeploy',
    'PropagateTags',
    'SecurityPolicy',
    'EndpointAccessMode',
  ],
  StateMachine: ['PropagateTags'],
  LayerVersion: ['PublishLambdaVersion'],
  CapacityProvider: [
    'VpcConfig',
    'OperatorRole',
    'Tags',
    'InstanceRequirements',
    'ScalingConfig',
    'KmsKeyArn',
    'PropagateTags',
    'LoggingConfig',
    'ManagedResourceTags',
  ],
  MicrovmImage: [
    'BuildRoleArn',
    'BaseImageArn',
    'BaseImageVersion',
    'Logging',
    'EgressNetworkConnectors',
    'CpuConfigurations',
    'Resources',
    'AdditionalOsCapabilities',
    'Hooks',
    'EnvironmentVariables',
    'Tags',
    'PropagateTags',
  ],
  NetworkConnector: ['OperatorRole', 'Tags', 'PropagateTags'],
  WebSocketApi: [
    'AccessLogSettings',
    'ApiKeySelectionExpression',
    'DefaultRouteSettings',
    'DisableExecuteApiEndpoint',
    'DisableSchemaValidation',
    'Domain',
    'FailOnWarnings',
    'IpAddressType',
    'PropagateTags',
    'RouteSelectionExpression',
    'RouteSettings',
    'StageVariables',
    'Tags',
  ],
}

/** Lists of Globals are put before a resource's own, apart from those that it replaces. */
const REPLACED = new Set(['Function.Architectures', 'CapacityProvider.InstanceRequirements.Architectures'])

/** Of a map of Globals only what a resource names itself goes on to it. */
const PRUNED = new Set(['CapacityProvider.ManagedResourceTags'])

/** A resource's properties with those of Globals: maps are merged, lists put one after the other, its own values win. */
export const withGlobals = (id: string, entry: ResourceEntry, template: Template): Dict => {
  const { globals, source } = template
  const own = entry.Properties ?? {}
  const kind = entry.Type.replace('AWS::Serverless::', '')
  const section = globals[kind]
  if (!isDict(section) || entry.IgnoreGlobals === '*') return own
  const ignored = entry.IgnoreGlobals ?? []
  if (!Array.isArray(ignored) || ignored.some((name) => !Object.hasOwn(section, String(name))))
    throw source.mistake(`Resource ${id} has invalid resource attribute 'IgnoreGlobals'.`, [entry, 'IgnoreGlobals'])
  const kept = Object.fromEntries(Object.entries(section).filter(([name]) => !ignored.includes(name)))
  return source.carry(own, merge(source.carry(section, kept), own, template, kind) as Dict)
}

/** @throws Mistake for a section or property that Globals do not have. */
export const checkGlobals = ({ globals, source }: Template): void => {
  for (const [kind, section] of Object.entries(globals)) {
    const supported = SUPPORTED[kind]
    if (!supported)
      throw source.mistake(
        `'Globals' section is invalid. '${kind}' is not supported; the local cloud has ${Object.keys(SUPPORTED).join(', ')}.`,
        [globals, kind],
      )
    if (!isDict(section))
      throw source.mistake("'Globals' section is invalid. Its members must be maps.", [globals, kind])
    for (const name of Object.keys(section))
      if (!supported.includes(name))
        throw source.mistake(`'Globals' section is invalid. '${name}' is not a supported property of '${kind}'.`, [
          section,
          name,
        ])
  }
}

const isMap = (value: unknown): value is Dict => isDict(value) && !isIntrinsic(value)

const merge = (global: unknown, own: unknown, template: Template, path: string): unknown => {
  if (Array.isArray(global) && Array.isArray(own))
    return REPLACED.has(path) ? own : template.source.carry(own, [...global, ...own])
  if (!isMap(global) || !isMap(own)) return own
  const members = Object.entries(own).map(([name, value]) => [
    name,
    Object.hasOwn(global, name) ? merge(global[name], value, template, `${path}.${name}`) : value,
  ])
  const kept = PRUNED.has(path) && Object.keys(own).length ? {} : global
  return template.source.carry(own, { ...kept, ...Object.fromEntries(members) })
}
