import type { S3Event, S3EventRecord } from 'aws-lambda'
import { decodeKey } from '../../05-standalone-functions/lib/uploads.ts'

/** That something happened to an object, as one record of an event of S3 tells it. */
export interface Change {
  bucket: string
  /** Decoded: an identity's ID holds a colon, which arrives as `%3A`. */
  key: string
  /** When, in ISO 8601. */
  time: string
  /** Of two changes of one key, the later one has the greater one. */
  sequencer: string
  /** Of what was uploaded, without quotes; an object that was removed has none. */
  etag: string | undefined
}

/** Sequencers are compared as if the shorter one ended in zeros (S3 user guide, "Event message structure"). */
const LENGTH = 64

const isS3Event = (records: unknown): records is S3EventRecord[] =>
  Array.isArray(records) &&
  records.every(
    (one) =>
      one?.s3?.bucket?.name && typeof one.s3.object?.key === 'string' && typeof one.s3.object.sequencer === 'string',
  )

/** An ETag as it is compared: a header has it in quotes. */
export const bare = (etag: string | undefined): string | undefined => etag?.replaceAll('"', '')

/** The changes that an event tells. @throws TypeError for an event that does not come from S3 */
export const changesIn = (event: S3Event): Change[] => {
  const Records: unknown = event?.Records
  if (!isS3Event(Records)) throw new TypeError('the event must be one of S3: { "Records": [{ "s3": { … } }] }')
  return Records.map(({ s3: { bucket, object }, eventTime }) => ({
    bucket: bucket.name,
    key: decodeKey(object.key),
    time: eventTime,
    sequencer: object.sequencer.padEnd(LENGTH, '0'),
    etag: bare(object.eTag),
  }))
}
