import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import * as S from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { openTestS3 } from '../../../tests/s3.ts'

const SERVER = fileURLToPath(new URL('../../../tests/s3Process.ts', import.meta.url))
const Bucket = 'durable'
const MB = 1024 ** 2

const clientOf = (endpoint: string) =>
  new S.S3Client({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    logger: { debug() {}, info() {}, warn() {}, error() {} }, // it warns of each upload that was cut
  })

/** A body that says itself whether it is whole: the same byte all over, as often as its key says. */
const uniform = (size: number, seed: number) => Buffer.alloc(size, seed & 255)
const isUniform = (bytes: Buffer) => bytes.equals(Buffer.alloc(bytes.length, bytes[0]))

describe('S3 under load', () => {
  let folder: string
  const children: ChildProcess[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3-durability-'))
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  const serve = async () => {
    const child = fork(SERVER, [folder])
    children.push(child)
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    return {
      s3: clientOf(url),
      async rss() {
        child.send('memory')
        const [{ rss }] = (await once(child, 'message')) as [{ rss: number }]
        return rss
      },
      async kill() {
        child.kill('SIGKILL')
        await once(child, 'exit')
      },
    }
  }

  it('stores and gives 100 MB with flat memory', async () => {
    const { s3, rss } = await serve()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
    const part = uniform(256 * 1024, 7)
    const put = (Key: string, megabytes: number) =>
      s3.send(
        new S.PutObjectCommand({
          Bucket,
          Key,
          Body: Readable.from(
            (function* () {
              for (let i = 0; i < megabytes * 4; i++) yield part
            })(),
          ),
          ContentLength: megabytes * MB,
        }),
      )
    const get = async (Key: string) => {
      const md5 = createHash('md5')
      const { Body, ETag } = await s3.send(new S.GetObjectCommand({ Bucket, Key }))
      for await (const chunk of Body as Readable) md5.update(chunk)
      return { ETag, md5: `"${md5.digest('hex')}"` }
    }
    // Enough for the buffers and the young heap to reach their size: a store that kept an object in memory would add 68 MB.
    await put('warm', 32)
    await get('warm')
    const before = await rss()
    let highest = before
    let sampling = true
    const samples = (async () => {
      while (sampling) {
        highest = Math.max(highest, await rss())
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()

    await put('large', 100)
    const read = await get('large')
    sampling = false
    await samples

    expect(read.md5).to.equal(read.ETag)
    // The thread that computes its MD5 takes 20.
    expect((highest - before) / MB).to.be.below(80)
  })

  it('gives every reader one whole object while it is overwritten and deleted', async () => {
    const t = await openTestS3({ folder })
    const s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
    const Key = 'contended'
    const put = (round: number) =>
      s3.send(new S.PutObjectCommand({ Bucket, Key, Body: uniform(300_000 + round * 1000, round) }))
    await put(0)
    const seen = { whole: 0, missing: 0 }
    let writing = true
    const reader = async () => {
      while (writing) {
        const got = await s3.send(new S.GetObjectCommand({ Bucket, Key })).catch((error) => error)
        if (got.name === 'NoSuchKey') {
          seen.missing++
          continue
        }
        const bytes = Buffer.from(await got.Body.transformToByteArray())
        expect(bytes.length).to.equal(got.ContentLength)
        expect(isUniform(bytes)).to.equal(true)
        expect(`"${createHash('md5').update(bytes).digest('hex')}"`).to.equal(got.ETag)
        seen.whole++
      }
    }
    const readers = Array.from({ length: 4 }, reader)

    for (let round = 1; round <= 60; round++) {
      await Promise.all([put(round), put(round + 100)])
      if (round % 20 === 0) await s3.send(new S.DeleteObjectCommand({ Bucket, Key }))
    }
    writing = false
    await Promise.all(readers)

    expect(seen.whole).to.be.above(20)
    for (let i = 0; i < 200 && readdirSync(join(folder, 's3')).length > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(readdirSync(join(folder, 's3'))).to.deep.equal([])
    await t.close()
  })

  it('lets a slow reader end with the bytes it began with', async () => {
    const t = await openTestS3({ folder })
    const s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
    const old = uniform(20 * MB, 1)
    await s3.send(new S.PutObjectCommand({ Bucket, Key: 'slow', Body: old }))
    const { Body } = await s3.send(new S.GetObjectCommand({ Bucket, Key: 'slow' }))

    await s3.send(new S.PutObjectCommand({ Bucket, Key: 'slow', Body: 'new' }))
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])

    expect(bytes.equals(old)).to.equal(true)
    await t.close()
  })

  it('has every accepted object, and none that is not whole, after it was killed in the middle of uploads', async function () {
    this.timeout(60_000)
    const accepted = new Map<string, string>()
    let parts: { UploadId: string | undefined; ETag: string | undefined } | undefined
    for (let round = 0; round < 4; round++) {
      const { s3, kill } = await serve()
      if (round === 0) {
        await s3.send(new S.CreateBucketCommand({ Bucket }))
        const { UploadId } = await s3.send(new S.CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))
        const part = { Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: uniform(200_000, 5) }
        parts = { UploadId, ETag: (await s3.send(new S.UploadPartCommand(part))).ETag }
      }
      let number = 0
      let under = true
      const writer = async () => {
        while (under) {
          const Key = `${round}/${number++ % 30}`
          const Body = uniform(1000 + Math.floor(Math.random() * 600_000), number)
          const written = await s3.send(new S.PutObjectCommand({ Bucket, Key, Body })).catch(() => undefined)
          if (written?.ETag) accepted.set(Key, written.ETag)
        }
      }
      const writers = Array.from({ length: 4 }, writer)
      // One that is never finished: its body stops half-way, so that the kill always meets an upload under way.
      const stuck = s3
        .send(
          new S.PutObjectCommand({
            Bucket,
            Key: `${round}/stuck`,
            ContentLength: 10 * MB,
            Body: Readable.from(
              (async function* () {
                yield uniform(2 * MB, 9)
                await new Promise(() => {})
              })(),
            ),
          }),
        )
        .catch(() => {})

      await new Promise((resolve) => setTimeout(resolve, 700))
      under = false
      await kill()
      await Promise.all([...writers, stuck])
    }

    const t = await openTestS3({ folder })
    const s3 = t.client()
    const { Contents = [] } = await s3.send(new S.ListObjectsV2Command({ Bucket }))
    const keys = new Set(Contents.map(({ Key }) => Key))
    for (const key of accepted.keys()) expect(keys.has(key), key).to.equal(true)
    for (const { Key = '', ETag, Size } of Contents) {
      expect(Key).not.to.contain('stuck')
      const { Body } = await s3.send(new S.GetObjectCommand({ Bucket, Key }))
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
      expect(bytes.length).to.equal(Size)
      expect(isUniform(bytes)).to.equal(true)
      expect(`"${createHash('md5').update(bytes).digest('hex')}"`).to.equal(ETag)
    }
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: parts?.ETag }] }
    const upload = { Bucket, Key: 'parts', UploadId: parts?.UploadId, MultipartUpload }
    const completed = await s3.send(new S.CompleteMultipartUploadCommand(upload))
    const files = readdirSync(join(folder, 's3')).length + t.state.prepare('select id from s3_bytes').all().length
    await t.close()

    expect(accepted.size).to.be.above(20)
    expect(completed.ETag).to.match(/-1"$/)
    expect(files).to.equal(Contents.length + 1) // nothing is left of what was not accepted
  })
})
