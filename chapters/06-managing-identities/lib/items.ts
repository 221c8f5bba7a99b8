import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { type Attempt, idsOf, type Target } from './attempt.ts'

const keyOf = (identityId: string) => ({ identityId, name: 'note' })
const itemOf = (identityId: string) => ({ ...keyOf(identityId), text: 'a note' })
const counted = (n = 0) => (n === 1 ? '1 item' : `${n} items`)

/** What is tried on the items of one partition key. */
type OnItem = (table: DynamoDBDocumentClient, TableName: string, id: string) => Promise<string>
/** What is tried on those of several at once. */
type OnItems = (table: DynamoDBDocumentClient, TableName: string, ids: string[]) => Promise<string>

const reads: Record<string, OnItem> = {
  async 'dynamodb:GetItem'(table, TableName, id) {
    const { Item } = await table.send(new GetCommand({ TableName, Key: keyOf(id) }))
    return Item ? `“${Item.text}”` : 'no item'
  },
  async 'dynamodb:Query'(table, TableName, id) {
    const query = { KeyConditionExpression: 'identityId = :id', ExpressionAttributeValues: { ':id': id } }
    return counted((await table.send(new QueryCommand({ TableName, ...query }))).Count)
  },
}

const batchGet: OnItems = async (table, TableName, ids) => {
  const { Responses } = await table.send(
    new BatchGetCommand({ RequestItems: { [TableName]: { Keys: ids.map(keyOf) } } }),
  )
  return counted(Responses?.[TableName]?.length)
}

const writes: Record<string, OnItem> = {
  async 'dynamodb:PutItem'(table, TableName, id) {
    await table.send(new PutCommand({ TableName, Item: itemOf(id) }))
    return 'stored'
  },
  async 'dynamodb:UpdateItem'(table, TableName, id) {
    const update = {
      UpdateExpression: 'SET #text = :text',
      ExpressionAttributeNames: { '#text': 'text' },
      ExpressionAttributeValues: { ':text': 'a note' },
    }
    await table.send(new UpdateCommand({ TableName, Key: keyOf(id), ...update }))
    return 'changed'
  },
}

const batchWrite: OnItems = async (table, TableName, ids) => {
  const puts = ids.map((id) => ({ PutRequest: { Item: itemOf(id) } }))
  await table.send(new BatchWriteCommand({ RequestItems: { [TableName]: puts } }))
  return 'stored'
}

const deletes: Record<string, OnItem> = {
  async 'dynamodb:DeleteItem'(table, TableName, id) {
    await table.send(new DeleteCommand({ TableName, Key: keyOf(id) }))
    return 'deleted'
  },
}

/** What is tried on a table whose partition key is an identity id; what deletes comes last. */
export const itemAttempts = (resource: Attempt['resource'], TableName: string): Attempt[] => {
  const attempt = (action: string, target: Target, ask: OnItems): Attempt => ({
    ...{ resource, action, target },
    run: ({ dynamodb }, own, other) => ask(dynamodb, TableName, idsOf(target, own, other)),
  })
  const single = (asks: Record<string, OnItem>) =>
    Object.entries(asks).flatMap(([action, ask]) =>
      (['own', 'other'] as const).map((target) =>
        attempt(action, target, (table, name, [id = '']) => ask(table, name, id)),
      ),
    )
  const batch = (action: string, ask: OnItems) =>
    (['own', 'other', 'both'] as const).map((target) => attempt(action, target, ask))
  return [
    ...single(reads),
    ...batch('dynamodb:BatchGetItem', batchGet),
    attempt('dynamodb:Scan', 'all', async (table) => counted((await table.send(new ScanCommand({ TableName }))).Count)),
    ...single(writes),
    ...batch('dynamodb:BatchWriteItem', batchWrite),
    ...single(deletes),
  ]
}
