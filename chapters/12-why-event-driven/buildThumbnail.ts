import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { S3Event } from 'aws-lambda'
import { environment } from '../03-web-api/lib/environment.ts'
import { makeThumbnail } from '../05-standalone-functions/lib/thumbnail.ts'
import { callAndLeave } from './lib/calls.ts'
import { failDuring } from './lib/outage.ts'
import { partsOf, read, s3, thumbnailOf, type Upload, uploadsIn } from './lib/uploads.ts'

/** Who is next where functions call each other; events need no such name. */
const NEXT = environment('NEXT')
const BOX = { width: 200, height: 200 }

/**
 * Makes the thumbnail of an upload: called with it, or by the bucket in which it was created. Chapter 12.
 * @throws TypeError for another event
 * @throws NotAPicture for a file that is none; OutOfOrder during an outage
 */
export const handler = async (event: Upload | S3Event): Promise<void> => {
  for (const upload of uploadsIn(event)) {
    const { bucket: Bucket, key } = upload
    const { bytes, metadata } = await read(upload)
    failDuring('thumbnail', key, metadata.outage)
    const { bytes: Body, contentType: ContentType } = await makeThumbnail(bytes, BOX)
    await s3.send(new PutObjectCommand({ Bucket, Key: thumbnailOf(key), Body, ContentType }))
    console.log(`${key}: its thumbnail is stored`)
    if (partsOf(key).style === 'asynchronous') await callAndLeave(NEXT, upload)
  }
}
