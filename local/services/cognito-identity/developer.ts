import { length, range } from '../constraints.ts'
import { adopt, newIdentity } from './linking.ts'
import { developerAmr, proveLogin } from './logins.ts'
import {
  type CognitoCall,
  conflict,
  invalid,
  missing,
  type Operations,
  onPool,
  readMark,
  registered,
  theIdentity,
  thePool,
  unauthorized,
  valid,
  writeMark,
} from './names.ts'
import type { Identity, Login, Pool } from './store.ts'

/** What a token lasts where nobody says, and at most, seconds (API reference, GetOpenIdTokenForDeveloperIdentity). */
const QUARTER_HOUR = 900
const DAY = 86_400
const MOST_LOGINS = 10

/** The name of the pool's developer provider. @throws ServiceError */
const providerOf = ({ developerProvider }: Pool, asked?: string): string => {
  if (developerProvider === undefined || (asked !== undefined && asked !== developerProvider))
    throw unauthorized('Provider is not a supported developer provider of this identity pool.')
  return developerProvider
}

/** The identity of a pool. @throws ServiceError ResourceNotFoundException, for those of other pools too */
const identityIn = (pool: Pool, id: string, call: CognitoCall): Identity => {
  const identity = theIdentity(id, call)
  if (identity.pool !== pool.id) throw missing(`Identity '${id}' not found.`)
  return identity
}

const user = (member: string, value: string | undefined) => length(member, value, 1, 1024)

/** The identity of a developer's user: the one that is known, or is named, or a new one. */
const identityFor = (pool: Pool, login: Login, asked: string | undefined, call: CognitoCall): Identity => {
  const { store } = call
  const owner = store.ownerOf(pool.id, login)
  if (asked === undefined) return owner === undefined ? newIdentity(pool, call) : identityIn(pool, owner, call)
  if (owner !== undefined && owner !== asked)
    throw registered('The provided developer user identifier is already registered with a different identity ID.')
  return identityIn(pool, asked, call)
}

export const developer = {
  GetOpenIdTokenForDeveloperIdentity: {
    action: onPool('GetOpenIdTokenForDeveloperIdentity'),
    async run(input, call) {
      const { Logins, TokenDuration = QUARTER_HOUR, PrincipalTags, IdentityId } = input
      valid(
        range('tokenDuration', TokenDuration, 1, DAY),
        ...Object.values(Logins).map((value) => length('logins', value, 1, 50_000)),
      )
      if (Object.keys(PrincipalTags ?? {}).length) throw invalid('Principal tags are not part of the local cloud.')
      const pool = thePool(input.IdentityPoolId, call)
      const names = Object.keys(Logins)
      if (!names.length || names.length > MOST_LOGINS)
        throw invalid(`Please provide between 1 and ${MOST_LOGINS} logins.`)
      const provider = providerOf(pool)
      const name = Object.hasOwn(Logins, provider) ? Logins[provider] : undefined
      if (name === undefined) throw invalid('Please provide a login of the developer provider.')
      valid(user('logins', name))
      const others = await Promise.all(
        Object.entries(Logins)
          .filter(([one]) => one !== provider)
          .map((login) => proveLogin(login, pool, call)),
      )
      const own: Login = { provider, user: name }
      const identity = call.store.transaction(() => {
        const found = identityFor(thePool(pool.id, call), own, IdentityId, call)
        return adopt(found, [own, ...others], call)
      })
      const amr = [
        'authenticated',
        provider,
        developerAmr(pool, own),
        ...others.flatMap((one) => [one.provider, one.amr]),
      ]
      const Token = await call.store.tokens.sign({ sub: identity.id, aud: pool.id, amr }, TokenDuration)
      return { IdentityId: identity.id, Token }
    },
  },
  LookupDeveloperIdentity: {
    action: onPool('LookupDeveloperIdentity'),
    run(input, call) {
      const { IdentityId, DeveloperUserIdentifier, MaxResults = 60, NextToken } = input
      valid(range('maxResults', MaxResults, 1, 60), user('developerUserIdentifier', DeveloperUserIdentifier))
      const pool = thePool(input.IdentityPoolId, call)
      const provider = providerOf(pool)
      if (IdentityId === undefined && DeveloperUserIdentifier === undefined)
        throw invalid('Please provide an identity ID or a developer user identifier.')
      const named =
        DeveloperUserIdentifier === undefined
          ? undefined
          : call.store.ownerOf(pool.id, { provider, user: DeveloperUserIdentifier })
      if (DeveloperUserIdentifier !== undefined && named === undefined)
        throw missing(`Developer user identifier '${DeveloperUserIdentifier}' not found.`)
      if (IdentityId !== undefined && named !== undefined && named !== IdentityId)
        throw conflict('The developer user identifier belongs to another identity ID.')
      const identity = identityIn(pool, IdentityId ?? named ?? '', call)
      const after = readMark(NextToken)
      const all = call.store
        .logins(identity.id)
        .filter((login) => login.provider === provider && login.user > after)
        .map((login) => login.user)
      const page = all.slice(0, MaxResults)
      return {
        IdentityId: identity.id,
        DeveloperUserIdentifierList: page,
        NextToken: page.length < all.length ? writeMark(page.at(-1) ?? '') : undefined,
      }
    },
  },
  MergeDeveloperIdentities: {
    action: onPool('MergeDeveloperIdentities'),
    run(input, call) {
      const { SourceUserIdentifier, DestinationUserIdentifier, DeveloperProviderName } = input
      valid(
        user('sourceUserIdentifier', SourceUserIdentifier),
        user('destinationUserIdentifier', DestinationUserIdentifier),
      )
      const pool = thePool(input.IdentityPoolId, call)
      const provider = providerOf(pool, DeveloperProviderName)
      const { store } = call
      return store.transaction(() => {
        const [from, to] = [SourceUserIdentifier, DestinationUserIdentifier].map((name) => {
          const owner = store.ownerOf(pool.id, { provider, user: name })
          if (owner === undefined) throw missing(`Developer user identifier '${name}' not found.`)
          return owner
        }) as [string, string]
        if (from === to) throw invalid('Both developer user identifiers belong to the same identity already.')
        const moved = store.logins(from)
        store.removeIdentity(from)
        adopt(identityIn(pool, to, call), moved, call)
        return { IdentityId: to }
      })
    },
  },
  UnlinkDeveloperIdentity: {
    action: onPool('UnlinkDeveloperIdentity'),
    run(input, call) {
      const pool = thePool(input.IdentityPoolId, call)
      const provider = providerOf(pool, input.DeveloperProviderName)
      valid(user('developerUserIdentifier', input.DeveloperUserIdentifier))
      const identity = identityIn(pool, input.IdentityId, call)
      const login = { provider, user: input.DeveloperUserIdentifier }
      if (call.store.ownerOf(pool.id, login) !== identity.id)
        throw missing(`Developer user identifier '${login.user}' not found for the identity.`)
      call.store.unlink(pool.id, login)
      return {}
    },
  },
} satisfies Operations
