import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { answered, json, Refusal } from './lib/answers.ts'
import { bodyOf } from './lib/requests.ts'

const METHODS = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']

/**
 * Answers any method under a greedy path, `/proxy/{proxy+}`, with what the function was told of the request: one function
 * can serve a whole tree of resources, and then does by itself what the API would do.
 * @returns 200 and `{ "method", "path", "proxy", "query", "body" }`; 405 for a method that it does not know
 */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  answered(() => {
    const { httpMethod: method, path, pathParameters, multiValueQueryStringParameters: query } = event
    if (!METHODS.includes(method)) throw new Refusal(405, `There is no ${method} here: ${METHODS.join(', ')}`)
    return json(200, { method, path, proxy: pathParameters?.proxy, query: query ?? {}, body: bodyOf(event) })
  })
