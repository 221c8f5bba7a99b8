import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { S3Event, S3EventRecord } from 'aws-lambda'
import { environment } from './lib/environment.ts'
import { NotAPicture, type Size } from './lib/picture.ts'
import { makeThumbnail } from './lib/thumbnail.ts'

const TABLE = environment('TABLE')
/** The side of the box, in pixels, where the picture's metadata asks for no other. */
const DEFAULT_SIZE = 200
/** The largest file that is read, in bytes: it is held in memory as a whole. */
const LARGEST = 50 * 1024 * 1024

const s3 = new S3Client()
const table = DynamoDBDocumentClient.from(new DynamoDBClient(), { marshallOptions: { removeUndefinedValues: true } })

/** A key as the event has it, URL-encoded with `+` for a space, as the key that it is. */
export const decodeKey = (key: string): string => decodeURIComponent(key.replace(/\+/g, ' '))

/** The box that the uploader asks for in the metadata `width` and `height`; what is no positive number is ignored. */
export const boxOf = (metadata: Record<string, string>): Size => {
  const side = (value: string | undefined) =>
    Number(value) > 0 && Number.isFinite(Number(value)) ? Number(value) : DEFAULT_SIZE
  return { width: side(metadata.width), height: side(metadata.height) }
}

const isS3Event = (records: unknown): records is S3EventRecord[] =>
  Array.isArray(records) && records.every((one) => one?.s3?.bucket?.name && typeof one.s3.object?.key === 'string')

/** Makes the thumbnail of one picture and stores its item. The same record twice gives the same result. */
const handleRecord = async ({ s3: { bucket, object }, eventTime }: S3EventRecord): Promise<void> => {
  const key = decodeKey(object.key)
  const thumbnail = `thumbs/${key}`
  const {
    Body,
    ContentLength = 0,
    Metadata = {},
  } = await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: key }))
  if (!Body || ContentLength > LARGEST)
    throw new NotAPicture(`the file has ${ContentLength} bytes, more than ${LARGEST}`)
  const { bytes, contentType } = await makeThumbnail(await Body.transformToByteArray(), boxOf(Metadata))
  await s3.send(
    new PutObjectCommand({ Bucket: bucket.name, Key: thumbnail, Body: bytes, ContentType: contentType, Metadata }),
  )
  const { author, title, description } = Metadata
  // The event's own time, so that a replayed event writes the same item.
  const Item = { name: key, thumbnail, timestamp: eventTime, author, title, description }
  await table.send(new PutCommand({ TableName: TABLE, Item }))
  console.log(`${key}: thumbnail and item are stored`)
}

/**
 * Makes a thumbnail of every picture that was uploaded under `images/`, at `thumbs/<key>`, and stores what is known of
 * the picture. Listing 5.1. A file that is no picture is logged and left alone: trying again would change nothing.
 * @throws TypeError for an event that does not come from S3
 * @throws the first failure of a service, after all records were tried, so that Lambda tries the event again.
 */
export const handler = async (event: S3Event): Promise<void> => {
  const Records: unknown = event?.Records
  if (!isS3Event(Records)) throw new TypeError('the event must be one of S3: { "Records": [{ "s3": { … } }] }')
  const failures: unknown[] = []
  for (const record of Records) {
    try {
      await handleRecord(record)
    } catch (error) {
      if (error instanceof NotAPicture)
        console.warn(`${decodeKey(record.s3.object.key)}: no thumbnail, as ${error.message}`)
      else failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
