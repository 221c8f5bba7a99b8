import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { environment } from '../03-web-api/lib/environment.ts'
import { failDuring } from './lib/outage.ts'
import { indexOf, partsOf, type Style, s3, type Upload, uploadsIn } from './lib/uploads.ts'

const TABLE = environment('TABLE')
const BUCKET = environment('BUCKET')
const table = DynamoDBDocumentClient.from(new DynamoDBClient())
/** So many uploads an index holds. */
const MOST = 100
/** So often the table may change while an index is written. */
const ROUNDS = 5

/** The uploads of a style, by name from the last. */
const itemsOf = async (style: Style) => {
  const { Items = [] } = await table.send(
    new QueryCommand({
      TableName: TABLE,
      KeyConditionExpression: '#style = :style',
      ExpressionAttributeNames: { '#style': 'style' },
      ExpressionAttributeValues: { ':style': style },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: MOST,
    }),
  )
  return Items
}

/** Writes an index until what was written is what the table says: another one may have been written at the same time. */
const write = async (style: Style, names: readonly string[]): Promise<void> => {
  let written = ''
  for (let round = 0; round < ROUNDS; round++) {
    const items = await itemsOf(style)
    for (const { name, outage } of items) if (names.includes(name)) failDuring('index', `${style}/${name}`, outage)
    const Body = JSON.stringify(items)
    if (Body === written) return
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: indexOf(style), Body, ContentType: 'application/json' }))
    written = Body
  }
  throw new Error(`the table changed ${ROUNDS} times while ${indexOf(style)} was written`)
}

/** The keys of the uploads that a stream tells of; undefined for another event. */
const keysIn = (event: Partial<DynamoDBStreamEvent> | null): string[] | undefined => {
  const records = event?.Records?.map(({ dynamodb }) => dynamodb?.Keys)
  if (!records?.every((keys) => keys?.style?.S && keys.name?.S)) return undefined
  return records.map((keys) => `${keys?.style?.S}/${keys?.name?.S}`)
}

/**
 * Writes the list of a style's uploads, at most 100: called with an upload, or with what changed in the table, by its
 * stream. Chapter 12.
 * @throws TypeError for another event; OutOfOrder during an outage
 */
export const handler = async (event: Upload | DynamoDBStreamEvent): Promise<void> => {
  const keys =
    keysIn(event as Partial<DynamoDBStreamEvent>) ?? uploadsIn(event as Upload, 'one of a stream').map(({ key }) => key)
  const names = Map.groupBy(keys.map(partsOf), ({ style }) => style)
  for (const [style, uploads] of names)
    await write(
      style,
      uploads.map(({ name }) => name),
    )
  for (const key of keys) console.log(`${key}: it is in the index`)
}
