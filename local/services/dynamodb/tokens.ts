import type { State } from '../../base/state.ts'
import type { Scope } from './tableRows.ts'

/** How long a `ClientRequestToken` is remembered, in ms (API reference, TransactWriteItems). */
const REMEMBERED = 10 * 60_000

/** The transactions of the last ten minutes, by their `ClientRequestToken`. */
export interface Tokens {
  /** What was noted under a token. */
  get(scope: Scope, token: string, now: number): string | undefined
  /** Notes the request that came with a token. Belongs into the transaction that does what it asks. */
  note(scope: Scope, token: string, request: string, now: number): void
}

export const createTokens = (state: State): Tokens => {
  state.define(`create table if not exists dynamodb_tokens (
    account text, region text, token text, request text, at integer, primary key (account, region, token)) without rowid`)
  const get = state.prepare(
    'select request from dynamodb_tokens where account = ? and region = ? and token = ? and at > ?',
  )
  const note = state.prepare('insert or replace into dynamodb_tokens values (?, ?, ?, ?, ?)')
  const forget = state.prepare('delete from dynamodb_tokens where at <= ?')
  return {
    get: ({ account, region }, token, now) =>
      get.get(account, region, token, now - REMEMBERED)?.request as string | undefined,
    note({ account, region }, token, request, now) {
      forget.run(now - REMEMBERED)
      note.run(account, region, token, request, now)
    },
  }
}
