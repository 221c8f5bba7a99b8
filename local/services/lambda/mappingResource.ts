import { ServiceError } from '../../base/errors.ts'
import type { Resource, ResourceType } from '../service.ts'
import { SETTINGS, type SettingsInput } from './mappingSettings.ts'
import { systemTagged } from './tags.ts'
import type { LambdaStore } from './types.ts'

interface Properties extends SettingsInput {
  FunctionName: string
  EventSourceArn?: string
  StartingPosition?: 'LATEST' | 'TRIM_HORIZON'
  Enabled?: boolean | string
  Tags?: { Key: string; Value: string }[]
}

const tagsOf = ({ Tags = [] }: Properties) => Object.fromEntries(Tags.map(({ Key, Value }) => [Key, String(Value)]))

const NUMBERS = [
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ParallelizationFactor',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'TumblingWindowInSeconds',
] as const

/** Numbers and booleans may come as text out of a template. */
const propertiesOf = ({ properties }: Resource): Properties => {
  const given = { ...properties } as unknown as Properties
  for (const name of NUMBERS) if (given[name] !== undefined) given[name] = Number(given[name])
  const { Enabled, BisectBatchOnFunctionError: bisect } = given
  if (Enabled !== undefined) given.Enabled = String(Enabled) === 'true'
  if (bisect !== undefined) given.BisectBatchOnFunctionError = String(bisect) === 'true'
  return given
}

/** What a property is worth that an update takes out of the template. */
const ABSENT: SettingsInput = {
  BatchSize: 100,
  MaximumBatchingWindowInSeconds: 0,
  ParallelizationFactor: 1,
  MaximumRetryAttempts: -1,
  MaximumRecordAgeInSeconds: -1,
  BisectBatchOnFunctionError: false,
  FunctionResponseTypes: [],
  FilterCriteria: { Filters: [] },
  DestinationConfig: {},
}

/** `AWS::Lambda::EventSourceMapping`: its physical id is the UUID. */
export const eventSourceMapping: ResourceType<LambdaStore> = {
  properties: [...SETTINGS, 'FunctionName', 'EventSourceArn', 'StartingPosition', 'Enabled', 'Tags'],
  replacedBy: ['EventSourceArn', 'StartingPosition'],
  async create(resource, call) {
    const properties = propertiesOf(resource)
    const { Enabled, Tags: _, ...given } = properties
    const { UUID = '', EventSourceMappingArn } = await call.cloud('lambda').CreateEventSourceMapping({
      ...given,
      Enabled: Enabled === undefined ? undefined : Enabled === true,
      Tags: tagsOf(properties),
    })
    return { physicalId: UUID, attributes: { Id: UUID, EventSourceMappingArn } }
  },
  async update(resource, before, call) {
    const properties = propertiesOf(resource)
    const { Enabled = true, StartingPosition: _, EventSourceArn: __, Tags: ___, ...given } = properties
    const lambda = call.cloud('lambda')
    const { EventSourceMappingArn: Resource = '' } = await lambda.UpdateEventSourceMapping({
      ...ABSENT,
      ...given,
      UUID: before.physicalId,
      Enabled: Enabled === true,
    })
    const [tags, tagsBefore] = [tagsOf(properties), tagsOf(propertiesOf(before))]
    const TagKeys = Object.keys(tagsBefore).filter((key) => !(key in tags))
    if (TagKeys.length) await lambda.UntagResource({ Resource, TagKeys })
    if (Object.keys(tags).some((key) => tags[key] !== tagsBefore[key]))
      await lambda.TagResource({ Resource, Tags: tags })
    return { physicalId: before.physicalId, attributes: { Id: before.physicalId, EventSourceMappingArn: Resource } }
  },
  async delete(resource, call) {
    try {
      await call.cloud('lambda').DeleteEventSourceMapping({ UUID: await uuidOf(resource, call) })
    } catch (error) {
      if (!(error instanceof ServiceError && error.code === 'ResourceNotFoundException')) throw error
    }
  },
  systemTags: ({ physicalId }, tags, call) =>
    systemTagged(`arn:aws:lambda:${call.region}:${call.account}:event-source-mapping:${physicalId}`, tags, call),
}

/** After a creation that was cut short the physical id is a made-up one: there is one mapping of the two, or none. */
const uuidOf = async (
  resource: Resource,
  call: Parameters<ResourceType<LambdaStore>['delete']>[1],
): Promise<string> => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(resource.physicalId)) return resource.physicalId
  const { FunctionName, EventSourceArn } = propertiesOf(resource)
  const { EventSourceMappings: [found] = [] } = await call
    .cloud('lambda')
    .ListEventSourceMappings({ FunctionName, EventSourceArn })
  return found?.UUID ?? resource.physicalId
}
