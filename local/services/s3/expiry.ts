import type { LifecycleRule } from '@aws-sdk/client-s3'
import type { S3Call } from './call.ts'
import { DAY, predicatesOf, rulesFor } from './lifecycleRules.ts'
import type { StoredObject, Upload } from './types.ts'

/** When a bucket's lifecycle takes what it holds; times in ms since the epoch. */

/** The last time that a `Date` can hold. */
const END = 8.64e15

/** S3 counts whole days, and rounds up to the next midnight of UTC. */
const daysAfter = (from: number, days: number): number => Math.min(Math.ceil(from / DAY + days) * DAY, END)

/** What a rule does, and when. */
export interface Due {
  at: number
  rule: string
}

const fits = (rule: LifecycleRule, { key, marker, size, tags }: StoredObject): boolean => {
  const { prefix, tags: wanted, greaterThan, lessThan } = predicatesOf(rule)
  if (!key.startsWith(prefix)) return false
  if (marker) return wanted.length === 0 && greaterThan === undefined && lessThan === undefined
  return (
    wanted.every((tag) => tags.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value)) &&
    (greaterThan === undefined || size > greaterThan) &&
    (lessThan === undefined || size < lessThan)
  )
}

const earliest = (rules: readonly LifecycleRule[], when: (rule: LifecycleRule) => number | undefined) => {
  let found: Due | undefined
  for (const rule of rules) {
    const at = rule.Status === 'Enabled' ? when(rule) : undefined
    if (at !== undefined && (!found || at < found.at)) found = { at, rule: rule.ID ?? '' }
  }
  return found
}

/** When what a key stands for expires; a delete marker does when nothing is behind it (`alone`). */
export const expiryOf = (rules: readonly LifecycleRule[], object: StoredObject, alone: boolean): Due | undefined => {
  if (object.marker && !alone) return undefined
  return earliest(rules, (rule) => {
    const { Days, Date: date, ExpiredObjectDeleteMarker } = rule.Expiration ?? {}
    if (!fits(rule, object)) return undefined
    if (Days !== undefined) return daysAfter(object.modified, Days)
    if (date) return date.getTime()
    return object.marker && ExpiredObjectDeleteMarker ? object.modified : undefined
  })
}

/** When a version goes that is not what its key stands for: `since` when, and how many such versions are `newer`. */
export const noncurrentExpiryOf = (
  rules: readonly LifecycleRule[],
  object: StoredObject,
  since: number,
  newer: number,
): Due | undefined =>
  earliest(rules, (rule) => {
    const { NoncurrentDays, NewerNoncurrentVersions = 0 } = rule.NoncurrentVersionExpiration ?? {}
    if (NoncurrentDays === undefined || newer < NewerNoncurrentVersions || !fits(rule, object)) return undefined
    return daysAfter(since, NoncurrentDays)
  })

/** When an upload that is not completed is aborted. */
export const abortOf = (rules: readonly LifecycleRule[], { key, initiated }: Upload): Due | undefined =>
  earliest(rules, (rule) => {
    const { DaysAfterInitiation } = rule.AbortIncompleteMultipartUpload ?? {}
    if (DaysAfterInitiation === undefined || !key.startsWith(predicatesOf(rule).prefix)) return undefined
    return daysAfter(initiated, DaysAfterInitiation)
  })

/** The header `x-amz-expiration` of what a key stands for. */
export const shownExpiry = ({ store }: S3Call, object: StoredObject): { Expiration?: string } => {
  const rules = rulesFor(store.buckets, object.bucket)
  if (rules.length === 0) return {}
  if (store.objects.latest(object.bucket, object.key)?.version !== object.version) return {}
  const due = expiryOf(rules, object, false)
  return due
    ? { Expiration: `expiry-date="${new Date(due.at).toUTCString()}", rule-id="${encodeURIComponent(due.rule)}"` }
    : {}
}

/** Which rule will abort an upload, as answers tell it. */
export const shownAbort = ({ store }: S3Call, upload: Upload): { AbortDate?: Date; AbortRuleId?: string } => {
  const due = abortOf(rulesFor(store.buckets, upload.bucket), upload)
  return due ? { AbortDate: new Date(due.at), AbortRuleId: due.rule } : {}
}
