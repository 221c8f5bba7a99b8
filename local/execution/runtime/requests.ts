import type { Socket } from 'node:net'
import { type RuntimeRequest, requestReader, TO_RUNTIME } from '../frames.ts'

/** What the environment asks for: a request and its payload. */
export type Request = [RuntimeRequest, Buffer]

/** The requests of an environment, one after the other. This process ends with the pipe that brings them. */
export interface Requests {
  next(): Promise<Request>
  /** Waiting for a request keeps the process alive. */
  ref(): void
  unref(): void
}

/** The first asks for the handler, the second brings the event for which it was loaded: nothing else is to be done until then. */
const AT_ONCE = 2
const CHUNK = 64 * 1024

/** Socket, and the streams below it, take 3 ms to load, which the first event need not wait for. */
export const openRequests = (): Requests => {
  const { readSync } = process.getBuiltinModule('node:fs')
  let socket: Socket | undefined
  let come: (request: Request) => void
  let count = 0
  const read = requestReader((request, payload) => come([request, payload]))

  const open = (): Socket => {
    const { Socket } = process.getBuiltinModule('node:net')
    const opened = new Socket({ fd: TO_RUNTIME, readable: true, writable: false })
    opened.on('close', () => process.exit(0))
    return opened.on('data', read)
  }
  const waitForOne = () => {
    let found = false
    const chunk = Buffer.alloc(CHUNK)
    const { resolve, promise } = Promise.withResolvers<Request>()
    come = (request) => {
      found = true
      resolve(request)
    }
    while (!found) {
      const length = readSync(TO_RUNTIME, chunk)
      if (length === 0) process.exit(0)
      read(Buffer.from(chunk.subarray(0, length)))
    }
    return promise
  }
  return {
    async next() {
      if (++count <= AT_ONCE && !socket)
        try {
          return await waitForOne()
        } catch {
          // this system's pipes cannot be waited for
        }
      const { resolve, promise } = Promise.withResolvers<Request>()
      come = resolve
      socket ??= open()
      return promise
    },
    ref: () => void socket?.ref(),
    unref: () => void socket?.unref(),
  }
}
