import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { told, withCloud } from './cloud.ts'
import { gifOf } from './gif.ts'
import { keyOf, load, type Media, missingOf, show } from './mediaLoad.ts'

describe('Chapter 11 under load', function () {
  this.timeout(120_000)
  const cloud = withCloud({ chapter: '11' })
  const media = (): Media => ({
    s3: new S3Client({ ...cloud.config(), forcePathStyle: true }),
    table: DynamoDBDocumentClient.from(new DynamoDBClient(cloud.config())),
    bucket: 'local-123456789012-media',
    tableName: 'MediaContent',
  })
  const started = (name: string) => cloud.lines.filter((line) => line.startsWith(`${name}: START`)).length

  it('loses nothing of what ten people upload, more than the index holds, and calls a function once for each', async () => {
    const crowd = { users: 10, perSecond: 40, seconds: 3, picture: gifOf, patience: 90_000 }
    const { uploads, latencies, lost } = await load(media(), crowd)
    await cloud.settled(60_000)

    expect(uploads).to.equal(120)
    expect(lost, told(cloud)).to.deep.equal([])
    // What newer ones drive out before anybody looks is not lost, but has no time. The last hundred are there to be seen.
    expect(latencies.length).to.be.within(100, 120)
    expect(started('ContentUpdated')).to.equal(120)
    expect(started('UpdateContentIndex')).to.be.within(1, 120)
  })

  it('names what is lost', async () => {
    const { s3, bucket: Bucket } = media()
    const [first, second, never] = [keyOf(20, 'first.gif'), keyOf(20, 'second.gif'), keyOf(20, 'never.gif')]
    for (const key of [first, second]) await show(media(), key, gifOf(1))
    await cloud.settled()
    expect(await missingOf(media(), [first, second])).to.deep.equal([])

    await s3.send(new DeleteObjectCommand({ Bucket, Key: first.replace('/content/', '/thumbnail/') }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'public/index/content.json', Body: '[]' }))

    const missing = await missingOf(media(), [first, second, never])
    expect(missing.slice(0, 3)).to.deep.equal([
      `no item of ${never}`,
      `no thumbnail of ${first}`,
      `no thumbnail of ${never}`,
    ])
    expect(missing.slice(3)).to.include(`not in the index: ${second}`).and.to.have.length(100)
  })
})
