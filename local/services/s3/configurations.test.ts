import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { withS3 } from '../../../tests/s3.ts'

const Bucket = 'configured'

describe('configurations of buckets and objects', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
    await s3.send(new S.PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
  })
  const TagSet = [
    { Key: 'project', Value: 'blue sky' },
    { Key: 'ünï', Value: '' },
  ]

  it('tag buckets', async () => {
    const none = await refusalOf(s3.send(new S.GetBucketTaggingCommand({ Bucket })))
    await s3.send(new S.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }))
    const tagged = await s3.send(new S.GetBucketTaggingCommand({ Bucket }))
    await s3.send(new S.DeleteBucketTaggingCommand({ Bucket }))
    const gone = await refusalOf(s3.send(new S.GetBucketTaggingCommand({ Bucket })))

    expect(none).to.deep.equal({ name: 'NoSuchTagSet', message: 'The TagSet does not exist', status: 404 })
    expect(tagged.TagSet).to.deep.equal(TagSet)
    expect(gone.name).to.equal('NoSuchTagSet')
  })

  it('tag new buckets', async () => {
    const CreateBucketConfiguration = { Tags: TagSet }
    await s3.send(new S.CreateBucketCommand({ Bucket: 'tagged-anew', CreateBucketConfiguration }))

    const tagged = await s3.send(new S.GetBucketTaggingCommand({ Bucket: 'tagged-anew' }))

    expect(tagged.TagSet).to.deep.equal(TagSet)
  })

  it('tag objects, whose bytes stay as they are', async () => {
    const before = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'a' }))
    t.clock.advance(5000)

    await s3.send(new S.PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet } }))
    const tagged = await s3.send(new S.GetObjectTaggingCommand({ Bucket, Key: 'a' }))
    const head = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'a' }))
    await s3.send(new S.DeleteObjectTaggingCommand({ Bucket, Key: 'a' }))
    const gone = await s3.send(new S.GetObjectTaggingCommand({ Bucket, Key: 'a' }))

    expect(tagged.TagSet).to.deep.equal(TagSet)
    expect(head).to.deep.include({ TagCount: 2, LastModified: before.LastModified, ETag: before.ETag })
    expect(gone.TagSet).to.deep.equal([])
  })

  const wrong: [tags: S.Tag[], name: string][] = [
    [
      [
        { Key: 'a', Value: '1' },
        { Key: 'a', Value: '2' },
      ],
      'InvalidTag',
    ],
    [[{ Key: 'x'.repeat(129), Value: '' }], 'InvalidTag'],
    [[{ Key: 'x', Value: 'x'.repeat(257) }], 'InvalidTag'],
    [[{ Key: '', Value: 'x' }], 'InvalidTag'],
    [[{ Key: 'a', Value: 'b|c' }], 'InvalidTag'],
    [[{ Key: 'aws:a', Value: 'b' }], 'InvalidTag'],
    [Array.from({ length: 11 }, (_, i) => ({ Key: `k${i}`, Value: '' })), 'BadRequest'],
  ]
  for (const [tags, name] of wrong)
    it(`refuse the tags ${JSON.stringify(tags).slice(0, 50)}`, async () => {
      const refused = await refusalOf(
        s3.send(new S.PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet: tags } })),
      )

      expect(refused).to.include({ name, status: 400 })
    })

  it('encrypt with S3’s own keys', async () => {
    const encrypt = (rule: S.ServerSideEncryptionByDefault) =>
      s3.send(
        new S.PutBucketEncryptionCommand({
          Bucket,
          ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: rule }] },
        }),
      )

    await encrypt({ SSEAlgorithm: 'AES256' })
    await encrypt({ SSEAlgorithm: 'aws:kms' })
    const byKms = await s3.send(new S.GetBucketEncryptionCommand({ Bucket }))
    await encrypt({ SSEAlgorithm: 'AES256' })
    const kms = await refusalOf(encrypt({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'mine' }))
    const wrongRule = await refusalOf(encrypt({ SSEAlgorithm: 'ROT13' as 'AES256' }))
    const { ServerSideEncryptionConfiguration } = await s3.send(new S.GetBucketEncryptionCommand({ Bucket }))
    const deleted = await s3.send(new S.DeleteBucketEncryptionCommand({ Bucket }))

    expect(byKms.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).to.deep.equal({
      SSEAlgorithm: 'aws:kms',
    })
    expect(kms).to.include({ name: 'NotImplemented', status: 501 })
    expect(wrongRule).to.include({ name: 'MalformedXML', status: 400 })
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]).to.deep.equal({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
      BucketKeyEnabled: false,
    })
    expect(deleted.$metadata.httpStatusCode).to.equal(204)
  })

  it('have no versions', async () => {
    const { Status } = await s3.send(new S.GetBucketVersioningCommand({ Bucket }))

    expect(Status).to.equal(undefined)
  })
})
