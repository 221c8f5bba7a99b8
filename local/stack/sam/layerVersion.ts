import type { ResourceEntry } from '../template.ts'
import { codeOf } from './code.ts'
import { dataHash } from './publish.ts'
import { given, isIntrinsic, type SamResource, type SamType } from './types.ts'

const RETENTION: Record<string, string | undefined> = { retain: 'Retain', delete: 'Delete' }
const ARCHITECTURES = ['x86_64', 'arm64']

/** AWS::Serverless::LayerVersion: a new logical ID for each new layer, so that the versions before it can stay. */
export const layerVersion: SamType = {
  properties: [
    'LayerName',
    'Description',
    'PublishLambdaVersion',
    'ContentUri',
    'CompatibleArchitectures',
    'CompatibleRuntimes',
    'LicenseInfo',
    'RetentionPolicy',
  ],
  transform(resource, { folder, parameter, named }) {
    const { id, entry, properties, refuse } = resource
    if (properties.ContentUri === undefined) throw refuse("Missing required property 'ContentUri'.")
    const { Type, Properties: _, IgnoreGlobals: __, DeletionPolicy, UpdateReplacePolicy, Metadata, ...rest } = entry
    const texts = given({
      LayerName: parameter(properties.LayerName),
      Description: parameter(properties.Description),
      LicenseInfo: parameter(properties.LicenseInfo),
      RetentionPolicy: parameter(properties.RetentionPolicy),
    })
    checkArchitectures(resource)
    const hash = dataHash({ [id]: { Type, Properties: { ...properties, ...texts }, ...rest } })
    const layer: ResourceEntry = {
      ...rest,
      Type: 'AWS::Lambda::LayerVersion',
      DeletionPolicy: retentionOf(resource, texts.RetentionPolicy) ?? DeletionPolicy ?? 'Retain',
      ...given({ UpdateReplacePolicy, Metadata }),
      Properties: given({
        LayerName: texts.LayerName || id,
        Description: texts.Description,
        Content: codeOf(
          properties.ContentUri,
          entry.Metadata,
          folder,
          (message, ...spots) => refuse(message, ...spots, [properties, 'ContentUri']),
          'ContentUri',
        ),
        CompatibleArchitectures: properties.CompatibleArchitectures,
        CompatibleRuntimes: properties.CompatibleRuntimes,
        LicenseInfo: texts.LicenseInfo,
      }),
    }
    named.set(id, `${id}${hash}`)
    return { [`${id}${hash}`]: layer }
  },
}

const retentionOf = ({ properties, refuse }: SamResource, policy: unknown): string | undefined => {
  if (policy === undefined) return undefined
  const spot = [properties, 'RetentionPolicy'] as const
  const options = `please use one of the following options: ['Retain', 'Delete']`
  if (isIntrinsic(policy)) throw refuse(`'RetentionPolicy' does not accept intrinsic functions, ${options}`, spot)
  if (typeof policy !== 'string') throw refuse(`Invalid 'RetentionPolicy' type, ${options}`, spot)
  const found = RETENTION[policy.toLowerCase()]
  if (!found) throw refuse("'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].", spot)
  return found
}

const checkArchitectures = ({ properties, refuse }: SamResource) => {
  const list = properties.CompatibleArchitectures
  if (!Array.isArray(list)) return
  if (list.some((one) => !isIntrinsic(one) && !ARCHITECTURES.includes(String(one))))
    throw refuse("CompatibleArchitectures needs to be a list of 'x86_64' or 'arm64'", [
      properties,
      'CompatibleArchitectures',
    ])
}
