import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { S3Event, S3EventRecord } from 'aws-lambda'
import { NotAPicture } from './notAPicture.ts'

/** An object that was created, as one record of an event of S3 tells it. */
export interface Upload {
  bucket: string
  /** Decoded: the key as it was uploaded. */
  key: string
  /** When, in ISO 8601. */
  time: string
}

/** The largest file that is read, in bytes: it is held in memory as a whole. */
const LARGEST = 50 * 1024 * 1024

/** A key as the event has it, URL-encoded with `+` for a space, as the key that it is. */
export const decodeKey = (key: string): string => decodeURIComponent(key.replace(/\+/g, ' '))

const isS3Event = (records: unknown): records is S3EventRecord[] =>
  Array.isArray(records) && records.every((one) => one?.s3?.bucket?.name && typeof one.s3.object?.key === 'string')

/**
 * Handles every upload of an event, one after another. What is no picture is logged and left alone: trying again would
 * change nothing.
 * @param without what such a file gets not, for the log: `no thumbnail`
 * @throws TypeError for an event that does not come from S3
 * @throws the first failure of a service, after all uploads were tried, so that Lambda tries the event again.
 */
export const forEachUpload = async (
  event: S3Event,
  without: string,
  handle: (upload: Upload) => Promise<void>,
): Promise<void> => {
  const Records: unknown = event?.Records
  if (!isS3Event(Records)) throw new TypeError('the event must be one of S3: { "Records": [{ "s3": { … } }] }')
  const failures: unknown[] = []
  for (const { s3, eventTime } of Records) {
    const key = decodeKey(s3.object.key)
    try {
      await handle({ bucket: s3.bucket.name, key, time: eventTime })
    } catch (error) {
      if (error instanceof NotAPicture) console.warn(`${key}: ${without}, as ${error.message}`)
      else failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** The bytes of an uploaded file and its user metadata. @throws NotAPicture for one that is larger than a picture is */
export const readUpload = async (
  s3: S3Client,
  { bucket, key }: Upload,
): Promise<{ bytes: Uint8Array; metadata: Record<string, string> }> => {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  const { Body, ContentLength = 0, Metadata = {} } = answer
  if (!Body || ContentLength > LARGEST)
    throw new NotAPicture(`the file has ${ContentLength} bytes, more than ${LARGEST}`)
  return { bytes: await Body.transformToByteArray(), metadata: Metadata }
}
