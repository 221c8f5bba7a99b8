import { formOf, onSubmit } from '../../07-calling-from-a-client/web/lib/form.ts'
import { show } from '../../07-calling-from-a-client/web/lib/result.ts'
import { mustBeAddress, mustBePassword, mustHave } from '../../09-authentication-service/web/lib/checks.ts'
import { service } from '../../09-authentication-service/web/lib/service.ts'
import { wordsOf } from '../../09-authentication-service/web/lib/words.ts'
import { logIn } from './lib/logIn.ts'

const form = formOf('change-password-form')

onSubmit(
  form,
  'Logging in…',
  async (fields) => {
    const { email = '', 'old-password': oldPassword = '', 'new-password': newPassword = '' } = fields
    mustHave(fields, {
      email: 'Email',
      'old-password': 'Old Password',
      'new-password': 'New Password',
      'verify-new-password': 'Verify New Password',
    })
    mustBeAddress(fields, 'email')
    mustBePassword(fields, 'new-password', 'verify-new-password')
    const back = await service(['Login', 'ChangePassword'])
    // Only those who have logged in may call the function: the credentials of a guest do not do.
    const session = await logIn(back, email, oldPassword)
    if (typeof session === 'string') return { outcome: 'failure', text: `The password is not changed. ${session}` }
    try {
      show('notice', `Logged in with IdentityId: ${session.identityId}. Changing the password…`)
      const event = { email, oldPassword, newPassword }
      const { changed } = await back.call<{ changed: boolean }>('ChangePassword', event, session.credentials)
      if (!changed) return { outcome: 'failure', text: 'The password is not changed. Please try again.' }
      form.reset()
      return { text: `The password of ${email} is changed.` }
    } finally {
      session.end()
    }
  },
  (error) => `The password is not changed. ${wordsOf(error)}`,
)
