import { ServiceError } from '../../base/errors.ts'
import { length, pattern } from '../constraints.ts'
import type { Claims } from '../openIdClaims.ts'
import { COGNITO } from '../openIdTokens.ts'
import { GUEST_POLICY } from './guests.ts'
import { claim, identityOfLogins, newIdentity } from './linking.ts'
import { type ProvedLogin, proveLogin, verifyOwn } from './logins.ts'
import {
  type CognitoCall,
  forbidden,
  invalid,
  misconfigured,
  noGuests,
  noMatch,
  type Operations,
  theIdentity,
  thePool,
  valid,
} from './names.ts'
import { authenticatedRole } from './roles.ts'
import type { Identity, Pool } from './store.ts'

/** What a token of the basic flow lasts, seconds (API reference, GetOpenIdToken). */
const TEN_MINUTES = 600
const MOST_LOGINS = 10

type Logins = Record<string, string> | undefined

const entriesOf = (logins: Logins): [string, string][] => {
  const entries = Object.entries(logins ?? {})
  if (entries.length > MOST_LOGINS) throw invalid(`Please provide ${MOST_LOGINS} logins at most.`)
  valid(
    ...entries.flatMap(([provider, token]) => [length('logins', provider, 1, 128), length('logins', token, 1, 50_000)]),
  )
  return entries
}

const prove = (entries: [string, string][], pool: Pool, call: CognitoCall): Promise<ProvedLogin[]> =>
  Promise.all(entries.map((login) => proveLogin(login, pool, call)))

/** What a token of the pool says of an identity, proved by logins. */
interface Proof {
  amr: string[]
  /** The provider whose rules choose the role, and its token. */
  provider: string
  claims: Claims
}

/**
 * Whether somebody is who an identity belongs to; a guest proves nothing.
 * @throws ServiceError `NotAuthorizedException`
 */
const proofOf = async (
  identity: Identity,
  pool: Pool,
  logins: Logins,
  call: CognitoCall,
): Promise<Proof | undefined> => {
  const entries = entriesOf(logins)
  if (!entries.length) {
    if (identity.known) throw forbidden(identity.id)
    if (!pool.guests) throw noGuests()
    return undefined
  }
  const own = entries.find(([provider]) => provider === COGNITO)
  if (own) {
    if (entries.length > 1) throw invalid('A token of the pool stands alone.')
    const claims = await verifyOwn(own[1], pool, call)
    if (claims.sub !== identity.id) throw noMatch()
    return { amr: [...claims.amr], provider: pool.developerProvider ?? COGNITO, claims }
  }
  const proved = await prove(entries, pool, call)
  claim(theIdentity(identity.id, call), proved, call)
  const [first] = proved as [ProvedLogin]
  const amr = ['authenticated', ...proved.flatMap((login) => [login.provider, login.amr])]
  return { amr, provider: first.provider, claims: first.claims }
}

const tokenFor = (identity: Identity, proof: Proof | undefined, { store }: CognitoCall): Promise<string> =>
  store.tokens.sign({ sub: identity.id, aud: identity.pool, amr: proof?.amr ?? ['unauthenticated'] }, TEN_MINUTES)

const poolOf = ({ pool: id }: Identity, call: CognitoCall): Pool => {
  const pool = call.store.pool(id)
  if (!pool) throw new Error(`no pool ${id}`)
  return pool
}

export const credentials = {
  GetId: {
    action: 'anyone',
    async run({ IdentityPoolId, AccountId, Logins }, call) {
      valid(length('accountId', AccountId, 1, 15), pattern('accountId', AccountId, /^\d+$/, '\\d+'))
      const pool = thePool(IdentityPoolId, call)
      const entries = entriesOf(Logins)
      if (!entries.length) {
        if (!pool.guests) throw noGuests()
        return { IdentityId: newIdentity(pool, call).id }
      }
      const own = entries.find(([provider]) => provider === COGNITO)
      if (own) return { IdentityId: theIdentity((await verifyOwn(own[1], pool, call)).sub, call).id }
      return { IdentityId: identityOfLogins(pool, await prove(entries, pool, call), call).id }
    },
  },
  GetOpenIdToken: {
    action: 'anyone',
    async run({ IdentityId, Logins }, call) {
      const identity = theIdentity(IdentityId, call)
      const pool = poolOf(identity, call)
      if (!pool.classic) throw invalid('Basic (classic) flow is not enabled, please use enhanced flow.')
      const proof = await proofOf(identity, pool, Logins, call)
      return { IdentityId: identity.id, Token: await tokenFor(identity, proof, call) }
    },
  },
  GetCredentialsForIdentity: {
    action: 'anyone',
    async run({ IdentityId, Logins, CustomRoleArn }, call) {
      valid(length('customRoleArn', CustomRoleArn, 20, 2048))
      const identity = theIdentity(IdentityId, call)
      const pool = poolOf(identity, call)
      const proof = await proofOf(identity, pool, Logins, call)
      const role = proof
        ? authenticatedRole(pool, proof.provider, proof.claims, CustomRoleArn)
        : pool.roles.unauthenticated
      if (role === undefined) throw misconfigured()
      const WebIdentityToken = await tokenFor(identity, proof, call)
      try {
        const { Credentials: given } = await call
          .cloud('sts', { as: { kind: 'anonymous', account: call.ground.account } })
          .AssumeRoleWithWebIdentity({
            ...{ RoleArn: role, RoleSessionName: 'CognitoIdentityCredentials', WebIdentityToken },
            ...(proof ? {} : { Policy: GUEST_POLICY }),
          })
        return {
          IdentityId: identity.id,
          Credentials: {
            AccessKeyId: given?.AccessKeyId,
            SecretKey: given?.SecretAccessKey,
            SessionToken: given?.SessionToken,
            Expiration: given?.Expiration,
          },
        }
      } catch (error) {
        // The role is gone, or does not trust this pool or this kind of identity.
        if (error instanceof ServiceError && error.code === 'AccessDenied') throw misconfigured()
        throw error
      }
    },
  },
  UnlinkIdentity: {
    action: 'anyone',
    async run({ IdentityId, Logins, LoginsToRemove }, call) {
      const identity = theIdentity(IdentityId, call)
      const pool = poolOf(identity, call)
      if (!Object.keys(Logins).length) throw noMatch()
      await proofOf(identity, pool, Logins, call)
      const { store } = call
      return store.transaction(() => {
        for (const login of store.logins(identity.id))
          if (LoginsToRemove.includes(login.provider)) store.unlink(pool.id, login)
        return {}
      })
    },
  },
} satisfies Operations
