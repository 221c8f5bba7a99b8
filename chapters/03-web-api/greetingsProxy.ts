import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { given } from '../02-first-function/lib/given.ts'
import { answered, json } from './lib/answers.ts'

/**
 * Greets somebody, by the proxy integration: what the mapping templates of `/greeting` do stands here, in code.
 * @param event `?name=John`; without a name the world is greeted.
 * @returns 200 and `{ "greeting": "Hello John!" }`
 */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  answered(() => json(200, { greeting: `Hello ${given(event.queryStringParameters, 'name') ?? 'World'}!` }))
