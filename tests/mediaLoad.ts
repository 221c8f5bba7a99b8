/** Uploads to chapter 11's application as several people make them, and what becomes of them. Nothing but the SDK. */
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'
import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'

/** Where chapter 11 is deployed. */
export interface Media {
  s3: S3Client
  table: DynamoDBDocumentClient
  bucket: string
  tableName: string
}

const INDEX = 'public/index/content.json'
/** So many pictures the index holds. */
const MOST = 100
/** Until a single upload is shown, ms. */
const PATIENCE = 30_000
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A key of somebody who is made up. */
export const keyOf = (user: number, name: string): string =>
  `public/content/us-east-1:00000000-0000-4000-8000-${String(user).padStart(12, '0')}/${name}`

/** An entry of the index, as far as it matters here. */
interface Entry {
  objectKey: string
  uploadDate: string
}

/** Reads the index as the page does: undefined while there is none, or no other than before. */
const indexReader = ({ s3, bucket: Bucket }: Media) => {
  let IfNoneMatch: string | undefined
  return async (): Promise<Entry[] | undefined> => {
    try {
      const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket, Key: INDEX, IfNoneMatch }))
      IfNoneMatch = ETag
      return JSON.parse((await Body?.transformToString()) ?? '')
    } catch (error) {
      const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
      if (name === 'NoSuchKey' || $metadata?.httpStatusCode === 304) return undefined
      throw error
    }
  }
}

const upload = ({ s3, bucket: Bucket }: Media, Key: string, Body: Uint8Array) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body }))

/** Uploads a picture and waits until the index shows its thumbnail. @throws after 30 seconds */
export const show = async (media: Media, key: string, picture: Uint8Array): Promise<void> => {
  const read = indexReader(media)
  await upload(media, key, picture)
  for (const until = performance.now() + PATIENCE; performance.now() < until; await wait(2))
    if ((await read())?.some(({ objectKey }) => objectKey === key)) return
  throw new Error(`${key} did not come into the index`)
}

export interface Load {
  users: number
  /** Of all users together, evenly. */
  perSecond: number
  seconds: number
  picture: (number: number) => Uint8Array
  /** How long to wait after the last upload until all are shown, ms. */
  patience: number
}

export interface Loaded {
  uploads: number
  /** How long each took from the begin of its upload until it was shown, ms, in the order in which they were. */
  latencies: number[]
  /** What is lost, a sentence each: an upload without item, thumbnail, or entry in the index. */
  lost: string[]
}

/** What table, thumbnails and index lack of these uploads; nothing, once all are shown and none is lost. */
export const missingOf = async (media: Media, keys: readonly string[]): Promise<string[]> => {
  const { s3, table, bucket: Bucket, tableName: TableName } = media
  const dates = new Map<string, string>()
  for await (const { Items = [] } of paginateScan({ client: table }, { TableName, ConsistentRead: true }))
    for (const { objectKey, uploadDate } of Items) if (uploadDate) dates.set(objectKey, uploadDate)
  const thumbnails = new Set<string | undefined>()
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: 'public/thumbnail/' }))
    for (const { Key } of Contents) thumbnails.add(Key)
  const listed = new Set((await indexReader(media)())?.map(({ objectKey }) => objectKey))
  const newest = [...dates].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x < y ? 1 : -1)).slice(0, MOST)
  const told = (what: string, missing: readonly string[]) => missing.map((key) => `${what} ${key}`)
  return [
    ...told(
      'no item of',
      keys.filter((key) => !dates.has(key)),
    ),
    ...told(
      'no thumbnail of',
      keys.filter((key) => !thumbnails.has(key.replace('/content/', '/thumbnail/'))),
    ),
    ...told(
      'not in the index:',
      newest.map(([key]) => key).filter((key) => !listed.has(key)),
    ),
  ]
}

/** Uploads as several people do at the same time, and watches the index until it has shown all. */
export const load = async (media: Media, { users, perSecond, seconds, picture, patience }: Load): Promise<Loaded> => {
  const run = Date.now().toString(36)
  const keys: string[] = []
  const latencies: number[] = []
  /** Uploads that the index has not shown yet: when they began, and, once they are there, the time of day. */
  const waiting = new Map<string, { began: number; there?: number }>()
  const note = (entries: readonly Entry[]) => {
    const listed = new Set(entries.map(({ objectKey }) => objectKey))
    // With many at once, newer ones may have taken the place of an upload before anybody has looked.
    const oldest = entries.length < MOST ? 0 : Date.parse(entries.at(-1)?.uploadDate ?? '')
    for (const [key, { began, there = Number.POSITIVE_INFINITY }] of waiting)
      if (listed.has(key) || there < oldest) {
        latencies.push(performance.now() - began)
        waiting.delete(key)
      }
  }
  let until = Number.POSITIVE_INFINITY
  const isSent = () => until < Number.POSITIVE_INFINITY
  /** What newer ones drove out before anybody looked, just as it was answered, is not lost; how long it took nobody knows. */
  const settled = async () => isSent() && (waiting.size === 0 || (await missingOf(media, keys)).length === 0)
  const watch = async () => {
    const read = indexReader(media)
    for (let look = 1; performance.now() < until; look++) {
      note((await read()) ?? [])
      if ((waiting.size === 0 || look % 50 === 0) && (await settled())) return
      await wait(20)
    }
  }
  const began = performance.now()
  const everybody = async () => {
    const uploads: Promise<void>[] = []
    for (let n = 0; n < perSecond * seconds; n++) {
      await wait(Math.max(0, began + (n * 1000) / perSecond - performance.now()))
      const key = keyOf(n % users, `${run}-${n}.jpg`)
      const state: { began: number; there?: number } = { began: performance.now() }
      keys.push(key)
      waiting.set(key, state)
      const done = upload(media, key, picture(n)).then(() => {
        state.there = Date.now()
      })
      uploads.push(done)
    }
    await Promise.all(uploads)
    until = performance.now() + patience
  }
  await Promise.all([everybody(), watch()])
  return { uploads: keys.length, latencies, lost: await missingOf(media, keys) }
}
