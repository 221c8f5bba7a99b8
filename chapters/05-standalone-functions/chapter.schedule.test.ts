import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'

const HOUR = 3_600_000
const bucket = 'local-123456789012-faces'

describe('The schedule of chapter 5 on the local cloud', () => {
  const cloud = withCloud({ chapter: '05' })
  /** A client by the clock of the cloud, so many ms ahead of the machine's. */
  const s3 = (ahead: number) => new S3Client({ ...cloud.config(), forcePathStyle: true, systemClockOffset: ahead })
  const keys = async (ahead: number) =>
    (await s3(ahead).send(new ListObjectsV2Command({ Bucket: bucket }))).Contents?.map(({ Key }) => Key)
  const runs = () => cloud.lines.filter((line) => /^PurgeBucketByPrefix: .*objects deleted/.test(line)).length

  it('runs purgeBucketByPrefix once an hour, by itself', async () => {
    for (const Key of ['tmp/20260101000000-old.jpg', 'tmp/20991231235959-new.jpg'])
      await s3(0).send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))

    cloud.clock.advance(HOUR - 120_000)
    await cloud.settled()
    const early = runs()
    cloud.clock.advance(120_000)
    await cloud.settled()

    expect([early, runs()], told(cloud)).to.deep.equal([0, 1])
    expect(await keys(HOUR)).to.deep.equal(['tmp/20991231235959-new.jpg'])
  })

  it('has a lifecycle rule beside it, which takes what has no date in its name after a day', async () => {
    await s3(HOUR).send(new PutObjectCommand({ Bucket: bucket, Key: 'tmp/notes.txt', Body: 'x' }))
    const before = await keys(HOUR)

    // Past the midnight (UTC) that comes after the day is over.
    for (let hours = 0; hours < 48; hours += 6) {
      cloud.clock.advance(6 * HOUR)
      await cloud.settled()
    }
    for (const end = Date.now() + 10_000; (await keys(49 * HOUR))?.includes('tmp/notes.txt') && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 50))

    expect(before).to.include('tmp/notes.txt')
    expect((await keys(49 * HOUR)) ?? [], told(cloud)).not.to.include('tmp/notes.txt')
  })
})
