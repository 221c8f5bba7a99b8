import { randomUUID } from 'node:crypto'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { answered, json } from './lib/answers.ts'
import { bookIn, keyOf, TABLE, table } from './lib/books.ts'
import { jsonOf } from './lib/requests.ts'

/**
 * Stores a new book under an id of its own: tables 3.1 and 3.2.
 * @param event with the body `{ "title": "…", "author": "…", "isbn": "…", "year": 2016 }`, the last two optional
 * @returns 201, `{ "id": "…" }`, and where the book is in the header `Location`, from the stage on; 400 names the field
 */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  answered(async () => {
    const book = bookIn(jsonOf(event))
    const id = randomUUID()
    await table.send(new PutCommand({ TableName: TABLE, Item: { ...keyOf(id), ...book } }))
    return json(201, { id }, { Location: `/${event.requestContext.stage}/books/${id}` })
  })
