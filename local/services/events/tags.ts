import type { Tag } from '@aws-sdk/client-eventbridge'
import { ServiceError } from '../../base/errors.ts'
import type { ConditionKeys } from '../../iam/types.ts'
import type { Call } from '../service.ts'
import { isSystemTag, ownTags, systemTags } from '../systemTags.ts'
import { invalid, missing, type Operations } from './names.ts'
import type { EventsStore } from './store.ts'
import type { Rule } from './types.ts'

const MOST = 50

/** A list of tags as a map. @throws ServiceError `ValidationException` when a key is there twice */
export const tagsOf = (list: readonly Tag[] = []): Record<string, string> => {
  const tags = Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value]))
  if (Object.keys(tags).length < list.length) throw invalid('The tag keys of a request must differ.')
  return tags
}

/** The condition keys of a rule that carries tags. */
export const ruleKeys = (rule: Rule | undefined): ConditionKeys =>
  Object.fromEntries(Object.entries(rule?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))

/** @throws ServiceError for a key that no caller can set or remove */
const checkKeys = (keys: readonly string[]): void => {
  for (const key of keys)
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) || isSystemTag(key))
      throw invalid(`The tag key "${key.slice(0, 128)}" is not valid.`)
}

/** @throws ServiceError for tags that are other or more than AWS takes */
export const checkTags = (tags: Record<string, string>): void => {
  checkKeys(Object.keys(tags))
  for (const [key, value] of Object.entries(tags))
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value))
      throw invalid(`The value of the tag "${key}" is not valid.`)
  if (Object.keys(tags).length > MOST)
    throw new ServiceError('LimitExceededException', `A resource can have no more than ${MOST} tags.`)
}

const tagged = (arn: string, { store }: Call<EventsStore>): Rule => {
  const rule = store.rule(arn)
  if (!rule) throw missing(`Rule ${arn.split('/').at(-1)} does not exist on EventBus default.`)
  return rule
}

export const tags = {
  TagResource: {
    action({ ResourceARN, Tags }, { store }) {
      const tags = tagsOf(Tags)
      const asked = Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])
      const keys = {
        ...ruleKeys(store.rule(ResourceARN)),
        'aws:TagKeys': Object.keys(tags),
        ...Object.fromEntries(asked),
      }
      return ['events:TagResource', ResourceARN, keys]
    },
    run({ ResourceARN, Tags }, call) {
      const rule = tagged(ResourceARN, call)
      const tags = { ...ownTags(rule.tags), ...tagsOf(Tags) }
      checkTags(tags)
      call.store.save({ ...rule, tags: { ...systemTags(rule.tags), ...tags } })
      return {}
    },
  },
  UntagResource: {
    action: ({ ResourceARN, TagKeys }, { store }) => [
      'events:UntagResource',
      ResourceARN,
      { ...ruleKeys(store.rule(ResourceARN)), 'aws:TagKeys': TagKeys },
    ],
    run({ ResourceARN, TagKeys }, call) {
      const rule = tagged(ResourceARN, call)
      checkKeys(TagKeys)
      const left = Object.entries(rule.tags).filter(([key]) => !TagKeys.includes(key))
      call.store.save({ ...rule, tags: Object.fromEntries(left) })
      return {}
    },
  },
  ListTagsForResource: {
    action: ({ ResourceARN }, { store }) => [
      'events:ListTagsForResource',
      ResourceARN,
      ruleKeys(store.rule(ResourceARN)),
    ],
    run: ({ ResourceARN }, call) => ({
      Tags: Object.entries(tagged(ResourceARN, call).tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  },
} satisfies Operations
