import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { NotAPicture } from '../../05-standalone-functions/lib/notAPicture.ts'
import { bare } from './changes.ts'
import { LARGEST } from './limits.ts'
import { type Texts, textsIn } from './texts.ts'

export const s3 = new S3Client()

/** What tells one upload of a picture from another under the same key. */
export interface Version {
  etag: string | undefined
  contentType: string | undefined
  texts: Texts
}

/** Who may not list a bucket gets 403, not 404, for an object that is not there. */
export const isGone = (error: unknown): boolean =>
  [403, 404].includes(
    (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode ?? Number.NaN,
  )

/** What lies in the bucket now; undefined where nothing lies. */
export const versionOf = async (Bucket: string, Key: string): Promise<Version | undefined> => {
  try {
    const { ETag, ContentType, Metadata } = await s3.send(new HeadObjectCommand({ Bucket, Key }))
    return { etag: bare(ETag), contentType: ContentType, texts: textsIn(Metadata) }
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** A picture with its bytes; undefined where nothing lies. A file that is too large for a picture has none. */
export const readPictureFile = async (
  Bucket: string,
  Key: string,
): Promise<(Version & { bytes: Uint8Array | NotAPicture }) | undefined> => {
  try {
    const {
      Body,
      ContentLength = 0,
      ETag,
      ContentType,
      Metadata,
    } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    const version = { etag: bare(ETag), contentType: ContentType, texts: textsIn(Metadata) }
    if (!Body || ContentLength > LARGEST) {
      ;(Body as { destroy?: () => void } | undefined)?.destroy?.()
      return { ...version, bytes: new NotAPicture(`the file has ${ContentLength} bytes, more than ${LARGEST}`) }
    }
    return { ...version, bytes: await Body.transformToByteArray() }
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Whether both are the same upload, or neither is there. */
export const isSame = (a: Version | undefined, b: Version | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : a.etag === b.etag && a.texts.title === b.texts.title && a.texts.description === b.texts.description
