import { bucketOf, existingTags, objectAccess, onBucket, onExisting, tagKeys, versionKey } from './access.ts'
import type { Operations } from './call.ts'
import { invalidArgument, malformedXml, notImplemented, refusal } from './errors.ts'
import { announce } from './events.ts'
import { find, missing } from './lookup.ts'
import { replacedTags, tagsOf } from './tags.ts'
import { shownVersion } from './versions.ts'

/** Tags of buckets and objects, encryption. */

const OWN_KEY = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const }, BucketKeyEnabled: false }

export const configurations: Operations = {
  PutBucketTagging: {
    action: onBucket('PutBucketTagging'),
    run({ Bucket, Tagging }, { store }) {
      if (!Tagging.TagSet) throw malformedXml()
      store.buckets.set(Bucket, 'tags', replacedTags(store.buckets.setting(Bucket, 'tags'), Tagging.TagSet))
      return {}
    },
  },
  GetBucketTagging: {
    action: onBucket('GetBucketTagging'),
    run({ Bucket }, { store }) {
      const tags = store.buckets.setting(Bucket, 'tags')
      if (!tags?.length) throw refusal('NoSuchTagSet', 404, 'The TagSet does not exist', { BucketName: Bucket })
      return { TagSet: tags }
    },
  },
  DeleteBucketTagging: {
    action: onBucket('PutBucketTagging'),
    run({ Bucket }, { store }) {
      replacedTags(store.buckets.setting(Bucket, 'tags'), [])
      store.buckets.unset(Bucket, 'tags')
      return {}
    },
  },
  PutObjectTagging: {
    action: (input, call) => {
      const tags = tagsOf(input.Tagging.TagSet, 'object')
      const action = input.VersionId === undefined ? 'PutObjectTagging' : 'PutObjectVersionTagging'
      return objectAccess(call, action, input, {
        ...existingTags(call, input),
        ...versionKey(input.VersionId),
        ...tagKeys('s3:RequestObjectTag', tags),
        's3:RequestObjectTagKeys': tags.map(({ Key }) => Key),
      })
    },
    run(input, call) {
      if (!input.Tagging.TagSet) throw malformedXml()
      const tags = tagsOf(input.Tagging.TagSet, 'object')
      const object = find(call, input, 'PUT') ?? missing(call, input, 'PUT')
      call.ground.state.transaction(() => {
        call.store.objects.tag(object, tags)
        announce(call, bucketOf(call, input.Bucket), 'ObjectTagging:Put', object)
      })
      return shownVersion(call, object)
    },
  },
  GetObjectTagging: {
    action: onExisting('GetObjectTagging', 'GetObjectVersionTagging'),
    run(input, call) {
      const object = find(call, input) ?? missing(call, input)
      return { TagSet: object.tags, ...shownVersion(call, object) }
    },
  },
  DeleteObjectTagging: {
    action: onExisting('DeleteObjectTagging', 'DeleteObjectVersionTagging'),
    run(input, call) {
      const object = find(call, input, 'DELETE') ?? missing(call, input, 'DELETE')
      call.ground.state.transaction(() => {
        call.store.objects.tag(object, [])
        announce(call, bucketOf(call, input.Bucket), 'ObjectTagging:Delete', object)
      })
      return shownVersion(call, object)
    },
  },
  /**
   * S3 encrypts whatever it stores; which key does it is all that can be chosen. A bucket may name KMS with the key that
   * AWS has for S3, as the one of the SAM CLI does: it is told again; what is stored is encrypted by S3's own key.
   */
  GetBucketEncryption: {
    action: onBucket('GetEncryptionConfiguration'),
    run: ({ Bucket }, { store }) => ({
      ServerSideEncryptionConfiguration: {
        Rules: [store.buckets.setting(Bucket, 'encryption') ?? OWN_KEY],
      },
    }),
  },
  PutBucketEncryption: {
    action: onBucket('PutEncryptionConfiguration'),
    run({ Bucket, ServerSideEncryptionConfiguration: { Rules = [] } }, { store }) {
      const [rule, another] = Rules
      const asked = rule?.ApplyServerSideEncryptionByDefault
      if (!rule || another || !asked?.SSEAlgorithm) throw malformedXml()
      if (asked.SSEAlgorithm === 'aws:kms' && asked.KMSMasterKeyID === undefined) {
        store.buckets.set(Bucket, 'encryption', {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
          BucketKeyEnabled: rule.BucketKeyEnabled ?? false,
        })
        return {}
      }
      if (asked.SSEAlgorithm.startsWith('aws:kms')) throw notImplemented('x-amz-server-side-encryption')
      if (asked.SSEAlgorithm !== 'AES256') throw malformedXml()
      if (asked.KMSMasterKeyID !== undefined)
        throw invalidArgument(
          'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
          'ApplyServerSideEncryptionByDefault',
          undefined,
        )
      store.buckets.unset(Bucket, 'encryption')
      return {}
    },
  },
  DeleteBucketEncryption: {
    action: onBucket('PutEncryptionConfiguration'),
    run({ Bucket }, { store }) {
      store.buckets.unset(Bucket, 'encryption')
      return {}
    },
  },
}
