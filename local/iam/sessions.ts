import type { Clock } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { State } from '../base/state.ts'
import type { Caller } from './types.ts'

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
  begin(caller: Caller & { kind: 'role' }, seconds: number): Credentials
  /** What an access key stands for; expired sessions too, until they are swept. */
  find(accessKeyId: string): Session | undefined
}

export declare const createSessions: (state: State, clock: Clock, ids: Ids, account: string) => Sessions
