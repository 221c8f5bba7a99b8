import type { LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, Tag } from '@aws-sdk/client-s3'
import type { Ids } from '../../base/ids.ts'
import { onBucket } from './access.ts'
import type { Operations } from './call.ts'
import { invalidArgument, invalidRequest, malformedXml, notImplemented, refusal } from './errors.ts'
import { tagsOf } from './tags.ts'
import type { Lifecycle } from './types.ts'

/** The rules of a bucket's lifecycle, as they are asked for ("Lifecycle configuration elements" in S3's user guide). */

/** Milliseconds */
export const DAY = 24 * 3600_000
const MOST_RULES = 1000
const LONGEST_ID = 255
const MOST_NEWER = 100
const MINIMUM_SIZES = ['all_storage_classes_128K', 'varies_by_storage_class'] as const

/** The predicates of a rule, wherever they stand. */
export interface Predicates {
  prefix: string
  tags: readonly Tag[]
  greaterThan?: number | undefined
  lessThan?: number | undefined
}

export const predicatesOf = ({ Prefix, Filter = {} }: LifecycleRule): Predicates => {
  const { And = {}, Tag } = Filter
  return {
    prefix: Prefix ?? Filter.Prefix ?? And.Prefix ?? '',
    tags: And.Tags ?? (Tag ? [Tag] : []),
    greaterThan: Filter.ObjectSizeGreaterThan ?? And.ObjectSizeGreaterThan,
    lessThan: Filter.ObjectSizeLessThan ?? And.ObjectSizeLessThan,
  }
}

const positive = (days: number | undefined, name: string, action: string) => {
  if (days === undefined) throw malformedXml()
  if (days < 1) throw invalidArgument(`'${name}' for ${action} action must be a positive integer`, name, days)
}

const checkFilter = ({ And, ...alone }: LifecycleRuleFilter) => {
  const given = Object.values(alone).filter((one) => one !== undefined).length
  if (given + (And ? 1 : 0) > 1) throw malformedXml()
  if (!And) return
  const { Tags = [], ...others } = And
  if (Tags.length + Object.values(others).filter((one) => one !== undefined).length < 2) throw malformedXml()
}

const checkPredicates = ({ tags, greaterThan, lessThan, prefix }: Predicates) => {
  if (Buffer.byteLength(prefix) > 1024) throw invalidRequest('The maximum size of a prefix is 1024')
  tagsOf(tags, 'object')
  for (const [name, size] of [
    ['ObjectSizeGreaterThan', greaterThan],
    ['ObjectSizeLessThan', lessThan],
  ] as const)
    if (size !== undefined && size < 0) throw invalidArgument(`'${name}' must not be negative`, name, size)
  if (greaterThan !== undefined && lessThan !== undefined && lessThan <= greaterThan)
    throw invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.")
}

const checkExpiration = ({ Date: date, Days, ExpiredObjectDeleteMarker }: LifecycleExpiration) => {
  if ([date, Days, ExpiredObjectDeleteMarker].filter((one) => one !== undefined).length !== 1) throw malformedXml()
  if (Days !== undefined) positive(Days, 'Days', 'Expiration')
  if (date && date.getTime() % DAY !== 0)
    throw invalidArgument("'Date' must be at midnight GMT", 'Date', date.toISOString())
}

/** Actions that look at no tag and no size. */
const checkBroad = (action: string, { tags, greaterThan, lessThan }: Predicates) => {
  if (tags.length > 0) throw invalidRequest(`${action} cannot be specified with Tags.`)
  if (greaterThan !== undefined || lessThan !== undefined)
    throw invalidRequest(`${action} cannot be specified with Object Size.`)
}

