import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { uploader, withS3 } from '../../../tests/s3.ts'

const Bucket = 'uploads'
const MB = 1024 ** 2
const first = Buffer.alloc(5 * MB, 'first')
const second = Buffer.alloc(6 * MB, 'second')
const last = Buffer.from('the end')
const whole = Buffer.concat([first, second, last])

describe('multipart uploads', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
  })
  const { begin, upload, complete, bytesOf } = uploader(() => s3, Bucket)
  /** Files, and rows that stand for small ones. */
  const files = () => readdirSync(join(t.folder, 's3')).length + t.state.prepare('select id from s3_bytes').all().length

  it('become one object, in the order of their numbers', async () => {
    const begun = await begin('whole', { ContentType: 'text/plain', Metadata: { a: 'b' }, Tagging: 'a=b' })
    const three = await upload(begun, 30, last)
    const one = await upload(begun, 1, first)
    const two = await upload(begun, 20, second)

    const done = await complete(begun, [one, two, three])
    const head = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'whole', ChecksumMode: 'ENABLED' }))

    const md5s = [first, second, last].map((part) => createHash('md5').update(part).digest())
    const etag = `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-3"`
    expect(done).to.include({ Bucket, Key: 'whole', ETag: etag, Location: `${t.url}/uploads/whole` })
    expect(head).to.deep.include({
      ETag: etag,
      ContentLength: whole.length,
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
      TagCount: 1,
      ChecksumType: 'FULL_OBJECT',
    })
    expect((await bytesOf('whole')).equals(whole)).to.equal(true)
  })

  it('are read by range and by part', async () => {
    const from = 5 * MB - 3
    const across = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'whole', Range: `bytes=${from}-${from + 5}` }))
    const part = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'whole', PartNumber: 30 }))
    const head = await s3.send(new S.HeadObjectCommand({ Bucket, Key: 'whole', PartNumber: 1 }))
    const none = await refusalOf(s3.send(new S.GetObjectCommand({ Bucket, Key: 'whole', PartNumber: 2 })))
    const both = await refusalOf(
      s3.send(new S.GetObjectCommand({ Bucket, Key: 'whole', PartNumber: 1, Range: 'bytes=0-1' })),
    )

    expect(await across.Body?.transformToString()).to.equal(whole.subarray(from, from + 6).toString())
    expect(part).to.include({ PartsCount: 3, ContentRange: `bytes ${11 * MB}-${11 * MB + 6}/${whole.length}` })
    expect(await part.Body?.transformToString()).to.equal('the end')
    expect(head).to.include({ PartsCount: 3, ContentLength: 5 * MB })
    expect(none).to.include({ name: 'InvalidPartNumber', status: 416 })
    expect(both).to.include({ name: 'InvalidRequest', status: 400 })
  })

  it('show nothing before their end, and nothing of what was not chosen after it', async () => {
    const before = files()
    const begun = await begin('hidden')
    await upload(begun, 1, 'one')
    const again = await upload(begun, 1, 'one again')
    await upload(begun, 2, 'two')

    const hidden = await refusalOf(s3.send(new S.GetObjectCommand({ Bucket, Key: 'hidden' })))
    await complete(begun, [again])
    const ended = await refusalOf(upload(begun, 2, 'two'))

    expect(hidden.name).to.equal('NoSuchKey')
    expect((await bytesOf('hidden')).toString()).to.equal('one again')
    expect(ended).to.include({ name: 'NoSuchUpload', status: 404 })
    for (let i = 0; i < 100 && files() > before + 1; i++) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(files()).to.equal(before + 1)
  })

  it('end once, however often the same is asked: a client whose first answer was lost is told it again', async () => {
    const begun = await begin('once more')
    const part = await upload(begun, 1, 'bytes')
    const asked = () => complete(begun, [part], { IfNoneMatch: '*' })

    const answers = await Promise.all([asked(), asked(), asked()])
    const other = await refusalOf(complete(begun, [{ ...part, ETag: '"other"' }]))
    await s3.send(new S.PutObjectCommand({ Bucket, Key: 'once more', Body: 'another' }))
    const late = await refusalOf(asked())

    expect(new Set(answers.map(({ ETag }) => ETag)).size).to.equal(1)
    expect(other).to.include({ name: 'NoSuchUpload', status: 404 })
    expect(late).to.include({ name: 'NoSuchUpload', status: 404 })
    expect((await bytesOf('once more')).toString()).to.equal('another')
  })

  it('are given up', async () => {
    const before = files()
    const begun = await begin('given up')
    await upload(begun, 1, 'one')

    await s3.send(new S.AbortMultipartUploadCommand(begun))
    const again = await refusalOf(s3.send(new S.AbortMultipartUploadCommand(begun)))
    const late = await refusalOf(upload(begun, 2, 'two'))

    expect(again).to.include({ name: 'NoSuchUpload', status: 404 })
    expect(late).to.include({ name: 'NoSuchUpload', status: 404 })
    for (let i = 0; i < 100 && files() > before; i++) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(files()).to.equal(before)
  })

  it('end only with parts that are there, in order and large enough', async () => {
    const begun = await begin('errors')
    const one = await upload(begun, 1, 'small')
    const two = await upload(begun, 2, 'two')
    const cases: [parts: S.CompletedPart[], name: string, more?: Partial<S.CompleteMultipartUploadCommandInput>][] = [
      [[], 'MalformedXML'],
      [[{ PartNumber: 1 }], 'MalformedXML'],
      [[{ ETag: one.ETag }], 'MalformedXML'],
      [[{ ...one, PartNumber: 0 }], 'InvalidArgument'],
      [[two, one], 'InvalidPartOrder'],
      [[one, one], 'InvalidPartOrder'],
      [[{ ...one, ETag: '"wrong"' }], 'InvalidPart'],
      [[{ ...one, PartNumber: 7 }], 'InvalidPart'],
      [[{ ...one, ChecksumCRC32: 'AAAAAA==' }], 'InvalidPart'],
      [[one, two], 'EntityTooSmall'],
      [[one], 'InvalidRequest', { MpuObjectSize: 6 }],
      [[one], 'BadDigest', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }],
      [[one], 'InvalidRequest', { ChecksumType: 'COMPOSITE' }],
      [[one], 'NoSuchUpload', { UploadId: 'other' }],
      [[one], 'NoSuchUpload', { Key: 'another key' }],
      [[one], 'NoSuchKey', { IfMatch: '"x"' }],
    ]
    for (const [parts, name, more] of cases) {
      const refused = await refusalOf(complete(begun, parts, more))

      expect(refused.name, JSON.stringify([parts, more])).to.equal(name)
    }
    const done = await complete(begun, [one], { MpuObjectSize: 5, IfNoneMatch: '*' })
    expect(done.ETag).to.match(/^"[0-9a-f]{32}-1"$/)
  })

  it('take part numbers from 1 to 10,000', async () => {
    const begun = await begin('numbers')
    await upload(begun, 10_000, 'x')

    for (const number of [0, -1, 10_001]) {
      const refused = await refusalOf(upload(begun, number, 'x'))

      expect(refused).to.include({
        name: 'InvalidArgument',
        message: 'Part number must be an integer between 1 and 10000, inclusive',
      })
    }
  })

  it('lose against whoever took the key meanwhile, where they ask to', async () => {
    const begun = await begin('conditional')
    const part = await upload(begun, 1, 'mine')
    await s3.send(new S.PutObjectCommand({ Bucket, Key: 'conditional', Body: 'theirs' }))

    const refused = await refusalOf(complete(begun, [part], { IfNoneMatch: '*' }))
    const overwriting = await begin('conditional')
    const other = await upload(overwriting, 1, 'mine')
    await s3.send(new S.DeleteObjectCommand({ Bucket, Key: 'conditional' }))
    const conflict = await refusalOf(complete(overwriting, [other], { IfNoneMatch: '*' }))

    expect(refused).to.include({ name: 'PreconditionFailed', status: 412 })
    expect(conflict).to.include({ name: 'ConditionalRequestConflict', status: 409 })
  })

  it('copy parts of other objects', async () => {
    const begun = await begin('copied')
    const copy = async (PartNumber: number, CopySourceRange?: string) => {
      const input = { ...begun, PartNumber, CopySource: `${Bucket}/whole`, CopySourceRange }
      const { CopyPartResult } = await s3.send(new S.UploadPartCopyCommand(input))
      return { PartNumber, ETag: CopyPartResult?.ETag }
    }

    const parts = [await copy(1), await copy(2, 'bytes=0-4')]
    await complete(begun, parts)
    const refused = await refusalOf(
      s3.send(
        new S.UploadPartCopyCommand({
          ...begun,
          PartNumber: 1,
          CopySource: 'uploads/whole',
          CopySourceRange: 'bytes=0-',
        }),
      ),
    )

    expect((await bytesOf('copied')).equals(Buffer.concat([whole, whole.subarray(0, 5)]))).to.equal(true)
    expect(refused.name).to.equal('NoSuchUpload')
  })

  it('list their parts in pages', async () => {
    const begun = await begin('parts', { ChecksumAlgorithm: 'CRC32C' })
    for (const number of [3, 1, 2]) await upload(begun, number, `part ${number}`, { ChecksumAlgorithm: 'CRC32C' })

    const page = await s3.send(new S.ListPartsCommand({ ...begun, MaxParts: 2 }))
    const rest = await s3.send(new S.ListPartsCommand({ ...begun, PartNumberMarker: page.NextPartNumberMarker }))

    expect(page).to.include({ IsTruncated: true, NextPartNumberMarker: '2', ChecksumAlgorithm: 'CRC32C' })
    expect(page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).to.deep.equal([
      [1, 6],
      [2, 6],
    ])
    expect(rest.IsTruncated).to.equal(false)
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).to.deep.equal([3])
    expect(rest.Parts?.[0]?.ChecksumCRC32C).to.be.a('string')
  })

  it('are listed by key, then by their beginning, in pages', async () => {
    const other = 'uploads-list'
    await s3.send(new S.CreateBucketCommand({ Bucket: other }))
    const ids: string[] = []
    for (const Key of ['b', 'a/1', 'b', 'a/2', 'c']) {
      const { UploadId = '' } = await s3.send(new S.CreateMultipartUploadCommand({ Bucket: other, Key }))
      ids.push(UploadId)
      t.clock.advance(1000)
    }
    const [b1, a1, b2, a2, c] = ids
    const list = (input: Partial<S.ListMultipartUploadsCommandInput> = {}) =>
      new S.ListMultipartUploadsCommand({ Bucket: other, ...input })
    const found = ({ Uploads = [] }: S.ListMultipartUploadsCommandOutput) => Uploads.map(({ UploadId }) => UploadId)

    const all = await s3.send(list())
    const page = await s3.send(list({ MaxUploads: 3 }))
    const rest = await s3.send(list({ KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }))
    const folded = await s3.send(list({ Delimiter: '/' }))
    const wrong = await refusalOf(s3.send(list({ KeyMarker: 'b', UploadIdMarker: 'nonsense' })))

    expect(found(all)).to.deep.equal([a1, a2, b1, b2, c])
    expect(found(page)).to.deep.equal([a1, a2, b1])
    expect(found(rest)).to.deep.equal([b2, c])
    expect([found(folded), folded.CommonPrefixes]).to.deep.equal([[b1, b2, c], [{ Prefix: 'a/' }]])
    expect(wrong).to.include({ name: 'InvalidArgument', message: 'Invalid uploadId marker' })
  })
})
