import { guest, indexWhere, metadata, type Person, privateIndex, signedIn } from './chains/11.ts'
import { deployedOn } from './chains/local.ts'
import type { TestCloud } from './cloud.ts'
import { gifOf } from './gif.ts'

const OWNER = 'john@example.com'
export const STRANGER = 'jane@example.com'

/** Runs what should be refused; what was decided is looked at elsewhere. */
const tried = (call: Promise<unknown>) => call.catch(() => undefined)

/**
 * Tells chapter 11's story on a local cloud: an owner uploads a private picture and reads the index that comes of it; a
 * stranger and a guest try what they may not.
 */
export const tellStory = async (
  cloud: TestCloud,
  name: string,
): Promise<Record<'owner' | 'stranger' | 'visitor', Person>> => {
  const deployed = deployedOn(cloud)
  const [owner, stranger, visitor] = [
    await signedIn(deployed, OWNER),
    await signedIn(deployed, STRANGER),
    await guest(deployed),
  ]
  const Bucket = deployed.output('MediaBucket')
  const Key = `private/content/${owner.id}/${name}`
  await owner.s3.putObject({ Bucket, Key, Body: gifOf(3), Metadata: metadata('mine', 'private') })
  await indexWhere(deployed, privateIndex(owner), (entries) => entries.some(({ objectKey }) => objectKey === Key))
  await cloud.settled()

  await owner.s3.getObject({ Bucket, Key: privateIndex(owner) })
  await tried(stranger.s3.getObject({ Bucket, Key }))
  await tried(visitor.s3.getObject({ Bucket, Key }))
  await tried(visitor.call('SetVisibility', { objectKey: Key, isPublic: true }))
  const TableName = deployed.output('MediaContentTable')
  const UpdateExpression = 'SET title = :title'
  const ExpressionAttributeValues = { ':title': 'stolen' }
  const item = { TableName, Key: { identityId: owner.id, objectKey: Key }, UpdateExpression, ExpressionAttributeValues }
  await tried(stranger.table.update(item))
  await cloud.settled()
  return { owner, stranger, visitor }
}
