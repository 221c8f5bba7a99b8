import { PutObjectCommand } from '@aws-sdk/client-s3'
import { objectOf } from './given.ts'
import { isOutage } from './outage.ts'
import { type Style, s3, type Upload } from './uploads.ts'

/** What a client sends to a function that uploads for it. */
export interface UploadRequest {
  /** Name of the file: letters, digits, `.`, `-` and `_`, 100 at most; no dot or hyphen at its begin. */
  name: string
  /** The picture, in base64. */
  picture: string
  /** A part that shall not work: `thumbnail 2026-11-21T10:00:00.000Z`, see `outage.ts`. */
  outage?: string
}

/** The most characters of a picture: with them an event is still far below 6 MB. */
const LARGEST = 4_000_000

/** Puts the picture of a request into the bucket. @throws TypeError, RangeError that name the field */
export const storeUpload = async (style: Style, bucket: string, event: unknown): Promise<Upload> => {
  const { name, picture, outage } = objectOf(event, 'the event')
  if (typeof name !== 'string' || !/^\w[\w.-]{0,99}$/.test(name))
    throw new TypeError(`name must be letters, digits, ".", "-" and "_", but is ${JSON.stringify(name) ?? 'missing'}`)
  if (typeof picture !== 'string' || !/^[\w+/]+={0,2}$/.test(picture))
    throw new TypeError('picture must be the picture in base64')
  if (picture.length > LARGEST)
    throw new RangeError(`picture must have ${LARGEST} characters at most, but has ${picture.length}`)
  if (outage !== undefined && !isOutage(outage))
    throw new TypeError('outage must be a part and a time: thumbnail 2026-11-21T10:00:00.000Z')
  const key = `${style}/${name}`
  const Metadata = outage === undefined ? undefined : { outage }
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(picture, 'base64'), Metadata }))
  return { bucket, key }
}
