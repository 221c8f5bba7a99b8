import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3 } from '@aws-sdk/client-s3'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { startCloud } from '../../tests/cloud.ts'
import { createInterleaving } from '../../tests/interleaving.ts'
import { type Edit, type Listener, type Parts, play } from '../../tests/mediaSchedule.ts'
import { makeThumbnail } from '../05-standalone-functions/lib/thumbnail.ts'

/** `SEED=7` plays one; otherwise all of fifty, or five in which a missing condition or a missing second look shows. */
const SEEDS = process.env.SEED
  ? [Number(process.env.SEED)]
  : process.env.TEST_FULL === '1'
    ? Array.from({ length: 50 }, (_, index) => index + 1)
    : [8, 19, 31, 34, 43]

// biome-ignore lint/suspicious/noExplicitAny: each client has types of its own for the same thing
type Any = any
/** A client of the handlers, as far as it is listened to. */
interface Client {
  middlewareStack: { add(middleware: Any, options: { step: 'initialize'; priority: 'high'; name: string }): void }
}

describe('the media of chapter 11, whatever the order of events', () => {
  const environment = { ...process.env }
  const { log, warn, error } = console
  let cloud: Awaited<ReturnType<typeof startCloud>>
  let parts: Parts
  let listener: Listener = () => {}

  before(async () => {
    cloud = await startCloud()
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: cloud.cloud.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      TABLE: environment.TABLE ?? 'MediaContent',
      BUCKET: environment.BUCKET ?? 'media',
    })
    const { call, start } = createInterleaving()
    const content = await import('./lib/content.ts')
    const media = await import('./lib/media.ts')
    for (const client of [content.table, media.s3] as Client[])
      client.middlewareStack.add(
        (next: Any, { commandName }: { commandName: string }) =>
          (args: Any) =>
            call(async () => {
              const answer = await next(args)
              listener(commandName, args.input, answer.output)
              return answer
            }),
        { step: 'initialize', priority: 'high', name: 'turns' },
      )
    parts = {
      start,
      onCall(given) {
        listener = given
      },
      contentUpdated: (await import('./contentUpdated.ts')).handler,
      updateContentIndex: (await import('./updateContentIndex.ts')).handler,
      setVisibility: (await import('./setVisibility.ts')).handler as Parts['setVisibility'],
      s3: new S3({ ...cloud.config(), forcePathStyle: true }),
      table: DynamoDBDocument.from(new DynamoDBClient(cloud.config())),
      bucket: process.env.BUCKET ?? '',
      tableName: process.env.TABLE ?? '',
    }
    await parts.s3.createBucket({ Bucket: parts.bucket })
    await new DynamoDBClient(cloud.config()).send(await tableOf(parts.tableName))
  })
  beforeEach(() => {
    console.log = console.warn = console.error = () => {}
  })
  afterEach(() => Object.assign(console, { log, warn, error }))
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
    Object.assign(process.env, environment)
    await cloud?.stop()
  })

  const keys = async (Prefix: string) =>
    ((await parts.s3.listObjectsV2({ Bucket: parts.bucket, Prefix })).Contents ?? []).map(({ Key = '' }) => Key)
  const object = async (Key: string) => {
    const { Body, Metadata } = await parts.s3.getObject({ Bucket: parts.bucket, Key })
    return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), metadata: Metadata ?? {} }
  }
  const items = async () =>
    ((await parts.table.scan({ TableName: parts.tableName, ConsistentRead: true })).Items ?? []).filter(
      ({ identityId }) => !identityId.endsWith('/'),
    )
  const clear = async () => {
    for (const Key of await keys('')) await parts.s3.deleteObject({ Bucket: parts.bucket, Key })
    const { Items = [] } = await parts.table.scan({ TableName: parts.tableName })
    for (const { identityId, objectKey } of Items)
      await parts.table.delete({ TableName: parts.tableName, Key: { identityId, objectKey } })
  }

  /** The table as the objects and the edits say it should be, by key. */
  const expected = async (stored: Record<string, unknown>[], edits: Edit[]) => {
    const contents = [...(await keys('public/content/')), ...(await keys('private/content/'))]
    const found = await Promise.all(contents.map(async (key) => ({ key, ...(await object(key)) })))
    return found
      .filter(({ bytes }) => bytes.subarray(0, 3).toString() === 'GIF')
      .map(({ key, metadata }) => {
        const { title, description } = JSON.parse(decodeURIComponent(metadata.data ?? '{}'))
        const sequencer = stored.find(({ objectKey }) => objectKey === key)?.sequencer
        // An edit is of the upload that the item was of; another upload has its own title.
        const edit = edits.findLast((one) => one.objectKey === key && one.sequencer === sequencer)
        const [side = '', , identityId = ''] = key.split('/')
        return {
          identityId,
          objectKey: key,
          thumbnailKey: key.replace('/content/', '/thumbnail/'),
          isPublic: side === 'public',
          title: edit?.title ?? title,
          description,
        }
      })
  }

  for (const seed of SEEDS)
    it(`agree with the pictures in the end: seed ${seed}`, async () => {
      await clear()

      const edits = await play(seed, parts)

      const again = `SEED=${seed} repeats it`
      const stored = await items()
      const byKey = (a: { objectKey: string }, b: { objectKey: string }) => (a.objectKey < b.objectKey ? -1 : 1)
      const wanted = (await expected(stored, edits)).sort(byKey)
      const shown = stored.map(({ sequencer: _, uploadDate: __, uploadDay: ___, ...item }) => item)
      expect(shown.sort(byKey as never), `the table; ${again}`).to.deep.equal(wanted)
      const thumbnails = [...(await keys('private/thumbnail/')), ...(await keys('public/thumbnail/'))]
      expect(thumbnails.sort(), `the thumbnails; ${again}`).to.deep.equal(
        wanted.map(({ thumbnailKey }) => thumbnailKey).sort(),
      )
      for (const { objectKey, thumbnailKey } of wanted) {
        const { bytes } = await makeThumbnail((await object(objectKey)).bytes, { width: 200, height: 200 })
        expect((await object(thumbnailKey)).bytes.equals(bytes), `${thumbnailKey}; ${again}`).to.equal(true)
      }
      const lists = [...(await keys('public/index/')), ...(await keys('private/index/'))]
      const listed = (await Promise.all(lists.map(async (key) => JSON.parse(String((await object(key)).bytes))))).flat()
      expect(listed.sort(byKey), `the indexes; ${again}`).to.deep.equal(
        stored.map(({ isPublic: _, uploadDay: __, sequencer: ___, ...entry }) => entry).sort(byKey as never),
      )
    }).timeout(60_000)

  it('leave no old list over a newer one, when an execution stands still before it writes', async () => {
    await clear()
    const identityId = 'us-east-1:aaaaaaaa-0000-4000-8000-000000000001'
    const add = async (name: string) => {
      const objectKey = `public/content/${identityId}/${name}`
      const day = { identityId: 'uploadDays/', objectKey: '2026-11-21' }
      await parts.table.put({ TableName: parts.tableName, Item: day })
      const Item = { identityId, objectKey, thumbnailKey: 't', isPublic: true, uploadDay: '2026-11-21' }
      await parts.table.put({ TableName: parts.tableName, Item: { ...Item, uploadDate: name, sequencer: '1' } })
      const Keys = { identityId: { S: identityId }, objectKey: { S: objectKey } }
      return () => parts.updateContentIndex({ Records: [{ dynamodb: { Keys } }] })
    }
    parts.onCall(() => {})
    const slow = await parts.start('slow', await add('a'))
    for (let query = 0; query < 3; query++) await slow.step() // the picture, the days, the pictures of the day
    const quick = await parts.start('quick', await add('b'))
    while (!quick.ended) await quick.step()

    while (!slow.ended) await slow.step()

    const list = JSON.parse(String((await object('public/index/content.json')).bytes))
    expect(list.map(({ uploadDate }: { uploadDate: string }) => uploadDate)).to.deep.equal(['b', 'a'])
  })
})

/** The table as the template has it. */
const tableOf = async (TableName: string) => {
  const { CreateTableCommand } = await import('@aws-sdk/client-dynamodb')
  return new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['identityId', 'objectKey', 'uploadDay', 'uploadDate'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [
      { AttributeName: 'identityId', KeyType: 'HASH' },
      { AttributeName: 'objectKey', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'uploadDay-uploadDate-index',
        KeySchema: [
          { AttributeName: 'uploadDay', KeyType: 'HASH' },
          { AttributeName: 'uploadDate', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  })
}
