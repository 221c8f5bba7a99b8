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
})
