import type { ServerResponse } from 'node:http'
import { headersOf, refused } from './answers.ts'

/** The stream of what happens, to everybody who listens. */
export interface Live {
  /** @throws ServiceError (503) when too many listen. */
  join(response: ServerResponse): void
  /** Whether anybody listens: what is expensive to tell need not be told otherwise. */
  listened(): boolean
  tell(type: string, data: unknown): void
  stop(): void
}

const LISTENERS = 32
/** A page that reads so much too slowly is cut off: it comes again, and reads the lists anew. */
const BEHIND = 1024 * 1024

export const createLive = (): Live => {
  const listeners = new Set<ServerResponse>()
  return {
    join(response) {
      if (listeners.size >= LISTENERS) throw refused(503, 'Too many pages of the console are open.')
      response.writeHead(200, headersOf('text/event-stream'))
      response.write(': open\n\n')
      listeners.add(response)
      response.on('close', () => listeners.delete(response))
    },
    listened: () => listeners.size > 0,
    tell(type, data) {
      if (listeners.size === 0) return
      const message = `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
      for (const listener of listeners)
        if (listener.writableLength > BEHIND) listener.destroy()
        else listener.write(message)
    },
    stop() {
      for (const listener of listeners) listener.end()
    },
  }
}
