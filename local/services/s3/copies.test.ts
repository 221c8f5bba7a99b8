import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { withS3 } from '../../../tests/s3.ts'

const Bucket = 'copies'

describe('CopyObject', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
    await s3.send(
      new S.PutObjectCommand({
        Bucket,
        Key: 'source ü+1',
        Body: 'bytes',
        ContentType: 'text/plain',
        Metadata: { a: 'b' },
        Tagging: 'a=b',
        StorageClass: 'STANDARD_IA',
        WebsiteRedirectLocation: '/elsewhere',
        ChecksumAlgorithm: 'SHA256',
      }),
    )
  })
  const CopySource = `${Bucket}/${encodeURIComponent('source ü+1')}`
  const copy = (Key: string, more: Partial<S.CopyObjectCommandInput> = {}) =>
    s3.send(new S.CopyObjectCommand({ Bucket, Key, CopySource, ...more }))
  const read = async (Key: string) => {
    const { Body, ...told } = await s3.send(new S.GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    return { text: await Body?.transformToString(), ...told }
  }

  it('copies bytes, metadata and tags, but neither class nor redirect', async () => {
    const { CopyObjectResult } = await copy('copy')
    const told = await read('copy')
    const { TagSet } = await s3.send(new S.GetObjectTaggingCommand({ Bucket, Key: 'copy' }))

    expect(told).to.deep.include({ text: 'bytes', ContentType: 'text/plain', Metadata: { a: 'b' } })
    expect(told).not.to.have.any.keys('StorageClass', 'WebsiteRedirectLocation')
    expect(CopyObjectResult?.ETag).to.equal(told.ETag)
    expect(CopyObjectResult?.ChecksumSHA256).to.equal(told.ChecksumSHA256)
    expect(TagSet).to.deep.equal([{ Key: 'a', Value: 'b' }])
  })

  it('takes a leading slash, and metadata and tags of its own', async () => {
    await copy('replaced', {
      CopySource: `/${CopySource}`,
      MetadataDirective: 'REPLACE',
      Metadata: { c: 'd' },
      ContentType: 'image/png',
      TaggingDirective: 'REPLACE',
      Tagging: 'x=y',
      StorageClass: 'GLACIER_IR',
      ChecksumAlgorithm: 'CRC32C',
    })

    const told = await read('replaced')
    const { TagSet } = await s3.send(new S.GetObjectTaggingCommand({ Bucket, Key: 'replaced' }))

    expect(told).to.deep.include({
      text: 'bytes',
      ContentType: 'image/png',
      Metadata: { c: 'd' },
      StorageClass: 'GLACIER_IR',
    })
    expect(told.ChecksumCRC32C).to.be.a('string')
    expect(TagSet).to.deep.equal([{ Key: 'x', Value: 'y' }])
  })

  it('copies an object onto itself only to change it', async () => {
    await copy('itself')
    const itself = { CopySource: `${Bucket}/itself` }

    const refused = await refusalOf(copy('itself', itself))
    await copy('itself', { ...itself, MetadataDirective: 'REPLACE', Metadata: { changed: 'yes' } })
    const told = await read('itself')

    expect(refused).to.include({ name: 'InvalidRequest', status: 400 })
    expect(refused.message).to.contain('trying to copy an object to itself')
    expect(told).to.deep.include({ text: 'bytes', Metadata: { changed: 'yes' } })
  })

  it('makes one piece of an object of many', async () => {
    const begun = { Bucket, Key: 'parts' }
    const { UploadId } = await s3.send(new S.CreateMultipartUploadCommand(begun))
    const Body = Buffer.alloc(5 * 1024 ** 2, 'part')
    const one = await s3.send(new S.UploadPartCommand({ ...begun, UploadId, PartNumber: 1, Body }))
    const two = await s3.send(new S.UploadPartCommand({ ...begun, UploadId, PartNumber: 2, Body: 'end' }))
    const Parts = [one, two].map(({ ETag }, i) => ({ ETag, PartNumber: i + 1 }))
    await s3.send(new S.CompleteMultipartUploadCommand({ ...begun, UploadId, MultipartUpload: { Parts } }))

    await copy('one piece', { CopySource: `${Bucket}/parts` })
    const put = await s3.send(
      new S.PutObjectCommand({ Bucket, Key: 'put', Body: Buffer.concat([Body, Buffer.from('end')]) }),
    )
    const told = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'one piece' }))

    expect(told).to.include({ ETag: put.ETag, ContentLength: Body.length + 3 })
  })

  it('copies to another bucket, of another region too', async () => {
    const far = t.client({ region: 'eu-west-1' })
    await far.send(
      new S.CreateBucketCommand({ Bucket: 'far', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    )

    await far.send(new S.CopyObjectCommand({ Bucket: 'far', Key: 'copy', CopySource }))
    const { Body } = await far.send(new S.GetObjectCommand({ Bucket: 'far', Key: 'copy' }))

    expect(await Body?.transformToString()).to.equal('bytes')
  })

  it('refuses what is not as the request says', async () => {
    const cases: [input: Partial<S.CopyObjectCommandInput>, name: string][] = [
      [{ CopySource: `${Bucket}/not-there` }, 'NoSuchKey'],
      [{ CopySource: 'not-there/key' }, 'NoSuchBucket'],
      [{ CopySource: 'nothing' }, 'InvalidArgument'],
      [{ CopySource: '%zz/key' }, 'InvalidArgument'],
      [{ CopySource: `${CopySource}?versionId=other` }, 'InvalidArgument'],
      [{ CopySource: 'arn:aws:s3:us-east-1:123456789012:accesspoint/a/object/b' }, 'NotImplemented'],
      [{ CopySourceIfMatch: '"x"' }, 'PreconditionFailed'],
      [{ CopySourceIfNoneMatch: '*' }, 'PreconditionFailed'],
      [{ CopySourceIfUnmodifiedSince: new Date(0) }, 'PreconditionFailed'],
      [{ IfNoneMatch: '*', Key: 'source ü+1', StorageClass: 'STANDARD' }, 'PreconditionFailed'],
      [{ MetadataDirective: 'KEEP' as 'COPY' }, 'InvalidArgument'],
      [{ ChecksumAlgorithm: 'MD4' as 'MD5' }, 'InvalidRequest'],
      [{ StorageClass: 'COLD' as 'GLACIER' }, 'InvalidStorageClass'],
      [{ ACL: 'public-read' }, 'AccessControlListNotSupported'],
    ]
    for (const [input, name] of cases) {
      const refused = await refusalOf(copy('refused', input))

      expect(refused.name, JSON.stringify(input)).to.equal(name)
    }
  })
})
