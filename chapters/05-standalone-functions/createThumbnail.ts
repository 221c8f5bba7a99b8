import { S3Client } from '@aws-sdk/client-s3'
import type { S3Event } from 'aws-lambda'
import { storeThumbnail } from './lib/storeThumbnail.ts'
import { forEachUpload, type Upload } from './lib/uploads.ts'

const s3 = new S3Client()

const handleUpload = async (upload: Upload): Promise<void> => {
  await storeThumbnail(s3, upload)
  console.log(`${upload.key}: thumbnail is stored`)
}

/**
 * Makes a thumbnail of every picture that was uploaded, at `thumbs/<key>`. Two functions of the template share it, each
 * with its own prefix and memory: two levels of service. A file that is no picture is logged and left alone.
 * @throws TypeError for an event that does not come from S3
 */
export const handler = async (event: S3Event): Promise<void> => forEachUpload(event, 'no thumbnail', handleUpload)
