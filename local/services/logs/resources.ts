import { ServiceError } from '../../base/errors.ts'
import type { Created, Resource, ResourceCall, ResourceType } from '../service.ts'
import { groupArn } from './names.ts'
import type { LogsStore } from './store.ts'

interface Properties {
  LogGroupName?: string
  RetentionInDays?: number | string
  Tags?: { Key: string; Value: string }[]
  LogGroupClass?: string
  KmsKeyId?: string
}

const propertiesOf = ({ properties }: Resource): Properties => properties
const tagsOf = ({ Tags = [] }: Properties) => Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))
const daysOf = ({ RetentionInDays: days }: Properties) => (days === undefined ? undefined : Number(days))

const unrealised = (resource: Resource) => {
  for (const name of ['DataProtectionPolicy', 'FieldIndexPolicies', 'ResourcePolicyDocument'])
    if (resource.properties[name] !== undefined)
      throw new ServiceError('ValidationError', `The local cloud does not realise ${name} of AWS::Logs::LogGroup.`)
}

const created = (name: string, call: ResourceCall<LogsStore>): Created => ({
  physicalId: name,
  attributes: { Arn: `${groupArn(call, name)}:*` },
})

/** `AWS::Logs::LogGroup`: Ref gives the name, GetAtt Arn the ARN with `:*`. */
export const logGroup: ResourceType<LogsStore> = {
  properties: [
    'LogGroupName',
    'RetentionInDays',
    'KmsKeyId',
    'LogGroupClass',
    'Tags',
    'DeletionProtectionEnabled',
    'DataProtectionPolicy',
    'FieldIndexPolicies',
    'ResourcePolicyDocument',
  ],
  replacedBy: ['LogGroupName', 'LogGroupClass'],
  async create(resource, call) {
    unrealised(resource)
    const properties = propertiesOf(resource)
    const logGroupName = properties.LogGroupName ?? resource.physicalId
    const logs = call.cloud('logs')
    const { LogGroupClass, KmsKeyId } = properties
    await logs.CreateLogGroup({
      logGroupName,
      tags: tagsOf(properties),
      logGroupClass: LogGroupClass as 'STANDARD' | undefined,
      kmsKeyId: KmsKeyId,
      deletionProtectionEnabled: String(resource.properties.DeletionProtectionEnabled) === 'true',
    })
    const retentionInDays = daysOf(properties)
    if (retentionInDays !== undefined) await logs.PutRetentionPolicy({ logGroupName, retentionInDays })
    return created(logGroupName, call)
  },
  async update(resource, before, call) {
    unrealised(resource)
    const logs = call.cloud('logs')
    const logGroupName = before.physicalId
    const [now, then] = [propertiesOf(resource), propertiesOf(before)]
    if (now.KmsKeyId !== undefined || String(resource.properties.DeletionProtectionEnabled) === 'true')
      throw new ServiceError(
        'ValidationError',
        'The local cloud has no log groups with KmsKeyId or DeletionProtectionEnabled.',
      )
    const retentionInDays = daysOf(now)
    if (retentionInDays === undefined) await logs.DeleteRetentionPolicy({ logGroupName })
    else if (retentionInDays !== daysOf(then)) await logs.PutRetentionPolicy({ logGroupName, retentionInDays })
    const resourceArn = groupArn(call, logGroupName)
    const [tags, tagsBefore] = [tagsOf(now), tagsOf(then)]
    const tagKeys = Object.keys(tagsBefore).filter((key) => !(key in tags))
    if (tagKeys.length) await logs.UntagResource({ resourceArn, tagKeys })
    if (Object.keys(tags).some((key) => tags[key] !== tagsBefore[key])) await logs.TagResource({ resourceArn, tags })
    return created(logGroupName, call)
  },
  async delete({ physicalId }, call) {
    try {
      await call.cloud('logs').DeleteLogGroup({ logGroupName: physicalId })
    } catch (error) {
      // Somebody has deleted it already: then there is nothing to do.
      if (!(error instanceof ServiceError && error.code === 'ResourceNotFoundException')) throw error
    }
  },
  systemTags({ physicalId }, tags, call) {
    const group = call.store.group(call, physicalId)
    if (group) call.store.tag(group, tags)
  },
}
