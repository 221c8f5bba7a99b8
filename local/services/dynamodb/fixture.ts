import type { AttributeValue, CreateTableCommandInput, DynamoDB, QueryCommandOutput } from '@aws-sdk/client-dynamodb'

/** What tests of tables and items do again and again. */

/** Pictures by owner and key; by day and size (all attributes), by format (keys only); of an owner by size (one more attribute). */
export const PICTURES: CreateTableCommandInput = {
  TableName: 'pictures',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: 'owner', KeyType: 'HASH' },
    { AttributeName: 'key', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'owner', AttributeType: 'S' },
    { AttributeName: 'key', AttributeType: 'S' },
    { AttributeName: 'day', AttributeType: 'S' },
    { AttributeName: 'bytes', AttributeType: 'N' },
    { AttributeName: 'format', AttributeType: 'B' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-day',
      KeySchema: [
        { AttributeName: 'day', KeyType: 'HASH' },
        { AttributeName: 'bytes', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
    {
      IndexName: 'by-format',
      KeySchema: [{ AttributeName: 'format', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'by-bytes',
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'bytes', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
    },
  ],
}

/** A table with one key, `id`, of a type. */
export const simple = (TableName: string, AttributeType: 'S' | 'N' | 'B' = 'S'): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType }],
})

/** A table without items: deleted if it is there, and created. */
export const anew = async (dynamodb: DynamoDB, table: CreateTableCommandInput): Promise<void> => {
  await dynamodb.deleteTable({ TableName: table.TableName }).catch((error: Error) => {
    if (error.name !== 'ResourceNotFoundException') throw error
  })
  await dynamodb.createTable(table)
}

/** How the refusal of AWS's request validation begins, for one fault. */
export const INVALID = 'One or more parameter values were invalid: '
export const invalid = (message: string) => ({ name: 'ValidationException', status: 400, message })
export const NO_TABLE = { name: 'ResourceNotFoundException', status: 400, message: 'Requested resource not found' }

/** Keys of pictures, in the order of their bytes. */
export const KEYS = ['a', 'a/1', 'a/2', 'b', 'c', 'é', '\u{1f600}']

export const picture = (owner: string, n: number): Record<string, AttributeValue> => ({
  owner: { S: owner },
  key: { S: KEYS[n] as string },
  bytes: { N: String((n - 3) * 10) },
  day: { S: `day ${n % 2}` },
  format: { B: new Uint8Array([n % 3]) },
  title: { S: `title ${n}` },
  more: { N: String(n) },
})

/** Creates the table of pictures with seven of each of two owners, and one that stands in no index. */
export const fillPictures = async (dynamodb: DynamoDB): Promise<void> => {
  const TableName = 'pictures'
  await anew(dynamodb, PICTURES)
  for (const owner of ['me', 'you'])
    for (const n of KEYS.keys()) await dynamodb.putItem({ TableName, Item: picture(owner, n) })
  await dynamodb.putItem({ TableName, Item: { owner: { S: 'them' }, key: { S: 'bare' } } })
}

/** Everything that a query or scan finds, page by page. */
export const all = async (read: (start?: Record<string, AttributeValue>) => Promise<QueryCommandOutput>) => {
  const found: Record<string, AttributeValue>[] = []
  let pages = 0
  let start: Record<string, AttributeValue> | undefined
  do {
    const page = await read(start)
    found.push(...(page.Items ?? []))
    start = page.LastEvaluatedKey
    pages++
  } while (start)
  return { found, pages }
}
