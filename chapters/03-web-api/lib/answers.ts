import type { APIGatewayProxyResult } from 'aws-lambda'

/** Something that the caller did, or asked for in vain: the answer says it, with this status. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'Refusal'
    this.status = status
  }
}

/** An answer with a JSON body, as the proxy integration wants it. */
export const json = (
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyResult => ({
  statusCode,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/**
 * Runs what answers a request. A {@link Refusal} becomes its status and sentence; every other error is logged with its
 * cause, and the caller gets 500 and a fixed sentence.
 */
export const answered = async (
  work: () => Promise<APIGatewayProxyResult> | APIGatewayProxyResult,
): Promise<APIGatewayProxyResult> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, { message: error.message })
    console.error(error)
    return json(500, { message: 'Internal server error' })
  }
}
