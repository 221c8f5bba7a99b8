import type { Ground } from '../../base/ground.ts'
import type { Operation } from '../store.ts'

/** The requests that stacks have accepted, by their ClientRequestToken. */
export interface TokenStore {
  /** By what the request is known again that came with a token of a stack. */
  get(stackId: string, token: string): string | undefined
  /** Notes a request, if it came with a token. Belongs into the transaction that begins what it asks. */
  note(stackId: string, request: Pick<Operation, 'token' | 'request'>): void
}

export const createTokenStore = ({ state }: Pick<Ground, 'state'>): TokenStore => {
  state.define(`create table if not exists stack_tokens (
    stack text, token text, request text, primary key (stack, token)) without rowid`)
  const get = state.prepare('select request from stack_tokens where stack = ? and token = ?')
  const note = state.prepare('insert into stack_tokens values (?, ?, ?)')
  return {
    get: (stackId, token) => get.get(stackId, token)?.request as string | undefined,
    note(stackId, { token, request }) {
      if (token !== undefined && request !== undefined) note.run(stackId, token, request)
    },
  }
}
