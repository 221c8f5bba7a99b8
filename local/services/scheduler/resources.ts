import type { FlexibleTimeWindow, Tag, Target } from '@aws-sdk/client-scheduler'
import { ServiceError } from '../../base/errors.ts'
import { unlessGone } from '../gone.ts'
import type { Created, Resource, ResourceCall, ResourceType } from '../service.ts'
import { groupArn } from './names.ts'
import type { SchedulerStore } from './store.ts'

interface Properties {
  Name?: string
  GroupName?: string
  ScheduleExpression: string
  ScheduleExpressionTimezone?: string
  StartDate?: string
  EndDate?: string
  Description?: string
  State?: 'ENABLED' | 'DISABLED'
  KmsKeyArn?: string
  FlexibleTimeWindow: FlexibleTimeWindow
  Target: Target
  ActionAfterCompletion?: 'NONE' | 'DELETE'
}

const propertiesOf = ({ properties }: Resource) => properties as unknown as Properties

const dateOf = (name: string, text: string | undefined): Date | undefined => {
  if (text === undefined) return undefined
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new ServiceError('ValidationException', `${name} ${text} is no date.`)
  return date
}
/** Templates may give numbers as text. */
const numbers = <T extends object>(values: T | undefined, ...names: (keyof T)[]): T | undefined =>
  values && {
    ...values,
    ...Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, Number(values[name])]]))),
  }

const inputOf = (Name: string, given: Properties) => ({
  ...given,
  Name,
  StartDate: dateOf('StartDate', given.StartDate),
  EndDate: dateOf('EndDate', given.EndDate),
  FlexibleTimeWindow: numbers(given.FlexibleTimeWindow, 'MaximumWindowInMinutes') ?? { Mode: undefined },
  Target: {
    ...given.Target,
    RetryPolicy: numbers(given.Target.RetryPolicy, 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds'),
  },
})
const created = (physicalId: string, arn: string | undefined): Created => ({ physicalId, attributes: { Arn: arn } })

/** `AWS::Scheduler::Schedule`: Ref gives the name, GetAtt Arn the ARN. */
const schedule: ResourceType<SchedulerStore> = {
  properties: [
    'ActionAfterCompletion',
    'Description',
    'EndDate',
    'FlexibleTimeWindow',
    'GroupName',
    'KmsKeyArn',
    'Name',
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'StartDate',
    'State',
    'Target',
  ],
  replacedBy: ['Name', 'GroupName'],
  async create(resource, call) {
    const properties = propertiesOf(resource)
    const name = properties.Name ?? resource.physicalId
    return created(name, (await call.cloud('scheduler').CreateSchedule(inputOf(name, properties))).ScheduleArn)
  },
  async update(resource, { physicalId: name }, call) {
    const input = inputOf(name, propertiesOf(resource))
    return created(name, (await call.cloud('scheduler').UpdateSchedule(input)).ScheduleArn)
  },
  delete: (resource, call) =>
    unlessGone(() =>
      call
        .cloud('scheduler')
        .DeleteSchedule({ Name: resource.physicalId, GroupName: propertiesOf(resource).GroupName }),
    ),
}

const tagsOf = ({ properties }: Resource) => (properties.Tags ?? []) as Tag[]
const groupMade = (name: string, call: ResourceCall<SchedulerStore>): Created => {
  const { arn, created: at, modified } = call.store.group(call, name) ?? { arn: groupArn(call, name) }
  const text = (time: number | undefined) => time && new Date(time).toISOString()
  const dates = { CreationDate: text(at), LastModificationDate: text(modified) }
  return { physicalId: name, attributes: { Arn: arn, State: 'ACTIVE', ...dates } }
}

/** `AWS::Scheduler::ScheduleGroup`: Ref gives the name, GetAtt Arn the ARN. */
const scheduleGroup: ResourceType<SchedulerStore> = {
  properties: ['Name', 'Tags'],
  replacedBy: ['Name'],
  async create(resource, call) {
    const Name = (resource.properties.Name as string | undefined) ?? resource.physicalId
    await call.cloud('scheduler').CreateScheduleGroup({ Name, Tags: tagsOf(resource) })
    return groupMade(Name, call)
  },
  async update(resource, before, call) {
    const ResourceArn = groupArn(call, before.physicalId)
    const now = tagsOf(resource)
    const TagKeys = tagsOf(before).flatMap(({ Key = '' }) => (now.some((one) => one.Key === Key) ? [] : [Key]))
    const scheduler = call.cloud('scheduler')
    if (TagKeys.length) await scheduler.UntagResource({ ResourceArn, TagKeys })
    if (now.length) await scheduler.TagResource({ ResourceArn, Tags: now })
    return groupMade(before.physicalId, call)
  },
  delete: ({ physicalId: Name }, call) => unlessGone(() => call.cloud('scheduler').DeleteScheduleGroup({ Name })),
  systemTags({ physicalId }, tags, call) {
    const group = call.store.group(call, physicalId)
    if (group) call.store.saveGroup({ ...group, tags: { ...group.tags, ...tags } })
  },
}

export const resources = { 'AWS::Scheduler::Schedule': schedule, 'AWS::Scheduler::ScheduleGroup': scheduleGroup }
