import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { S3Event } from 'aws-lambda'
import { environment } from '../lib/environment.ts'
import { makeThumbnail } from '../lib/thumbnail.ts'

const TABLE = environment('TABLE')

const s3 = new S3Client()
const table = DynamoDBDocumentClient.from(new DynamoDBClient(), { marshallOptions: { removeUndefinedValues: true } })

/** Makes the thumbnail of an uploaded picture and stores what is known of it. */
export const handler = async (event: S3Event): Promise<void> => {
  const record = event.Records[0]
  if (!record) return
  const { bucket, object } = record.s3
  const { key } = object
  const thumbnail = `thumbs/${key}`
  const { Body, Metadata = {} } = await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: key }))
  const picture = (await Body?.transformToByteArray()) ?? new Uint8Array()
  const { bytes, contentType } = await makeThumbnail(picture, { width: 200, height: 200 })
  await s3.send(new PutObjectCommand({ Bucket: bucket.name, Key: thumbnail, Body: bytes, ContentType: contentType }))
  const { author, title, description } = Metadata
  const Item = { name: key, thumbnail, timestamp: record.eventTime, author, title, description }
  await table.send(new PutCommand({ TableName: TABLE, Item }))
}
