import type { Context } from 'aws-lambda'
import { answering, NotSignedIn } from '../../09-authentication-service/lib/failures.ts'
import { emailIn } from '../../09-authentication-service/lib/fields.ts'
import { findUser } from '../../09-authentication-service/lib/users.ts'

/** The profile of a user. */
export const handler = async (event: { email: string }, _context: Pick<Context, 'identity'>) =>
  answering(async () => {
    const user = await findUser(emailIn(event))
    if (!user) throw new NotSignedIn()
    return user
  })
