import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { type Picture, picturesIn } from './pictures.ts'

/** For how long one answer is waited for, in ms. */
const PATIENCE = 20_000

/** What S3 says of a list that nobody has written yet: 403, as the bucket may not be listed; 404 where it may. */
const NOTHING_YET = ['AccessDenied', 'NoSuchKey']

/** Reads a list again and again. */
export interface IndexReader {
  /** @returns the pictures, or nothing when they are those of the last time (304) */
  read(): Promise<Picture[] | undefined>
}

/** @param client who asks, at the time: credentials may change while the list is the same */
export const readerOf = (client: S3Client, Bucket: string, Key: string): IndexReader => {
  let known: { IfNoneMatch: string | undefined; IfModifiedSince: Date | undefined } | undefined
  let first = true
  return {
    async read() {
      try {
        const { Body, ETag, LastModified } = await client.send(new GetObjectCommand({ Bucket, Key, ...known }), {
          abortSignal: AbortSignal.timeout(PATIENCE),
        })
        const pictures = picturesIn((await Body?.transformToString()) ?? '')
        known = { IfNoneMatch: ETag, IfModifiedSince: LastModified }
        return pictures
      } catch (error) {
        const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
        if ($metadata?.httpStatusCode === 304) return undefined
        if (!NOTHING_YET.includes(name)) throw error
        // Nothing is news only once, or where there was something before.
        const news = first || known !== undefined
        known = undefined
        return news ? [] : undefined
      } finally {
        first = false
      }
    },
  }
}
