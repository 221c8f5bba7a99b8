import { unlessGone } from '../../gone.ts'
import type { Created, Resource, ResourceType } from '../../service.ts'
import { invalid } from '../errors.ts'
import type { ApiGatewayStore } from '../store.ts'
import { retagged, systemTagged } from './tagging.ts'
import {
  type Called,
  client,
  listOf,
  members,
  numberOf,
  propertiesOf,
  replaced,
  replacedOr,
  tagsOf,
  textOf,
  textsOf,
  truthOf,
} from './values.ts'

type EndpointTypes = 'REGIONAL' | 'EDGE' | 'PRIVATE'

/** The definition that a template gives, as text, or from S3. */
const bodyOf = async ({ properties }: Resource, call: Called): Promise<Uint8Array | undefined> => {
  if (properties.Body !== undefined) return Buffer.from(textOf(properties.Body) ?? '')
  if (properties.BodyS3Location === undefined) return undefined
  const { Bucket, Key, Version } = propertiesOf(properties.BodyS3Location)
  const { Body } = await call.cloud('s3').GetObject({
    Bucket: String(Bucket),
    Key: String(Key),
    ...(Version === undefined ? {} : { VersionId: String(Version) }),
  })
  const parts: Uint8Array[] = []
  for await (const part of Body as AsyncIterable<Uint8Array>) parts.push(part)
  return Buffer.concat(parts)
}

const endpointOf = ({ properties }: Resource) => {
  const { Types, VpcEndpointIds } = propertiesOf(properties.EndpointConfiguration)
  const types = listOf(Types) as EndpointTypes[] | undefined
  if (!types) return undefined
  const vpcEndpointIds = listOf(VpcEndpointIds)
  return { types, ...(vpcEndpointIds ? { vpcEndpointIds } : {}) }
}

const made = (id: string, call: Called): Created => ({
  physicalId: id,
  attributes: { RestApiId: id, RootResourceId: call.store.api(id)?.restApi.rootResourceId },
})

/** `AWS::ApiGateway::RestApi`: Ref gives the id of the API. */
export const restApiResource: ResourceType<ApiGatewayStore> = {
  properties: [
    'ApiKeySourceType',
    'BinaryMediaTypes',
    'Body',
    'BodyS3Location',
    'CloneFrom',
    'Description',
    'DisableExecuteApiEndpoint',
    'EndpointConfiguration',
    'FailOnWarnings',
    'MinimumCompressionSize',
    'Mode',
    'Name',
    'Parameters',
    'Policy',
    'Tags',
  ],
  async create(resource, call) {
    const { properties } = resource
    const body = await bodyOf(resource, call)
    const name = textOf(properties.Name)
    if (name === undefined && body === undefined) throw invalid('A RestApi needs a Name, or a definition that has one.')
    const { id = '' } = await client(call).CreateRestApi({
      name: name ?? resource.logicalId,
      description: textOf(properties.Description),
      cloneFrom: textOf(properties.CloneFrom),
      binaryMediaTypes: listOf(properties.BinaryMediaTypes),
      minimumCompressionSize: numberOf(properties.MinimumCompressionSize),
      apiKeySource: textOf(properties.ApiKeySourceType) as 'HEADER' | undefined,
      endpointConfiguration: endpointOf(resource),
      policy: textOf(properties.Policy),
      tags: tagsOf(resource),
      disableExecuteApiEndpoint: truthOf(properties.DisableExecuteApiEndpoint),
    })
    try {
      if (body) await defined(id, body, resource, call)
    } catch (error) {
      await unlessGone(() => client(call).DeleteRestApi({ restApiId: id }))
      throw error
    }
    return made(id, call)
  },
  async update(resource, before, call) {
    const { physicalId: restApiId, properties: old } = before
    const { properties } = resource
    const body = await bodyOf(resource, call)
    if (body) await defined(restApiId, body, resource, call)
    await client(call).UpdateRestApi({
      restApiId,
      patchOperations: [
        ...(properties.Name === undefined ? [] : replacedOr('/name', old.Name, properties.Name, resource.logicalId)),
        ...replacedOr('/description', old.Description, properties.Description, ''),
        ...replacedOr('/apiKeySource', old.ApiKeySourceType, properties.ApiKeySourceType, 'HEADER'),
        ...replaced('/minimumCompressionSize', old.MinimumCompressionSize, properties.MinimumCompressionSize),
        ...replacedOr(
          '/disableExecuteApiEndpoint',
          old.DisableExecuteApiEndpoint,
          properties.DisableExecuteApiEndpoint,
          'false',
        ),
        ...replacedOr('/policy', old.Policy, properties.Policy, ''),
        ...members('/binaryMediaTypes', old.BinaryMediaTypes, properties.BinaryMediaTypes),
        ...endpointChange(before, resource),
      ],
    })
    await retagged(`/restapis/${restApiId}`, resource, before, call)
    return made(restApiId, call)
  },
  delete: ({ physicalId: restApiId }, call) => unlessGone(() => client(call).DeleteRestApi({ restApiId })),
  systemTags: ({ physicalId }, tags, call) => systemTagged(`/restapis/${physicalId}`, tags, call),
}

/** Takes the definition; properties of the template win over what it says. */
const defined = async (restApiId: string, body: Uint8Array, { properties }: Resource, call: Called): Promise<void> => {
  await client(call).PutRestApi({
    restApiId,
    body,
    mode: (textOf(properties.Mode) ?? 'overwrite') as 'overwrite',
    failOnWarnings: truthOf(properties.FailOnWarnings),
    parameters: textsOf(properties.Parameters),
  })
  await client(call).UpdateRestApi({
    restApiId,
    patchOperations: [
      ...replaced('/name', undefined, properties.Name),
      ...replaced('/description', undefined, properties.Description),
      ...replaced('/policy', undefined, properties.Policy),
      ...replaced('/minimumCompressionSize', undefined, properties.MinimumCompressionSize),
      ...replaced('/apiKeySource', undefined, properties.ApiKeySourceType),
      ...members('/binaryMediaTypes', [], properties.BinaryMediaTypes),
    ],
  })
}

const endpointChange = (before: Resource, now: Resource) => {
  const [type] = endpointOf(now)?.types ?? ['EDGE']
  const [old] = endpointOf(before)?.types ?? ['EDGE']
  return type === old ? [] : [{ op: 'replace' as const, path: `/endpointConfiguration/types/${old}`, value: type }]
}
