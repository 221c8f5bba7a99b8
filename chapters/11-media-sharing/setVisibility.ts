import { CopyObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import type { Context } from 'aws-lambda'
import { TABLE, table } from './lib/content.ts'
import { environment } from './lib/environment.ts'
import { AlreadyThere, answering, InvalidInput, NoSuchPicture, NotSignedIn, NotYours } from './lib/failures.ts'
import { type ContentKey, contentAt, contentKeyOf } from './lib/keys.ts'
import { isGone, s3, type Version, versionOf } from './lib/media.ts'
import { metadataOf, type Texts } from './lib/texts.ts'

const BUCKET = environment('BUCKET')

/** Which picture, and who shall see it. */
interface Visibility {
  objectKey: string
  isPublic: boolean
}

/** The texts of a picture: an edited title is in the table only; before there is an item, they are in the metadata. */
const textsOf = async ({ identityId }: ContentKey, objectKey: string, { texts }: Version): Promise<Texts> => {
  const { Item } = await table.send(
    new GetCommand({ TableName: TABLE, Key: { identityId, objectKey }, ConsistentRead: true }),
  )
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise)
  return { title: text(Item?.title, texts.title), description: text(Item?.description, texts.description) }
}

/** Writes the picture to the other side, and nothing over another picture there. @throws NoSuchPicture, AlreadyThere */
const copy = async (from: string, to: string, version: Version, texts: Texts): Promise<void> => {
  try {
    await s3.send(
      new CopyObjectCommand({
        Bucket: BUCKET,
        Key: to,
        CopySource: `${BUCKET}/${encodeURIComponent(from)}`,
        CopySourceIfMatch: version.etag,
        IfNoneMatch: '*',
        MetadataDirective: 'REPLACE',
        ContentType: version.contentType,
        Metadata: metadataOf(texts),
      }),
    )
  } catch (error) {
    if (isGone(error)) throw new NoSuchPicture(from)
    if ((error as Error).name !== 'PreconditionFailed') throw error
    const there = await versionOf(BUCKET, to)
    // Not what lies there has refused the copy: the picture itself has just changed.
    if (!there) throw error
    // An earlier try that did not come to its end has written it already.
    if (there.etag !== version.etag) throw new AlreadyThere(to)
  }
}

/**
 * Moves one of the caller's pictures to the other side, by its key: written there, then deleted here. The events of the
 * bucket do the rest. Exercise 2.
 * @returns the key that the picture has now
 * @throws InvalidInput, NotSignedIn, NotYours, NoSuchPicture, AlreadyThere, TextsTooLong
 */
export const handler = async (
  event: Partial<Visibility> | null,
  context: Pick<Context, 'identity'>,
): Promise<Visibility> =>
  answering(async () => {
    const caller = context.identity?.cognitoIdentityId
    if (!caller) throw new NotSignedIn()
    const { objectKey, isPublic } = event ?? {}
    const parts = typeof objectKey === 'string' ? contentKeyOf(objectKey) : undefined
    if (!objectKey || !parts)
      throw new InvalidInput('objectKey must be the key of a picture: <public or private>/content/<identity>/<name>')
    if (typeof isPublic !== 'boolean') throw new InvalidInput('isPublic must be true or false')
    if (parts.identityId !== caller) throw new NotYours()
    const moved = contentAt({ ...parts, side: isPublic ? 'public' : 'private' })
    if (moved === objectKey) return { objectKey, isPublic }
    const version = await versionOf(BUCKET, objectKey)
    if (!version) throw new NoSuchPicture(objectKey)
    await copy(objectKey, moved, version, await textsOf(parts, objectKey, version))
    await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: objectKey, IfMatch: version.etag }))
    console.log(`${objectKey} is ${moved} now`)
    return { objectKey: moved, isPublic }
  })
