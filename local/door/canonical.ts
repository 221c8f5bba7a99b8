import { createHmac, hash } from 'node:crypto'
import type { SiteRequest } from './request.ts'
import { decode } from './request.ts'

/**
 * The parts of a Signature Version 4 (IAM user guide, "Create a signed AWS API request"): what is signed, and with which
 * key. Nothing here decides anything.
 */

/** Percent-encodes all but the unreserved characters of RFC 3986. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** S3 signs the path encoded once, as it is; all others normalise it and encode what was sent once more. */
export const canonicalPath = (path: string, service: string): string => {
  if (path === '/') return path
  if (service === 's3')
    return path
      .split('/')
      .map((part) => encode(decode(part)))
      .join('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(encode(part))
  }
  return `/${parts.join('/')}${parts.length > 0 && path.endsWith('/') ? '/' : ''}`
}

/** Sorted by encoded name, then by encoded value; without the signature itself. */
export const canonicalQuery = (query: URLSearchParams): string => {
  if (query.size === 0) return ''
  const pairs: [string, string][] = []
  for (const [name, value] of query) if (name !== 'X-Amz-Signature') pairs.push([encode(name), encode(value)])
  pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

/** The signed headers, one a line: runs of spaces folded, several values joined by commas. */
const canonicalHeaders = (headers: SiteRequest['headers'], signed: readonly string[]): string => {
  let text = ''
  for (const name of signed) text += `${name}:${fold(headers[name] ?? '')}\n`
  return text
}

/** node:http has trimmed each value already. */
const fold = (value: string): string => (/[ \t]{2}|\t/.test(value) ? value.replace(/[ \t]+/g, ' ') : value)

/** What a request's signature is over, before it is hashed. Header values count as the bytes that were sent. */
export const canonicalRequest = (
  head: SiteRequest,
  service: string,
  signedHeaders: readonly string[],
  payloadHash: string,
): string =>
  [
    head.method,
    canonicalPath(head.path, service),
    canonicalQuery(head.query),
    canonicalHeaders(head.headers, signedHeaders),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n')

/** SHA-256 in hexadecimal. A header's value came as Latin-1: one character is one byte. */
export const sha256 = (data: Uint8Array | string): string =>
  hash('sha256', typeof data === 'string' ? Buffer.from(data, 'latin1') : data, 'hex')

export const EMPTY_SHA256 = hash('sha256', '', 'hex')

export const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** Gives the HMAC-SHA256 of a text in hexadecimal. */
export type SigningKey = (text: string) => string

const BLOCK = 64
const DIGEST = 32

/**
 * HMACs with one key (RFC 2104; no key here is longer than a block): two hashes at once instead of an object of OpenSSL's
 * for each, which takes three times as long.
 */
export const signingKey = (key: Uint8Array): SigningKey => {
  const inner = Buffer.alloc(BLOCK, 0x36)
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c)
  for (const [i, byte] of key.entries()) {
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  return (text) => {
    hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer').copy(outer, BLOCK)
    return hash('sha256', outer, 'hex')
  }
}

/** Signing keys by access key and scope, so that a request costs one HMAC instead of five. */
export interface SigningKeys {
  /** `scope` is `20260131/us-east-1/s3/aws4_request`. */
  of(accessKeyId: string, secretAccessKey: string, scope: string): SigningKey
}

const MOST_KEYS = 500

export const createSigningKeys = (): SigningKeys => {
  const keys = new Map<string, { secret: string; key: SigningKey }>()
  return {
    of(accessKeyId, secret, scope) {
      const name = `${accessKeyId}/${scope}`
      const known = keys.get(name)
      if (known?.secret === secret) return known.key
      const parts = scope.split('/')
      const key = signingKey(parts.reduce<Buffer>((before, part) => hmac(before, part), Buffer.from(`AWS4${secret}`)))
      if (keys.size >= MOST_KEYS) keys.clear()
      keys.set(name, { secret, key })
      return key
    },
  }
}
