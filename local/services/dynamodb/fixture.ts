import type { CreateTableCommandInput, DynamoDB } from '@aws-sdk/client-dynamodb'

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
