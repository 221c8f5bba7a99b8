import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WireResponse } from '../wire/types.ts'
import { isTaken } from './incoming.ts'

/** A client that reads nothing for this many milliseconds has gone. */
const STALLED = 120_000
/** Bytes of a body that is small. */
const SMALL = 16 * 1024
/** How much of a body that nobody wants is still taken in, so that the client gets to read its refusal. */
const MOST_DRAINED = 64 * 1024 ** 2
const LONGEST_DRAIN = 5_000

/** An answer whose headers may have several lines each. */
export type Answer = Omit<WireResponse, 'headers'> & { headers: Record<string, string | string[]> }

/**
 * Sends an answer. A streamed body goes out as fast as the client takes it; when the client goes away, or the body
 * fails, its source is closed and the connection cut: half an answer never looks like a whole one.
 */
export const send = async (
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer,
): Promise<void> => {
  if (response.destroyed) return close(body)
  const unread = hasBody(request) && !isTaken(request)
  if (unread) response.setHeader('connection', 'close')
  const empty = status === 204 || status === 304
  const bodiless = request.method === 'HEAD' || empty
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const length = empty ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    response.writeHead(status, { ...length, ...headers })
    if (unread) return lastWords(request, response, bodiless ? undefined : body)
    if (bodiless) response.end()
    // As text a small body goes out in one piece with its head, for one copy less of both.
    else if (typeof body !== 'string' && body.length <= SMALL)
      response.end(Buffer.from(body).toString('latin1'), 'latin1')
    else response.end(body)
    return
  }
  response.writeHead(status, headers)
  if (bodiless) {
    await close(body)
    response.end()
    return
  }
  const parts = body[Symbol.asyncIterator]()
  // What has gone out may be filled again by a source that can: less is then left for V8 to collect.
  let spare: Uint8Array | undefined
  try {
    for (let step = await parts.next(); !step.done; step = await parts.next(spare)) {
      spare = response.write(step.value) ? undefined : step.value
      if (spare) await drained(response)
    }
    if (response.destroyed) return
    response.end()
  } catch (error) {
    await parts.return?.()
    response.destroy()
    throw error
  }
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const close = async (body: WireResponse['body']) => {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) await body[Symbol.asyncIterator]().return?.()
}

/** Waits until the client takes more. @throws when it has gone or takes nothing. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve, reject) => {
    if (response.destroyed) return reject(new Gone())
    const end = (error?: Error) => {
      clearTimeout(timer)
      response.off('drain', onDrain).off('close', onClose)
      error ? reject(error) : resolve()
    }
    const onDrain = () => end()
    const onClose = () => end(new Gone())
    const timer = setTimeout(onClose, STALLED).unref()
    response.on('drain', onDrain).on('close', onClose)
  })

/** The client went away; nobody is left to be told. */
export class Gone extends Error {
  override name = 'Gone'
}

/** Answers before the body was read: cutting the connection at once would lose the answer under way. */
const lastWords = (request: IncomingMessage, response: ServerResponse, body: Uint8Array | string | undefined) => {
  if (body === undefined) response.flushHeaders()
  else response.write(body)
  let taken = 0
  const timer = setTimeout(() => response.end(), LONGEST_DRAIN).unref()
  const end = () => {
    clearTimeout(timer)
    response.end()
  }
  request.on('data', (part: Buffer) => {
    taken += part.length
    if (taken > MOST_DRAINED) end()
  })
  request.once('end', end)
  request.once('close', end)
  request.resume()
}
