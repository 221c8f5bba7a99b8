import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { S3Event, S3EventRecord } from 'aws-lambda'

export const s3 = new S3Client()

/** How an upload is worked on: the first part of its key. */
export type Style = 'synchronous' | 'asynchronous' | 'events'

/** A picture that was uploaded, as functions hand it on: its bucket and its key, `<style>/<name>`. */
export interface Upload {
  bucket: string
  key: string
}

/** Such names stand in an event of S3 as they are: there is nothing to decode. */
const KEY = /^(?:thumbnail\/)?((synchronous|asynchronous|events)\/(\w[\w.-]{0,99}))$/
/** The largest file that is read, in bytes: it is held in memory as a whole. */
const LARGEST = 10_000_000

/** The key of an upload, taken apart. @throws TypeError for another key */
export const partsOf = (key: string): { style: Style; name: string } => {
  const [, , style, name] = KEY.exec(key) ?? []
  if (!style || !name) throw new TypeError(`the key must be <style>/<name>, but is ${JSON.stringify(key)}`)
  return { style: style as Style, name }
}

/** Where the thumbnail of an upload lies. */
export const thumbnailOf = (key: string): string => `thumbnail/${key}`
/** Where the list of a style's uploads lies. */
export const indexOf = (style: Style): string => `index/${style}.json`

const isS3Event = (records: unknown): records is S3EventRecord[] =>
  Array.isArray(records) && records.every((one) => one?.s3?.bucket?.name && typeof one.s3.object?.key === 'string')

/**
 * The uploads that an event is about: the one that a function was called with, or those of an event of S3, which tells
 * that an upload, or the thumbnail of one, was created.
 * @param other what else the function takes, for the message
 * @throws TypeError for anything else
 */
export const uploadsIn = (event: Partial<Upload & S3Event> | null, other = 'one of S3'): Upload[] => {
  const uploads = isS3Event(event?.Records)
    ? event.Records.map(({ s3: { bucket, object } }) => ({ bucket: bucket.name, key: object.key }))
    : [{ bucket: event?.bucket, key: event?.key }]
  return uploads.map(({ bucket, key }) => {
    if (typeof bucket !== 'string' || typeof key !== 'string')
      throw new TypeError(`the event must be { "bucket": "…", "key": "…" }, or ${other}`)
    const { style, name } = partsOf(key)
    return { bucket, key: `${style}/${name}` }
  })
}

/** A file with its user metadata. @throws RangeError for one that is larger than 10 MB */
export const read = async ({ bucket, key }: Upload) => {
  const { Body, ContentLength = 0, Metadata = {} } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  if (!Body || ContentLength > LARGEST) throw new RangeError(`${key} has ${ContentLength} bytes, more than ${LARGEST}`)
  return { bytes: await Body.transformToByteArray(), metadata: Metadata }
}
