import { readFileSync } from 'node:fs'
import { format } from 'node:util'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { startCloud } from '../../../tests/cloud.ts'

const photo = readFileSync(new URL('../../../events/photo.jpg', import.meta.url))
const bucket = 'pictures-of-the-exercise'
const where = (point: number) => `look at README.md beside your file, point ${point}`

/** An event of S3 with a record for each key. */
const eventOf = (...keys: string[]) => ({
  Records: keys.map((key) => ({
    eventTime: '2026-11-21T10:00:00.000Z',
    s3: {
      bucket: { name: bucket },
      object: { key: encodeURIComponent(key).replace(/%20/g, '+').replace(/%2F/g, '/'), size: photo.length },
    },
  })),
})

describe('createThumbnailAndStoreInDB', () => {
  let cloud: Awaited<ReturnType<typeof startCloud>>
  let s3: S3Client
  let handler: (event: unknown) => Promise<unknown>
  const written: string[] = []
  const { log, warn, error } = console

  before(async () => {
    cloud = await startCloud()
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: cloud.cloud.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      TABLE: 'Images',
    })
    s3 = new S3Client()
    await s3.send(new CreateBucketCommand({ Bucket: bucket }))
    await new DynamoDBClient().send(
      new CreateTableCommand({
        TableName: 'Images',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'name', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
      }),
    )
    ;({ handler } = await import(process.env.EXERCISE ?? './starter.ts'))
  })
  beforeEach(() => {
    written.length = 0
    console.log = console.warn = console.error = (...values) => written.push(format(...values))
  })
  afterEach(() => Object.assign(console, { log, warn, error }))
  after(() => cloud?.stop())

  const upload = (key: string, body: Uint8Array | string, Metadata: Record<string, string> = {}) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'image/jpeg', Metadata }))
  const invoke = (event: unknown, point: number) =>
    handler(event).catch((error: Error) => {
      throw new Error(`expected no error, but got ${error.name}: ${error.message}; ${where(point)}`)
    })
  const thumbnailOf = (key: string) =>
    s3.send(new HeadObjectCommand({ Bucket: bucket, Key: `thumbs/${key}` })).catch(() => undefined)
  const itemOf = async (name: string) =>
    (
      await DynamoDBDocumentClient.from(new DynamoDBClient()).send(
        new GetCommand({ TableName: 'Images', Key: { name } }),
      )
    ).Item

  it('makes a thumbnail and an item of a picture', async () => {
    await upload('images/photo.jpg', photo, { title: 'Mona Lisa' })

    await invoke(eventOf('images/photo.jpg'), 1)

    expect((await thumbnailOf('images/photo.jpg'))?.ContentType, 'the type of the thumbnail').to.equal('image/jpeg')
    expect(await itemOf('images/photo.jpg')).to.include({ thumbnail: 'thumbs/images/photo.jpg', title: 'Mona Lisa' })
  })

  it('decodes the key', async () => {
    const key = 'images/Mona Lisa (1+1).jpg'
    await upload(key, photo)

    await invoke(eventOf(key), 1)

    expect(await thumbnailOf(key), `the thumbnail thumbs/${key}; ${where(1)}`).not.to.equal(undefined)
    expect((await itemOf(key))?.name, where(1)).to.equal(key)
  })

  it('handles every record', async () => {
    const keys = ['images/a.jpg', 'images/b.jpg', 'images/c.jpg']
    for (const key of keys) await upload(key, photo)

    await invoke(eventOf(...keys), 2)

    for (const key of keys)
      expect(await thumbnailOf(key), `the thumbnail of ${key}; ${where(2)}`).not.to.equal(undefined)
  })

  it('keeps the metadata', async () => {
    const metadata = { author: 'John Doe', camera: 'one of 1860' }
    await upload('images/described.jpg', photo, metadata)

    await invoke(eventOf('images/described.jpg'), 3)

    expect((await thumbnailOf('images/described.jpg'))?.Metadata, where(3)).to.deep.equal(metadata)
  })

  it('logs what is no picture, leaves nothing, and goes on', async () => {
    await upload('images/text.jpg', 'This is a text, whatever its name says.')
    await upload('images/after.jpg', photo)

    await invoke(eventOf('images/text.jpg', 'images/after.jpg'), 4)

    expect(written.join('\n'), `the log; ${where(4)}`).to.contain('images/text.jpg')
    expect(await thumbnailOf('images/text.jpg'), `a thumbnail of a text; ${where(4)}`).to.equal(undefined)
    expect(await thumbnailOf('images/after.jpg'), `the thumbnail of the next record; ${where(4)}`).not.to.equal(
      undefined,
    )
  })
})
