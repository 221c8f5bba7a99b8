import type { Exchange } from '../exchange.ts'
import { misconfigured } from '../gatewayErrors.ts'
import { type Json, parseJson } from '../json.ts'
import type { IntegrationRequest } from '../mapping.ts'
import type { Answer } from './answer.ts'

/** A mock answers with the status that its request template names: `{"statusCode": 200}`. */
export const mockAnswer = (_: Exchange, { body }: IntegrationRequest): Answer => {
  const status = statusOf(body)
  if (status === undefined)
    throw misconfigured('Unable to parse statusCode. It should be an integer that is defined in the request template.')
  return { status, headers: [['Content-Type', 'application/json']], body: Buffer.alloc(0), matched: String(status) }
}

const statusOf = (body: Buffer): number | undefined => {
  let json: Json
  try {
    json = parseJson(body.toString())
  } catch {
    return undefined
  }
  const status = json instanceof Map ? json.get('statusCode') : undefined
  return typeof status === 'number' && status >= 100 && status <= 599 ? status : undefined
}
