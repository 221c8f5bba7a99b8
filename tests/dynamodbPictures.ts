import type { AttributeValue, DynamoDB, QueryCommandInput, ScanCommandInput } from '@aws-sdk/client-dynamodb'
import { fillPictures } from '../local/services/dynamodb/fixture.ts'
import { withDynamoDB } from './dynamodb.ts'
import { shared } from './shared.ts'

export type Asked = Partial<QueryCommandInput & ScanCommandInput>

/** DynamoDB with the table of pictures, for all tests of a `describe` block; use what it gives inside `it`. */
export const withPictures = () => {
  const TableName = 'pictures'
  const test = withDynamoDB()
  const dynamodb: DynamoDB = shared(
    'the table of pictures',
    async () => {
      const client = test.client()
      await fillPictures(client)
      return client
    },
    () => {},
  )
  return {
    TableName,
    dynamodb,
    /** Asks for the pictures of an owner: mine. */
    query: (asked: Asked, values: Record<string, AttributeValue> = {}) =>
      dynamodb.query({
        TableName,
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner', ...asked.ExpressionAttributeNames },
        ...asked,
        ExpressionAttributeValues: { ':owner': { S: 'me' }, ...values },
      }),
  }
}
