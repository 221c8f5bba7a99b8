import { GetCommand } from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { answered, json, Refusal } from './lib/answers.ts'
import { bookOf, idOf, keyOf, TABLE, table } from './lib/books.ts'

/**
 * Gives a book: tables 3.1 and 3.2.
 * @returns 200 and `{ "id", "title", "author", … }`; 404 when there is none, 400 for what is no id
 */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  answered(async () => {
    const id = idOf(event.pathParameters)
    const { Item } = await table.send(new GetCommand({ TableName: TABLE, Key: keyOf(id) }))
    if (!Item) throw new Refusal(404, `There is no book ${id}`)
    return json(200, bookOf(Item))
  })
