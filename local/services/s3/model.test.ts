import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { refusalOf } from '../../../tests/refusal.ts'
import { withS3 } from '../../../tests/s3.ts'
import { add, bodyOf, drop, emptyModel, listed, type Model, versionsOf } from './model.ts'

const FULL = process.env.TEST_FULL !== undefined
const KEYS = ['a', 'a/', 'a/b', 'a/b/c', 'b c', 'ü', 'ﬁ', '😀', '😀/x']
/** The smallest part that is not the last one. */
const LARGE = 'L'.repeat(5 * 1024 ** 2)

// One key often, so that it comes to several versions; and the newest of those often.
const key = fc.oneof(fc.constant('a/b'), fc.constantFrom(...KEYS))
const nth = fc.oneof(fc.constant(0), fc.nat(9))
const body = fc.constantFrom('', '1', '22', '333', '4444')
const kind = <T>(name: T) => fc.constant(name)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: kind('put' as const), key, body }) },
  { weight: 3, arbitrary: fc.record({ do: kind('delete' as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: kind('delete version' as const), key, nth }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: kind('delete many' as const), keys: fc.uniqueArray(key, { minLength: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: kind('copy' as const), key, to: key, nth }) },
  { weight: 2, arbitrary: fc.record({ do: kind('status' as const), on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: kind('begin' as const), key }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: kind('part' as const),
      nth,
      number: fc.integer({ min: 1, max: 3 }),
      body: fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: kind(LARGE) }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: kind('complete' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ do: kind('abort' as const), nth }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
const ask = fc.record({
  Prefix: fc.constantFrom('', 'a', 'a/', '😀', 'none'),
  Delimiter: fc.constantFrom('', '/', 'b'),
  most: fc.integer({ min: 1, max: 4 }),
})
type Ask = typeof ask extends fc.Arbitrary<infer T> ? T : never

describe('S3: any sequence of writes', () => {
  const t = withS3()
  let s3: S.S3Client
  let Bucket: string
  let count = 0
  before(() => {
    s3 = t.client()
  })

  /** The id that a new version must have, which the service alone knows while versions are on. */
  const idOf = ({ status }: Model, told: string | undefined): string => {
    if (status === undefined) expect(told).to.equal(undefined)
    else if (status === 'Suspended') expect(told).to.equal('null')
    else expect(told).to.match(/^[\w-]{32}$/)
    return told ?? 'null'
  }
  const deleted = (model: Model, of: string, told: { DeleteMarker?: boolean; id?: string }) => {
    if (model.status === undefined) {
      expect(told.DeleteMarker).to.equal(undefined)
      return drop(model, of, 'null')
    }
    expect(told.DeleteMarker).to.equal(true)
    add(model, of, { id: idOf(model, told.id) })
  }

  const copy = async (model: Model, from: string, to: string, index: number) => {
    const versions = versionsOf(model, from)
    const source = versions[index % Math.max(1, versions.length)]
    const CopySource = `${Bucket}/${encodeURIComponent(from)}${source ? `?versionId=${source.id}` : ''}`
    const sent = s3.send(
      new S.CopyObjectCommand({
        Bucket,
        Key: to,
        CopySource,
        MetadataDirective: 'REPLACE',
        TaggingDirective: 'REPLACE',
      }),
    )
    if (!source) return expect((await refusalOf(sent)).name).to.equal('NoSuchKey')
    if (source.body === undefined) return expect((await refusalOf(sent)).name).to.equal('InvalidRequest')
    return add(model, to, { id: idOf(model, (await sent).VersionId), body: source.body })
  }

  const complete = async (model: Model, index: number) => {
    const upload = model.uploads[index % model.uploads.length]
    if (!upload) return
    const parts = [...upload.parts].sort(([a], [b]) => a - b)
    const sent = s3.send(
      new S.CompleteMultipartUploadCommand({
        Bucket,
        Key: upload.key,
        UploadId: upload.id,
        MultipartUpload: { Parts: parts.map(([PartNumber, { etag }]) => ({ PartNumber, ETag: etag })) },
      }),
    )
    if (parts.length === 0) return void expect((await refusalOf(sent)).status).to.equal(400)
    if (parts.slice(0, -1).some(([, part]) => part.body.length < LARGE.length))
      return void expect((await refusalOf(sent)).name).to.equal('EntityTooSmall')
    const { VersionId } = await sent
    model.uploads = model.uploads.filter((one) => one !== upload)
    add(model, upload.key, { id: idOf(model, VersionId), body: parts.map(([, part]) => part.body).join('') })
  }

  const run = async (one: Step, model: Model): Promise<unknown> => {
    switch (one.do) {
      case 'put': {
        const { VersionId } = await s3.send(
          new S.PutObjectCommand({ Bucket, Key: one.key, Body: Buffer.from(one.body) }),
        )
        return add(model, one.key, { id: idOf(model, VersionId), body: one.body })
      }
      case 'delete': {
        const { DeleteMarker, VersionId } = await s3.send(new S.DeleteObjectCommand({ Bucket, Key: one.key }))
        return deleted(model, one.key, { DeleteMarker, id: VersionId })
      }
      case 'delete version': {
        const versions = versionsOf(model, one.key)
        const version = versions[one.nth % Math.max(1, versions.length)]
        const VersionId = version?.id ?? 'null'
        const told = await s3.send(new S.DeleteObjectCommand({ Bucket, Key: one.key, VersionId }))
        expect(told.DeleteMarker ?? false).to.equal(version !== undefined && version.body === undefined)
        return drop(model, one.key, VersionId)
      }
      case 'delete many': {
        const Objects = one.keys.map((Key) => ({ Key }))
        const { Deleted = [], Errors } = await s3.send(new S.DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
        expect(Errors).to.equal(undefined)
        expect(Deleted.map(({ Key }) => Key)).to.deep.equal(one.keys)
        for (const { Key = '', DeleteMarker, DeleteMarkerVersionId: id } of Deleted)
          deleted(model, Key, { DeleteMarker, id })
        return
      }
      case 'copy':
        return copy(model, one.key, one.to, one.nth)
      case 'status': {
        const Status = one.on ? 'Enabled' : 'Suspended'
        await s3.send(new S.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
        model.status = Status
        return
      }
      case 'begin': {
        const { UploadId = '' } = await s3.send(new S.CreateMultipartUploadCommand({ Bucket, Key: one.key }))
        return model.uploads.push({ key: one.key, id: UploadId, parts: new Map() })
      }
      case 'part': {
        const upload = model.uploads[one.nth % model.uploads.length]
        if (!upload) return
        const { key: Key, id: UploadId, parts } = upload
        const { ETag = '' } = await s3.send(
          new S.UploadPartCommand({ Bucket, Key, UploadId, PartNumber: one.number, Body: Buffer.from(one.body) }),
        )
        return parts.set(one.number, { body: one.body, etag: ETag })
      }
      case 'complete':
        return complete(model, one.nth)
      case 'abort': {
        const upload = model.uploads[one.nth % model.uploads.length]
        if (!upload) return
        model.uploads = model.uploads.filter((other) => other !== upload)
        return s3.send(new S.AbortMultipartUploadCommand({ Bucket, Key: upload.key, UploadId: upload.id }))
      }
    }
  }

  const text = async (Key: string, VersionId?: string) =>
    (await s3.send(new S.GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString()

  /** Whether every version is there, with its bytes, and nothing else; also among the files. */
  const compareBytes = async (model: Model) => {
    for (const of of KEYS) {
      const now = bodyOf(model, of)
      if (now === undefined) expect((await refusalOf(text(of))).name).to.equal('NoSuchKey')
      else expect((await text(of)) === now, of).to.equal(true)
      for (const { id, body: bytes } of versionsOf(model, of))
        if (bytes === undefined) expect((await refusalOf(text(of, id))).name).to.equal('MethodNotAllowed')
        else expect((await text(of, id)) === bytes, `${of} ${id}`).to.equal(true)
    }
    for (const { key: Key, id: UploadId, parts } of model.uploads) {
      const { Parts = [] } = await s3.send(new S.ListPartsCommand({ Bucket, Key, UploadId }))
      const expected = [...parts].sort(([a], [b]) => a - b).map(([number, { etag }]) => `${number} ${etag}`)
      expect(Parts.map(({ PartNumber, ETag }) => `${PartNumber} ${ETag}`)).to.deep.equal(expected)
    }
  }

  /** Goes through the pages of a list: each full but the last, and all together what is expected, in its order. */
  const comparePages = async <At>(
    expected: readonly string[],
    most: number,
    page: (at: At | undefined) => Promise<{ entries: string[]; next: At | undefined }>,
  ) => {
    let [done, at] = [0, undefined as At | undefined]
    do {
      const { entries, next } = await page(at)
      expect(entries).to.have.members(expected.slice(done, done + most))
      expect(next !== undefined).to.equal(done + most < expected.length)
      done += entries.length
      at = next
    } while (at !== undefined)
  }
  const shared = (prefixes: S.CommonPrefix[] = []) => prefixes.map(({ Prefix }) => `${Prefix}…`)
  const keysOf = (contents: S._Object[] = []) => contents.map(({ Key = '', Size }) => `${Key} ${Size}`)

  const compareLists = async (model: Model, { Prefix, Delimiter, most }: Ask) => {
    const asked = { Bucket, Prefix, Delimiter }
    const current = KEYS.filter((of) => bodyOf(model, of) !== undefined)
    const objects = listed(
      current.map((of) => ({ key: of, shown: `${of} ${bodyOf(model, of)?.length}` })),
      Prefix,
      Delimiter,
    )
    await comparePages<string>(objects, most, async (ContinuationToken) => {
      const page = await s3.send(new S.ListObjectsV2Command({ ...asked, MaxKeys: most, ContinuationToken }))
      const entries = [...keysOf(page.Contents), ...shared(page.CommonPrefixes)]
      expect(page.KeyCount).to.equal(entries.length)
      return { entries, next: page.NextContinuationToken }
    })
    await comparePages<string>(objects, most, async (Marker) => {
      const page = await s3.send(new S.ListObjectsCommand({ ...asked, MaxKeys: most, Marker }))
      const next = page.IsTruncated ? (page.NextMarker ?? page.Contents?.at(-1)?.Key) : undefined
      return { entries: [...keysOf(page.Contents), ...shared(page.CommonPrefixes)], next }
    })
    const versions = listed(
      KEYS.flatMap((of) =>
        versionsOf(model, of).map(({ id, body: bytes }, index) => ({
          key: of,
          shown: `${of} ${id} ${bytes?.length ?? 'marker'} ${index === 0}`,
        })),
      ),
      Prefix,
      Delimiter,
    )
    await comparePages<Pick<S.ListObjectVersionsCommandInput, 'KeyMarker'>>(versions, most, async (at) => {
      const page = await s3.send(new S.ListObjectVersionsCommand({ ...asked, MaxKeys: most, ...at }))
      const { Versions = [], DeleteMarkers = [], NextKeyMarker: KeyMarker, NextVersionIdMarker } = page
      const entries = [
        ...Versions.map(({ Key, VersionId, Size, IsLatest }) => `${Key} ${VersionId} ${Size} ${IsLatest}`),
        ...DeleteMarkers.map(({ Key, VersionId, IsLatest }) => `${Key} ${VersionId} marker ${IsLatest}`),
        ...shared(page.CommonPrefixes),
      ]
      const next = { KeyMarker, ...(NextVersionIdMarker ? { VersionIdMarker: NextVersionIdMarker } : {}) }
      return { entries, next: page.IsTruncated ? next : undefined }
    })
  }

  const compareUploads = async (model: Model) => {
    const { Uploads = [] } = await s3.send(new S.ListMultipartUploadsCommand({ Bucket }))
    expect(Uploads.map(({ Key, UploadId }) => `${Key} ${UploadId}`)).to.have.members(
      model.uploads.map(({ key: of, id }) => `${of} ${id}`),
    )
  }

  /** Takes away all that is left, after which no byte may be. */
  const empty = async (model: Model) => {
    for (const { key: Key, id: UploadId } of model.uploads)
      await s3.send(new S.AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
    const Objects = KEYS.flatMap((Key) => versionsOf(model, Key).map(({ id }) => ({ Key, VersionId: id })))
    if (Objects.length > 0) await s3.send(new S.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
    await s3.send(new S.DeleteBucketCommand({ Bucket }))
    expect([...t.store.objects.files()]).to.deep.equal([])
  }

  it('leaves objects, versions, uploads and lists as their rules have them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.array(ask, { minLength: 1, maxLength: 3 }),
        async (steps, asks) => {
          Bucket = `model-${++count}`
          await s3.send(new S.CreateBucketCommand({ Bucket }))
          const model = emptyModel()
          for (const one of steps) await run(one, model)
          await compareBytes(model)
          for (const one of asks) await compareLists(model, one)
          await compareUploads(model)
          await empty(model)
        },
      ),
      FULL ? { numRuns: 500 } : { numRuns: 30, seed: 4 },
    )
  }).timeout(FULL ? 600_000 : 60_000)
})
