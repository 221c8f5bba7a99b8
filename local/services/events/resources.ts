import type { Tag, Target } from '@aws-sdk/client-eventbridge'
import { ServiceError } from '../../base/errors.ts'
import type { Created, Resource, ResourceCall, ResourceType } from '../service.ts'
import { arnOfNamed } from './names.ts'
import type { EventsStore } from './store.ts'

interface Properties {
  Name?: string
  Description?: string
  EventBusName?: string
  EventPattern?: string | Record<string, unknown>
  RoleArn?: string
  ScheduleExpression?: string
  State?: 'ENABLED' | 'DISABLED'
  Tags?: Tag[]
  Targets?: Target[]
}
type RuleCall = ResourceCall<EventsStore>

const propertiesOf = ({ properties }: Resource): Properties => properties

/** Templates may give numbers as text. */
const targetOf = (target: Target): Target => {
  const { RetryPolicy: retry, ...rest } = target
  const number = (value: unknown) => (value === undefined ? undefined : Number(value))
  if (!retry) return rest
  const MaximumRetryAttempts = number(retry.MaximumRetryAttempts)
  const MaximumEventAgeInSeconds = number(retry.MaximumEventAgeInSeconds)
  return { ...rest, RetryPolicy: { MaximumRetryAttempts, MaximumEventAgeInSeconds } }
}

const put = async (Name: string, now: Properties, before: Properties | undefined, call: RuleCall): Promise<Created> => {
  const events = call.cloud('events')
  const { EventBusName, EventPattern: pattern, Targets = [], Tags = [] } = now
  const { RuleArn: Arn = '' } = await events.PutRule({
    ...{ Name, EventBusName, Tags: before ? undefined : Tags },
    ...{ Description: now.Description, RoleArn: now.RoleArn, State: now.State },
    ScheduleExpression: now.ScheduleExpression,
    EventPattern: typeof pattern === 'object' ? JSON.stringify(pattern) : pattern,
  })
  const gone = (before?.Targets ?? []).flatMap(({ Id = '' }) => (Targets.some((one) => one.Id === Id) ? [] : [Id]))
  if (gone.length) await events.RemoveTargets({ Rule: Name, EventBusName, Ids: gone })
  if (Targets.length) {
    const { FailedEntries = [] } = await events.PutTargets({ Rule: Name, EventBusName, Targets: Targets.map(targetOf) })
    const [first] = FailedEntries
    if (first) throw new ServiceError(first.ErrorCode ?? '', `Target ${first.TargetId}: ${first.ErrorMessage}`)
  }
  if (before) {
    const TagKeys = (before.Tags ?? []).flatMap(({ Key = '' }) => (Tags.some((one) => one.Key === Key) ? [] : [Key]))
    if (TagKeys.length) await events.UntagResource({ ResourceARN: Arn, TagKeys })
    if (Tags.length) await events.TagResource({ ResourceARN: Arn, Tags })
  }
  return { physicalId: Name, attributes: { Arn } }
}

/** `AWS::Events::Rule`: Ref gives the name, GetAtt Arn the ARN. */
export const rule: ResourceType<EventsStore> = {
  properties: [
    'Description',
    'EventBusName',
    'EventPattern',
    'Name',
    'RoleArn',
    'ScheduleExpression',
    'State',
    'Tags',
    'Targets',
  ],
  replacedBy: ['Name', 'EventBusName'],
  create(resource, call) {
    const properties = propertiesOf(resource)
    return put(properties.Name ?? resource.physicalId, properties, undefined, call)
  },
  update: (resource, before, call) => put(before.physicalId, propertiesOf(resource), propertiesOf(before), call),
  async delete(resource, call) {
    const { EventBusName } = propertiesOf(resource)
    const Name = resource.physicalId
    const events = call.cloud('events')
    try {
      const { Targets = [] } = await events.ListTargetsByRule({ Rule: Name, EventBusName })
      const Ids = Targets.flatMap(({ Id }) => Id ?? [])
      if (Ids.length) await events.RemoveTargets({ Rule: Name, EventBusName, Ids })
      await events.DeleteRule({ Name, EventBusName })
    } catch (error) {
      // Somebody has deleted it already: then there is nothing to do.
      if (!(error instanceof ServiceError && error.code === 'ResourceNotFoundException')) throw error
    }
  },
  systemTags({ physicalId, properties }, tags, call) {
    const { EventBusName } = propertiesOf({ properties } as Resource)
    const rule = call.store.rule(arnOfNamed({ Name: physicalId, EventBusName }, call))
    if (rule) call.store.save({ ...rule, tags: { ...rule.tags, ...tags } })
  },
}
