import { attempted, succeeded } from './attempts.ts'
import { check } from './passwords.ts'
import { type Changes, changeUser, findUser, type User } from './users.ts'

/** Who wants to sign in, and from where. */
export interface Credentials {
  email: string
  password: string
  /** See `deviceOf`. */
  device: string | undefined
}

/** A password that others change while it is checked is checked again, so often. */
const TRIES = 3

/**
 * Does something to a user whose password is right. It fails in the same way, after the same work, for an address that
 * nobody has, a wrong password, and after too many failures.
 * @param change what to change then; it is written only while the password is still the one that was checked
 * @param isAsked whether the user is one for whom this may be tried at all
 * @returns whether the password was right and the change is written
 */
export const withPassword = async (
  { email, password, device }: Credentials,
  change: (user: User) => Promise<Changes>,
  isAsked: (user: User) => boolean = () => true,
): Promise<boolean> => {
  let at = 0
  let user = await changeUser(email, (now) => {
    at = Date.now()
    const attempts = now && isAsked(now) ? attempted(now.attempts, device, at) : undefined
    return attempts && { attempts }
  })
  for (let tries = 0; tries < TRIES; tries++) {
    const { right, rehashed } = await check(password, user)
    if (!user || !right) return false
    const { passwordHash } = user
    const changes = await change(user)
    const done = await changeUser(email, (now) => {
      if (now?.passwordHash !== passwordHash || !isAsked(now)) return undefined
      const attempts = succeeded(now.attempts, device, at)
      return { attempts, ...(rehashed ? { passwordHash: rehashed, passwordSalt: undefined } : {}), ...changes }
    })
    if (done) return true
    user = await findUser(email)
  }
  return false
}
