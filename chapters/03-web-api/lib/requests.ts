import type { APIGatewayProxyEvent } from 'aws-lambda'
import { Refusal } from './answers.ts'

/** A header of the request, whatever its spelling: API Gateway hands names on as they were sent. */
export const headerOf = ({ headers }: Pick<APIGatewayProxyEvent, 'headers'>, name: string): string | undefined =>
  Object.entries(headers ?? {}).find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1]

/** The text of the request's body; `''` without one. */
export const bodyOf = ({ body, isBase64Encoded }: Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>): string =>
  body && isBase64Encoded ? Buffer.from(body, 'base64').toString() : (body ?? '')

/** The request's body, which is JSON. @throws Refusal 400 when it is not */
export const jsonOf = (event: Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>): unknown => {
  try {
    return JSON.parse(bodyOf(event))
  } catch {
    throw new Refusal(400, 'The body is no JSON')
  }
}
