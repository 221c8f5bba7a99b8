import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { answered } from './lib/answers.ts'
import { idOf, keyOf, TABLE, table } from './lib/books.ts'

/**
 * Deletes a book: tables 3.1 and 3.2. Once it is gone, it is gone again: the same request twice has the same answer.
 * @returns 204 and no body; 400 for what is no id
 */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  answered(async () => {
    await table.send(new DeleteCommand({ TableName: TABLE, Key: keyOf(idOf(event.pathParameters)) }))
    return { statusCode: 204, body: '' }
  })
