import type { Tag } from '../../iam/directory/records.ts'
import type { ConditionKeys } from '../../iam/types.ts'
import { length, pattern } from '../constraints.ts'
import { invalidInput, limit, type Operations, onRole, page, theRole, valid } from './names.ts'

const MOST = 50
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

type GivenTag = { Key: string | undefined; Value: string | undefined }

/** The condition keys of a request that carries tags. */
export const requestKeys = ({ Tags = [] }: { Tags?: GivenTag[] }): ConditionKeys => ({
  'aws:TagKeys': Tags.map(({ Key = '' }) => Key),
  ...Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value])),
})

/** Tags as they may be stored. @throws ServiceError `ValidationError`, `InvalidInput` */
export const checkTags = (given: readonly GivenTag[] = []): Tag[] => {
  const tags = given.map(({ Key = '', Value = '' }) => ({ Key, Value }))
  valid(
    length('tags', tags, 0, MOST),
    ...tags.flatMap(({ Key, Value }, index) => [
      length(`tags.${index + 1}.member.key`, Key, 1, 128),
      pattern(`tags.${index + 1}.member.key`, Key, TEXT),
      length(`tags.${index + 1}.member.value`, Value, 0, 256),
      pattern(`tags.${index + 1}.member.value`, Value, TEXT),
    ]),
  )
  const keys = tags.map(({ Key }) => Key.toLowerCase())
  if (new Set(keys).size < keys.length)
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  if (keys.some((key) => key.startsWith('aws:')))
    throw invalidInput('The tag keys must not begin with aws:, which is reserved for AWS use.')
  return tags
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/** The tags that a resource then has. @throws ServiceError `LimitExceeded` */
export const withTags = (present: readonly Tag[], added: readonly Tag[]): Tag[] => {
  const tags = [...present.filter(({ Key }) => !added.some((tag) => same(tag.Key, Key))), ...added]
  if (tags.length > MOST) throw limit(`Cannot exceed quota for TagsPerRole: ${MOST}`)
  return tags
}

/** The tags that are left. @throws ServiceError `ValidationError` */
export const withoutTags = (present: readonly Tag[], gone: readonly string[]): Tag[] => {
  valid(length('tagKeys', gone, 0, MOST))
  return present.filter(({ Key }) => !gone.some((key) => same(key, Key)))
}

export const tags = {
  TagRole: {
    action: onRole('TagRole', requestKeys),
    run(input, call) {
      const role = theRole(input, call)
      call.store.putRole({ ...role, tags: withTags(role.tags, checkTags(input.Tags)) })
      return {}
    },
  },
  UntagRole: {
    action: onRole('UntagRole', ({ TagKeys }: { TagKeys: string[] }) => ({ 'aws:TagKeys': TagKeys })),
    run(input, call) {
      const role = theRole(input, call)
      call.store.putRole({ ...role, tags: withoutTags(role.tags, input.TagKeys) })
      return {}
    },
  },
  ListRoleTags: {
    action: onRole('ListRoleTags'),
    run(input, call) {
      const { shown, ...rest } = page(theRole(input, call).tags, ({ Key }) => Key, input)
      return { Tags: shown, ...rest }
    },
  },
} satisfies Operations
