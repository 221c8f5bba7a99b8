import type { Context } from 'aws-lambda'
import { deviceOf, forgotten } from '../09-authentication-service/lib/attempts.ts'
import { answering } from '../09-authentication-service/lib/failures.ts'
import { emailIn, newPasswordIn, tokenIn } from '../09-authentication-service/lib/fields.ts'
import { hashOf } from '../09-authentication-service/lib/passwords.ts'
import { isToken } from '../09-authentication-service/lib/tokens.ts'
import { changeUser, findUser, type User } from '../09-authentication-service/lib/users.ts'

/** Whether a token is one that was mailed to the user, was not used and is not too old. */
const isValid = (token: string, user: User | undefined): user is User => {
  const sent = Array.isArray(user?.lostToken) ? user.lostToken : []
  // Each is compared, whichever it is.
  return sent.map(({ hash, expires }) => isToken(token, hash) && Date.now() < expires).includes(true)
}

/**
 * Sets a new password by the token of a reset mail, which works once. Chapter 10. Who has the mail has the address: the
 * user is verified then, and whoever knew the old password is a stranger.
 * @throws InvalidInput that names the field
 */
export const handler = async (
  event: { email: string; lost: string; password: string },
  context: Pick<Context, 'identity'>,
): Promise<{ changed: boolean }> =>
  answering(async () => {
    const email = emailIn(event)
    const token = tokenIn(event, 'lost')
    const password = newPasswordIn(event)
    if (!isValid(token, await findUser(email))) return { changed: false }
    const passwordHash = await hashOf(password)
    const changed = await changeUser(email, (user) =>
      isValid(token, user)
        ? {
            passwordHash,
            passwordSalt: undefined,
            lostToken: undefined,
            verified: true,
            verifyToken: undefined,
            verifyExpires: undefined,
            ...(user.verifyToken ? { verifiedWith: user.verifyToken } : {}),
            attempts: forgotten(deviceOf(context), Date.now()),
          }
        : undefined,
    )
    return { changed: changed !== undefined }
  })
