import { answering } from './lib/failures.ts'
import { emailIn, tokenIn } from './lib/fields.ts'
import { isToken } from './lib/tokens.ts'
import { changeUser } from './lib/users.ts'

/**
 * Proves an address by the token of its verification mail. Chapter 9. The same link works again once it has worked; with
 * any other token a verified user is as unknown as one who is not there.
 * @throws InvalidInput that names the field
 */
export const handler = async (event: { email: string; verify: string }): Promise<{ verified: boolean }> =>
  answering(async () => {
    const email = emailIn(event)
    const token = tokenIn(event, 'verify')
    let verified = false
    await changeUser(email, (user) => {
      verified = user?.verified === true && isToken(token, user.verifiedWith)
      if (!isToken(token, user?.verifyToken) || Date.now() >= (user?.verifyExpires ?? 0)) return undefined
      verified = true
      return { verified, verifiedWith: user?.verifyToken, verifyToken: undefined, verifyExpires: undefined }
    })
    return { verified }
  })
