import type { Service } from '../../../09-authentication-service/web/lib/service.ts'
import { beginSession, type Session } from './session.ts'

/** What `login` answers. */
type Login = { login: true; identityId: string; token: string } | { login: false; info: string }

/**
 * Logs in by address and password.
 * @param changed as in `beginSession`
 * @returns the session, or why there is none, in the service's words
 */
export const logIn = async (
  { call, place }: Service,
  email: string,
  password: string,
  changed?: (over: boolean) => void,
): Promise<Session | string> => {
  const answer = await call<Login>('Login', { email, password })
  return answer.login ? beginSession(answer, place, changed) : answer.info
}
