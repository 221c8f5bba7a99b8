import { readFileSync } from 'node:fs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { chain } from '../../tests/chains/05.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { told, withCloud } from '../../tests/cloud.ts'
import { canMakePictures, twelveMegapixels } from '../../tests/pictures.ts'

const photo = readFileSync(new URL('../../events/photo.jpg', import.meta.url))
const bucket = 'local-123456789012-pictures'

describe('Chapter 5 on the local cloud', () => {
  const cloud = withCloud({ chapter: '05' })
  const s3 = () => new S3Client({ ...cloud.config(), forcePathStyle: true })
  const upload = (key: string, body: Uint8Array | string) =>
    s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'image/jpeg' }))
  const keys = async (prefix: string) =>
    (await s3().send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))).Contents?.map(({ Key }) => Key) ??
    []
  const item = async (name: string) =>
    (
      await DynamoDBDocumentClient.from(new DynamoDBClient(cloud.config())).send(
        new GetCommand({ TableName: cloud.stack.outputs.ImagesTable?.value, Key: { name } }),
      )
    ).Item
  const linesWith = (text: string) => cloud.lines.filter((line) => line.includes(text))

  takeSteps(chain, cloud)

  it('gives the same result for the same event again', async () => {
    const event = readFileSync(new URL('./events/createThumbnailAndStoreInDB.photo.json', import.meta.url))
    const invoke = () =>
      new LambdaClient(cloud.config()).send(
        new InvokeCommand({ FunctionName: 'CreateThumbnailAndStoreInDB', Payload: event }),
      )

    const first = await invoke()
    const once = await item('images/photo.jpg')
    await invoke()

    expect(first.FunctionError, told(cloud)).to.equal(undefined)
    expect(await item('images/photo.jpg')).to.deep.equal(once)
    expect(once?.timestamp).to.equal('2026-11-21T10:00:00.000Z')
  })

  it('logs a file that is no picture, and leaves nothing', async () => {
    await upload('images/text.jpg', 'This is a text, whatever its name says.')
    await upload('images/cut.jpg', photo.subarray(0, photo.length / 2))
    await upload('images/empty.jpg', new Uint8Array())
    await cloud.settled()

    expect(linesWith('images/text.jpg: no thumbnail, as the file is neither JPEG')).to.have.length(1)
    expect(linesWith('images/cut.jpg: no thumbnail, as the picture is damaged')).to.have.length(1)
    expect(linesWith('images/empty.jpg: no thumbnail, as the file is empty')).to.have.length(1)
    for (const name of ['text', 'cut', 'empty']) {
      expect(await keys(`thumbs/images/${name}`)).to.deep.equal([])
      expect(await item(`images/${name}.jpg`)).to.equal(undefined)
    }
  })

  it('makes the thumbnail of 12 megapixels in the memory that the function has', async function () {
    if (!(await canMakePictures())) this.skip()
    await upload('images/large.jpg', await twelveMegapixels())
    await cloud.settled()

    expect(await keys('thumbs/images/large.jpg'), told(cloud)).to.deep.equal(['thumbs/images/large.jpg'])
    const [, size, used] =
      /Memory Size: (\d+) MB\tMax Memory Used: (\d+) MB/.exec(linesWith('REPORT').at(-1) ?? '') ?? []
    expect(Number(used)).to.be.lessThan(Number(size))
  }).timeout(60_000)

  it('does nothing for a picture outside images/', async () => {
    const before = linesWith('START RequestId').length

    await upload('other/photo.jpg', photo)
    await cloud.settled()

    expect(await keys('thumbs/other')).to.deep.equal([])
    expect(linesWith('START RequestId').length).to.equal(before)
  })
})

describe('Chapter 5 without the permission to write thumbnails', () => {
  const cloud = withCloud({
    chapter: '05',
    change: (template) => template.replace('Action: s3:PutObject', 'Action: s3:PutObjectTagging'),
  })

  it('makes no thumbnail, and the log says what was denied and why', async () => {
    const s3 = new S3Client({ ...cloud.config(), forcePathStyle: true })

    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'images/photo.jpg', Body: photo }))
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1500))
      cloud.clock.advance(150_000) // past the two more tries of an asynchronous invocation
    }
    await cloud.settled()

    const listed = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'thumbs/' }))
    expect(listed.KeyCount).to.equal(0)
    const resource = `"arn:aws:s3:::${bucket}/thumbs/images/photo.jpg"`
    expect(cloud.lines.join('\n').replaceAll('\\"', '"'), told(cloud)).to.contain(
      `is not authorized to perform: s3:PutObject on resource: ${resource} because no identity-based policy allows the s3:PutObject action`,
    )
    expect(cloud.lines.filter((line) => line.includes('START RequestId'))).to.have.length(3)
  })
})
