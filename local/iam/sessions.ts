import type { Clock } from '../base/clock.ts'
import { type Ids, UPPER } from '../base/ids.ts'
import type { State } from '../base/state.ts'
import type { Caller, ConditionKeys } from './types.ts'

/** Temporary credentials as STS hands them out. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  /** ms since the epoch */
  expiration: number
}

/** What a signed request's access key stands for. */
export interface Session {
  secretAccessKey: string
  /** Missing for long-term keys. */
  sessionToken?: string
  expiration?: number
  caller: Caller
}

/** The access keys of a cloud: `local`, and every session that was begun; kept in the state, so that they outlive a restart. */
export interface Sessions {
  /** Begins a session; to the caller's condition keys come those that every session carries. */
  begin(caller: Caller & { kind: 'role' | 'user' }, seconds: number): Credentials
  /** What an access key stands for; expired sessions too, until they are swept. */
  find(accessKeyId: string): Session | undefined
}

/** So many sessions keep their objects in memory; the others are read again when they are used. */
const AT_HAND = 1000

/** How long an expired session is still known, ms: its owner reads that it has expired, not that nobody knows it. */
const REMEMBERED = 12 * 3_600_000

interface Row {
  secret: string
  token: string
  expiration: number
  caller: string
}

/** The user that the public key `local` belongs to. */
export const localUser = (account: string): Caller & { kind: 'user' } => ({
  kind: 'user',
  arn: `arn:aws:iam::${account}:user/local`,
  account,
  userId: 'AIDAEXAMPLELOCALADMIN',
  accessKeyId: 'local',
})

/** Condition keys that every session carries, unless it says otherwise: when it began, and that no one-time code was given. */
export const issuedKeys = (now: number): ConditionKeys => ({
  'aws:TokenIssueTime': new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
  'aws:MultiFactorAuthPresent': 'false',
})

/**
 * The access keys of a cloud. Secrets lie in the state as they are: a signature cannot be checked without them.
 * Access key ids have AWS's form (IAM user guide, "IAM identifiers"): ASIA and 16 characters for temporary ones.
 */
export const createSessions = (state: State, clock: Clock, ids: Ids, account: string): Sessions => {
  state.define(`create table if not exists sessions (
    id text primary key, secret text, token text, expiration integer, caller text) without rowid;
    create index if not exists sessions_expiration on sessions (expiration)`)
  const insert = state.prepare('insert into sessions (id, secret, token, expiration, caller) values (?, ?, ?, ?, ?)')
  const select = state.prepare('select secret, token, expiration, caller from sessions where id = ?')
  const old = state.prepare('select id from sessions where expiration < ?')
  const remove = state.prepare('delete from sessions where expiration < ?')

  const local: Session = { secretAccessKey: 'local', caller: localUser(account) }
  // A session keeps its objects as long as it is used, so that its policies are compiled once.
  const known = new Map<string, Session>()

  const sweep = () => {
    const before = clock.now() - REMEMBERED
    for (const { id } of old.all(before) as { id: string }[]) known.delete(id)
    remove.run(before)
  }
  sweep()

  return {
    begin(caller, seconds) {
      sweep()
      const accessKeyId = `ASIA${ids.text(16, UPPER)}`
      const secretAccessKey = ids.secret(30)
      const sessionToken = ids.secret(192)
      const now = clock.now()
      const expiration = now + seconds * 1000
      const whole: Caller = { ...caller, accessKeyId, keys: { ...issuedKeys(now), ...caller.keys } }
      insert.run(accessKeyId, secretAccessKey, sessionToken, expiration, JSON.stringify(whole))
      return { accessKeyId, secretAccessKey, sessionToken, expiration }
    },
    find(accessKeyId) {
      if (accessKeyId === 'local') return local
      const found = known.get(accessKeyId)
      if (found) return found
      const row = select.get(accessKeyId) as Row | undefined
      if (!row) return undefined
      const { secret, token, expiration, caller } = row
      const session = { secretAccessKey: secret, sessionToken: token, expiration, caller: JSON.parse(caller) as Caller }
      known.set(accessKeyId, session)
      if (known.size > AT_HAND) known.delete(known.keys().next().value as string)
      return session
    },
  }
}
