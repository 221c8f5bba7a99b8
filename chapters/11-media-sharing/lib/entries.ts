import { paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import { type Content, DAYS, TABLE, table } from './content.ts'

/** The key of a picture in the table. */
export type ContentId = Pick<Content, 'identityId' | 'objectKey'>

/** A picture in an index. */
export type Entry = ContentId & Pick<Content, 'thumbnailKey' | 'uploadDate' | 'title' | 'description'>

/** So many pictures the list of everybody's holds. */
const MOST = 100
const INDEX = 'uploadDay-uploadDate-index'
/** An upload cannot carry a longer text; an edit can, up to the size of an item. */
const LONGEST = 2048

type Item = Record<string, unknown>

/** Owners write titles by themselves: it may be anything. What is cut is cut between two letters, not within an emoji. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, '') : ''

/** Whether an item is a picture: an edit of an unknown key leaves one without a thumbnail. */
const isPicture = ({ thumbnailKey }: Item): boolean => typeof thumbnailKey === 'string'

const entryOf = ({ identityId, objectKey, thumbnailKey, uploadDate, title, description }: Item): Entry => ({
  identityId: String(identityId),
  objectKey: String(objectKey),
  thumbnailKey: String(thumbnailKey),
  uploadDate: String(uploadDate),
  title: textOf(title),
  description: textOf(description),
})

/** Newest first; at the same moment by key, so that the same pictures always make the same list. */
const newestFirst = (entries: Entry[]): Entry[] =>
  entries.sort((a, b) =>
    a.uploadDate === b.uploadDate ? (a.objectKey < b.objectKey ? -1 : 1) : a.uploadDate < b.uploadDate ? 1 : -1,
  )

/** All items that a query finds, page after page. */
async function* query(input: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<Item> {
  for await (const { Items = [] } of paginateQuery({ client: table }, { TableName: TABLE, ...input })) yield* Items
}

/** One item as it is now. */
const itemOf = async ({ identityId, objectKey }: ContentId): Promise<Item | undefined> => {
  const found = query({
    KeyConditionExpression: 'identityId = :identityId AND objectKey = :objectKey',
    ExpressionAttributeValues: { ':identityId': identityId, ':objectKey': objectKey },
    ConsistentRead: true,
  })
  return (await found.next()).value
}

const idOf = ({ identityId, objectKey }: Item): string => JSON.stringify([identityId, objectKey])

/**
 * The newest pictures of everybody, at most 100, back over as many days as it takes.
 * @param changed what has changed just now: the index of the table follows the table a moment later, so these are read
 * from the table itself
 */
export const publicEntries = async (changed: readonly ContentId[]): Promise<Entry[]> => {
  const known = new Set(changed.map(idOf))
  const now = (await Promise.all(changed.map(itemOf))).filter((item) => item?.isPublic === true && isPicture(item))
  const entries = now.map((item) => entryOf(item as Item))
  let older = 0
  const days = query({
    KeyConditionExpression: 'identityId = :days',
    ExpressionAttributeValues: { ':days': DAYS },
    ScanIndexForward: false,
    ConsistentRead: true,
  })
  for await (const { objectKey: day } of days) {
    const pictures = query({
      IndexName: INDEX,
      KeyConditionExpression: 'uploadDay = :day',
      FilterExpression: 'isPublic = :yes AND attribute_exists(thumbnailKey)',
      ExpressionAttributeValues: { ':day': day, ':yes': true },
      ScanIndexForward: false,
    })
    for await (const item of pictures) {
      if (known.has(idOf(item))) continue
      entries.push(entryOf(item))
      if (++older >= MOST) break
    }
    if (older >= MOST) break
  }
  return newestFirst(entries).slice(0, MOST)
}

/** All private pictures of somebody. */
export const privateEntries = async (identityId: string): Promise<Entry[]> => {
  const entries: Entry[] = []
  const pictures = query({
    KeyConditionExpression: 'identityId = :identityId AND begins_with(objectKey, :private)',
    FilterExpression: 'isPublic = :no AND attribute_exists(thumbnailKey)',
    ExpressionAttributeValues: { ':identityId': identityId, ':private': 'private/content/', ':no': false },
    ConsistentRead: true,
  })
  for await (const item of pictures) entries.push(entryOf(item))
  return newestFirst(entries)
}
