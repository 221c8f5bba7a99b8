import { type CognitoCall, conflict, noMatch, theIdentity } from './names.ts'
import type { Identity, Login, Pool } from './store.ts'

/** A new identity of a pool, a guest's until it gets a login. */
export const newIdentity = (pool: Pool, { store, ground }: CognitoCall): Identity => {
  const now = ground.clock.now()
  const identity = {
    id: `${pool.region}:${ground.ids.uuid()}`,
    pool: pool.id,
    created: now,
    modified: now,
    known: false,
  }
  store.saveIdentity(identity)
  return identity
}

/** Gives an identity logins; those of another one stay there. @throws ServiceError `ResourceConflictException` */
export const adopt = (identity: Identity, logins: readonly Login[], { store, ground }: CognitoCall): Identity => {
  const fresh = logins.filter((login) => {
    const owner = store.ownerOf(identity.pool, login)
    if (owner !== undefined && owner !== identity.id)
      throw conflict('A login is already linked to a different identity.')
    return owner === undefined
  })
  if (!fresh.length) return identity
  for (const { provider, user } of fresh) store.link(identity.pool, { provider, user }, identity.id)
  const grown = { ...identity, known: true, modified: ground.clock.now() }
  store.saveIdentity(grown)
  return grown
}

/** The identity that logins belong to, or a new one that they belong to from now on. @throws ServiceError */
export const identityOfLogins = (pool: Pool, logins: readonly Login[], call: CognitoCall): Identity =>
  call.store.transaction(() => {
    const owners = new Set(logins.flatMap((login) => call.store.ownerOf(pool.id, login) ?? []))
    if (owners.size > 1) throw conflict('The logins belong to different identities.')
    const [owner] = owners
    return adopt(owner === undefined ? newIdentity(pool, call) : theIdentity(owner, call), logins, call)
  })

/** Proves that an identity is whose the logins are; logins that are nobody's become its. @throws ServiceError */
export const claim = (identity: Identity, logins: readonly Login[], call: CognitoCall): Identity =>
  call.store.transaction(() => {
    const owners = logins.map((login) => call.store.ownerOf(identity.pool, login))
    const strange = owners.some((owner) => owner !== undefined && owner !== identity.id)
    // Somebody's identity takes a new login only together with one that it has.
    if (strange || (identity.known && !owners.includes(identity.id))) throw noMatch()
    return adopt(identity, logins, call)
  })
