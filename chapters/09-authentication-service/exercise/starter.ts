import { answering } from '../lib/failures.ts'
import { emailIn, newPasswordIn } from '../lib/fields.ts'
import { sendAlreadyThere, sendVerification } from '../lib/mails.ts'
import { hashOf } from '../lib/passwords.ts'
import { hashOfToken, newToken } from '../lib/tokens.ts'
import { addUser, type User } from '../lib/users.ts'

/** How long the link of the verification mail works, in ms. */
const EXPIRES_AFTER = 24 * 3_600_000

/** Who signs up. */
interface SignUp {
  email: string
  password: string
}

/** Signs somebody up and sends a mail that asks for proof of the address. */
export const handler = async (event: SignUp): Promise<{ created: true }> =>
  answering(async () => {
    const email = emailIn(event)
    const passwordHash = await hashOf(newPasswordIn(event))
    const token = newToken()
    const user: User = {
      email,
      passwordHash,
      verified: false,
      verifyToken: hashOfToken(token),
      verifyExpires: Date.now() + EXPIRES_AFTER,
    }
    const there = await addUser(user)
    await (there ? sendAlreadyThere(there) : sendVerification(user, token))
    return { created: true }
  })
