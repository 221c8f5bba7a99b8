import { ServiceError } from '../../base/errors.ts'
import type { ConditionKeys } from '../../iam/types.ts'
import type { Call } from '../service.ts'
import { isSystemTag, ownTags } from '../systemTags.ts'
import { groupMissing, invalid, type Operations } from './names.ts'
import type { Group, LogsStore, Place } from './store.ts'

const MOST = 50

/** The condition keys of a request that carries tags. */
export const tagKeys = (tags: Record<string, string> = {}): ConditionKeys => ({
  'aws:TagKeys': Object.keys(tags),
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
})

/** The condition keys of a group that carries tags. */
export const groupKeys = (place: Place, name: string, store: LogsStore): ConditionKeys => {
  const group = store.group(place, name)
  const tags = group ? store.tags(group) : {}
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
}

/** @throws ServiceError for a key that no caller can set or remove */
const checkKeys = (keys: readonly string[]): void => {
  for (const key of keys)
    if (!key || key.length > 128 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u.test(key) || isSystemTag(key))
      throw invalid(`The tag key "${key.slice(0, 128)}" is not valid.`)
}

/** @throws ServiceError when `tags`, beside `present`, are more or other than AWS takes. */
export const checkTags = (tags: Record<string, string>, present: Record<string, string> = {}): void => {
  checkKeys(Object.keys(tags))
  for (const [key, value] of Object.entries(tags)) {
    if (value.length > 256 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value))
      throw invalid(`The value of the tag "${key}" is not valid.`)
  }
  if (Object.keys({ ...ownTags(present), ...tags }).length > MOST)
    throw new ServiceError('TooManyTagsException', `A resource can have no more than ${MOST} tags.`)
}

/** The group that an ARN names; tags are the one case where the ARN stands without `:*`. */
const tagged = (arn: string, { store }: Call<LogsStore>): Group => {
  const [, region, account, name] = /^arn:aws:logs:([^:]+):(\d{12}):log-group:([^:]+)(?::\*)?$/.exec(arn) ?? []
  if (!region || !account || !name) throw invalid(`The resource ARN "${arn.slice(0, 300)}" is not that of a log group.`)
  const group = store.group({ region, account }, name)
  if (!group) throw groupMissing()
  return group
}
const bare = (arn: string) => arn.replace(/:\*$/, '')

export const tags = {
  TagResource: {
    action: ({ resourceArn, tags }) => ['logs:TagResource', bare(resourceArn), tagKeys(tags)],
    run({ resourceArn, tags }, call) {
      const group = tagged(resourceArn, call)
      checkTags(tags, call.store.tags(group))
      call.store.tag(group, tags)
      return {}
    },
  },
  UntagResource: {
    action: ({ resourceArn, tagKeys }) => ['logs:UntagResource', bare(resourceArn), { 'aws:TagKeys': tagKeys }],
    run({ resourceArn, tagKeys }, call) {
      const group = tagged(resourceArn, call)
      checkKeys(tagKeys)
      call.store.untag(group, tagKeys)
      return {}
    },
  },
  ListTagsForResource: {
    action: ({ resourceArn }) => ['logs:ListTagsForResource', bare(resourceArn)],
    run: ({ resourceArn }, call) => ({ tags: call.store.tags(tagged(resourceArn, call)) }),
  },
} satisfies Operations
