import { randomUUID } from 'node:crypto'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DownloadError, type DownloadOptions, download } from './lib/download.ts'
import { environment } from './lib/environment.ts'
import { facesIn, withRectangles } from './lib/faces.ts'
import { BMP } from './lib/formats/bmp.ts'
import { GIF } from './lib/formats/gif.ts'
import { JPEG } from './lib/formats/jpeg.ts'
import { PNG } from './lib/formats/png.ts'
import { type Limits, NotAPicture, readPicture } from './lib/picture.ts'

/** A picture anywhere on the web. */
export interface FaceDetectionEvent {
  imageUrl: string
}

/** How many faces there are, and where the picture is with a rectangle around each; without a face, where it was. */
export interface FaceDetectionResult {
  faces: number
  outputUrl: string
}

const BUCKET = environment('BUCKET')
const PREFIX = environment('PREFIX')

/** Where everybody reads a bucket: at its own domain, or below the endpoint that the SDK is sent to instead of AWS. */
export const addressOf = (bucket: string, domain: string, endpoint: string | undefined): string =>
  endpoint ? `${new URL(endpoint).origin}/${bucket}/` : `https://${domain}/`

const OUTPUT = addressOf(BUCKET, environment('OUTPUT_DOMAIN'), process.env.AWS_ENDPOINT_URL)
/** Hosts that need not be public, `localhost:8080`, separated by commas: none, unless the template is told some. */
const ALLOWED_HOSTS = (process.env.ALLOWED_HOSTS ?? '').split(',').map((host) => host.trim())

const DOWNLOAD: DownloadOptions = {
  limits: { bytes: 10 * 1024 * 1024, ms: 5000, redirects: 5 },
  // What the function itself gives out it takes as well: the bucket is public, wherever its domain leads.
  isTrusted: (url) => url.href.startsWith(OUTPUT) || ALLOWED_HOSTS.includes(url.host),
}
/** What browsers show; and 12 megapixels, which take 600 MB and half of the function's time. */
const PICTURE: Limits = { pixels: 12_500_000, formats: [JPEG, PNG, GIF, BMP] }

/** An event that names no picture. */
class InvalidEvent extends TypeError {
  override name = 'InvalidEvent'
}

const s3 = new S3Client()

/** `20261121093000`, in UTC: what purgeBucketByPrefix reads. */
const digitsOf = (time: Date): string => time.toISOString().replace(/\D/g, '').slice(0, 14)

const detect = async (imageUrl: unknown): Promise<FaceDetectionResult> => {
  if (typeof imageUrl !== 'string') throw new InvalidEvent('imageUrl must be text: the address of a picture')
  const { picture } = await readPicture(await download(imageUrl, DOWNLOAD), PICTURE)
  const faces = await facesIn(picture)
  console.log(`faces: ${faces.length}, in ${picture.bitmap.width} × ${picture.bitmap.height} pixels`)
  if (faces.length === 0) return { faces: 0, outputUrl: imageUrl }
  const Key = `${PREFIX}${digitsOf(new Date())}-${randomUUID()}.jpg`
  const Body = await withRectangles(picture, faces)
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ContentType: 'image/jpeg' }))
  return { faces: faces.length, outputUrl: `${OUTPUT}${Key}` }
}

/** What the caller is told: an expected failure in its own words, or a fixed sentence. The log has the cause. */
const told = (error: unknown): Error => {
  const expected = error instanceof InvalidEvent || error instanceof DownloadError || error instanceof NotAPicture
  if (!expected) console.error(error)
  else if (error.cause) console.warn(error.message, error.cause)
  return expected ? error : new Error('the picture could not be searched for faces')
}

/**
 * Finds the faces in a picture of the web and stores it with a white rectangle around each.
 * @throws InvalidEvent, DownloadError or NotAPicture for what cannot be searched
 */
export const handler = async (event: FaceDetectionEvent): Promise<FaceDetectionResult> => {
  try {
    return await detect(event?.imageUrl)
  } catch (error) {
    throw told(error)
  }
}
