import { createPublicKey, generateKeyPair, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { State } from '../base/state.ts'
import { type Claims, claimsOf, TokenFault } from './openIdClaims.ts'
import { type KeysOf, publishedKeys } from './openIdKeys.ts'

/** The provider that identity pools are to STS and to trust policies. */
export const COGNITO = 'cognito-identity.amazonaws.com'
/** The issuer that stands in the tokens of identity pools. */
export const COGNITO_ISSUER = `https://${COGNITO}`

/** The tokens of a cloud: those that its identity pools sign, and those that others do. */
export interface OpenIdTokens {
  /** Signs a token of the identity pools that is good for `seconds` (RS512, as Cognito's). */
  sign(claims: { sub: string; aud: string; amr: string[] } & Record<string, unknown>, seconds: number): Promise<string>
  /**
   * Checks signature, issuer and time of a token. `trusts`: whether an issuer that is not Cognito may be asked for its keys.
   * @throws TokenFault
   */
  verify(token: string, trusts: (issuer: string) => boolean): Promise<Claims>
  /** The public halves of the keys, as Cognito publishes them (RFC 7517). */
  published(): JsonWebKey[]
}

interface SigningKey {
  kid: string
  pem: string
}

/** Seconds that clocks of a provider and of the cloud may differ. */
const TOLERANCE = 60

export const createOpenIdTokens = (
  state: State,
  clock: Clock,
  ids: Ids,
  keysOf: KeysOf = publishedKeys(clock),
): OpenIdTokens => {
  state.define('create table if not exists cognito_keys (kid text primary key, pem text)')
  const all = state.prepare('select kid, pem from cognito_keys order by rowid')
  const insert = state.prepare('insert into cognito_keys values (?, ?)')
  const stored = () => all.all() as unknown as SigningKey[]

  let making: Promise<SigningKey> | undefined
  /** The key that signs: made when the first token is. */
  const signing = async (): Promise<SigningKey> => {
    const make = async () => {
      const [known] = stored()
      if (known) return known
      const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
      const key = {
        kid: `${COGNITO.split('.')[0]}-${ids.text(24)}`,
        pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      }
      insert.run(key.kid, key.pem)
      return key
    }
    making ??= make()
    return making
  }
  const published = () =>
    stored().map(({ kid, pem }) => ({
      ...createPublicKey(pem).export({ format: 'jwk' }),
      ...{ kid, alg: 'RS512', use: 'sig' },
    }))
  return {
    published,
    async sign(claims, seconds) {
      const { SignJWT, importPKCS8 } = await import('jose')
      const { kid, pem } = await signing()
      const iat = Math.floor(clock.now() / 1000)
      return new SignJWT({ ...claims, iss: COGNITO_ISSUER, iat, exp: iat + seconds })
        .setProtectedHeader({ kid, typ: 'JWS', alg: 'RS512' })
        .sign(await importPKCS8(pem, 'RS512'))
    },
    async verify(token, trusts) {
      const claims = claimsOf(token)
      const own = claims.iss === COGNITO_ISSUER
      if (!own && !trusts(claims.iss)) throw new TokenFault('issuer', `${claims.iss} is not a provider`, claims)
      const { createLocalJWKSet, errors, jwtVerify } = await import('jose')
      const keys = own ? { keys: published() as never[] } : await keysOf(claims.iss)
      try {
        await jwtVerify(token, createLocalJWKSet(keys), {
          issuer: claims.iss,
          // Neither an unsigned token nor one signed with a public key as a secret.
          algorithms: own ? ['RS512'] : ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256'],
          currentDate: new Date(clock.now()),
          clockTolerance: own ? 0 : TOLERANCE,
        })
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw new TokenFault('expired', 'it has expired', claims)
        if (error instanceof errors.JOSEError) throw new TokenFault('signature', error.message, claims)
        throw error
      }
      return claims
    },
  }
}
