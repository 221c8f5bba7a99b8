import { createHash, createHmac } from 'node:crypto'
import type { Credentials } from '../../../../iam/sessions.ts'
import type { HttpRequest } from './http.ts'

const hash = (data: Buffer | string) => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest()
/** RFC 3986, as Signature Version 4 writes it. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const inOrder = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** The headers that sign a request for a service (IAM user guide, "Create a signed AWS API request"). */
export const signed = (
  { method, url, path: sent, headers, body }: HttpRequest,
  { service, region, now, credentials }: { service: string; region: string; now: number; credentials: Credentials },
): HttpRequest => {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
  const contentHash = hash(body)
  const all = new Map([
    ...headers,
    ['host', [url.host]] as const,
    ['x-amz-date', [time]] as const,
    ['x-amz-content-sha256', [contentHash]] as const,
    ['x-amz-security-token', [credentials.sessionToken ?? '']] as const,
  ])
  const lines = [...all].map(([name, values]) => [name.toLowerCase(), values.join(',').trim().replace(/ +/g, ' ')])
  lines.sort(([one = ''], [other = '']) => inOrder(one, other))
  const names = lines.map(([name]) => name).join(';')
  const path = service === 's3' ? sent : sent.split('/').map(encoded).join('/')
  const query = [...url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort(inOrder)
  const canonical = [
    method,
    path,
    query.join('&'),
    ...lines.map((line) => line.join(':')),
    '',
    names,
    contentHash,
  ].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n')
  const key = [time.slice(0, 8), region, service, 'aws4_request'].reduce<Buffer | string>(
    hmac,
    `AWS4${credentials.secretAccessKey}`,
  )
  const signature = hmac(key, toSign).toString('hex')
  const value = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return { method, url, path: sent, body, headers: new Map([...all, ['Authorization', [value]]]) }
}
