import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Cloud } from '../services/service.ts'
import { headersOf } from './answers.ts'

/** Pictures that a browser draws and that cannot act; SVG can. */
const PICTURES: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
}
const TEXT = /^(?:text\/|application\/(?:json|xml|yaml|javascript))/

/** How an object is shown: never as a page, whatever it says of itself. */
const shownAs = (key: string, contentType = ''): string => {
  if (Object.values(PICTURES).includes(contentType)) return contentType
  const [, end = ''] = /\.(\w+)$/.exec(key) ?? []
  const picture = PICTURES[end.toLowerCase()]
  if (picture && /^(?:$|(?:binary|application)\/octet-stream)/.test(contentType)) return picture
  return TEXT.test(contentType) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}

/** Sends an object's bytes. @throws ServiceError what S3 says */
export const sendObject = async (
  cloud: Cloud,
  bucket: string,
  key: string,
  response: ServerResponse,
): Promise<void> => {
  const { Body, ContentType, ContentLength } = await cloud('s3').GetObject({ Bucket: bucket, Key: key })
  const type = shownAs(key, ContentType)
  const name = encodeURIComponent(key.split('/').at(-1) ?? '').replace(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16)}`,
  )
  response.writeHead(
    200,
    headersOf(type, {
      'content-disposition': `${type === 'application/octet-stream' ? 'attachment' : 'inline'}; filename*=UTF-8''${name}`,
      ...(ContentLength === undefined ? {} : { 'content-length': String(ContentLength) }),
    }),
  )
  const bytes = typeof Body === 'string' || Body instanceof Uint8Array ? [Body] : (Body ?? [])
  // Whoever leaves in the middle has what they wanted.
  await pipeline(Readable.from(bytes), response).catch(() => response.destroy())
}
