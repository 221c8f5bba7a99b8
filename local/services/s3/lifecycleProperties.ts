import type { LifecycleRule, Tag } from '@aws-sdk/client-s3'
import type { S3Input } from './call.ts'
import { items, members } from './properties.ts'

/** LifecycleConfiguration of AWS::S3::Bucket, whose rules are flatter than the API's. */

const PATH = 'LifecycleConfiguration.Rules'
const RULE = `Id Status Prefix TagFilters ObjectSizeGreaterThan ObjectSizeLessThan ExpirationInDays ExpirationDate
  ExpiredObjectDeleteMarker NoncurrentVersionExpirationInDays NoncurrentVersionExpiration
  AbortIncompleteMultipartUpload`.split(/\s+/)

const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value))
const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value))
/** What is given of an object's members; nothing where that is none. */
const given = <T extends object>(value: T): T | undefined => {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T)
}

/** One predicate stands alone in a filter, several within its `And`. */
const filterOf = (rule: Record<string, unknown>): LifecycleRule['Filter'] => {
  const Tags = rule.TagFilters === undefined ? [] : (items(rule.TagFilters, `${PATH}.TagFilters`) as Tag[])
  const others =
    given({
      Prefix: text(rule.Prefix),
      ObjectSizeGreaterThan: number(rule.ObjectSizeGreaterThan),
      ObjectSizeLessThan: number(rule.ObjectSizeLessThan),
    }) ?? {}
  if (Object.keys(others).length + Tags.length > 1) return { And: { ...others, ...(Tags.length > 0 ? { Tags } : {}) } }
  const [Tag] = Tags
  return { ...others, ...(Tag ? { Tag } : {}) }
}

const ruleOf = (one: unknown): LifecycleRule => {
  const rule = members(one, PATH, RULE)
  const part = (name: string, known: readonly string[]) =>
    rule[name] === undefined ? {} : members(rule[name], `${PATH}.${name}`, known)
  const noncurrent = part('NoncurrentVersionExpiration', ['NoncurrentDays', 'NewerNoncurrentVersions'])
  const abort = part('AbortIncompleteMultipartUpload', ['DaysAfterInitiation'])
  const expired = rule.ExpiredObjectDeleteMarker
  return {
    Status: rule.Status as LifecycleRule['Status'],
    Filter: filterOf(rule),
    ...given({
      ID: text(rule.Id),
      Expiration: given({
        Days: number(rule.ExpirationInDays),
        Date: rule.ExpirationDate === undefined ? undefined : new Date(String(rule.ExpirationDate)),
        ExpiredObjectDeleteMarker: expired === undefined ? undefined : expired === true || expired === 'true',
      }),
      NoncurrentVersionExpiration: given({
        NoncurrentDays: number(noncurrent.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays),
        NewerNoncurrentVersions: number(noncurrent.NewerNoncurrentVersions),
      }),
      AbortIncompleteMultipartUpload: given({ DaysAfterInitiation: number(abort.DaysAfterInitiation) }),
    }),
  }
}

type Lifecycle = Pick<
  S3Input<'PutBucketLifecycleConfiguration'>,
  'LifecycleConfiguration' | 'TransitionDefaultMinimumObjectSize'
>

export const lifecycleOf = (value: unknown): Lifecycle => {
  const { Rules, TransitionDefaultMinimumObjectSize: minimum } = members(value, 'LifecycleConfiguration', [
    'Rules',
    'TransitionDefaultMinimumObjectSize',
  ])
  return {
    LifecycleConfiguration: { Rules: items(Rules, PATH).map(ruleOf) },
    ...(minimum === undefined ? {} : { TransitionDefaultMinimumObjectSize: minimum as 'all_storage_classes_128K' }),
  }
}
