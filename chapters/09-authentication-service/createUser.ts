import { answering } from './lib/failures.ts'
import { emailIn, nameIn, newPasswordIn } from './lib/fields.ts'
import { sendAlreadyThere, sendVerification } from './lib/mails.ts'
import { hashOf } from './lib/passwords.ts'
import { hashOfToken, newToken } from './lib/tokens.ts'
import { addUser, type User } from './lib/users.ts'

/** How long the link of the verification mail works, in ms. */
const EXPIRES_AFTER = 24 * 3_600_000

/** Who signs up. */
interface SignUp {
  email: string
  /** 8 to 256 characters. */
  password: string
  /** At most 100 characters; the exercise of chapter 9. */
  name?: string
}

/**
 * Signs somebody up and sends a mail that asks for proof of the address. Chapter 9. Where the address has an account
 * already, the answer and its time are the same, and the mail says so: only the address's owner learns of it.
 * @throws InvalidInput that names the field
 */
export const handler = async (event: SignUp): Promise<{ created: true }> =>
  answering(async () => {
    const email = emailIn(event)
    const name = nameIn(event)
    const passwordHash = await hashOf(newPasswordIn(event))
    const token = newToken()
    const user: User = {
      email,
      name,
      passwordHash,
      verified: false,
      verifyToken: hashOfToken(token),
      verifyExpires: Date.now() + EXPIRES_AFTER,
    }
    const there = await addUser(user)
    await (there ? sendAlreadyThere(there) : sendVerification(user, token))
    return { created: true }
  })
