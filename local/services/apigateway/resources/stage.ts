import type { PatchOperation } from '@aws-sdk/client-api-gateway'
import { unlessGone } from '../../gone.ts'
import type { Resource, ResourceType } from '../../service.ts'
import { invalid } from '../errors.ts'
import type { ApiGatewayStore } from '../store.ts'
import { retagged, systemTagged } from './tagging.ts'
import {
  type Called,
  client,
  entries,
  escaped,
  manyOf,
  propertiesOf,
  replaced,
  replacedOr,
  tagsOf,
  textOf,
  textsOf,
  truthOf,
} from './values.ts'

/** Where PATCH has a setting of methods. */
const SETTINGS: Record<string, string> = {
  MetricsEnabled: 'metrics/enabled',
  DataTraceEnabled: 'logging/dataTrace',
  LoggingLevel: 'logging/loglevel',
  ThrottlingBurstLimit: 'throttling/burstLimit',
  ThrottlingRateLimit: 'throttling/rateLimit',
  CachingEnabled: 'caching/enabled',
  CacheTtlInSeconds: 'caching/ttlInSeconds',
  CacheDataEncrypted: 'caching/dataEncrypted',
}

/** `/books/{id}` as a PATCH names it; `/*` and nothing are all. */
const placeOf = ({ ResourcePath, HttpMethod }: Record<string, unknown>): string => {
  const path = textOf(ResourcePath) ?? '/*'
  // CloudFormation takes the path as it is, or with its slashes escaped behind a first one that is not: /~1books.
  const plain = path.replaceAll('~1', '/').replace(/^\/\//, '/')
  return `/${plain === '/*' || plain === '*' ? '*' : escaped(plain)}/${textOf(HttpMethod) ?? '*'}`
}

const settingsOf = ({ properties }: Resource): Map<string, string> => {
  const settings = new Map<string, string>()
  for (const setting of manyOf(properties.MethodSettings))
    for (const [name, value] of Object.entries(setting)) {
      if (name === 'ResourcePath' || name === 'HttpMethod') continue
      const where = SETTINGS[name]
      if (!where) throw invalid(`Encountered unsupported property ${name} of MethodSettings`)
      settings.set(`${placeOf(setting)}/${where}`, textOf(value) ?? '')
    }
  return settings
}

const settingChanges = (before: Resource | undefined, now: Resource): PatchOperation[] => {
  const old = before ? settingsOf(before) : new Map<string, string>()
  const wanted = settingsOf(now)
  const placed = (settings: Map<string, string>) =>
    new Set([...settings.keys()].map((key) => key.split('/').slice(0, 3).join('/')))
  const places = placed(wanted)
  const left = [...placed(old)].filter((place) => !places.has(place))
  return [
    ...left.map((path): PatchOperation => ({ op: 'remove', path })),
    ...[...wanted].flatMap(([path, value]): PatchOperation[] =>
      old.get(path) === value ? [] : [{ op: 'replace', path, value }],
    ),
  ]
}

const logChanges = (before: Resource | undefined, now: Resource): PatchOperation[] => {
  const { DestinationArn: oldArn, Format: oldFormat } = propertiesOf(before?.properties.AccessLogSetting)
  const { DestinationArn, Format } = propertiesOf(now.properties.AccessLogSetting)
  return [
    ...replaced('/accessLogSettings/destinationArn', oldArn, DestinationArn),
    ...replaced('/accessLogSettings/format', oldFormat, Format),
  ]
}

const changed = async (restApiId: string, stageName: string, patchOperations: PatchOperation[], call: Called) => {
  if (patchOperations.length) await client(call).UpdateStage({ restApiId, stageName, patchOperations })
}

/** `AWS::ApiGateway::Stage`: Ref gives the name of the stage. */
export const stageResource: ResourceType<ApiGatewayStore> = {
  properties: [
    'AccessLogSetting',
    'CacheClusterEnabled',
    'CacheClusterSize',
    'CanarySetting',
    'ClientCertificateId',
    'DeploymentId',
    'Description',
    'DocumentationVersion',
    'MethodSettings',
    'RestApiId',
    'StageName',
    'Tags',
    'TracingEnabled',
    'Variables',
  ],
  replacedBy: ['RestApiId', 'StageName'],
  async create(resource, call) {
    const { properties } = resource
    const restApiId = String(properties.RestApiId)
    const stageName = textOf(properties.StageName) ?? ''
    if (properties.CanarySetting) throw invalid('Canary deployments are not part of the local cloud.')
    await client(call).CreateStage({
      restApiId,
      stageName,
      deploymentId: textOf(properties.DeploymentId) ?? '',
      description: textOf(properties.Description),
      cacheClusterEnabled: truthOf(properties.CacheClusterEnabled),
      cacheClusterSize: textOf(properties.CacheClusterSize) as '0.5' | undefined,
      variables: textsOf(properties.Variables),
      tracingEnabled: truthOf(properties.TracingEnabled),
      tags: tagsOf(resource),
    })
    await changed(
      restApiId,
      stageName,
      [...settingChanges(undefined, resource), ...logChanges(undefined, resource)],
      call,
    )
    return { physicalId: stageName }
  },
  async update(resource, before, call) {
    const { physicalId: stageName, properties: old } = before
    const { properties } = resource
    const restApiId = String(properties.RestApiId)
    await changed(
      restApiId,
      stageName,
      [
        ...replacedOr('/deploymentId', old.DeploymentId, properties.DeploymentId, ''),
        ...replacedOr('/description', old.Description, properties.Description, ''),
        ...replacedOr('/cacheClusterEnabled', old.CacheClusterEnabled, properties.CacheClusterEnabled, 'false'),
        ...(properties.CacheClusterSize === undefined
          ? []
          : replaced('/cacheClusterSize', old.CacheClusterSize, properties.CacheClusterSize)),
        ...replacedOr('/tracingEnabled', old.TracingEnabled, properties.TracingEnabled, 'false'),
        ...entries('/variables', old.Variables, properties.Variables),
        ...settingChanges(before, resource),
        ...logChanges(before, resource),
      ],
      call,
    )
    await retagged(`/restapis/${restApiId}/stages/${stageName}`, resource, before, call)
    return { physicalId: stageName }
  },
  delete: ({ physicalId, properties }, call) =>
    unlessGone(() =>
      client(call).DeleteStage({
        restApiId: String(properties.RestApiId),
        stageName: textOf(properties.StageName) ?? physicalId,
      }),
    ),
  systemTags: ({ physicalId, properties }, tags, call) =>
    systemTagged(`/restapis/${properties.RestApiId}/stages/${physicalId}`, tags, call),
}
