import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { environment } from './environment.ts'

export const TABLE = environment('TABLE')

export const table = DynamoDBDocumentClient.from(new DynamoDBClient())

/** What the table knows of a picture. */
export interface Content {
  identityId: string
  objectKey: string
  thumbnailKey: string
  isPublic: boolean
  title: string
  description: string
  /** When it was uploaded, in ISO 8601, and the day alone: key of the index `uploadDay-uploadDate-index`. */
  uploadDate: string
  uploadDay: string
  /** Of the event that the item was written for. */
  sequencer: string
}

/**
 * The partition that lists the days on which something was uploaded, one item for each, so that the index finds earlier
 * days without looking through the calendar. No identity has a slash in its ID.
 */
export const DAYS = 'uploadDays/'

/** Whether the write took place; no, where the condition did not hold. */
const unless = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write
    return true
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false
    throw error
  }
}

/**
 * Stores an item, unless the table has it from this event or a later one: so an event that comes again, or late, undoes no
 * edit. An item without a sequencer is what an edit of an unknown key left behind.
 * @returns whether it was stored
 */
export const putContent = async (item: Content): Promise<boolean> => {
  const day = { identityId: DAYS, objectKey: item.uploadDay }
  await table.send(new PutCommand({ TableName: TABLE, Item: day })) // the same again changes nothing, and no stream tells it
  return unless(
    table.send(
      new PutCommand({
        TableName: TABLE,
        Item: item,
        ConditionExpression: 'attribute_not_exists(sequencer) OR sequencer < :sequencer',
        ExpressionAttributeValues: { ':sequencer': item.sequencer },
      }),
    ),
  )
}

/** Deletes an item, unless a later event has written it. @returns whether it is gone */
export const deleteContent = (Key: Pick<Content, 'identityId' | 'objectKey'>, sequencer: string): Promise<boolean> =>
  unless(
    table.send(
      new DeleteCommand({
        TableName: TABLE,
        Key,
        ConditionExpression: 'attribute_not_exists(sequencer) OR sequencer <= :sequencer',
        ExpressionAttributeValues: { ':sequencer': sequencer },
      }),
    ),
  )
