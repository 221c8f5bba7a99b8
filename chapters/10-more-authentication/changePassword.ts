import type { Context } from 'aws-lambda'
import { logAccount } from 'logging'
import { deviceOf } from '../09-authentication-service/lib/attempts.ts'
import { answering, NotSignedIn } from '../09-authentication-service/lib/failures.ts'
import { emailIn, newPasswordIn, passwordIn } from '../09-authentication-service/lib/fields.ts'
import { hashOf } from '../09-authentication-service/lib/passwords.ts'
import { withPassword } from '../09-authentication-service/lib/signIn.ts'

/**
 * Changes the caller's own password. Chapter 10. Who calls is known from the identity of the credentials, which `login`
 * has noted; somebody else's address is refused as a wrong password is.
 * @throws InvalidInput that names the field
 * @throws NotSignedIn for a call without an identity of the pool
 */
export const handler = async (
  event: { email: string; oldPassword: string; newPassword: string },
  context: Pick<Context, 'identity'>,
): Promise<{ changed: boolean }> =>
  answering(async () => {
    const email = emailIn(event)
    const password = passwordIn(event, 'oldPassword')
    const newPassword = newPasswordIn(event, 'newPassword')
    const caller = context.identity?.cognitoIdentityId
    if (!caller) throw new NotSignedIn()
    const changed = await withPassword(
      { email, password, device: deviceOf(context) },
      async () => ({ passwordHash: await hashOf(newPassword), passwordSalt: undefined, lostToken: undefined }),
      ({ identityId }) => identityId === caller,
    )
    logAccount('change of the password', email, changed ? 'done' : 'refused')
    return { changed }
  })
