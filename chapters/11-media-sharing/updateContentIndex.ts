import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { type ContentId, privateEntries, publicEntries } from './lib/entries.ts'
import { environment } from './lib/environment.ts'
import { contentKeyOf, PUBLIC_INDEX, privateIndexOf } from './lib/keys.ts'
import { s3 } from './lib/media.ts'

const BUCKET = environment('BUCKET')
/** So often the table may change while one index is written. */
const ROUNDS = 5

/** Writes an index until what was written is what the table says. */
const write = async (Key: string, entries: () => Promise<unknown[]>): Promise<void> => {
  let Body = JSON.stringify(await entries())
  for (let round = 0; round < ROUNDS; round++) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ContentType: 'application/json' }))
    // Records of other shards of the stream are handled at the same time, and may have written before.
    const now = JSON.stringify(await entries())
    if (now === Body) return console.log(`${Key} is written`)
    Body = now
  }
  throw new Error(`the table changed ${ROUNDS} times while ${Key} was written`)
}

/** The pictures that the records are about, each once. */
const changedIn = (records: readonly DynamoDBRecord[]): ContentId[] => {
  const changed = new Map<string, ContentId>()
  for (const { dynamodb } of records) {
    const [identityId, objectKey] = [dynamodb?.Keys?.identityId?.S, dynamodb?.Keys?.objectKey?.S]
    if (identityId && objectKey) changed.set(JSON.stringify([identityId, objectKey]), { identityId, objectKey })
  }
  return [...changed.values()]
}

const isStreamEvent = (records: unknown): records is DynamoDBRecord[] =>
  Array.isArray(records) && records.every((one) => one?.dynamodb?.Keys)

/**
 * Writes the lists that the pages show: of everybody's newest pictures, and of somebody's private ones. Called with what
 * changed in the table; the records say which lists, the table says what stands in them. Listing 11.7.
 * @throws TypeError for an event that does not come from a table's stream
 */
export const handler = async (event: DynamoDBStreamEvent): Promise<void> => {
  const Records: unknown = event?.Records
  if (!isStreamEvent(Records))
    throw new TypeError('the event must be one of a stream: { "Records": [{ "dynamodb": { "Keys": … } }] }')
  const changed = changedIn(Records)
  const sideOf = ({ objectKey }: ContentId) => contentKeyOf(objectKey)?.side
  const shown = changed.filter((one) => sideOf(one) === 'public')
  const owners = new Set(changed.filter((one) => sideOf(one) === 'private').map(({ identityId }) => identityId))
  if (shown.length > 0) await write(PUBLIC_INDEX, () => publicEntries(shown))
  for (const owner of owners) await write(privateIndexOf(owner), () => privateEntries(owner))
}
