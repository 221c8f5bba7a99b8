import { answering } from '../09-authentication-service/lib/failures.ts'
import { emailIn } from '../09-authentication-service/lib/fields.ts'
import { sendNobody, sendReset, sendResetAgain } from '../09-authentication-service/lib/mails.ts'
import { hashOfToken, newToken } from '../09-authentication-service/lib/tokens.ts'
import { changeUser, type User } from '../09-authentication-service/lib/users.ts'

/** How long the link of a reset mail works, in ms. */
const EXPIRES_AFTER = 3_600_000
/**
 * So many links work at a time. A new one does not end those before it: else whoever asks again and again in somebody's
 * name would keep them from ever using one.
 */
const MOST_LINKS = 5

/**
 * Sends a mail with a link to a new password. Chapter 10. Where nobody has the address, the answer and its time are the
 * same, and the mail says so.
 * @throws InvalidInput that names the field
 */
export const handler = async (event: { email: string }): Promise<{ sent: true }> =>
  answering(async () => {
    const email = emailIn(event)
    const token = newToken()
    let found: User | undefined
    const changed = await changeUser(email, (user) => {
      found = user
      const now = Date.now()
      // The book's service kept one token as text: it works no more.
      const valid = (Array.isArray(user?.lostToken) ? user.lostToken : []).filter(({ expires }) => now < expires)
      if (!user || valid.length >= MOST_LINKS) return undefined
      return { lostToken: [...valid, { hash: hashOfToken(token), expires: now + EXPIRES_AFTER }] }
    })
    if (changed) await sendReset(changed, token)
    else await (found ? sendResetAgain(found) : sendNobody(email))
    return { sent: true }
  })
