import { type Credentials, credentialsOf, type Place } from '../../../07-calling-from-a-client/lib/identity.ts'
import { SESSION_OVER } from '../../../09-authentication-service/web/lib/words.ts'

/** For how long a token of `login` can be exchanged for credentials, in ms: 15 minutes, less what the network takes. */
const TOKEN_LASTS = 14 * 60_000
/** For how long credentials of an identity last, in ms. */
const CREDENTIALS_LAST = 60 * 60_000

/** When credentials end that have just come, by the device's clock; where that one is an hour or more wrong, by its hour. */
const endOf = ({ expiration }: Credentials): number => {
  const left = expiration.getTime() - Date.now()
  return Date.now() + (left > 0 && left <= CREDENTIALS_LAST ? left : CREDENTIALS_LAST)
}

/** Somebody who has logged in. */
export interface Session {
  identityId: string
  /** When the credentials end. They are renewed once, shortly before the token ends. */
  ends(): Date
  /** `credentials` of a client. @throws Error in words when the session is over */
  credentials(): Promise<Credentials>
  /** Forgets the credentials. */
  end(): void
}

/**
 * Exchanges the token of `login` for credentials of the identity, with the rights of those who have logged in. They last
 * an hour; as the token can be exchanged again until it ends, they are renewed just before that.
 * @param changed is called when the credentials were renewed and, with `over`, when the session has come to its end
 */
export const beginSession = async (
  { identityId, token }: { identityId: string; token: string },
  place: Place,
  changed: (over: boolean) => void = () => {},
): Promise<Session> => {
  const logins = { 'cognito-identity.amazonaws.com': token }
  let current: Credentials | undefined = await credentialsOf(identityId, place, logins)
  let end = endOf(current)
  let ending: ReturnType<typeof setTimeout> | undefined
  const isOver = () => current === undefined || Date.now() >= end
  const endInTime = () => {
    clearTimeout(ending)
    ending = setTimeout(() => {
      session.end()
      changed(true)
    }, end - Date.now())
  }
  const renewing = setTimeout(async () => {
    // Without new ones the old ones still last.
    const renewed = await credentialsOf(identityId, place, logins).catch(() => undefined)
    if (isOver() || !renewed) return
    current = renewed
    end = endOf(renewed)
    endInTime()
    changed(false)
  }, TOKEN_LASTS)
  const session: Session = {
    identityId,
    ends: () => new Date(end),
    async credentials() {
      if (!current || isOver()) throw new Error(SESSION_OVER)
      return current
    },
    end() {
      clearTimeout(renewing)
      clearTimeout(ending)
      current = undefined
    },
  }
  endInTime()
  return session
}
