import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { S3Event } from 'aws-lambda'
import { headOf, NotAPicture } from '../05-standalone-functions/lib/picture.ts'
import { MOST_PIXELS, makeThumbnail, type Thumbnail } from '../05-standalone-functions/lib/thumbnail.ts'
import { type Change, changesIn } from './lib/changes.ts'
import { type Content, deleteContent, putContent } from './lib/content.ts'
import { type ContentKey, contentKeyOf, thumbnailAt } from './lib/keys.ts'
import { TYPES } from './lib/limits.ts'
import { isSame, readPictureFile, s3, type Version, versionOf } from './lib/media.ts'

const BOX = { width: 200, height: 200 }
/** So often a picture may change while one event is handled. */
const ROUNDS = 5

/** The thumbnail of what lies under a key; undefined, and a line in the log, for what is no picture. */
const thumbnailOf = async (key: string, bytes: Uint8Array | NotAPicture): Promise<Thumbnail | undefined> => {
  try {
    if (bytes instanceof NotAPicture) throw bytes
    headOf(bytes, { pixels: MOST_PIXELS, types: TYPES })
    return await makeThumbnail(bytes, BOX)
  } catch (error) {
    if (!(error instanceof NotAPicture)) throw error
    console.warn(`${key}: no thumbnail, as ${error.message}`)
    return undefined
  }
}

const itemOf = ({ key, time, sequencer }: Change, parts: ContentKey, { texts }: Version): Content => ({
  identityId: parts.identityId,
  objectKey: key,
  thumbnailKey: thumbnailAt(parts),
  isPublic: parts.side === 'public',
  ...texts,
  uploadDate: time,
  uploadDay: time.slice(0, 10),
  sequencer,
})

/** Makes thumbnail and item what the bucket holds now. @returns what it held */
const follow = async (change: Change, parts: ContentKey): Promise<Version | undefined> => {
  const { bucket: Bucket, key, sequencer } = change
  const Key = thumbnailAt(parts)
  const found = await readPictureFile(Bucket, key)
  const thumbnail = found && (await thumbnailOf(key, found.bytes))
  if (thumbnail) {
    const { bytes, contentType } = thumbnail
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes, ContentType: contentType }))
    // Another upload than this event's has an event of its own, and its item comes with that.
    const stored = found.etag === change.etag && (await putContent(itemOf(change, parts, found)))
    console.log(`${key}: ${stored ? 'thumbnail and item are' : 'the thumbnail is'} stored`)
  } else {
    await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    if (await deleteContent({ identityId: parts.identityId, objectKey: key }, sequencer))
      console.log(`${key}: no thumbnail and no item are left`)
  }
  return found
}

/**
 * Events come twice, late, and in any order; so an event only says that something happened to a key, and the bucket says
 * what. What was written is right only if the bucket still says so afterwards: otherwise somebody else, who had read
 * something newer, may have written before.
 */
const handleChange = async (change: Change): Promise<void> => {
  const parts = contentKeyOf(change.key)
  if (!parts)
    return console.warn(`${change.key}: left alone, as its key is not <side>/content/<identity>/<name>, or is too long`)
  for (let round = 0; round < ROUNDS; round++) {
    const found = await follow(change, parts)
    if (isSame(found, await versionOf(change.bucket, change.key))) return
  }
  throw new Error(`${change.key} changed ${ROUNDS} times while its event was handled`)
}

/**
 * Keeps thumbnails and the table of contents what the bucket's pictures are. Called when something was created or removed
 * under `public/content/` or `private/content/`. Listing 11.5.
 * @throws TypeError for an event that does not come from S3
 * @throws the first failure of a service, after all records were tried, so that Lambda tries the event again.
 */
export const handler = async (event: S3Event): Promise<void> => {
  const failures: unknown[] = []
  for (const change of changesIn(event)) await handleChange(change).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