/** @throws ServiceError MalformedXML, InvalidArgument, InvalidRequest, NotImplemented */
const checkRule = (rule: LifecycleRule): void => {
  const { ID = '', Status, Prefix, Filter, Expiration, NoncurrentVersionExpiration: noncurrent } = rule
  const { Transitions, NoncurrentVersionTransitions, AbortIncompleteMultipartUpload: abort } = rule
  if (ID.length > LONGEST_ID)
    throw invalidArgument(`ID length should not exceed allowed limit of ${LONGEST_ID}`, 'ID', ID)
  if (Status !== 'Enabled' && Status !== 'Disabled') throw malformedXml()
  if ((Prefix === undefined) === (Filter === undefined)) throw malformedXml()
  if (Filter) checkFilter(Filter)
  const predicates = predicatesOf(rule)
  checkPredicates(predicates)
  if (Transitions?.length) throw notImplemented('Transition')
  if (NoncurrentVersionTransitions?.length) throw notImplemented('NoncurrentVersionTransition')
  if (!Expiration && !noncurrent && !abort) throw invalidRequest('At least one action needs to be specified in a rule')
  if (Expiration) checkExpiration(Expiration)
  if (Expiration?.ExpiredObjectDeleteMarker !== undefined) checkBroad('ExpiredObjectDeleteMarker', predicates)
  if (noncurrent) {
    positive(noncurrent.NoncurrentDays, 'NoncurrentDays', 'NoncurrentVersionExpiration')
    const newer = noncurrent.NewerNoncurrentVersions
    if (newer !== undefined && (newer < 1 || newer > MOST_NEWER || !Filter))
      throw invalidArgument(
        `'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be an integer between 1 and ${MOST_NEWER}, in a rule with a Filter`,
        'NewerNoncurrentVersions',
        newer,
      )
  }
  if (abort) {
    positive(abort.DaysAfterInitiation, 'DaysAfterInitiation', 'AbortIncompleteMultipartUpload')
    checkBroad('AbortIncompleteMultipartUpload', predicates)
  }
}

/** The rules of a request, each with an id. @throws ServiceError MalformedXML, InvalidArgument, InvalidRequest */
const rulesOf = (asked: readonly LifecycleRule[] | undefined, ids: Ids): LifecycleRule[] => {
  if (!asked?.length) throw malformedXml()
  if (asked.length > MOST_RULES)
    throw invalidRequest(`The number of lifecycle rules must not exceed the allowed limit of ${MOST_RULES} rules`)
  asked.forEach(checkRule)
  const rules = asked.map((rule) => ({ ...rule, ID: rule.ID || ids.uuid() }))
  if (new Set(rules.map(({ ID }) => ID)).size < rules.length)
    throw invalidArgument('Rule ID must be unique. Found same ID for more than one rule', 'ID', undefined)
  return rules
}

/** What was kept as JSON, its dates as dates. */
const revived = ({ Expiration, ...rule }: LifecycleRule): LifecycleRule => ({
  ...rule,
  ...(Expiration ? { Expiration: Expiration.Date ? { Date: new Date(Expiration.Date) } : Expiration } : {}),
})

/** A bucket's rules as they were asked for; none where it has none. */
export const rulesFor = (
  buckets: { setting(bucket: string, name: 'lifecycle'): Lifecycle | undefined },
  bucket: string,
): LifecycleRule[] => buckets.setting(bucket, 'lifecycle')?.rules.map(revived) ?? []

export const lifecycleRules: Operations = {
  PutBucketLifecycleConfiguration: {
    action: onBucket('PutLifecycleConfiguration'),
    run({ Bucket, LifecycleConfiguration, TransitionDefaultMinimumObjectSize: asked }, { store, ground }) {
      const minimum = asked ?? MINIMUM_SIZES[0]
      if (!MINIMUM_SIZES.includes(minimum))
        throw invalidRequest(`Invalid TransitionDefaultMinimumObjectSize found: ${minimum}`)
      const rules = rulesOf(LifecycleConfiguration?.Rules, ground.ids)
      store.buckets.set(Bucket, 'lifecycle', { rules, minimum })
      return { TransitionDefaultMinimumObjectSize: minimum }
    },
  },
  GetBucketLifecycleConfiguration: {
    action: onBucket('GetLifecycleConfiguration'),
    run({ Bucket }, { store }) {
      const lifecycle = store.buckets.setting(Bucket, 'lifecycle')
      if (!lifecycle)
        throw refusal('NoSuchLifecycleConfiguration', 404, 'The lifecycle configuration does not exist', {
          BucketName: Bucket,
        })
      return {
        Rules: rulesFor(store.buckets, Bucket),
        TransitionDefaultMinimumObjectSize: lifecycle.minimum,
      }
    },
  },
  DeleteBucketLifecycle: {
    action: onBucket('PutLifecycleConfiguration'),
    run({ Bucket }, { store }) {
      store.buckets.unset(Bucket, 'lifecycle')
      return {}
    },
  },
}
