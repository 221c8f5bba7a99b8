import { createHash } from 'node:crypto'
import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { withS3 } from '../../../tests/s3.ts'

const Bucket = 'objects'

describe('objects', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
  })
  const put = (Key: string, Body: string | Uint8Array, more: Partial<S.PutObjectCommandInput> = {}) =>
    s3.send(new S.PutObjectCommand({ Bucket, Key, Body, ...more }))
  const text = async (Key: string, more: Partial<S.GetObjectCommandInput> = {}) =>
    (await s3.send(new S.GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString()

  it('gives back what was put, with all that was said of it', async () => {
    const written = await put('page.html', '<p>', {
      CacheControl: 'max-age=60',
      ContentDisposition: 'inline',
      ContentEncoding: 'identity',
      ContentLanguage: 'en',
      ContentType: 'text/html',
      Expires: new Date('2030-01-01T00:00:00Z'),
      Metadata: { Title: 'a page', empty: '' },
      StorageClass: 'STANDARD_IA',
      WebsiteRedirectLocation: '/other.html',
      Tagging: 'project=blue%20sky&stage=',
    })
    const { Body, LastModified, ...told } = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'page.html' }))

    expect(written.ETag).to.equal(`"${createHash('md5').update('<p>').digest('hex')}"`)
    expect(await Body?.transformToString()).to.equal('<p>')
    expect(LastModified?.getMilliseconds()).to.equal(0)
    expect(told).to.deep.include({
      ETag: written.ETag,
      ContentLength: 3,
      AcceptRanges: 'bytes',
      CacheControl: 'max-age=60',
      ContentDisposition: 'inline',
      ContentEncoding: 'identity',
      ContentLanguage: 'en',
      ContentType: 'text/html',
      ExpiresString: 'Tue, 01 Jan 2030 00:00:00 GMT',
      Metadata: { title: 'a page', empty: '' },
      StorageClass: 'STANDARD_IA',
      WebsiteRedirectLocation: '/other.html',
      TagCount: 2,
      ServerSideEncryption: 'AES256',
      ChecksumType: 'FULL_OBJECT',
    })
  })

  it('has S3’s defaults for what was not said', async () => {
    await put('plain', 'x')

    const { Body: _, ...told } = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'plain' }))

    expect(told).not.to.have.any.keys('CacheControl', 'ContentEncoding', 'StorageClass', 'TagCount', 'ContentRange')
  })

  it('tells HEAD the same as GET', async () => {
    await put('same', 'bytes', { Metadata: { a: 'b' } })

    const { $metadata: _, Body: __, ...got } = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'same' }))
    const { $metadata: ___, ...head } = await s3.send(
      new S.HeadObjectCommand({ Bucket, Key: 'same', ChecksumMode: 'ENABLED' }),
    )

    expect(head).to.deep.equal(got)
  })

  it('takes an empty object', async () => {
    await put('empty', '')

    const got = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'empty' }))

    expect(got.ContentLength).to.equal(0)
    expect(await got.Body?.transformToString()).to.equal('')
    expect(got.ETag).to.equal('"d41d8cd98f00b204e9800998ecf8427e"')
  })

  it('replaces an object, with all that was said of the one before', async () => {
    await put('twice', 'one', { Metadata: { a: 'b' }, Tagging: 'a=b' })
    await put('twice', 'two')

    const got = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'twice' }))

    expect(await got.Body?.transformToString()).to.equal('two')
    expect(got.Metadata).to.deep.equal({})
    expect(got.TagCount).to.equal(undefined)
  })

  it('takes 2 KB of metadata and no byte more', async () => {
    await put('metadata', '', { Metadata: { a: 'x'.repeat(2047) } })

    const refused = await refusalOf(put('metadata', '', { Metadata: { a: 'x'.repeat(2048) } }))

    expect(refused).to.include({ name: 'MetadataTooLarge', status: 400 })
  })

  it('refuses what it cannot keep, instead of forgetting it', async () => {
    const wrong: [more: Partial<S.PutObjectCommandInput>, name: string][] = [
      [{ StorageClass: 'COLD' as 'GLACIER' }, 'InvalidStorageClass'],
      [{ ServerSideEncryption: 'aws:kms' }, 'NotImplemented'],
      [{ ServerSideEncryption: 'ROT13' as 'AES256' }, 'InvalidArgument'],
      [{ SSEKMSKeyId: 'alias/a' }, 'NotImplemented'],
      [{ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date() }, 'NotImplemented'],
      [{ ACL: 'public-read' }, 'AccessControlListNotSupported'],
      [{ ACL: 'nonsense' as 'private' }, 'InvalidArgument'],
      [{ GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"' }, 'AccessControlListNotSupported'],
      [{ WebsiteRedirectLocation: 'other.html' }, 'InvalidRedirectLocation'],
      [{ Tagging: 'a=1&a=2' }, 'InvalidArgument'],
      [{ Tagging: 'a=%zz' }, 'InvalidArgument'],
      [{ Tagging: 'aws:a=1' }, 'InvalidTag'],
      [{ Tagging: Array.from({ length: 11 }, (_, i) => `k${i}=v`).join('&') }, 'BadRequest'],
    ]
    for (const [more, name] of wrong) {
      const refused = await refusalOf(put('refused', 'x', more))

      expect(refused.name, JSON.stringify(more)).to.equal(name)
    }
    expect((await refusalOf(s3.send(new S.HeadObjectCommand({ Bucket, Key: 'refused' })))).status).to.equal(404)
  })

  it('says of what it does not have that it has not got it', async () => {
    const key = { Bucket, Key: 'unencrypted' }
    await put('unencrypted', 'x')
    const SSECustomerKey = Buffer.alloc(32).toString('base64')
    const encrypted = { ...key, SSECustomerAlgorithm: 'AES256', SSECustomerKey }

    const read = await refusalOf(s3.send(new S.GetObjectCommand(encrypted)))
    const bypass = await refusalOf(s3.send(new S.DeleteObjectCommand({ ...key, BypassGovernanceRetention: true })))
    const bySize = await refusalOf(s3.send(new S.DeleteObjectCommand({ ...key, IfMatchSize: 1 })))

    expect(read.message).to.equal('The encryption parameters are not applicable to this object.')
    expect(bypass).to.include({ name: 'InvalidArgument', status: 400 })
    expect(bySize).to.include({ name: 'NotImplemented', status: 501 })
    expect(await text('unencrypted')).to.equal('x')
  })

  it('takes the one list of access that changes nothing', async () => {
    const written = await put('owned', 'x', { ACL: 'bucket-owner-full-control', ServerSideEncryption: 'AES256' })

    expect(written.ServerSideEncryption).to.equal('AES256')
  })

  it('names bucket and key that are missing', async () => {
    const bucket = await s3
      .send(new S.GetObjectCommand({ Bucket: 'not-there', Key: 'a' }))
      .catch((error: S.S3ServiceException & { BucketName?: string }) => error)
    const key = await s3
      .send(new S.GetObjectCommand({ Bucket, Key: 'not there' }))
      .catch((error: S.S3ServiceException & { Key?: string }) => error)

    expect(bucket).to.include({
      name: 'NoSuchBucket',
      message: 'The specified bucket does not exist',
      BucketName: 'not-there',
    })
    expect(key).to.include({ name: 'NoSuchKey', message: 'The specified key does not exist.', Key: 'not there' })
  })

  it('knows the version null, and no other', async () => {
    await put('version', 'x')

    const read = await text('version', { VersionId: 'null' })
    const refused = await refusalOf(s3.send(new S.GetObjectCommand({ Bucket, Key: 'version', VersionId: 'other' })))

    expect(read).to.equal('x')
    expect(refused).to.include({ name: 'InvalidArgument', message: 'Invalid version id specified' })
  })

  it('answers a range with status 206', async () => {
    await put('range', '0123456789')

    const part = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'range', Range: 'bytes=2-4' }))
    const end = await text('range', { Range: 'bytes=-3' })
    const refused = await refusalOf(s3.send(new S.GetObjectCommand({ Bucket, Key: 'range', Range: 'bytes=10-' })))
    const ignored = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'range', Range: 'lines=1-2' }))
    const head = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'range', Range: 'bytes=2-4' }))

    expect(part.$metadata.httpStatusCode).to.equal(206)
    expect(part).to.include({ ContentRange: 'bytes 2-4/10', ContentLength: 3 })
    expect(part).not.to.have.property('ChecksumCRC32') // it is the whole object's
    expect(await part.Body?.transformToString()).to.equal('234')
    expect(end).to.equal('789')
    expect(refused).to.include({ name: 'InvalidRange', status: 416 })
    expect(ignored.$metadata.httpStatusCode).to.equal(200)
    expect(head.ContentLength).to.equal(3)
  })

  it('answers conditions with 304 and 412', async () => {
    const { ETag } = await put('conditions', 'x')

    const same = await s3
      .send(new S.GetObjectCommand({ Bucket, Key: 'conditions', IfNoneMatch: ETag }))
      .catch((error) => error)
    const other = await refusalOf(s3.send(new S.HeadObjectCommand({ Bucket, Key: 'conditions', IfMatch: '"x"' })))
    const read = await text('conditions', { IfMatch: ETag })

    expect(same.$metadata.httpStatusCode).to.equal(304)
    expect(same.$response.headers).to.include({ etag: ETag })
    expect(other.status).to.equal(412)
    expect(read).to.equal('x')
  })

  it('writes under conditions', async () => {
    const { ETag } = await put('write', 'one', { IfNoneMatch: '*' })

    const taken = await refusalOf(put('write', 'two', { IfNoneMatch: '*' }))
    const changed = await refusalOf(put('write', 'two', { IfMatch: '"x"' }))
    const missing = await refusalOf(put('write nothing', 'two', { IfMatch: '"x"' }))
    await put('write', 'two', { IfMatch: ETag })

    expect(taken).to.include({ name: 'PreconditionFailed', status: 412 })
    expect(changed).to.include({ name: 'PreconditionFailed', status: 412 })
    expect(missing).to.include({ name: 'NoSuchKey', status: 404 })
    expect(await text('write')).to.equal('two')
  })

  it('lets one of many conditional writers win', async () => {
    const writers = Array.from({ length: 12 }, (_, i) => put('race', `writer ${i}`, { IfNoneMatch: '*' }))

    const ended = await Promise.allSettled(writers)

    const won = ended.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []))
    expect(won).to.have.length(1)
    expect(await text('race')).to.equal(`writer ${won[0]}`)
  })

  it('does not read archived objects', async () => {
    await put('cold', 'x', { StorageClass: 'GLACIER' })

    const refused = await refusalOf(s3.send(new S.GetObjectCommand({ Bucket, Key: 'cold' })))
    const head = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'cold' }))

    expect(refused).to.include({ name: 'InvalidObjectState', status: 403 })
    expect(head.StorageClass).to.equal('GLACIER')
  })

  it('deletes what is there and what is not', async () => {
    await put('delete', 'x')

    const first = await s3.send(new S.DeleteObjectCommand({ Bucket, Key: 'delete' }))
    const second = await s3.send(new S.DeleteObjectCommand({ Bucket, Key: 'delete' }))

    expect(first.$metadata.httpStatusCode).to.equal(204)
    expect(second.$metadata.httpStatusCode).to.equal(204)
  })

  it('deletes under a condition', async () => {
    const { ETag } = await put('condition', 'x')

    const wrong = await refusalOf(s3.send(new S.DeleteObjectCommand({ Bucket, Key: 'condition', IfMatch: '"x"' })))
    const right = await s3.send(new S.DeleteObjectCommand({ Bucket, Key: 'condition', IfMatch: ETag }))
    const gone = await refusalOf(s3.send(new S.DeleteObjectCommand({ Bucket, Key: 'condition', IfMatch: '*' })))

    expect(wrong).to.include({ name: 'PreconditionFailed', status: 412 })
    expect(right.$metadata.httpStatusCode).to.equal(204)
    expect(gone).to.include({ name: 'PreconditionFailed', status: 412 })
  })

  it('deletes many at once', async () => {
    for (const key of ['m/1', 'm/2 ü', 'm/3']) await put(key, 'x')
    const Objects = [{ Key: 'm/1' }, { Key: 'm/2 ü' }, { Key: 'm/none' }, { Key: 'm/3', ETag: '"wrong"' }]

    const deleted = await s3.send(new S.DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    const quiet = await s3.send(
      new S.DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: [{ Key: 'm/3' }] } }),
    )
    const many = Array.from({ length: 1001 }, (_, i) => ({ Key: `m/${i}` }))
    const tooMany = await refusalOf(s3.send(new S.DeleteObjectsCommand({ Bucket, Delete: { Objects: many } })))

    expect(deleted.Deleted?.map(({ Key }) => Key)).to.deep.equal(['m/1', 'm/2 ü', 'm/none'])
    expect(deleted.Errors?.map(({ Key, Code }) => [Key, Code])).to.deep.equal([['m/3', 'PreconditionFailed']])
    expect(quiet.Deleted).to.equal(undefined)
    expect(tooMany).to.include({ name: 'MalformedXML', status: 400 })
  })
})
