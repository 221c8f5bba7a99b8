import type { IncomingMessage, ServerResponse } from 'node:http'
import { ServiceError } from '../base/errors.ts'
import { type Flavour, tooLarge } from './refusals.ts'
import type { SiteRequest } from './request.ts'

const refusal = (code: string, message: string, fields: Record<string, unknown> = {}) =>
  new ServiceError(code, message, { ...fields, status: 400 })

/** Fewer bytes, or more, than the head has announced; how many, where both numbers are known. */
export const incomplete = (numbers: { NumberBytesExpected?: number; NumberBytesProvided?: number } = {}) =>
  refusal(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
    numbers,
  )

/** Whether all of a body has come: most come with their heads, and are seen before the parser says that they are complete. */
const hasCome = ({ complete, readableLength, headers }: IncomingMessage): boolean => {
  const none = headers['transfer-encoding'] === undefined ? 0 : Number.NaN
  return complete || readableLength === Number(headers['content-length'] ?? none)
}

const taken = new WeakSet<IncomingMessage>()

/** Takes a body that has come. */
const take = (request: IncomingMessage): Buffer | null => {
  taken.add(request)
  return request.read()
}

/** Whether nothing of a request is left to come. */
export const isTaken = (request: IncomingMessage): boolean => request.complete || taken.has(request)

/**
 * The bytes of a request as they come, with backpressure; a client that waits for it is told to go on. Throws when the
 * client goes away, or is silent for `idle` milliseconds.
 */
export async function* bytesOf(
  request: IncomingMessage,
  response: ServerResponse,
  idle: number,
): AsyncGenerator<Buffer> {
  if (hasCome(request) && !request.destroyed) {
    const all = take(request)
    if (all !== null) yield all
    return
  }
  let wake = () => {}
  let silent = false
  const awake = () => wake()
  const onTimeout = () => {
    silent = true
    wake()
  }
  const events = ['readable', 'end', 'close', 'error'] as const
  for (const event of events) request.on(event, awake)
  request.on('timeout', onTimeout)
  if (request.headers.expect !== undefined) response.writeContinue()
  try {
    for (;;) {
      const chunk = request.read() as Buffer | null
      if (chunk !== null) {
        yield chunk
        continue
      }
      if (request.readableEnded) return
      if (request.destroyed) throw incomplete()
      silent = false
      request.socket.setTimeout(idle)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      if (silent && !request.readableEnded)
        throw refusal(
          'RequestTimeout',
          'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
        )
    }
  } finally {
    for (const event of events) request.off(event, awake)
    request.off('timeout', onTimeout)
    request.socket.setTimeout(0)
  }
}

/** A body that has come already, at once; undefined where more of it is to come, or it is too large. */
export const bodyAtHand = (request: IncomingMessage, largest: number): Buffer | undefined => {
  if (!hasCome(request) || request.destroyed || request.readableLength > largest) return undefined
  return take(request) ?? Buffer.alloc(0)
}

/** The whole body, refused as soon as it is seen to be larger than `largest` bytes. */
export const collect = async (
  source: AsyncIterable<Uint8Array>,
  announced: number | undefined,
  largest: number,
  flavour: Flavour,
): Promise<Buffer> => {
  if (announced !== undefined && announced > largest) throw tooLarge(flavour, largest)
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of source) {
    length += part.length
    if (length > largest) throw tooLarge(flavour, largest)
    parts.push(part)
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length)
}

/** The number of bytes that a request announces; undefined for HTTP chunks. @throws ServiceError for no number. */
export const announcedLength = ({ headers }: SiteRequest): number | undefined => {
  const text = headers['content-length']
  if (text !== undefined) return Number(text)
  return headers['transfer-encoding'] === undefined ? 0 : undefined
}
