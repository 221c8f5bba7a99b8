import { paginateQuery } from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { answered, json } from './lib/answers.ts'
import { SHELF, TABLE, table } from './lib/books.ts'

/**
 * Counts the bookstore's books and authors, for its administrator: whoever gets here was let through by
 * `adminAuthorizer`, whose context comes along.
 * @returns 200 and `{ "books": 3, "authors": 2, "askedBy": "admin" }`
 */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  answered(async () => {
    let books = 0
    const authors = new Set<unknown>()
    const pages = paginateQuery(
      { client: table },
      {
        TableName: TABLE,
        KeyConditionExpression: 'shelf = :shelf',
        ExpressionAttributeValues: { ':shelf': SHELF },
        ProjectionExpression: 'author',
      },
    )
    for await (const { Items = [] } of pages) {
      books += Items.length
      for (const { author } of Items) authors.add(author)
    }
    return json(200, { books, authors: authors.size, askedBy: event.requestContext.authorizer?.principalId })
  })
