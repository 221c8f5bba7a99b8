import type { Tag } from '@aws-sdk/client-scheduler'
import { length } from '../constraints.ts'
import { isSystemTag, ownTags, systemTags } from '../systemTags.ts'
import {
  aName,
  aToken,
  conflict,
  DEFAULT_GROUP,
  groupArn,
  invalid,
  type Operations,
  pageOf,
  theGroup,
  valid,
} from './names.ts'
import type { Group } from './types.ts'

/** @throws ServiceError `ValidationException` for a key that no caller can set or remove */
const checkKeys = (keys: readonly string[]): void => {
  if (keys.some(isSystemTag)) throw invalid('Tag keys must not begin with aws:, which is reserved for AWS use.')
}
const tagsOf = (list: readonly Tag[] = []): Record<string, string> => {
  valid(length('tags', list, 0, 200))
  checkKeys(list.map(({ Key = '' }) => Key))
  for (const { Key = '', Value = '' } of list)
    valid(length('tags.key', Key, 1, 128), length('tags.value', Value, 1, 256))
  return Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value]))
}
const tagKeys = (list: readonly Tag[] = []) => ({
  'aws:TagKeys': list.flatMap(({ Key }) => Key ?? []),
  ...Object.fromEntries(list.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
})
const described = ({ arn, name, created, modified }: Group) => ({
  ...{ Arn: arn, Name: name, State: 'ACTIVE' as const },
  ...{ CreationDate: new Date(created), LastModificationDate: new Date(modified) },
})
const nameOfArn = (arn: string): string => {
  const [, name] = /^arn:aws[\w-]*:scheduler:[a-z0-9-]+:\d{12}:schedule-group\/([0-9a-zA-Z\-_.]+)$/.exec(arn) ?? []
  if (name === undefined) throw invalid(`Invalid ResourceArn ${arn.slice(0, 1011)}: only schedule groups have tags.`)
  return name
}

export const groups = {
  CreateScheduleGroup: {
    action: ({ Name, Tags }, call) => ['scheduler:CreateScheduleGroup', groupArn(call, Name), tagKeys(Tags)],
    run({ Name: name, Tags, ClientToken }, call) {
      valid(...aName('name', name), ...aToken(ClientToken))
      if (call.store.group(call, name)) throw conflict(`Schedule group ${name} already exists.`)
      const now = call.ground.clock.now()
      const arn = groupArn(call, name)
      const { account, region } = call
      call.store.saveGroup({ account, region, arn, name, created: now, modified: now, tags: tagsOf(Tags) })
      return { ScheduleGroupArn: arn }
    },
  },
  GetScheduleGroup: {
    action: ({ Name }, call) => ['scheduler:GetScheduleGroup', groupArn(call, Name)],
    run: ({ Name }, call) => described(theGroup(Name, call)),
  },
  DeleteScheduleGroup: {
    action: ({ Name }, call) => ['scheduler:DeleteScheduleGroup', groupArn(call, Name)],
    run({ Name, ClientToken }, call) {
      valid(...aToken(ClientToken))
      const group = theGroup(Name, call)
      if (Name === DEFAULT_GROUP) throw invalid('The default schedule group cannot be deleted.')
      call.store.removeGroup(group)
      return {}
    },
  },
  ListScheduleGroups: {
    action: () => ['scheduler:ListScheduleGroups', '*'],
    run(input, call) {
      const { NamePrefix: prefix = '' } = input
      valid(...aName('namePrefix', input.NamePrefix))
      const all = call.store.groups(call).filter(({ name }) => name.startsWith(prefix))
      const { page, NextToken } = pageOf(all, ({ name }) => name, input)
      return { ScheduleGroups: page.map(described), NextToken }
    },
  },
  TagResource: {
    action: ({ ResourceArn, Tags }) => ['scheduler:TagResource', ResourceArn, tagKeys(Tags)],
    run({ ResourceArn, Tags }, call) {
      const group = theGroup(nameOfArn(ResourceArn), call)
      const tags = { ...ownTags(group.tags), ...tagsOf(Tags) }
      if (Object.keys(tags).length > 50) throw invalid('A resource can have no more than 50 tags.')
      call.store.saveGroup({ ...group, tags: { ...systemTags(group.tags), ...tags } })
      return {}
    },
  },
  UntagResource: {
    action: ({ ResourceArn, TagKeys }) => ['scheduler:UntagResource', ResourceArn, { 'aws:TagKeys': TagKeys }],
    run({ ResourceArn, TagKeys }, call) {
      const group = theGroup(nameOfArn(ResourceArn), call)
      checkKeys(TagKeys)
      const left = Object.entries(group.tags).filter(([key]) => !TagKeys.includes(key))
      call.store.saveGroup({ ...group, tags: Object.fromEntries(left) })
      return {}
    },
  },
  ListTagsForResource: {
    action: ({ ResourceArn }) => ['scheduler:ListTagsForResource', ResourceArn],
    run({ ResourceArn }, call) {
      const { tags } = theGroup(nameOfArn(ResourceArn), call)
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
    },
  },
} satisfies Operations
