import type { Headers } from '../../types.ts'
import type { Exchange } from '../exchange.ts'
import { GatewayError } from '../gatewayErrors.ts'
import { isDecimal, type Json, parseJson } from '../json.ts'
import { header, isBinary, mediaType } from '../parameters.ts'
import { errorMessageOf, type Invoked } from './lambda.ts'

const MEMBERS = new Set(['isBase64Encoded', 'statusCode', 'headers', 'multiValueHeaders', 'body'])

const malformed = () =>
  new GatewayError('INTEGRATION_FAILURE', {
    status: 502,
    reason: 'Execution failed due to configuration error: Malformed Lambda proxy response',
  })

/** A header's value or a body: text, or a number or truth value as text. */
const scalar = (value: Json | undefined): string => {
  if (value === undefined || value === null) return ''
  if (value instanceof Map || Array.isArray(value)) throw malformed()
  return isDecimal(value) ? value.text : String(value)
}

const statusOf = (value: Json | undefined): number => {
  if (value === undefined || value === null) return 200
  const text = scalar(value)
  const status = Number(text)
  if (!/^\d{3}$/.test(text) || status < 200 || status > 599) throw malformed()
  return status
}

const mapOf = (value: Json | undefined): Map<string, Json> => {
  if (value === undefined || value === null) return new Map()
  if (value instanceof Map) return value
  throw malformed()
}

const headersOf = (single: Json | undefined, multi: Json | undefined): Headers => {
  const lists = [...mapOf(multi)].map(([name, values]): [string, string[]] => {
    if (!Array.isArray(values)) throw malformed()
    return [name, values.map(scalar)]
  })
  const several = new Map(lists.map(([name, values]) => [name.toLowerCase(), values]))
  const singles = [...mapOf(single)]
    .map(([name, value]) => [name, scalar(value)] as const)
    // A header that stands in both goes once where its value is one of the list (AWS merges the two).
    .filter(([name, value]) => !several.get(name.toLowerCase())?.includes(value))
  return [...singles, ...lists.flatMap(([name, values]) => values.map((value) => [name, value] as const))]
}

/** API Gateway decodes base64 for a client whose first Accept is one of the API's binary media types. */
export const wantsBinary = ({ api, request }: Exchange): boolean => {
  const accept = header(request.headers, 'accept')?.split(',', 1)[0] ?? ''
  return isBinary(api.restApi.binaryMediaTypes, mediaType(accept))
}

/**
 * The response that a function of a proxy integration gave ("Output format of a Lambda function for proxy integration").
 * @throws GatewayError 502, with the reason in the execution log, where it failed or gave something else
 */
export const proxyAnswer = (
  exchange: Exchange,
  { payload, functionError }: Invoked,
): { status: number; headers: Headers; body: Buffer } => {
  if (functionError !== undefined)
    throw new GatewayError('INTEGRATION_FAILURE', {
      status: 502,
      reason: `Lambda execution failed with status 200 due to customer function error: ${errorMessageOf(payload)}`,
    })
  let response: Json
  try {
    response = parseJson(payload.toString())
  } catch {
    throw malformed()
  }
  if (!(response instanceof Map) || [...response.keys()].some((member) => !MEMBERS.has(member))) throw malformed()
  const encoded = response.get('isBase64Encoded') ?? false
  if (typeof encoded !== 'boolean') throw malformed()
  const text = scalar(response.get('body'))
  const status = statusOf(response.get('statusCode'))
  const headers = headersOf(response.get('headers'), response.get('multiValueHeaders'))
  const body = Buffer.from(text, encoded && wantsBinary(exchange) ? 'base64' : 'utf8')
  const typed = header(headers, 'content-type') !== undefined
  return { status, headers: typed ? headers : [...headers, ['Content-Type', 'application/json']], body }
}
