import { CognitoIdentityClient, GetOpenIdTokenForDeveloperIdentityCommand } from '@aws-sdk/client-cognito-identity'
import type { Context } from 'aws-lambda'
import { logAccount } from 'logging'
import { deviceOf } from '../09-authentication-service/lib/attempts.ts'
import { config } from '../09-authentication-service/lib/config.ts'
import { answering } from '../09-authentication-service/lib/failures.ts'
import { emailIn, passwordIn } from '../09-authentication-service/lib/fields.ts'
import { withPassword } from '../09-authentication-service/lib/signIn.ts'

const cognito = new CognitoIdentityClient()

/** What a login gives: an identity of the pool and the token that proves it, for 15 minutes; or why there is none. */
export type Login = { login: true; identityId: string; token: string } | { login: false; info: string }

/** One text for an address that nobody has, a wrong password and a lock: exercise 10.2. */
const REFUSED =
  'The address or the password is wrong. After five failures nothing helps for 15 minutes, or until you have set a new password.'
/** Told to nobody but the one who knows the password. */
const UNVERIFIED = 'The address is not verified yet: open the link in the mail that you got, or ask for a new password.'

/** The identity of a user in the pool, made at the first login, and a token for it. */
const identityOf = async (email: string): Promise<{ identityId: string; token: string }> => {
  const { IdentityId, Token } = await cognito.send(
    new GetOpenIdTokenForDeveloperIdentityCommand({
      IdentityPoolId: config.identityPoolId,
      Logins: { [config.developerProvider]: email },
    }),
  )
  if (!IdentityId || !Token) throw new Error('the pool gave no identity')
  return { identityId: IdentityId, token: Token }
}

/**
 * Logs a verified user in. Chapter 10. @throws InvalidInput that names the field
 */
export const handler = async (
  event: { email: string; password: string },
  context: Pick<Context, 'identity'>,
): Promise<Login> =>
  answering(async () => {
    const email = emailIn(event)
    const password = passwordIn(event)
    let answer: Login = { login: false, info: UNVERIFIED }
    const isRight = await withPassword({ email, password, device: deviceOf(context) }, async (user) => {
      if (user.verified !== true) return {}
      const { identityId, token } = await identityOf(email)
      answer = { login: true, identityId, token }
      return { identityId }
    })
    if (!isRight) answer = { login: false, info: REFUSED }
    logAccount('login', email, answer.login ? 'done' : isRight ? 'unverified' : 'refused')
    return answer
  })
