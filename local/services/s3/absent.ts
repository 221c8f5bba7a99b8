import { objectAccess, onBucket, onExisting } from './access.ts'
import { isArchived } from './attributes.ts'
import type { Operations, S3Call } from './call.ts'
import { invalidRequest, malformedXml, notImplemented, refusal } from './errors.ts'
import { find, missing } from './lookup.ts'

/**
 * What no bucket here has: it is told as of a bucket that was never given it, so that tools which read all of a bucket go
 * on. To ask for it answers 501.
 */

const none = (code: string, message: string) => (bucket: string) => refusal(code, 404, message, { BucketName: bucket })

const noConfiguration = none('NoSuchConfiguration', 'The specified configuration does not exist.')
const noReplication = none('ReplicationConfigurationNotFoundError', 'The replication configuration was not found')
const noObjectLock = none(
  'ObjectLockConfigurationNotFoundError',
  'Object Lock configuration does not exist for this bucket',
)

/** The configurations of a kind, of which a bucket may have several by their ids, and has none. */
const empty = (action: string) => ({ action: onBucket(action), run: () => ({ IsTruncated: false }) })
const nothing = (action: string, refused = noConfiguration) => ({
  action: onBucket(action),
  run({ Bucket }: { Bucket: string }): never {
    throw refused(Bucket)
  },
})

const unlocked = (input: { Bucket: string; Key: string; VersionId?: string | undefined }, call: S3Call): never => {
  if (!find(call, input)) missing(call, input)
  throw invalidRequest('Bucket is missing Object Lock Configuration')
}

export const absent: Operations = {
  ListBucketAnalyticsConfigurations: empty('GetAnalyticsConfiguration'),
  GetBucketAnalyticsConfiguration: nothing('GetAnalyticsConfiguration'),
  DeleteBucketAnalyticsConfiguration: nothing('PutAnalyticsConfiguration'),
  ListBucketInventoryConfigurations: empty('GetInventoryConfiguration'),
  GetBucketInventoryConfiguration: nothing('GetInventoryConfiguration'),
  DeleteBucketInventoryConfiguration: nothing('PutInventoryConfiguration'),
  ListBucketMetricsConfigurations: empty('GetMetricsConfiguration'),
  GetBucketMetricsConfiguration: nothing('GetMetricsConfiguration'),
  DeleteBucketMetricsConfiguration: nothing('PutMetricsConfiguration'),
  ListBucketIntelligentTieringConfigurations: empty('GetIntelligentTieringConfiguration'),
  GetBucketIntelligentTieringConfiguration: nothing('GetIntelligentTieringConfiguration'),
  DeleteBucketIntelligentTieringConfiguration: nothing('PutIntelligentTieringConfiguration'),
  GetBucketReplication: nothing('GetReplicationConfiguration', noReplication),
  DeleteBucketReplication: { action: onBucket('PutReplicationConfiguration'), run: () => ({}) },
  GetBucketAccelerateConfiguration: { action: onBucket('GetAccelerateConfiguration'), run: () => ({}) },
  GetBucketAbac: { action: onBucket('GetBucketAbac'), run: () => ({ AbacStatus: { Status: 'Disabled' } }) },
  GetBucketLogging: { action: onBucket('GetBucketLogging'), run: () => ({}) },
  PutBucketLogging: {
    action: onBucket('PutBucketLogging'),
    run({ BucketLoggingStatus }) {
      if (BucketLoggingStatus.LoggingEnabled) throw notImplemented('LoggingEnabled')
      return {}
    },
  },
  GetBucketRequestPayment: {
    action: onBucket('GetBucketRequestPayment'),
    run: () => ({ Payer: 'BucketOwner' }),
  },
  PutBucketRequestPayment: {
    action: onBucket('PutBucketRequestPayment'),
    run({ RequestPaymentConfiguration: { Payer } }) {
      if (Payer === 'Requester') throw notImplemented('Payer')
      if (Payer !== 'BucketOwner') throw malformedXml()
      return {}
    },
  },
  GetObjectLockConfiguration: nothing('GetBucketObjectLockConfiguration', noObjectLock),
  GetObjectRetention: { action: (input, call) => objectAccess(call, 'GetObjectRetention', input), run: unlocked },
  PutObjectRetention: { action: (input, call) => objectAccess(call, 'PutObjectRetention', input), run: unlocked },
  GetObjectLegalHold: { action: (input, call) => objectAccess(call, 'GetObjectLegalHold', input), run: unlocked },
  PutObjectLegalHold: { action: (input, call) => objectAccess(call, 'PutObjectLegalHold', input), run: unlocked },
  RestoreObject: {
    action: onExisting('RestoreObject', 'RestoreObject'),
    run(input, call) {
      const object = find(call, input, 'POST') ?? missing(call, input, 'POST')
      if (isArchived(object.storageClass)) throw notImplemented('x-amz-restore')
      throw refusal('InvalidObjectState', 403, "Restore is not allowed for the object's current storage class", {
        StorageClass: object.storageClass,
      })
    },
  },
}
