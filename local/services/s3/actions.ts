import { matches, pattern } from '../../iam/patterns.ts'

/**
 * The actions of general purpose buckets and their objects ("Actions, resources, and condition keys for Amazon S3"), by
 * the resource that a policy must name for them.
 */

const OBJECT_ACTIONS = `AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion
  DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention
  GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes
  GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication
  ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention
  PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags
  RestoreObject UpdateObjectEncryption`

const BUCKET_ACTIONS = `CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket
  DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration
  GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
  GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls
  GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging
  GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetIntelligentTieringConfiguration
  GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration ListBucket
  ListBucketMultipartUploads ListBucketVersions ListTagsForResource PutAccelerateConfiguration PutAnalyticsConfiguration
  PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration
  PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging
  PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration PutIntelligentTieringConfiguration
  PutInventoryConfiguration PutLifecycleConfiguration PutMetricsConfiguration PutReplicationConfiguration TagResource
  UntagResource`

const names = (text: string): string[] => text.split(/\s+/).map((name) => name.toLowerCase())
const objectActions = names(OBJECT_ACTIONS)
const bucketActions = names(BUCKET_ACTIONS)

/** What an action of a policy, `s3:Get*`, is about; nothing when S3 has no such action. */
export const subjectsOf = (action: string): { bucket: boolean; object: boolean } | undefined => {
  if (action === '*') return { bucket: true, object: true }
  const [, name] = /^s3:([a-z*?]+)$/.exec(action.toLowerCase()) ?? []
  if (name === undefined) return undefined
  const wanted = pattern(name)
  const subjects = {
    bucket: bucketActions.some((one) => matches(wanted, one)),
    object: objectActions.some((one) => matches(wanted, one)),
  }
  return subjects.bucket || subjects.object ? subjects : undefined
}
