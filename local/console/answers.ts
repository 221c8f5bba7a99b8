import type { IncomingMessage, ServerResponse } from 'node:http'
import { ServiceError } from '../base/errors.ts'

/** A request without its body. */
export interface Head {
  readonly method: string
  /** Percent-encoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** In lower case, without the port. */
  readonly host: string
}

/** A refusal of the console, in words. */
export const refused = (status: number, message: string): ServiceError =>
  new ServiceError('ConsoleRefusal', message, { status })

/** Headers of all that the console sends. */
const SAFE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

/** What a page of the console may do: nothing but talk to this door. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Policy of what is no page: it may nothing, even when somebody opens it as one. */
export const DATA_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

export const headersOf = (type: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...SAFE,
  'content-type': type,
  'content-security-policy': DATA_POLICY,
  'cache-control': 'no-store',
  ...more,
})

export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body)
  response.writeHead(status, headersOf('application/json', { 'content-length': String(Buffer.byteLength(text)) }))
  response.end(text)
}

/** The largest body that the console takes: a payload of 6 MB, every character of it escaped in JSON. */
const LARGEST = 13 * 1024 * 1024

/** Reads a JSON object. @throws ServiceError 400, 413, 415 */
export const bodyOf = async (request: IncomingMessage, head: Head): Promise<Record<string, unknown>> => {
  if (!/^application\/json\b/.test(head.headers['content-type'] ?? '')) throw refused(415, 'The body must be JSON.')
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > LARGEST) throw refused(413, 'This is more than a function takes (6 MB).')
    parts.push(part)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(parts).toString())
    if (body && typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  } catch {
    // answered below
  }
  throw refused(400, 'The body must be a JSON object.')
}
