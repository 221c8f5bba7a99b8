import type { Ground } from '../../base/ground.ts'
import { createDirectory, type Directory } from '../../iam/directory/directory.ts'
import { createSessions, type Sessions } from '../../iam/sessions.ts'
import type { KeysOf } from '../openIdKeys.ts'
import { createOpenIdTokens, type OpenIdTokens } from '../openIdTokens.ts'

/** The sessions of a cloud, and the roles that they are sessions of. */
export interface StsStore extends Sessions {
  readonly directory: Directory
  /** The tokens that web identities prove themselves with. */
  readonly tokens: OpenIdTokens
}

export const createStsStore = ({ state, clock, ids, account }: Ground, keysOf?: KeysOf): StsStore => ({
  ...createSessions(state, clock, ids, account),
  directory: createDirectory(state),
  tokens: createOpenIdTokens(state, clock, ids, keysOf),
})
