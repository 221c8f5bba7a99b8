import { formOf, onSubmit } from '../../07-calling-from-a-client/web/lib/form.ts'
import { show } from '../../07-calling-from-a-client/web/lib/result.ts'
import { mustBeAddress, mustHave } from '../../09-authentication-service/web/lib/checks.ts'
import { service } from '../../09-authentication-service/web/lib/service.ts'
import { SESSION_OVER, wordsOf } from '../../09-authentication-service/web/lib/words.ts'
import { logIn } from './lib/logIn.ts'
import { hideProfile, type Profile, showEnd, showProfile } from './lib/profile.ts'
import type { Session } from './lib/session.ts'

const form = formOf('login-form')
const logout = document.querySelector<HTMLButtonElement>('#logout')
let session: Session | undefined

/** Shows the form again, with a message. */
const leave = (outcome: 'notice' | 'failure', text: string) => {
  session?.end()
  session = undefined
  hideProfile()
  form.hidden = false
  show(outcome, text)
  form.querySelector('input')?.focus()
}

onSubmit(
  form,
  'Logging in…',
  async (fields) => {
    mustHave(fields, { email: 'Email', password: 'Password' })
    mustBeAddress(fields, 'email')
    const back = await service(['Login', 'ReadUserProfile'])
    const begun = await logIn(back, fields.email ?? '', fields.password ?? '', (over) => {
      if (over) leave('failure', SESSION_OVER)
      else if (session) showEnd(session.ends())
    })
    if (typeof begun === 'string') return { outcome: 'failure', text: `You are not logged in. ${begun}` }
    session = begun
    form.reset()
    form.hidden = true
    showEnd(begun.ends())
    try {
      showProfile(await back.call<Profile>('ReadUserProfile', {}, begun.credentials))
    } catch (error) {
      showProfile({ wrong: `Your profile cannot be shown. ${wordsOf(error)}` })
    }
    logout?.focus()
    return { text: `Logged in with IdentityId: ${begun.identityId}` }
  },
  (error) => `You are not logged in. ${wordsOf(error)}`,
)

logout?.addEventListener('click', () => leave('notice', 'You have logged out.'))
