import type { S3, S3ServiceException } from '@aws-sdk/client-s3'
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import type { DynamoDBStreamEvent, S3Event } from 'aws-lambda'
import { gifOf } from './gif.ts'
import { type Fate, randomOf, type Thread } from './interleaving.ts'

/** What a call sends and brings, as far as the schedule looks at it. */
export interface Written {
  Key?: string | { identityId: string; objectKey: string }
  Item?: { identityId: string; objectKey: string }
}
export interface Answered {
  ETag?: string
  CopyObjectResult?: { ETag?: string }
}
export type Listener = (command: string, input: Written, output: Answered) => void

/** What a schedule moves: the chapter's handlers, whose clients wait for their turn, and clients that do not. */
export interface Parts {
  start(name: string, work: () => Promise<unknown>): Promise<Thread>
  /** Hears of each call of the handlers that was made. */
  onCall(listener: Listener): void
  contentUpdated(event: S3Event): Promise<unknown>
  updateContentIndex(event: DynamoDBStreamEvent): Promise<unknown>
  setVisibility(event: object, context: object): Promise<unknown>
  s3: S3
  table: DynamoDBDocument
  bucket: string
  tableName: string
}

/** Something that an owner has written into an item, while it was of this upload. */
export interface Edit {
  objectKey: string
  sequencer: string
  title: string
}

const OWNERS = ['us-east-1:aaaaaaaa-0000-4000-8000-000000000001', 'us-east-1:bbbbbbbb-0000-4000-8000-000000000002']
const NAME = 'ü 1+1.gif'
const OPERATIONS = 20
/** So many executions run at the same time. */
const TOGETHER = 12
/** Lambda tries an asynchronous event so often. */
const TRIES = 3

interface Delivery {
  name: string
  run(): Promise<unknown>
  tries: number
  /** A call of a page: whoever called tries it again, or not. */
  once?: boolean
  ended?: () => void
}

/**
 * Lets owners upload, overwrite, delete, edit and move pictures, and hands the events of the bucket and of the table's
 * stream to the functions in an order that the seed gives: events of the bucket in any order, some twice; those of the
 * stream in order for each shard, some again at the end; calls of several executions between each other, some of which
 * fail, so that the event comes again. It ends when nothing is left to do.
 * @returns the edits
 */
