import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { answered, json } from './lib/answers.ts'
import { bookIn, bookOf, idOf, keyOf, TABLE, table } from './lib/books.ts'
import { jsonOf } from './lib/requests.ts'

/**
 * Stores a book under the id in the path, in place of the one that is there: tables 3.1 and 3.2. The same request twice
 * changes nothing.
 * @returns the book; 201 when it is new, 200 when it was there, 400 for what is no id or no book
 */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  answered(async () => {
    const Item = { ...keyOf(idOf(event.pathParameters)), ...bookIn(jsonOf(event)) }
    const { Attributes } = await table.send(new PutCommand({ TableName: TABLE, Item, ReturnValues: 'ALL_OLD' }))
    return json(Attributes ? 200 : 201, bookOf(Item))
  })
