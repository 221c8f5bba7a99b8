import { request as httpRequest } from 'node:http'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'

/** For the door's tests: a signer that is not ours, and a client that sends exactly what it is told to. */

export interface Signer {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export interface Wanted {
  method?: string
  /** With its query, percent-encoded. */
  path: string
  headers?: Record<string, string>
  body?: string | Uint8Array
}

export interface SignedRequest {
  method: string
  path: string
  headers: Record<string, string>
  body: Uint8Array
}

const parse = (path: string) => {
  const [pathname = '/', search = ''] = path.split('?')
  const query: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(search)) {
    const before = query[name]
    query[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return { pathname, query }
}

const signer = (credentials: Signer, service: string, region: string) =>
  new SignatureV4({
    service,
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: service === 's3',
  })

const hostOf = (url: string) => new URL(url).host

/** Signs in the header, by @smithy/signature-v4. */
export const sign = async (
  url: string,
  { method = 'GET', path, headers = {}, body = '' }: Wanted,
  credentials: Signer,
  { service = 's3', region = 'us-east-1', date = new Date() } = {},
): Promise<SignedRequest> => {
  const { pathname, query } = parse(path)
  const { hostname, port } = new URL(url)
  const bytes = Buffer.from(body)
  const signed = await signer(credentials, service, region).sign(
    {
      method,
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: pathname,
      query,
      headers: { host: hostOf(url), ...headers },
      body: bytes,
    },
    { signingDate: date },
  )
  return { method, path, headers: signed.headers, body: bytes }
}

/** Signs in the query, by @smithy/signature-v4. Gives the path with its query. */
export const presign = async (
  url: string,
  { method = 'GET', path, headers = {} }: Wanted,
  credentials: Signer,
  { service = 's3', region = 'us-east-1', date = new Date(), expires = 900 } = {},
): Promise<string> => {
  const { pathname, query } = parse(path)
  const { hostname, port } = new URL(url)
  const signed = await signer(credentials, service, region).presign(
    {
      method,
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: pathname,
      query,
      headers: {
        host: hostOf(url),
        ...(service === 's3' ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}),
        ...headers,
      },
    },
    { signingDate: date, expiresIn: expires },
  )
  const search = Object.entries(signed.query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one ?? '')}`),
  )
  return `${pathname}?${search.join('&')}`
}

export interface Answered {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  /** Code and message of a refusal, whichever protocol words it. */
  code: string | undefined
  message: string | undefined
  /** An element of an XML answer. */
  element(name: string): string | undefined
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" }

/** Coral, AWS's own framework, puts a namespace before the names of its errors. */
const nameOf = (code: string | undefined) => code?.split('#').pop()

/** Sends a request as it is, and reads its answer. */
export const send = (url: string, { method, path, headers, body }: SignedRequest): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const request = httpRequest({ host: hostname, port, method, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        const element = (name: string) =>
          new RegExp(`<${name}>([^<]*)</${name}>`)
            .exec(text)?.[1]
            ?.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
        const json = text.startsWith('{') ? JSON.parse(text) : undefined
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          code: json ? nameOf(json.__type ?? response.headers['x-amzn-errortype']) : element('Code'),
          message: json ? (json.message ?? json.Message) : element('Message'),
          element,
        })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
