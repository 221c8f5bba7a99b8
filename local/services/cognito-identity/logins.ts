import type { ServiceError } from '../../base/errors.ts'
import { type Claims, TokenFault } from '../openIdClaims.ts'
import { COGNITO } from '../openIdTokens.ts'
import { type CognitoCall, externalFault, unauthorized } from './names.ts'
import type { Login, Pool } from './store.ts'

/** Somebody who signed in at a provider, proved by a token. */
export interface ProvedLogin extends Login {
  claims: Claims
  /** How the tokens of the pool name this login (`amr`). */
  amr: string
}

/** Providers whose access tokens only they themselves can check. */
const OPAQUE = new Set(['graph.facebook.com', 'www.amazon.com', 'api.twitter.com', 'www.digits.com'])

const inWords = (fault: TokenFault, now: number): ServiceError => {
  switch (fault.kind) {
    case 'malformed':
      return unauthorized('Invalid login token. Not a valid OpenId Connect identity token.')
    case 'issuer':
      return unauthorized("Invalid login token. Issuer doesn't match providerName")
    case 'expired':
      return unauthorized(`Invalid login token. Token expired: ${Math.floor(now / 1000)} >= ${fault.claims?.exp}`)
    case 'signature':
      return unauthorized("Invalid login token. Couldn't verify signed token.")
    case 'unreachable':
      return externalFault(fault.message)
  }
}

const verify = async (token: string, issuer: string, { store, ground }: CognitoCall): Promise<Claims> => {
  try {
    const claims = await store.tokens.verify(token, (given) => given === issuer)
    if (claims.iss !== issuer) throw new TokenFault('issuer', 'another issuer', claims)
    return claims
  } catch (error) {
    throw error instanceof TokenFault ? inWords(error, ground.clock.now()) : error
  }
}

/** Checks a token that the pool itself has given to a developer's service. @throws ServiceError `NotAuthorizedException` */
export const verifyOwn = async (token: string, pool: Pool, call: CognitoCall): Promise<Claims> => {
  const claims = await verify(token, `https://${COGNITO}`, call)
  if (!claims.aud.includes(pool.id)) throw unauthorized('Invalid login token. Incorrect token audience.')
  // A guest's token, which GetOpenIdToken gives, proves no login.
  if (!claims.amr.includes('authenticated')) throw unauthorized('Invalid login token.')
  return claims
}

/** The ids of the applications that a provider may issue tokens for; nothing where the pool does not know it. */
const audiencesOf = (pool: Pool, provider: string, { store }: CognitoCall): readonly string[] | undefined => {
  const clients = pool.userPools.flatMap(({ ProviderName, ClientId = '' }) =>
    ProviderName === provider ? [ClientId] : [],
  )
  if (clients.length) return clients
  if (Object.hasOwn(pool.loginProviders, provider)) return [pool.loginProviders[provider] ?? '']
  const arn = pool.openIdProviders.find((one) => one.endsWith(`:oidc-provider/${provider}`))
  return arn === undefined ? undefined : (store.directory.openIdProvider(arn)?.clients ?? [])
}

/**
 * Who somebody is by a provider's token.
 * @throws ServiceError `NotAuthorizedException` for a provider that the pool does not know, and for a wrong token
 */
export const proveLogin = async (
  [provider, token]: readonly [string, string],
  pool: Pool,
  call: CognitoCall,
): Promise<ProvedLogin> => {
  const audiences = audiencesOf(pool, provider, call)
  if (!audiences) throw unauthorized('Token is not from a supported provider of this identity pool.')
  if (OPAQUE.has(provider)) throw externalFault(`The local cloud cannot ask ${provider} whose token it is.`)
  const claims = await verify(token, `https://${provider}`, call)
  if (!claims.aud.some((aud) => audiences.includes(aud)))
    throw unauthorized('Invalid login token. Incorrect token audience.')
  const amr = provider.startsWith('cognito-idp.')
    ? `${provider}:CognitoSignIn:${claims.sub}`
    : `${provider}:${claims.sub}`
  return { provider, user: claims.sub, claims, amr }
}

/** How a developer's own login stands in the pool's tokens. */
export const developerAmr = ({ id }: Pool, { provider, user }: Login): string => `${provider}:${id}:${user}`
