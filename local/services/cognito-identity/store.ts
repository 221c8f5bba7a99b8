import type { Ground } from '../../base/ground.ts'
import { createDirectory, type Directory } from '../../iam/directory/directory.ts'
import type { KeysOf } from '../openIdKeys.ts'
import { createOpenIdTokens, type OpenIdTokens } from '../openIdTokens.ts'

/** A rule of a role mapping: whose claim says so gets the role. */
export interface MappingRule {
  Claim: string
  MatchType: 'Equals' | 'Contains' | 'StartsWith' | 'NotEqual'
  Value: string
  RoleARN: string
}

/** How a provider's tokens choose a role. */
export interface RoleMapping {
  Type: 'Token' | 'Rules'
  AmbiguousRoleResolution?: 'AuthenticatedRole' | 'Deny'
  RulesConfiguration?: { Rules: MappingRule[] }
}

/** An identity pool as the state has it; never changed in place. */
export interface Pool {
  readonly id: string
  readonly account: string
  readonly region: string
  readonly name: string
  /** Whether guests get identities. */
  readonly guests: boolean
  /** Whether the basic flow works: GetOpenIdToken and STS, without the pool's roles. */
  readonly classic: boolean
  readonly developerProvider?: string
  /** Providers by their names, with the id of the application there: `accounts.google.com`. */
  readonly loginProviders: Readonly<Record<string, string>>
  /** ARNs of OpenID Connect providers that IAM knows. */
  readonly openIdProviders: readonly string[]
  readonly userPools: readonly { ProviderName?: string; ClientId?: string; ServerSideTokenCheck?: boolean }[]
  /** ARNs by `authenticated` and `unauthenticated`. */
  readonly roles: Readonly<Record<string, string>>
  readonly roleMappings: Readonly<Record<string, RoleMapping>>
  readonly tags: Readonly<Record<string, string>>
}

/** Who a person is at a provider: their name there. */
export interface Login {
  provider: string
  user: string
}

/** An identity. Times in ms since the epoch. */
export interface Identity {
  readonly id: string
  readonly pool: string
  readonly created: number
  readonly modified: number
  /** Whether it ever signed in: it is nobody's guest any more, even when all its logins are gone. */
  readonly known: boolean
}

/** Identity pools, their identities, and the logins that belong to each. */
export interface CognitoStore {
  readonly tokens: OpenIdTokens
  /** The providers that IAM knows. */
  readonly directory: Pick<Directory, 'openIdProvider'>
  pool(id: string): Pool | undefined
  /** By the order of their names. */
  pools(account: string, region: string): Pool[]
  savePool(pool: Pool): void
  /** With all of its identities. */
  removePool(pool: Pool): void
  identity(id: string): Identity | undefined
  /** Behind an id, in the order of the ids. */
  identities(pool: string, after: string, limit: number): Identity[]
  saveIdentity(identity: Identity): void
  removeIdentity(id: string): void
  logins(identity: string): Login[]
  /** The identity that a login belongs to. */
  ownerOf(pool: string, login: Login): string | undefined
  link(pool: string, login: Login, identity: string): void
  unlink(pool: string, login: Login): void
  /** Runs `run` in one transaction: all that it changes, or, when it throws, nothing. */
  transaction<T>(run: () => T): T
}

export const createCognitoStore = ({ state, clock, ids }: Ground, keysOf?: KeysOf): CognitoStore => {
  state.define(`
    create table if not exists cognito_pools (id text primary key, account text, region text, name text, body text);
    create table if not exists cognito_identities (
      id text primary key, pool text, created integer, modified integer, known integer) without rowid;
    create index if not exists cognito_identities_of on cognito_identities (pool, id);
    create table if not exists cognito_logins (
      pool text, provider text, user text, identity text, primary key (pool, provider, user)) without rowid;
    create index if not exists cognito_logins_of on cognito_logins (identity)`)
  const pool = state.prepare('select body from cognito_pools where id = ?')
  const pools = state.prepare('select body from cognito_pools where account = ? and region = ? order by name, id')
  const savePool = state.prepare('insert or replace into cognito_pools values (?, ?, ?, ?, ?)')
  const removePool = state.prepare('delete from cognito_pools where id = ?')
  const removeIdentities = state.prepare('delete from cognito_identities where pool = ?')
  const removeLogins = state.prepare('delete from cognito_logins where pool = ?')
  const identity = state.prepare('select * from cognito_identities where id = ?')
  const identities = state.prepare('select * from cognito_identities where pool = ? and id > ? order by id limit ?')
  const saveIdentity = state.prepare('insert or replace into cognito_identities values (?, ?, ?, ?, ?)')
  const removeIdentity = state.prepare('delete from cognito_identities where id = ?')
  const removeLoginsOf = state.prepare('delete from cognito_logins where identity = ?')
  const logins = state.prepare('select provider, user from cognito_logins where identity = ? order by provider, user')
  const owner = state.prepare('select identity from cognito_logins where pool = ? and provider = ? and user = ?')
  const link = state.prepare('insert or replace into cognito_logins values (?, ?, ?, ?)')
  const unlink = state.prepare('delete from cognito_logins where pool = ? and provider = ? and user = ?')

  const identityOf = (row: unknown): Identity => {
    const { known, ...rest } = row as Omit<Identity, 'known'> & { known: number }
    return { ...rest, known: known === 1 }
  }
  const poolOf = (row: unknown) => JSON.parse((row as { body: string }).body) as Pool
  const { transaction } = state
  return {
    tokens: createOpenIdTokens(state, clock, ids, keysOf),
    directory: createDirectory(state),
    transaction,
    pool(id) {
      const row = pool.get(id)
      return row && poolOf(row)
    },
    pools: (account, region) => pools.all(account, region).map(poolOf),
    savePool: (one) => void savePool.run(one.id, one.account, one.region, one.name, JSON.stringify(one)),
    removePool: ({ id }) =>
      transaction(() => {
        removePool.run(id)
        removeIdentities.run(id)
        removeLogins.run(id)
      }),
    identity(id) {
      const row = identity.get(id)
      return row && identityOf(row)
    },
    identities: (of, after, limit) => identities.all(of, after, limit).map(identityOf),
    saveIdentity: ({ id, pool, created, modified, known }) =>
      void saveIdentity.run(id, pool, created, modified, known ? 1 : 0),
    removeIdentity: (id) =>
      transaction(() => {
        removeIdentity.run(id)
        removeLoginsOf.run(id)
      }),
    logins: (of) => logins.all(of) as unknown as Login[],
    ownerOf: (of, { provider, user }) => (owner.get(of, provider, user) as { identity: string } | undefined)?.identity,
    link: (of, { provider, user }, to) => void link.run(of, provider, user, to),
    unlink: (of, { provider, user }) => void unlink.run(of, provider, user),
  }
}
