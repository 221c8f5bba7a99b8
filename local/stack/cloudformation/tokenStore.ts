import type { Ground } from '../../base/ground.ts'
import type { Operation } from '../store.ts'

/** The requests that stacks have accepted, by their ClientRequestToken: the latest, as who sends one again does so soon. */
export interface TokenStore {
  /** By what the request is known again that came with a token of a stack. */
  get(stackId: string, token: string): string | undefined
  /** Notes a request, if it came with a token. Belongs into the transaction that begins what it asks. */
  note(stackId: string, request: Pick<Operation, 'token' | 'request'>): void
}

/** So many are kept, of all stacks. */
const KEPT = 5000

export const createTokenStore = ({ state }: Pick<Ground, 'state'>): TokenStore => {
  state.define(`create table if not exists operation_tokens (
    id integer primary key autoincrement, stack text, token text, request text, unique (stack, token))`)
  const get = state.prepare('select request from operation_tokens where stack = ? and token = ?')
  const note = state.prepare('insert into operation_tokens (stack, token, request) values (?, ?, ?)')
  const forget = state.prepare('delete from operation_tokens where id <= ?')
  return {
    get: (stackId, token) => get.get(stackId, token)?.request as string | undefined,
    note(stackId, { token, request }) {
      if (token === undefined || request === undefined) return
      const { lastInsertRowid } = note.run(stackId, token, request)
      forget.run(Number(lastInsertRowid) - KEPT)
    },
  }
}
