import { DeleteObjectsCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { environment } from './lib/environment.ts'

const BUCKET = environment('BUCKET')
const PREFIX = environment('PREFIX')
/** Objects are deleted once they are older, in seconds. */
const MAX_AGE = Number(environment('MAX_AGE'))

const s3 = new S3Client()

/**
 * The time in the name of a key, `tmp/20261121093000-<uuid>.jpg` (UTC), in milliseconds since 1970. Nothing for a name
 * that begins with none, or with one that no calendar has.
 */
export const timeOf = (key: string): number | undefined => {
  const digits = /(?:^|\/)(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)-[^/]*$/.exec(key)
  if (!digits) return undefined
  const [year, month, day, hour, minute, second] = digits.slice(1)
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const time = Date.parse(text)
  // Date takes the 31st of February for the 3rd of March.
  return !Number.isNaN(time) && new Date(time).toISOString() === text ? time : undefined
}

/** The keys whose time is more than `MAX_AGE` ago. What has no time stays, and is logged. */
export const expired = (objects: { Key?: string }[], now: number): string[] =>
  objects.flatMap(({ Key = '' }) => {
    const time = timeOf(Key)
    if (time === undefined) console.warn(`${Key} stays: its name holds no date`)
    return time !== undefined && now - time > MAX_AGE * 1000 ? [Key] : []
  })

/** Deletes at most 1,000 objects: as many as a page of a list holds. @throws Error that names the first that stays */
const deleteAll = async (keys: string[]): Promise<number> => {
  if (keys.length === 0) return 0
  const Objects = keys.map((Key) => ({ Key }))
  const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects, Quiet: true } }))
  const [first] = Errors
  if (first) throw new Error(`${Errors.length} objects could not be deleted: ${first.Key}, ${first.Code}`)
  return keys.length
}

/**
 * Deletes every object under the prefix that is older than an hour, by the time in its key; the pages of the list in
 * parallel.
 * @returns `3 objects deleted`
 * @throws the first failure, after all pages were tried: the next hour tries again.
 */
export const handler = async (): Promise<string> => {
  const now = Date.now()
  const pages: Promise<PromiseSettledResult<number>[]>[] = []
  // Deletions go on while the next page is listed. Settled, so that one that fails meanwhile waits for its turn.
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: BUCKET, Prefix: PREFIX }))
    pages.push(Promise.allSettled([deleteAll(expired(Contents, now))]))
  let deleted = 0
  for (const result of (await Promise.all(pages)).flat()) {
    if (result.status === 'rejected') throw result.reason
    deleted += result.value
  }
  const told = `${deleted} objects deleted`
  console.log(told)
  return told
}
