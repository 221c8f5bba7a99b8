import { ServiceError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'

/** Says of logs that they are not written: once, until they are again, however many requests come. */
export interface Unwritten {
  failed(what: string, cause: unknown): void
  written(what: string): void
}

export const createUnwritten = (log: Log): Unwritten => {
  const said = new Set<string>()
  return {
    written: (what) => void said.delete(what),
    failed(what, cause) {
      if (said.has(what)) return
      said.add(what)
      const text = `${what} is not written`
      if (cause instanceof ServiceError) log({ level: 'warn', from: 'apigateway', text: `${text}: ${cause.message}` })
      else log({ level: 'error', from: 'apigateway', text, cause })
    },
  }
}
