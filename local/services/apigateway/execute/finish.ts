import { gzipSync } from 'node:zlib'
import type { ApiResponse, Headers } from '../types.ts'
import type { Exchange } from './exchange.ts'
import { header, mediaType } from './parameters.ts'

/** Headers that would end a line or that HTTP cannot carry; other text goes as UTF-8. */
export const headerText = (value: string): string => Buffer.from(value.replace(/\p{Cc}+/gu, ' ')).toString('latin1')

/** A backend's headers that API Gateway passes on under other names ("Important notes", REST APIs). */
const REMAPPED =
  /^(?:connection|content-length|date|server|www-authenticate|authorization|host|x-amzn-requestid|x-amz-apigw-id)$/i
const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/

/** Types that API Gateway compresses when it may (`minimumCompressionSize`). */
const compressed = ({ api, request }: Exchange, { headers, body }: ApiResponse): boolean => {
  const { minimumCompressionSize } = api.restApi
  if (minimumCompressionSize === undefined || body.length < minimumCompressionSize || !body.length) return false
  const accepted = (header(request.headers, 'accept-encoding') ?? '').split(',').map(mediaType)
  return (accepted.includes('gzip') || accepted.includes('*')) && header(headers, 'content-encoding') === undefined
}

/** What is the same for every response: its ids, headers that HTTP can carry, compression, no body for HEAD. */
export const finished = (exchange: Exchange, response: ApiResponse): ApiResponse => {
  const { status } = response
  const zip = compressed(exchange, response)
  const own: Headers = response.headers
    .filter(([name]) => TOKEN.test(name) && !/^transfer-encoding$/i.test(name))
    .map(([name, value]) => [REMAPPED.test(name) ? `x-amzn-Remapped-${name}` : name, headerText(value)])
  const body = zip ? gzipSync(response.body) : response.body
  return {
    status,
    headers: [
      ...own,
      ...(zip ? ([['Content-Encoding', 'gzip']] as const) : []),
      ['x-amzn-RequestId', exchange.requestId],
      ['x-amz-apigw-id', exchange.extendedRequestId],
    ],
    body: exchange.request.method === 'HEAD' ? Buffer.alloc(0) : body,
  }
}
