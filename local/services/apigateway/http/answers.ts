import { headerText } from '../execute/finish.ts'
import type { ApiResponse } from '../types.ts'
import { fault } from './visit.ts'

/** What the access log says of an answer that is none. */
const unexpected = () =>
  fault("The response from the Lambda function doesn't match the format that API Gateway expects.")

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const headersOf = ({ headers, multiValueHeaders, cookies }: Json): [string, string][] => {
  const lines: [string, string][] = []
  const several = isObject(multiValueHeaders) ? multiValueHeaders : {}
  for (const [name, value] of Object.entries(isObject(headers) ? headers : {}))
    if (!Object.hasOwn(several, name)) lines.push([name, String(value)])
  for (const [name, values] of Object.entries(several))
    for (const value of Array.isArray(values) ? values : [values]) lines.push([name, String(value)])
  if (Array.isArray(cookies)) for (const cookie of cookies) lines.push(['set-cookie', String(cookie)])
  for (const [name, value] of lines)
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[\r\n\0]/.test(value)) throw unexpected()
  return lines.map(([name, value]) => [name, headerText(value)])
}

const whole = (answer: Json): ApiResponse => {
  const status = Number(answer.statusCode)
  if (!Number.isInteger(status) || status < 200 || status > 599) throw unexpected()
  const { body } = answer
  const text = body === undefined || body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const headers = headersOf(answer)
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type')
  return {
    status,
    headers: typed || text === '' ? headers : [['content-type', 'text/plain;charset=UTF-8'], ...headers],
    body: Buffer.from(text, answer.isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}

/** What a function's answer becomes, by the version of its payload. @throws HttpError 500 for what is none */
export const answerOf = (payload: string, version: string | undefined): ApiResponse => {
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    throw unexpected()
  }
  if (isObject(value) && value.statusCode !== undefined) return whole(value)
  if (version !== '2.0') throw unexpected()
  return {
    status: 200,
    headers: [['content-type', 'application/json']],
    body: Buffer.from(value === null || value === undefined ? '' : payload),
  }
}
