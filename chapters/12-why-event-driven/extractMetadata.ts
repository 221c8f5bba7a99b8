import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { S3Event } from 'aws-lambda'
import { imageSize } from 'image-size'
import { environment } from '../03-web-api/lib/environment.ts'
import { callAndLeave } from './lib/calls.ts'
import { failDuring } from './lib/outage.ts'
import { partsOf, read, thumbnailOf, type Upload, uploadsIn } from './lib/uploads.ts'

const TABLE = environment('TABLE')
/** Who is next where functions call each other; events need no such name. */
const NEXT = environment('NEXT')
const table = DynamoDBDocumentClient.from(new DynamoDBClient())

/**
 * Stores what is known of an upload: called with it, or by the bucket in which its thumbnail was created. Chapter 12.
 * @throws TypeError for another event, or a file that is no picture; OutOfOrder during an outage
 */
export const handler = async (event: Upload | S3Event): Promise<void> => {
  for (const upload of uploadsIn(event)) {
    const { key } = upload
    const { bytes, metadata } = await read(upload)
    failDuring('metadata', key, metadata.outage)
    const { type, width, height } = imageSize(bytes)
    const { style, name } = partsOf(key)
    const known = { thumbnail: thumbnailOf(key), type, width, height, bytes: bytes.length }
    // The index is written from the table: its outage has to come along.
    const Item = { style, name, ...known, ...(metadata.outage ? { outage: metadata.outage } : {}) }
    await table.send(new PutCommand({ TableName: TABLE, Item }))
    console.log(`${key}: its item is stored`)
    if (style === 'asynchronous') await callAndLeave(NEXT, upload)
  }
}
