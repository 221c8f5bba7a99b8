import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { S3Event } from 'aws-lambda'
import { environment } from './lib/environment.ts'
import { storeThumbnail } from './lib/storeThumbnail.ts'
import { forEachUpload, type Upload } from './lib/uploads.ts'

const TABLE = environment('TABLE')

const s3 = new S3Client()
const table = DynamoDBDocumentClient.from(new DynamoDBClient(), { marshallOptions: { removeUndefinedValues: true } })

/** Makes the thumbnail of one picture and stores its item. The same upload twice gives the same result. */
const handleUpload = async (upload: Upload): Promise<void> => {
  const { thumbnail, metadata } = await storeThumbnail(s3, upload)
  const { author, title, description } = metadata
  // The event's own time, so that a replayed event writes the same item.
  const Item = { name: upload.key, thumbnail, timestamp: upload.time, author, title, description }
  await table.send(new PutCommand({ TableName: TABLE, Item }))
  console.log(`${upload.key}: thumbnail and item are stored`)
}

/**
 * Makes a thumbnail of every picture that was uploaded under `images/`, at `thumbs/<key>`, and stores what is known of
 * the picture. Listing 5.1. A file that is no picture is logged and left alone.
 * @throws TypeError for an event that does not come from S3
 */
export const handler = async (event: S3Event): Promise<void> => forEachUpload(event, 'no thumbnail', handleUpload)
