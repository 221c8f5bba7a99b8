import type { LayerVersionContentInput, PublishLayerVersionCommandInput } from '@aws-sdk/client-lambda'
import type { Resource, ResourceType } from '../service.ts'
import type { LambdaStore } from './types.ts'

const PROPERTIES = [
  'CompatibleArchitectures',
  'CompatibleRuntimes',
  'Content',
  'Description',
  'LayerName',
  'LicenseInfo',
]

type Wanted = PublishLayerVersionCommandInput & { LayerName: string; Content: LayerVersionContentInput }

const inputOf = ({ properties, physicalId }: Resource): Wanted => ({
  Content: {},
  ...properties,
  LayerName: String(properties.LayerName ?? physicalId),
})

/** `AWS::Lambda::LayerVersion`: Ref is the version's ARN; any change publishes a new one. */
export const layerVersion: ResourceType<LambdaStore> = {
  properties: PROPERTIES,
  replacedBy: PROPERTIES,
  async create(resource, { cloud }) {
    const { LayerVersionArn = '' } = await cloud('lambda').PublishLayerVersion(inputOf(resource))
    return { physicalId: LayerVersionArn, attributes: { LayerVersionArn } }
  },
  update: async (_, { physicalId }) => ({ physicalId, attributes: { LayerVersionArn: physicalId } }),
  async delete({ physicalId }, { cloud }) {
    const [, LayerName, version] = /^(arn:[^:]+:lambda:[^:]+:[^:]+:layer:[^:]+):(\d+)$/.exec(physicalId) ?? []
    // Cut short before it was published, there is no version that is known to be this one.
    if (LayerName) await cloud('lambda').DeleteLayerVersion({ LayerName, VersionNumber: Number(version) })
  },
}
