import type { Access, ConditionKeys } from '../../iam/types.ts'
import type { Call } from '../service.ts'
import { isSystemTag, ownTags, systemTags, type Tags } from '../systemTags.ts'
import type { EventSourceMapping } from './mappingStore.ts'
import { functionMissing, invalid, type Operations, refusal } from './names.ts'
import type { LambdaFunction, LambdaStore } from './types.ts'

const MOST = 50

/** The condition keys of a request that carries tags. */
export const tagKeys = (tags: Record<string, string> = {}): ConditionKeys => ({
  'aws:TagKeys': Object.keys(tags),
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
})

/** Tags that change are another object. */
const known = new WeakMap<Tags, ConditionKeys>()

/** The condition keys of a function or a mapping: its tags. */
export const resourceKeys = ({ tags }: { tags?: Tags } = {}): ConditionKeys => {
  if (!tags) return {}
  let keys = known.get(tags)
  if (!keys) {
    keys = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
    known.set(tags, keys)
  }
  return keys
}

/** @throws ServiceError `InvalidParameterValueException` for a key that no caller can set or remove */
const checkKeys = (keys: readonly string[]): void => {
  for (const key of keys) {
    if (!key || key.length > 128) throw invalid('Tag keys must be between 1 and 128 characters in length.')
    if (isSystemTag(key)) throw invalid('aws: prefixed tag key names are not allowed for external use.')
  }
}

/** @throws ServiceError `InvalidParameterValueException` when `tags` are more or other than AWS takes */
export const checkTags = (tags: Tags): void => {
  checkKeys(Object.keys(tags))
  for (const [key, value] of Object.entries(tags)) {
    if (value.length > 256) throw invalid('Tag values must be at most 256 characters in length.')
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value))
      throw invalid('Tag keys or values contain invalid characters.')
  }
  if (Object.keys(tags).length > MOST) throw invalid(`A resource can have no more than ${MOST} tags.`)
}

interface Tagged {
  one: LambdaFunction | EventSourceMapping | undefined
  /** What is said when it is not there. */
  missing: () => Error
  save: (tags: Tags) => void
}

/** The function or the mapping of an ARN. @throws ServiceError `InvalidParameterValueException` for another one */
const taggedBy = (arn: string, { store }: Call<LambdaStore>): Tagged => {
  const [, kind, id = ''] =
    /^arn:aws:lambda:[a-z0-9-]+:\d{12}:(function|event-source-mapping):([a-zA-Z0-9-_]+)$/.exec(arn) ?? []
  if (kind === 'function') {
    const fn = store.find(arn)
    return { one: fn, missing: () => functionMissing(arn), save: (tags) => fn && store.save({ ...fn, tags }) }
  }
  if (kind === undefined)
    throw invalid(`The resource ARN ${arn.slice(0, 300)} is not that of a function or an event source mapping.`)
  const mapping = store.mappings.get(id)
  const [, , , region, account] = arn.split(':')
  const isTheirs = mapping?.region === region && mapping?.account === account
  return {
    one: isTheirs ? mapping : undefined,
    missing: () => refusal('ResourceNotFoundException', 'The resource you requested does not exist.'),
    save: (tags) => mapping && store.mappings.tag(mapping.uuid, tags),
  }
}

/** What is there. @throws ServiceError `ResourceNotFoundException` */
const theTagged = (arn: string, call: Call<LambdaStore>): { tags: Tags; save: Tagged['save'] } => {
  const { one, missing, save } = taggedBy(arn, call)
  if (!one) throw missing()
  return { tags: one.tags ?? {}, save }
}

const access = (action: string, arn: string, call: Call<LambdaStore>, keys: ConditionKeys = {}): Access => [
  `lambda:${action}`,
  arn,
  { ...keys, ...resourceKeys(taggedBy(arn, call).one) },
]

/** Hangs CloudFormation's own tags on a function or a mapping. */
export const systemTagged = (arn: string, added: Tags, call: Call<LambdaStore>): void => {
  const { one, save } = taggedBy(arn, call)
  save({ ...one?.tags, ...added })
}

export const tags = {
  TagResource: {
    action: ({ Resource, Tags }, call) => access('TagResource', Resource, call, tagKeys(Tags)),
    run({ Resource, Tags }, call) {
      const { tags: before, save } = theTagged(Resource, call)
      const own = { ...ownTags(before), ...Tags }
      checkTags(own)
      save({ ...systemTags(before), ...own })
      return {}
    },
  },
  UntagResource: {
    action: ({ Resource, TagKeys }, call) => access('UntagResource', Resource, call, { 'aws:TagKeys': TagKeys }),
    run({ Resource, TagKeys }, call) {
      const { tags: before, save } = theTagged(Resource, call)
      checkKeys(TagKeys)
      save(Object.fromEntries(Object.entries(before).filter(([key]) => !TagKeys.includes(key))))
      return {}
    },
  },
  ListTags: {
    action: ({ Resource }, call) => access('ListTags', Resource, call),
    run: ({ Resource }, call) => ({ Tags: { ...theTagged(Resource, call).tags } }),
  },
} satisfies Operations
