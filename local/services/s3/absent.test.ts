import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { allow, withS3 } from '../../../tests/s3.ts'

const Bucket = 'absent'

describe('what no bucket here has', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
    await s3.send(new S.PutObjectCommand({ Bucket, Key: 'a', Body: '' }))
    await s3.send(new S.PutObjectCommand({ Bucket, Key: 'cold', Body: '', StorageClass: 'GLACIER' }))
  })

  it('is told as of a new bucket', async () => {
    const { $metadata: _, ...accelerate } = await s3.send(new S.GetBucketAccelerateConfigurationCommand({ Bucket }))
    const { LoggingEnabled } = await s3.send(new S.GetBucketLoggingCommand({ Bucket }))
    const { Payer } = await s3.send(new S.GetBucketRequestPaymentCommand({ Bucket }))
    const { AbacStatus } = await s3.send(new S.GetBucketAbacCommand({ Bucket }))
    const analytics = await s3.send(new S.ListBucketAnalyticsConfigurationsCommand({ Bucket }))
    const inventory = await s3.send(new S.ListBucketInventoryConfigurationsCommand({ Bucket }))
    const metrics = await s3.send(new S.ListBucketMetricsConfigurationsCommand({ Bucket }))
    const tiering = await s3.send(new S.ListBucketIntelligentTieringConfigurationsCommand({ Bucket }))

    expect(accelerate).to.deep.equal({})
    expect([LoggingEnabled, Payer, AbacStatus]).to.deep.equal([undefined, 'BucketOwner', { Status: 'Disabled' }])
    for (const list of [analytics, inventory, metrics, tiering]) expect(list.IsTruncated).to.equal(false)
  })

  type Refusal = [what: string, ask: () => Promise<unknown>, name: string, status: number, message: string]
  const unknown = (what: string, ask: () => Promise<unknown>): Refusal => [
    what,
    ask,
    'NoSuchConfiguration',
    404,
    'The specified configuration does not exist.',
  ]
  const refusals: Refusal[] = [
    unknown('analytics', () => s3.send(new S.GetBucketAnalyticsConfigurationCommand({ Bucket, Id: 'a' }))),
    unknown('inventory', () => s3.send(new S.GetBucketInventoryConfigurationCommand({ Bucket, Id: 'a' }))),
    unknown('metrics', () => s3.send(new S.DeleteBucketMetricsConfigurationCommand({ Bucket, Id: 'a' }))),
    unknown('tiering', () => s3.send(new S.GetBucketIntelligentTieringConfigurationCommand({ Bucket, Id: 'a' }))),
    [
      'replication',
      () => s3.send(new S.GetBucketReplicationCommand({ Bucket })),
      'ReplicationConfigurationNotFoundError',
      404,
      'The replication configuration was not found',
    ],
    [
      'object lock',
      () => s3.send(new S.GetObjectLockConfigurationCommand({ Bucket })),
      'ObjectLockConfigurationNotFoundError',
      404,
      'Object Lock configuration does not exist for this bucket',
    ],
    [
      'a retention',
      () => s3.send(new S.GetObjectRetentionCommand({ Bucket, Key: 'a' })),
      'InvalidRequest',
      400,
      'Bucket is missing Object Lock Configuration',
    ],
    [
      'a legal hold',
      () => s3.send(new S.PutObjectLegalHoldCommand({ Bucket, Key: 'a', LegalHold: { Status: 'ON' } })),
      'InvalidRequest',
      400,
      'Bucket is missing Object Lock Configuration',
    ],
    [
      'a way back for what is not archived',
      () => s3.send(new S.RestoreObjectCommand({ Bucket, Key: 'a', RestoreRequest: { Days: 1 } })),
      'InvalidObjectState',
      403,
      "Restore is not allowed for the object's current storage class",
    ],
    [
      'a way back from the archive',
      () => s3.send(new S.RestoreObjectCommand({ Bucket, Key: 'cold', RestoreRequest: { Days: 1 } })),
      'NotImplemented',
      501,
      'A header you provided implies functionality that is not implemented',
    ],
    [
      'a payer who asks',
      () =>
        s3.send(new S.PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration: { Payer: 'Requester' } })),
      'NotImplemented',
      501,
      'A header you provided implies functionality that is not implemented',
    ],
    [
      'a log of its requests',
      () =>
        s3.send(
          new S.PutBucketLoggingCommand({
            Bucket,
            BucketLoggingStatus: { LoggingEnabled: { TargetBucket: Bucket, TargetPrefix: '' } },
          }),
        ),
      'NotImplemented',
      501,
      'A header you provided implies functionality that is not implemented',
    ],
    [
      'an acceleration',
      () =>
        s3.send(
          new S.PutBucketAccelerateConfigurationCommand({ Bucket, AccelerateConfiguration: { Status: 'Enabled' } }),
        ),
      'NotImplemented',
      501,
      'The operation PutBucketAccelerateConfiguration of s3 is not part of the local cloud.',
    ],
  ]
  for (const [what, ask, name, status, message] of refusals)
    it(`is ${what}`, async () => {
      expect(await refusalOf(ask())).to.deep.equal({ name, status, message })
    })

  it('may be taken away, or left as it is', async () => {
    await s3.send(new S.DeleteBucketReplicationCommand({ Bucket }))
    await s3.send(new S.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} }))
    await s3.send(
      new S.PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration: { Payer: 'BucketOwner' } }),
    )
  })

  it('is told to those only who may ask', async () => {
    const reader = t.as('absent-reader', allow('s3:GetBucketLogging', `arn:aws:s3:::${Bucket}`))

    await reader.send(new S.GetBucketLoggingCommand({ Bucket }))
    const refused = await refusalOf(reader.send(new S.GetBucketReplicationCommand({ Bucket })))

    expect(refused).to.include({ name: 'AccessDenied', status: 403 })
    expect(refused.message).to.contain('s3:GetReplicationConfiguration')
  })
})