export const play = async (seed: number, parts: Parts): Promise<Edit[]> => {
  const random = randomOf(seed)
  const below = (n: number) => Math.floor(random() * n)
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T
  const { s3, table, bucket: Bucket, tableName: TableName, start } = parts
  const edits: Edit[] = []
  const deliveries: Delivery[] = []
  const shards: { queue: object[]; busy: boolean }[] = [
    { queue: [], busy: false },
    { queue: [], busy: false },
  ]
  let now = Date.parse('2026-11-18T20:00:00Z')
  let written = 0

  /** The bucket tells of a key: with an ETag, that something was created. */
  const tell = (key: string, etag?: string) => {
    if (!/^(public|private)\/content\//.test(key)) return
    now += 1 + below(4 * 3600_000)
    const record = {
      eventTime: new Date(now).toISOString(),
      eventName: etag ? 'ObjectCreated:Put' : 'ObjectRemoved:Delete',
      s3: {
        bucket: { name: Bucket },
        object: {
          key: encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'),
          sequencer: (0x5ae_d6dc_d900 + ++written).toString(16).toUpperCase().padStart(18, '0'),
          ...(etag ? { eTag: etag.replaceAll('"', '') } : {}),
        },
      },
    }
    const event = { Records: [record] } as unknown as S3Event
    const copies = random() < 0.3 ? 2 : 1
    for (let copy = 0; copy < copies; copy++)
      deliveries.push({ name: `${record.eventName} ${key}`, run: () => parts.contentUpdated(event), tries: 0 })
  }
  const changed = (Keys: { identityId: string; objectKey: string }) => {
    if (Keys.identityId.endsWith('/')) return
    const record = { dynamodb: { Keys: { identityId: { S: Keys.identityId }, objectKey: { S: Keys.objectKey } } } }
    shards[OWNERS.indexOf(Keys.identityId)]?.queue.push(record)
  }
  parts.onCall((command, input, output) => {
    if (command === 'PutObjectCommand') tell(String(input.Key), output.ETag)
    if (command === 'CopyObjectCommand') tell(String(input.Key), output.CopyObjectResult?.ETag)
    if (command === 'DeleteObjectCommand') tell(String(input.Key))
    const item = input.Item ?? (typeof input.Key === 'object' ? input.Key : undefined)
    if (item && command !== 'GetCommand') changed(item)
  })

  const threads: { thread: Thread; delivery: Delivery; slow: boolean }[] = []
  const begin = async (delivery: Delivery) => {
    delivery.tries++
    threads.push({ thread: await start(delivery.name, delivery.run), delivery, slow: random() < 0.4 })
  }

  const operate = async () => {
    const owner = OWNERS[random() < 0.8 ? 0 : 1] as string
    const objectKey = `${random() < 0.75 ? 'public' : 'private'}/content/${owner}/${NAME}`
    const kind = random()
    if (kind < 0.5) {
      const data = JSON.stringify({ title: `title ${written} <b>`, description: `“${written}”` })
      const Body = random() < 0.15 ? `no picture ${written}` : gifOf(random() < 0.3 ? 1 : 1000 + written)
      const { ETag } = await s3.putObject({
        Bucket,
        Key: objectKey,
        Body,
        Metadata: { data: encodeURIComponent(data) },
      })
      tell(objectKey, ETag)
    } else if (kind < 0.7) {
      await s3.deleteObject({ Bucket, Key: objectKey })
      tell(objectKey)
    } else if (kind < 0.85) {
      const title = `edited ${written}`
      const { Attributes } = await table
        .update({
          TableName,
          Key: { identityId: owner, objectKey },
          UpdateExpression: 'SET title = :title',
          ConditionExpression: 'attribute_exists(objectKey)',
          ExpressionAttributeValues: { ':title': title },
          ReturnValues: 'ALL_NEW',
        })
        .catch((error: S3ServiceException) => {
          if (error.name !== 'ConditionalCheckFailedException') throw error
          return { Attributes: undefined }
        })
      if (!Attributes) return
      edits.push({ objectKey, sequencer: Attributes.sequencer, title })
      changed({ identityId: owner, objectKey })
    } else {
      const context = { identity: { cognitoIdentityId: owner } }
      const run = () => parts.setVisibility({ objectKey, isPublic: !objectKey.startsWith('public') }, context)
      await begin({ name: `setVisibility ${objectKey}`, run, tries: 0, once: true })
    }
  }
  /** Hands the next records of a shard over, before which none of it is done. */
  const deliver = (shard: (typeof shards)[number]) => {
    shard.busy = true
    const Records = shard.queue.splice(0, 1 + below(3))
    const run = () => parts.updateContentIndex({ Records } as DynamoDBStreamEvent)
    if (random() < 0.15) deliveries.push({ name: 'the stream again', run, tries: 0 })
    return begin({
      name: 'the stream',
      run,
      tries: 0,
      ended() {
        shard.busy = false
      },
    })
  }
  const fateOf = ({ tries }: Delivery): Fate => {
    if (tries >= TRIES || random() > 0.06) return 'made'
    return random() < 0.5 ? 'refused' : 'lost'
  }
  const step = async () => {
    // Some executions stand still while others run from beginning to end.
    const quick = threads.filter(({ slow }) => !slow)
    const at = threads.indexOf(one(quick.length && random() < 0.98 ? quick : threads))
    const { thread, delivery } = threads[at] as (typeof threads)[number]
    await thread.step(fateOf(delivery))
    if (!thread.ended) return
    threads.splice(at, 1)
    if (thread.error && !delivery.once && delivery.tries < TRIES) return begin(delivery)
    if (thread.error && !delivery.once)
      throw new Error(`${delivery.name} failed ${TRIES} times`, { cause: thread.error })
    delivery.ended?.()
  }

  // Owners are quick in one schedule, slow in another; so are events.
  const [haste, delay] = [0.05 + 0.6 * random(), 0.1 + 0.8 * random()]
  for (let left = OPERATIONS; ; ) {
    const shard = one(shards)
    const room = threads.length < TOGETHER
    if (left > 0 && random() < haste) {
      left--
      await operate()
    } else if (room && deliveries.length && random() < delay)
      await begin(deliveries.splice(below(deliveries.length), 1)[0] as Delivery)
    else if (room && shard.queue.length && !shard.busy && random() < delay) await deliver(shard)
    else if (threads.length) await step()
    else if (!left && !deliveries.length && shards.every(({ queue }) => !queue.length)) return edits
  }
}
