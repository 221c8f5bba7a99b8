import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, allow, uploader, withS3 } from '../../../tests/s3.ts'

const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:listener`
/** As an id of AWS looks, which is none of ours. */
const FOREIGN = 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD'

describe('versions of objects', () => {
  const t = withS3()
  let s3: S.S3Client
  let Bucket: string
  let count = 0
  const status = (Status: S.BucketVersioningStatus) =>
    s3.send(new S.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
  beforeEach(async () => {
    s3 = t.client()
    Bucket = `versions-${++count}`
    await s3.send(new S.CreateBucketCommand({ Bucket }))
  })
  const put = async (Key: string, Body: string, more: Partial<S.PutObjectCommandInput> = {}) =>
    (await s3.send(new S.PutObjectCommand({ Bucket, Key, Body, ...more }))).VersionId
  const remove = (Key: string, VersionId?: string) => s3.send(new S.DeleteObjectCommand({ Bucket, Key, VersionId }))
  const text = async (Key: string, VersionId?: string) =>
    (await s3.send(new S.GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString()
  const versions = (more: Partial<S.ListObjectVersionsCommandInput> = {}) =>
    s3.send(new S.ListObjectVersionsCommand({ Bucket, ...more }))
  const headersOf = async (call: Promise<unknown>) => {
    const error = (await call.then(
      () => expect.fail('should have been refused'),
      (refused) => refused,
    )) as { $response: { headers: Record<string, string> }; $metadata: { httpStatusCode: number }; name: string }
    return { ...error.$response.headers, status: error.$metadata.httpStatusCode, name: error.name }
  }

  it('are off until they are asked for, then on or suspended', async () => {
    const told = async () => (await s3.send(new S.GetBucketVersioningCommand({ Bucket }))).Status

    expect(await told()).to.equal(undefined)
    await status('Enabled')
    expect(await told()).to.equal('Enabled')
    await status('Suspended')
    expect(await told()).to.equal('Suspended')
  })

  it('refuse a configuration that says nothing, something else, or asks for a device', async () => {
    const configure = (VersioningConfiguration: S.VersioningConfiguration, MFA?: string) =>
      refusalOf(s3.send(new S.PutBucketVersioningCommand({ Bucket, VersioningConfiguration, MFA })))

    expect(await configure({})).to.deep.equal({
      name: 'IllegalVersioningConfigurationException',
      message: 'The Versioning element must be specified',
      status: 400,
    })
    expect(await configure({ Status: 'On' as 'Enabled' })).to.include({ name: 'MalformedXML', status: 400 })
    expect(await configure({ Status: 'Enabled', MFADelete: 'Enabled' })).to.deep.equal({
      name: 'AccessDenied',
      message: 'Mfa Authentication must be used for this request',
      status: 403,
    })
    expect(await configure({ Status: 'Enabled', MFADelete: 'Enabled' }, 'serial 123456')).to.include({
      name: 'NotImplemented',
      status: 501,
    })
  })

  it('show no ids in a bucket that never had them', async () => {
    expect(await put('a', '1')).to.equal(undefined)

    const got = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'a' }))
    const { Versions = [] } = await versions()
    const gone = await remove('a')

    expect(got.VersionId).to.equal(undefined)
    expect(Versions.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).to.deep.equal([['null', true]])
    expect(gone).not.to.have.any.keys('VersionId', 'DeleteMarker')
  })

  it('keep every object that a key has had', async () => {
    await put('a', 'null')
    await status('Enabled')
    const one = await put('a', 'one')
    const two = await put('a', 'two', { Metadata: { n: '2' } })

    expect(one).to.match(/^[A-Za-z0-9_-]{32}$/)
    expect(two).not.to.equal(one)
    expect(await text('a')).to.equal('two')
    expect(await text('a', two)).to.equal('two')
    expect(await text('a', one)).to.equal('one')
    expect(await text('a', 'null')).to.equal('null')
    const head = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'a', VersionId: 'null' }))
    const attributes = await s3.send(
      new S.GetObjectAttributesCommand({ Bucket, Key: 'a', VersionId: one, ObjectAttributes: ['ObjectSize'] }),
    )
    expect(head.VersionId).to.equal('null')
    expect(attributes).to.include({ VersionId: one, ObjectSize: 3 })
  })

  it('hide a deleted key behind a delete marker, which can be deleted too', async () => {
    await status('Enabled')
    const one = await put('a', 'one')
    const marked = await remove('a')
    const get = () => s3.send(new S.GetObjectCommand({ Bucket, Key: 'a' }))
    const head = () => s3.send(new S.HeadObjectCommand({ Bucket, Key: 'a' }))
    const markerOf = (command: 'get' | 'head') =>
      headersOf(
        command === 'get'
          ? s3.send(new S.GetObjectCommand({ Bucket, Key: 'a', VersionId: marked.VersionId }))
          : s3.send(new S.HeadObjectCommand({ Bucket, Key: 'a', VersionId: marked.VersionId })),
      )
    const shown = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marked.VersionId }

    expect(marked.DeleteMarker).to.equal(true)
    expect(await headersOf(get())).to.include({ ...shown, status: 404, name: 'NoSuchKey' })
    expect(await headersOf(head())).to.include({ ...shown, status: 404 })
    expect(await markerOf('get')).to.include({ ...shown, status: 405, name: 'MethodNotAllowed', allow: 'DELETE' })
    expect(await markerOf('head')).to.include({ ...shown, status: 405, allow: 'DELETE' })
    expect((await s3.send(new S.ListObjectsV2Command({ Bucket }))).KeyCount).to.equal(0)
    expect(await text('a', one)).to.equal('one')

    const unmarked = await remove('a', marked.VersionId)

    expect(unmarked).to.include({ DeleteMarker: true, VersionId: marked.VersionId })
    expect(await text('a')).to.equal('one')
  })

  it('are deleted one by one: the newest that is left stands for its key', async () => {
    await status('Enabled')
    const [one, two, three] = [await put('a', '1'), await put('a', '2'), await put('a', '3')]

    expect(await remove('a', two)).to.include({ VersionId: two })
    expect(await text('a')).to.equal('3')
    await remove('a', three)
    expect(await text('a')).to.equal('1')
    await remove('a', one)
    expect(await refusalOf(text('a'))).to.include({ name: 'NoSuchKey', status: 404 })
    await remove('a', one) // no error for what is gone
    await s3.send(new S.DeleteBucketCommand({ Bucket }))
  })

  it('have one that is null while they are suspended', async () => {
    await status('Enabled')
    const one = await put('a', 'one')
    await status('Suspended')

    expect(await put('a', 'first')).to.equal('null')
    expect(await put('a', 'second')).to.equal('null')
    expect((await versions()).Versions?.map(({ VersionId }) => VersionId)).to.deep.equal(['null', one])
    expect(await remove('a')).to.include({ DeleteMarker: true, VersionId: 'null' })
    const listed = await versions()
    expect(listed.Versions?.map(({ VersionId }) => VersionId)).to.deep.equal([one])
    expect(listed.DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).to.deep.equal([
      ['null', true],
    ])
  })

  it('refuse ids that nobody gave, and those that are not there', async () => {
    await status('Enabled')
    const one = (await put('a', 'one')) as string
    await remove('a', one)
    const read = (VersionId: string) => refusalOf(text('a', VersionId))

    const malformed = { name: 'InvalidArgument', message: 'Invalid version id specified', status: 400 }
    expect(await read(FOREIGN)).to.deep.equal(malformed)
    expect(await read('1')).to.deep.equal(malformed)
    expect(await refusalOf(remove('a', '1'))).to.deep.equal(malformed)
    expect(await read(one)).to.deep.equal({
      name: 'NoSuchVersion',
      message: 'The specified version does not exist.',
      status: 404,
    })
    expect(await read('null')).to.include({ name: 'NoSuchVersion' })
  })

  it('are deleted many at a time', async () => {
    await status('Enabled')
    const one = await put('a', 'one')
    await put('b', 'one')
    const marker = (await remove('b')).VersionId
    const { Deleted, Errors } = await s3.send(
      new S.DeleteObjectsCommand({
        Bucket,
        Delete: {
          Objects: [
            { Key: 'a', VersionId: one },
            { Key: 'b', VersionId: marker },
            { Key: 'b' },
            { Key: 'c', VersionId: FOREIGN },
          ],
        },
      }),
    )

    expect(Deleted?.slice(0, 2)).to.deep.equal([
      { Key: 'a', VersionId: one },
      { Key: 'b', VersionId: marker, DeleteMarker: true, DeleteMarkerVersionId: marker },
    ])
    expect(Deleted?.[2]).to.include({ Key: 'b', DeleteMarker: true })
    expect(Deleted?.[2]?.DeleteMarkerVersionId).not.to.equal(marker)
    expect(Errors).to.deep.equal([
      { Key: 'c', VersionId: FOREIGN, Code: 'NoSuchVersion', Message: 'The specified version does not exist.' },
    ])
  })

  it('are copied, onto their own key too, but no delete marker is', async () => {
    await status('Enabled')
    const one = await put('a', 'one', { Tagging: 'n=1' })
    await put('a', 'two')
    const marker = (await remove('a')).VersionId
    const copy = (source: string, Key = 'a') =>
      s3.send(new S.CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${source}` }))

    const restored = await copy(`a?versionId=${one}`)

    expect(restored.CopySourceVersionId).to.equal(one)
    expect(restored.VersionId).not.to.equal(one)
    expect(await text('a')).to.equal('one')
    expect((await s3.send(new S.GetObjectTaggingCommand({ Bucket, Key: 'a' }))).TagSet).to.have.length(1)
    expect(await refusalOf(copy(`a?versionId=${marker}`, 'b'))).to.deep.equal({
      name: 'InvalidRequest',
      message: 'The source of a copy request may not specifically refer to a delete marker by version id.',
      status: 400,
    })
    await remove('a')
    expect(await refusalOf(copy('a', 'b'))).to.include({ name: 'NoSuchKey', status: 404 })
  })

  it('come of multipart uploads, and of parts that are copied', async () => {
    await status('Enabled')
    const source = await put('source', 'old')
    await put('source', 'new')
    const { begin, complete, bytesOf } = uploader(() => s3, Bucket)
    const upload = await begin('whole')
    const part = await s3.send(
      new S.UploadPartCopyCommand({
        ...upload,
        PartNumber: 1,
        CopySource: `${Bucket}/source?versionId=${source}`,
      }),
    )
    const done = await complete(upload, [{ PartNumber: 1, ETag: part.CopyPartResult?.ETag }])

    expect(part.CopySourceVersionId).to.equal(source)
    expect(done.VersionId).to.match(/^[A-Za-z0-9_-]{32}$/)
    expect(String(await bytesOf('whole'))).to.equal('old')
  })

  it('have tags of their own', async () => {
    await status('Enabled')
    const one = await put('a', 'one', { Tagging: 'n=1' })
    const two = await put('a', 'two')
    const tag = (VersionId: string | undefined, Value: string) =>
      s3.send(
        new S.PutObjectTaggingCommand({ Bucket, Key: 'a', VersionId, Tagging: { TagSet: [{ Key: 'n', Value }] } }),
      )
    const tags = (VersionId?: string) => s3.send(new S.GetObjectTaggingCommand({ Bucket, Key: 'a', VersionId }))

    expect((await tag(undefined, '2')).VersionId).to.equal(two)
    expect((await tag(one, '1b')).VersionId).to.equal(one)
    expect((await tags()).TagSet).to.deep.equal([{ Key: 'n', Value: '2' }])
    expect(await tags(one)).to.deep.include({ VersionId: one, TagSet: [{ Key: 'n', Value: '1b' }] })
    await s3.send(new S.DeleteObjectTaggingCommand({ Bucket, Key: 'a', VersionId: one }))
    expect((await tags(one)).TagSet).to.deep.equal([])
    const marker = (await remove('a')).VersionId
    expect(await refusalOf(tag(marker, 'x'))).to.include({ name: 'MethodNotAllowed', status: 405 })
    expect(await refusalOf(tag(undefined, 'x'))).to.include({ name: 'MethodNotAllowed', status: 405 })
    expect(await refusalOf(tags(marker))).to.include({ name: 'MethodNotAllowed', status: 405 })
  })

  it('keep their bucket from being deleted', async () => {
    await status('Enabled')
    const one = await put('a', 'one')
    const marker = (await remove('a')).VersionId
    const refused = {
      name: 'BucketNotEmpty',
      message: 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
      status: 409,
    }
    const drop = () => s3.send(new S.DeleteBucketCommand({ Bucket }))

    expect(await refusalOf(drop())).to.deep.equal(refused)
    await remove('a', one)
    expect(await refusalOf(drop())).to.deep.equal(refused)
    await remove('a', marker)
    await drop()
  })

  it('ask for permissions of their own', async () => {
    await status('Enabled')
    const one = (await put('a', 'one', { Tagging: 'n=1' })) as string
    const arn = `arn:aws:s3:::${Bucket}/*`
    const plain = t.as(`plain-${count}`, [
      allow(['s3:GetObject', 's3:DeleteObject', 's3:GetObjectTagging', 's3:PutObjectTagging'], arn),
      allow('s3:ListBucket', `arn:aws:s3:::${Bucket}`),
    ])
    const only = t.as(`only-${count}`, [
      allow('s3:GetObjectVersion', arn, { StringEquals: { 's3:VersionId': one } }),
      allow(['s3:DeleteObjectVersion', 's3:GetObjectVersionTagging', 's3:PutObjectVersionTagging'], arn),
      allow('s3:ListBucketVersions', `arn:aws:s3:::${Bucket}`),
    ])
    const of = { Bucket, Key: 'a', VersionId: one }
    const calls = (client: S.S3Client) => [
      () => client.send(new S.GetObjectCommand(of)),
      () => client.send(new S.HeadObjectCommand(of)),
      () => client.send(new S.GetObjectTaggingCommand(of)),
      () => client.send(new S.PutObjectTaggingCommand({ ...of, Tagging: { TagSet: [] } })),
      () => client.send(new S.ListObjectVersionsCommand({ Bucket })),
      () => client.send(new S.DeleteObjectCommand(of)),
    ]

    for (const call of calls(plain)) expect(await refusalOf(call())).to.include({ status: 403 })
    expect((await refusalOf(plain.send(new S.DeleteObjectCommand(of)))).message).to.contain('s3:DeleteObjectVersion')
    const { $metadata } = await plain.send(new S.GetObjectCommand({ Bucket, Key: 'a' }))
    expect($metadata.httpStatusCode).to.equal(200)
    expect(await refusalOf(only.send(new S.GetObjectCommand({ Bucket, Key: 'a' })))).to.include({ status: 403 })
    for (const call of calls(only)) await call()
  })

  it('are named in events', async () => {
    t.invocable.add(FUNCTION)
    await status('Enabled')
    await s3.send(
      new S.PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          LambdaFunctionConfigurations: [
            { LambdaFunctionArn: FUNCTION, Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] },
          ],
        },
      }),
    )
    const one = await put('a', 'one')
    const marker = (await remove('a')).VersionId
    await remove('a', one)

    const told = t.parcels().map(({ record }) => [record.eventName, record.s3.object.versionId])
    expect(told).to.deep.equal([
      ['ObjectCreated:Put', one],
      ['ObjectRemoved:DeleteMarkerCreated', marker],
      ['ObjectRemoved:Delete', one],
    ])
  })

  describe('in lists', () => {
    /** Every page of a list, as `key version`, a marker with `!`, a shared beginning as it is. */
    const pages = async (
      more: Partial<S.ListObjectVersionsCommandInput>,
      between?: (page: string[]) => Promise<void>,
    ) => {
      const found: string[][] = []
      let at: Pick<S.ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> = {}
      for (;;) {
        const page = await versions({ ...more, ...at })
        const items = [
          ...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`),
          ...(page.DeleteMarkers ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId} !`),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => `${Prefix}`),
        ]
        found.push(items)
        await between?.(items)
        if (!page.IsTruncated) return found
        at = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      }
    }

    it('come by key, the newest first, page by page', async () => {
      await put('b', 'null')
      await status('Enabled')
      const a = [await put('a', '1'), await put('a', '2')]
      const b = [await put('b', '1'), (await remove('b')).VersionId]
      const c = await put('dir/c', '1')
      await put('dir/d', '1')

      const expected = [`a ${a[1]}`, `a ${a[0]}`, `b ${b[1]} !`, `b ${b[0]}`, 'b null', 'dir/']
      for (const MaxKeys of [1, 2, 3, 4, 6]) {
        const found = await pages({ Delimiter: '/', MaxKeys })
        expect(found.flat(), `${MaxKeys} a page`).to.have.members(expected)
        expect(found.every((page) => page.length <= MaxKeys)).to.equal(true)
      }
      expect((await pages({ Delimiter: '/', MaxKeys: 1 })).flat()).to.deep.equal(expected)
      expect((await pages({ Prefix: 'dir/c' })).flat()).to.deep.equal([`dir/c ${c}`])
      expect((await versions({ KeyMarker: 'b' })).Versions?.map(({ Key }) => Key)).to.deep.equal(['dir/c', 'dir/d'])
      expect((await versions({ MaxKeys: 0 })).IsTruncated).to.equal(false)
    })

    it('go on where they were, though what was listed is deleted meanwhile', async () => {
      await put('a', 'null')
      await status('Enabled')
      for (let i = 0; i < 5; i++) await put('a', String(i))
      await status('Suspended')
      await put('a', 'null again')
      await put('b', 'null')

      const found = await pages({ MaxKeys: 2 }, async (page) => {
        for (const item of page) {
          const [key, id] = item.split(' ')
          await remove(key as string, id)
        }
      })

      expect(found.flat()).to.have.length(7)
      expect((await versions()).Versions).to.equal(undefined)
    })

    it('write keys for XML where they are asked to', async () => {
      await status('Enabled')
      await put('a b/ü', '1')

      const { Versions, EncodingType } = await versions({ EncodingType: 'url' })

      expect(EncodingType).to.equal('url')
      expect(Versions?.[0]?.Key).to.equal('a+b/%C3%BC')
    })

    it('refuse markers that make no sense', async () => {
      const refused = async (more: Partial<S.ListObjectVersionsCommandInput>) => {
        const { name, message } = await refusalOf(versions(more))
        return `${name}: ${message}`
      }

      expect(await refused({ VersionIdMarker: 'null' })).to.equal(
        'InvalidArgument: A version-id marker cannot be specified without a key marker.',
      )
      expect(await refused({ KeyMarker: 'a', VersionIdMarker: 'x' })).to.equal(
        'InvalidArgument: Invalid version id specified',
      )
      expect(await refused({ MaxKeys: -1 })).to.match(/^InvalidArgument/)
      expect(await refused({ EncodingType: 'xml' as 'url' })).to.match(/^InvalidArgument/)
    })
  })
})
