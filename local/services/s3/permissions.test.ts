import * as S from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, allow, withS3 } from '../../../tests/s3.ts'
import type { Told } from '../../base/story.ts'
import type { Statement } from '../../iam/types.ts'

const Bucket = 'guarded'
const ARN = `arn:aws:s3:::${Bucket}`

describe('permissions of S3', () => {
  const t = withS3()
  let admin: S.S3Client

  beforeEach(async () => {
    admin = t.client()
    await admin.send(new S.CreateBucketCommand({ Bucket }))
    await admin.send(new S.PutObjectCommand({ Bucket, Key: 'a', Body: 'bytes', Tagging: 'class=secret' }))
  })
  afterEach(async () => {
    const { Contents = [] } = await admin.send(new S.ListObjectsV2Command({ Bucket }))
    for (const { Key } of Contents) await admin.send(new S.DeleteObjectCommand({ Bucket, Key }))
    await admin.send(new S.DeleteBucketCommand({ Bucket }))
  })

  it('are asked for each object', async () => {
    const reader = t.as('reader', allow('s3:GetObject', `${ARN}/a`))

    const read = await reader.send(new S.GetObjectCommand({ Bucket, Key: 'a' }))
    const written = await refusalOf(reader.send(new S.PutObjectCommand({ Bucket, Key: 'a', Body: 'x' })))
    const deleted = await refusalOf(reader.send(new S.DeleteObjectCommand({ Bucket, Key: 'a' })))

    expect(await read.Body?.transformToString()).to.equal('bytes')
    expect(written).to.deep.equal({
      name: 'AccessDenied',
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/reader/test is not authorized to perform: s3:PutObject on resource: "${ARN}/a" because no identity-based policy allows the s3:PutObject action`,
      status: 403,
    })
    expect(deleted.message).to.contain('s3:DeleteObject')
  })

  it('tell of a missing key only who may list', async () => {
    const reader = t.as('reader', allow('s3:GetObject', `${ARN}/*`))
    const lister = t.as('lister', [allow('s3:GetObject', `${ARN}/*`), allow('s3:ListBucket', ARN)])
    const missing = { Bucket, Key: 'missing' }

    const get = await refusalOf(reader.send(new S.GetObjectCommand(missing)))
    const head = await refusalOf(reader.send(new S.HeadObjectCommand(missing)))
    const told = await refusalOf(lister.send(new S.GetObjectCommand(missing)))
    const toldHead = await refusalOf(lister.send(new S.HeadObjectCommand(missing)))

    expect(get).to.include({ name: 'AccessDenied', status: 403 })
    expect(get.message).to.contain(`s3:ListBucket on resource: "${ARN}"`)
    expect(head.status).to.equal(403)
    expect(told).to.include({ name: 'NoSuchKey', status: 404 })
    expect(toldHead).to.include({ name: 'NotFound', status: 404 })
  })

  it('to list are asked of the request for a missing key itself: nobody has made another', async () => {
    const reader = t.as('reader', allow('s3:GetObject', `${ARN}/*`))
    const lister = t.as('lister', [allow('s3:GetObject', `${ARN}/*`), allow('s3:ListBucket', ARN)])
    const told = new Map<string, Told>()
    const stop = t.ground.outbox.story.watch((one) => void told.set(one.id, one))

    for (const client of [reader, lister])
      await refusalOf(client.send(new S.HeadObjectCommand({ Bucket, Key: 'missing' })))
    stop()

    const [denied, missing, ...more] = [...told.values()]
    expect(more).to.deep.equal([])
    expect(denied).to.include({ operation: 'HeadObject', resource: `${ARN}/missing`, outcome: 'denied' })
    expect(denied?.denial).to.deep.include({ action: 's3:ListBucket', resource: ARN })
    expect(missing).to.include({ operation: 'HeadObject', outcome: 'error', reason: 'NotFound: Not Found' })
    expect(t.dispatch.decisions.at(-3)).to.include({ operation: 'HeadObject' })
    expect(t.dispatch.decisions.at(-3)?.decision).to.include({ action: 's3:ListBucket', allowed: false })
  })

  it('tell of a missing key in another region, as the source of a copy, too', async () => {
    await admin.send(
      new S.CreateBucketCommand({
        Bucket: 'guarded-far',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    )
    const copy = new S.CopyObjectCommand({ Bucket, Key: 'b', CopySource: 'guarded-far/missing' })

    const refused = await refusalOf(admin.send(copy))
    await t.client({ region: 'eu-west-1' }).send(new S.DeleteBucketCommand({ Bucket: 'guarded-far' }))

    expect(refused).to.include({ name: 'NoSuchKey', status: 404 })
  })

  it('know prefix, delimiter and number of a list', async () => {
    const lister = t.as('lister', [
      allow('s3:ListBucket', ARN, {
        StringLike: { 's3:prefix': 'mine/*' },
        StringEquals: { 's3:delimiter': '/' },
        NumericLessThanEquals: { 's3:max-keys': 10 },
      }),
    ])
    const list = (input: Partial<S.ListObjectsV2CommandInput>) =>
      lister.send(new S.ListObjectsV2Command({ Bucket, Prefix: 'mine/', Delimiter: '/', MaxKeys: 10, ...input }))

    const allowed = await list({})

    expect(allowed.KeyCount).to.equal(0)
    for (const other of [{ Prefix: undefined }, { Prefix: 'yours/' }, { Delimiter: undefined }, { MaxKeys: 11 }]) {
      const refused = await refusalOf(list(other))

      expect(refused.name, JSON.stringify(other)).to.equal('AccessDenied')
    }
  })

  it('decide every key of DeleteObjects by itself', async () => {
    await admin.send(new S.PutObjectCommand({ Bucket, Key: 'tmp/b', Body: 'x' }))
    const cleaner = t.as('cleaner', allow('s3:DeleteObject', `${ARN}/tmp/*`))

    const { Deleted, Errors } = await cleaner.send(
      new S.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a' }, { Key: 'tmp/b' }] } }),
    )

    expect(Deleted?.map(({ Key }) => Key)).to.deep.equal(['tmp/b'])
    expect(Errors?.map(({ Key, Code }) => [Key, Code])).to.deep.equal([['a', 'AccessDenied']])
    expect((await admin.send(new S.HeadObjectCommand({ Bucket, Key: 'a' }))).ContentLength).to.equal(5)
  })

  it('ask of a copy to read here and to write there', async () => {
    const both = [allow('s3:GetObject', `${ARN}/a`), allow('s3:PutObject', `${ARN}/copies/*`)]
    const tags = [allow('s3:GetObjectTagging', `${ARN}/a`), allow('s3:PutObjectTagging', `${ARN}/copies/*`)]
    const copy = (name: string, statements: Statement[]) =>
      t.as(name, statements).send(new S.CopyObjectCommand({ Bucket, Key: 'copies/a', CopySource: `${Bucket}/a` }))

    const copied = await copy('copier', [...both, ...tags])
    const unread = await refusalOf(copy('writer', [both[1] as Statement, ...tags]))
    const unwritten = await refusalOf(copy('reader', [both[0] as Statement, ...tags]))
    const untagged = await refusalOf(copy('untagged', both))

    expect(copied.CopyObjectResult?.ETag).to.be.a('string')
    expect(unread.message).to.contain('s3:GetObject ')
    expect(unwritten.message).to.contain('s3:PutObject ')
    expect(untagged.message).to.contain('s3:GetObjectTagging')
  })

  it('know tags that are there, tags that are asked for, and headers', async () => {
    const reader = t.as(
      'reader',
      allow('s3:GetObject', `${ARN}/*`, { StringEquals: { 's3:ExistingObjectTag/class': 'open' } }),
    )
    const writer = t.as('writer', [
      allow('s3:PutObject', `${ARN}/*`, { StringEquals: { 's3:x-amz-storage-class': 'STANDARD_IA' } }),
      allow('s3:PutObjectTagging', `${ARN}/*`, {
        'ForAllValues:StringEquals': { 's3:RequestObjectTagKeys': ['class'] },
      }),
    ])
    const put = (more: Partial<S.PutObjectCommandInput>) =>
      writer.send(new S.PutObjectCommand({ Bucket, Key: 'b', Body: 'x', StorageClass: 'STANDARD_IA', ...more }))

    const secret = await refusalOf(reader.send(new S.GetObjectCommand({ Bucket, Key: 'a' })))
    const written = await put({ Tagging: 'class=open' })
    const read = await reader.send(new S.GetObjectCommand({ Bucket, Key: 'b' }))
    const otherClass = await refusalOf(put({ StorageClass: 'STANDARD' }))
    const otherTag = await refusalOf(put({ Tagging: 'other=open' }))

    expect(secret.name).to.equal('AccessDenied')
    expect(written.ETag).to.be.a('string')
    expect(read.TagCount).to.equal(1)
    expect(otherClass.message).to.contain('s3:PutObject ')
    expect(otherTag.message).to.contain('s3:PutObjectTagging')
  })

  it('know how a request was signed, and when', async () => {
    const name = 'signer'
    const signer = t.as(name, [
      allow('s3:GetObject', `${ARN}/*`, {
        StringEquals: { 's3:authType': 'REST-QUERY-STRING', 's3:signatureversion': 'AWS4-HMAC-SHA256' },
        NumericLessThan: { 's3:signatureAge': 60_000 },
      }),
    ])
    const get = new S.GetObjectCommand({ Bucket, Key: 'a' })
    const url = await getSignedUrl(signer, get, { expiresIn: 3600 })

    const header = await refusalOf(signer.send(get))
    const fresh = await fetch(url)
    t.clock.advance(61_000)
    const old = await fetch(url)

    expect(header.name).to.equal('AccessDenied')
    expect(fresh.status).to.equal(200)
    expect(old.status).to.equal(403)
  })

  it('of multipart uploads are their own', async () => {
    const writer = t.as('writer', allow('s3:PutObject', `${ARN}/big`))

    const { UploadId } = await writer.send(new S.CreateMultipartUploadCommand({ Bucket, Key: 'big' }))
    const parts = await refusalOf(writer.send(new S.ListPartsCommand({ Bucket, Key: 'big', UploadId })))
    const uploads = await refusalOf(writer.send(new S.ListMultipartUploadsCommand({ Bucket })))
    const aborted = await refusalOf(writer.send(new S.AbortMultipartUploadCommand({ Bucket, Key: 'big', UploadId })))

    expect(parts.message).to.contain(`s3:ListMultipartUploadParts on resource: "${ARN}/big"`)
    expect(uploads.message).to.contain(`s3:ListBucketMultipartUploads on resource: "${ARN}"`)
    expect(aborted.message).to.contain('s3:AbortMultipartUpload')
  })

  it('are needed for each setting of a bucket', async () => {
    const nobody = t.as('nobody', allow('s3:GetObject', `${ARN}/*`))
    const calls: [action: string, call: Promise<unknown>][] = [
      ['s3:ListBucket', nobody.send(new S.ListObjectsCommand({ Bucket }))],
      ['s3:ListAllMyBuckets', nobody.send(new S.ListBucketsCommand({}))],
      ['s3:CreateBucket', nobody.send(new S.CreateBucketCommand({ Bucket: 'another' }))],
      ['s3:DeleteBucket', nobody.send(new S.DeleteBucketCommand({ Bucket }))],
      ['s3:GetBucketLocation', nobody.send(new S.GetBucketLocationCommand({ Bucket }))],
      ['s3:GetBucketVersioning', nobody.send(new S.GetBucketVersioningCommand({ Bucket }))],
      ['s3:GetEncryptionConfiguration', nobody.send(new S.GetBucketEncryptionCommand({ Bucket }))],
      ['s3:GetBucketNotification', nobody.send(new S.GetBucketNotificationConfigurationCommand({ Bucket }))],
      ['s3:GetBucketPolicy', nobody.send(new S.GetBucketPolicyCommand({ Bucket }))],
      ['s3:DeleteBucketPolicy', nobody.send(new S.DeleteBucketPolicyCommand({ Bucket }))],
      ['s3:GetBucketPublicAccessBlock', nobody.send(new S.GetPublicAccessBlockCommand({ Bucket }))],
      ['s3:PutBucketPublicAccessBlock', nobody.send(new S.DeletePublicAccessBlockCommand({ Bucket }))],
      ['s3:GetBucketOwnershipControls', nobody.send(new S.GetBucketOwnershipControlsCommand({ Bucket }))],
      ['s3:PutBucketOwnershipControls', nobody.send(new S.DeleteBucketOwnershipControlsCommand({ Bucket }))],
      ['s3:GetBucketTagging', nobody.send(new S.GetBucketTaggingCommand({ Bucket }))],
      ['s3:PutBucketTagging', nobody.send(new S.DeleteBucketTaggingCommand({ Bucket }))],
      ['s3:GetBucketAcl', nobody.send(new S.GetBucketAclCommand({ Bucket }))],
      ['s3:GetObjectAcl', nobody.send(new S.GetObjectAclCommand({ Bucket, Key: 'a' }))],
      ['s3:GetObjectTagging', nobody.send(new S.GetObjectTaggingCommand({ Bucket, Key: 'a' }))],
      ['s3:DeleteObjectTagging', nobody.send(new S.DeleteObjectTaggingCommand({ Bucket, Key: 'a' }))],
      [
        's3:GetObjectAttributes',
        nobody.send(new S.GetObjectAttributesCommand({ Bucket, Key: 'a', ObjectAttributes: ['ETag'] })),
      ],
    ]
    for (const [action, call] of calls) {
      const refused = await refusalOf(call)

      expect(refused, action).to.include({ name: 'AccessDenied', status: 403 })
      expect(refused.message).to.contain(`to perform: ${action} `)
    }
  })

  it('are needed for what a new bucket comes with', async () => {
    const maker = t.as('maker', allow('s3:CreateBucket', '*'))
    const Tags = [{ Key: 'team', Value: 'red' }]

    const tagged = await refusalOf(
      maker.send(new S.CreateBucketCommand({ Bucket: 'tagged', CreateBucketConfiguration: { Tags } })),
    )
    const owned = await refusalOf(
      maker.send(new S.CreateBucketCommand({ Bucket: 'owned', ObjectOwnership: 'BucketOwnerEnforced' })),
    )
    await maker.send(new S.CreateBucketCommand({ Bucket: 'private-one', ACL: 'private' }))
    await admin.send(new S.DeleteBucketCommand({ Bucket: 'private-one' }))

    expect(tagged.message).to.contain('to perform: s3:TagResource on resource: "arn:aws:s3:::tagged"')
    expect(owned.message).to.contain('to perform: s3:PutBucketOwnershipControls on resource: "arn:aws:s3:::owned"')
  })

  it('know who owns objects', async () => {
    const controls = (ObjectOwnership: S.ObjectOwnership) =>
      new S.PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } })

    const { OwnershipControls } = await admin.send(new S.GetBucketOwnershipControlsCommand({ Bucket }))
    await admin.send(controls('BucketOwnerEnforced'))
    const other = await refusalOf(admin.send(controls('ObjectWriter')))
    const acl = await refusalOf(admin.send(new S.PutObjectAclCommand({ Bucket, Key: 'a', ACL: 'private' })))
    const { Grants } = await admin.send(new S.GetObjectAclCommand({ Bucket, Key: 'a' }))
    await admin.send(new S.DeleteBucketOwnershipControlsCommand({ Bucket }))
    const gone = await refusalOf(admin.send(new S.GetBucketOwnershipControlsCommand({ Bucket })))

    expect(OwnershipControls?.Rules).to.deep.equal([{ ObjectOwnership: 'BucketOwnerEnforced' }])
    expect(other).to.include({ name: 'NotImplemented', status: 501 })
    expect(acl).to.include({ name: 'AccessControlListNotSupported', status: 400 })
    expect(Grants?.map(({ Permission }) => Permission)).to.deep.equal(['FULL_CONTROL'])
    expect(gone).to.include({ name: 'OwnershipControlsNotFoundError', status: 404 })
  })
})
