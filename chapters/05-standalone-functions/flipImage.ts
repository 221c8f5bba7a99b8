import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { S3Event } from 'aws-lambda'
import { environment } from './lib/environment.ts'
import { BMP } from './lib/formats/bmp.ts'
import { JPEG } from './lib/formats/jpeg.ts'
import { PNG } from './lib/formats/png.ts'
import { TIFF } from './lib/formats/tiff.ts'
import { type Limits, type Picture, readPicture, writePicture } from './lib/picture.ts'
import { forEachUpload, readUpload, type Upload } from './lib/uploads.ts'

/** Where flipped pictures go: a bucket of their own, as one written where it came from would be flipped again. */
const BUCKET = environment('FLIPPED_BUCKET')
/** What the function's memory and time hold. No GIF: it may move, and a flipped one would not. */
const LIMITS: Limits = { pixels: 12_500_000, formats: [JPEG, PNG, BMP, TIFF] }

const s3 = new S3Client()

/** Mirrors a picture from top to bottom, in place. Twice is the picture itself. */
export const flip = ({ data, width, height }: Picture['bitmap']): void => {
  const row = 4 * width
  const kept = Buffer.alloc(row)
  for (let above = 0, below = row * (height - 1); above < below; above += row, below -= row) {
    data.copy(kept, 0, above, above + row)
    data.copyWithin(above, below, below + row)
    kept.copy(data, below)
  }
}

const handleUpload = async (upload: Upload): Promise<void> => {
  if (upload.bucket === BUCKET) throw new Error(`${BUCKET} is where flipped pictures go: flipping there never ends`)
  const { bytes, metadata } = await readUpload(s3, upload)
  const { picture, type } = await readPicture(bytes, LIMITS)
  flip(picture.bitmap)
  const Body = await writePicture(picture, type)
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: upload.key, Body, ContentType: type, Metadata: metadata }))
  console.log(`${upload.key}: flipped`)
}

/**
 * Mirrors every picture that was uploaded under `flip/` from top to bottom, into a second bucket under the same key. A
 * file that is no picture is logged and left alone.
 * @throws TypeError for an event that does not come from S3
 */
export const handler = async (event: S3Event): Promise<void> => forEachUpload(event, 'not flipped', handleUpload)
