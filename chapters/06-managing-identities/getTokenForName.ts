import { CognitoIdentityClient, GetOpenIdTokenForDeveloperIdentityCommand } from '@aws-sdk/client-cognito-identity'
import { environment } from '../05-standalone-functions/lib/environment.ts'

const POOL = environment('POOL')
const PROVIDER = environment('PROVIDER')

const cognito = new CognitoIdentityClient()

/** A name that nobody of the demonstration has. */
class InvalidName extends Error {
  override name = 'InvalidName'
}

/** What a client changes for credentials: `GetCredentialsForIdentity`, with the token as login of Cognito itself. */
export interface SignedIn {
  identityId: string
  /** An OpenID Connect token, good for 15 minutes. */
  token: string
}

/**
 * Vouches for a name towards the identity pool: the same name is the same identity, on every device.
 *
 * It asks for no password: whoever may call it becomes whom they name. A real one comes after a check, as chapter 10's
 * `login` does.
 * @param event `{ "name": "alice" }`
 * @throws InvalidName for anything else than 1 to 32 of a to z, 0 to 9 and -
 */
export const handler = async (event: { name?: unknown } | null): Promise<SignedIn> => {
  const name = event?.name
  if (typeof name !== 'string' || !/^[a-z0-9-]{1,32}$/.test(name))
    throw new InvalidName('name must be 1 to 32 characters of a to z, 0 to 9 and -')
  const { IdentityId, Token } = await cognito.send(
    new GetOpenIdTokenForDeveloperIdentityCommand({ IdentityPoolId: POOL, Logins: { [PROVIDER]: name } }),
  )
  if (!IdentityId || !Token) throw new Error('Cognito answered without an identity')
  return { identityId: IdentityId, token: Token }
}
