import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { answered, json } from './lib/answers.ts'
import { headerOf } from './lib/requests.ts'

/**
 * Says which address a request came from, by the proxy integration: it reads the whole request, and writes status,
 * headers and body itself. `Accept: text/plain` gets the bare address.
 * Format of both: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * @returns 200 and `{ "myip": "…" }`
 */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  answered(() => {
    const { sourceIp } = event.requestContext.identity
    if (!/^text\/plain\b/.test(headerOf(event, 'Accept') ?? '')) return json(200, { myip: sourceIp })
    return { statusCode: 200, headers: { 'Content-Type': 'text/plain' }, body: sourceIp }
  })
