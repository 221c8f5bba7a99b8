import { isSystemTag } from '../systemTags.ts'
import { refusal } from './errors.ts'
import type { Tag } from './types.ts'

const MOST = { object: 10, bucket: 50 }
const LONGEST_KEY = 128
const LONGEST_VALUE = 256
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

const invalid = (message: string, tag: Partial<Tag>) =>
  refusal('InvalidTag', 400, message, {
    ...(tag.Key === undefined ? {} : { TagKey: tag.Key }),
    ...(tag.Value === undefined ? {} : { TagValue: tag.Value }),
  })

/** @throws ServiceError InvalidTag, BadRequest for what S3 takes as no tags ("Categorizing your storage using tags"). */
export const checkTags = (tags: readonly Partial<Tag>[], of: 'object' | 'bucket'): void => {
  if (tags.length > MOST[of])
    throw refusal(
      'BadRequest',
      400,
      of === 'object' ? 'Object tags cannot be greater than 10' : 'Bucket tag count cannot be greater than 50',
    )
  const keys = new Set<string>()
  for (const tag of tags) {
    const { Key = '', Value = '' } = tag
    if (Key === '' || Key.length > LONGEST_KEY || !ALLOWED.test(Key))
      throw invalid('The TagKey you have provided is invalid', { Key })
    if (Value.length > LONGEST_VALUE || !ALLOWED.test(Value))
      throw invalid('The TagValue you have provided is invalid', { Key, Value })
    if (isSystemTag(Key))
      throw invalid(
        of === 'object'
          ? 'Your TagKey cannot be prefixed with aws:'
          : 'System tags cannot be added/updated by requester',
        { Key },
      )
    if (keys.has(Key)) throw invalid('Cannot provide multiple Tags with the same key', { Key })
    keys.add(Key)
  }
}

/** The tags of a request. @throws ServiceError as {@link checkTags} */
export const tagsOf = (
  set: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  of: 'object' | 'bucket',
): Tag[] => {
  const tags = (set ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }))
  checkTags(tags, of)
  return tags
}

/** The tags of a bucket that AWS itself has hung on it. */
export const systemTagsOf = (tags: readonly Tag[] = []): Tag[] => tags.filter(({ Key }) => isSystemTag(Key))

/**
 * What a bucket's tags become. Those of AWS must be given as they are: a request can neither change nor leave them out.
 * @throws ServiceError InvalidTag, BadRequest
 */
export const replacedTags = (
  before: readonly Tag[] | undefined,
  set: readonly { Key?: string | undefined; Value?: string | undefined }[],
): Tag[] => {
  const kept = systemTagsOf(before)
  const isKept = (one: { Key?: string | undefined; Value?: string | undefined }) =>
    kept.some(({ Key, Value }) => one.Key === Key && one.Value === Value)
  const own = set.filter((one) => !isKept(one))
  const tags = tagsOf(own, 'bucket')
  if (set.length - own.length < kept.length) throw invalid('System Tags cannot be removed by requester', {})
  return [...tags, ...kept]
}
