import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { answered, json, Refusal } from './lib/answers.ts'
import { bookOf, isId, SHELF, TABLE, table } from './lib/books.ts'

/** How many books a page has, unless the request says so, and at most. */
const USUAL = 10
const MOST = 100

/** @throws Refusal 400 */
const limitOf = (given: string | undefined): number => {
  if (given === undefined) return USUAL
  const limit = Number(given)
  if (!/^\d{1,3}$/.test(given) || limit < 1 || limit > MOST)
    throw new Refusal(400, `limit must be a number from 1 to ${MOST}`)
  return limit
}

/**
 * Lists books in the order of their ids: tables 3.1 and 3.2.
 * @param event `?from=` the id to begin with (that of the book itself, or where it would stand), `&limit=` 1 to 100, 10
 *   without it
 * @returns 200 and `{ "books": […], "next": "…" }`; `next` is the `from` of the next page, and missing on the last one.
 *   It is an id and nothing else, so a forged one begins elsewhere and does no harm; 400 for what is no id.
 */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  answered(async () => {
    const { from, limit: asked } = event.queryStringParameters ?? {}
    if (from !== undefined && !isId(from)) throw new Refusal(400, 'from must be the id of a book')
    const limit = limitOf(asked)
    const items: Record<string, unknown>[] = []
    // A page of DynamoDB ends after 1 MB, whatever was asked for.
    let after: Record<string, unknown> | undefined
    do {
      const { Items = [], LastEvaluatedKey } = await table.send(
        new QueryCommand({
          TableName: TABLE,
          KeyConditionExpression: from === undefined ? 'shelf = :shelf' : 'shelf = :shelf AND id >= :from',
          ExpressionAttributeValues: { ':shelf': SHELF, ...(from === undefined ? {} : { ':from': from }) },
          // One more than the page holds: it is where the next one begins, whatever is deleted meanwhile.
          Limit: limit + 1 - items.length,
          ExclusiveStartKey: after,
        }),
      )
      items.push(...Items)
      after = LastEvaluatedKey
    } while (after && items.length <= limit)
    const next = items[limit]?.id
    return json(200, { books: items.slice(0, limit).map(bookOf), next })
  })
