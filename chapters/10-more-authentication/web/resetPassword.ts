import { formOf, onSubmit } from '../../07-calling-from-a-client/web/lib/form.ts'
import { show } from '../../07-calling-from-a-client/web/lib/result.ts'
import { mustBePassword, mustHave } from '../../09-authentication-service/web/lib/checks.ts'
import { INCOMPLETE, linkOf } from '../../09-authentication-service/web/lib/link.ts'
import { service } from '../../09-authentication-service/web/lib/service.ts'
import { wordsOf } from '../../09-authentication-service/web/lib/words.ts'

const form = formOf('reset-password-form')
const link = linkOf(location.search, 'lost')

if (link) {
  show('notice', `Choose a new password for ${link.email}.`)
  form.hidden = false
  // Password managers learn from it whose password this is.
  for (const input of form.querySelectorAll<HTMLInputElement>('#username')) input.value = link.email
  onSubmit(
    form,
    'Changing the password…',
    async (fields) => {
      mustHave(fields, { 'new-password': 'New Password', 'verify-new-password': 'Verify New Password' })
      mustBePassword(fields, 'new-password', 'verify-new-password')
      const { call } = await service(['ResetPassword'])
      const event = { email: link.email, lost: link.token, password: fields['new-password'] }
      const { changed } = await call<{ changed: boolean }>('ResetPassword', event)
      if (!changed)
        return {
          outcome: 'failure',
          text: 'The password is not changed: the link is older than an hour, or was used already. Ask for a new one under Lost Password.',
        }
      form.hidden = true
      form.reset()
      document.querySelector<HTMLElement>('nav a')?.focus() // where the form was, nothing can have the focus any more
      return { text: `The password of ${link.email} is changed: you can log in with it.` }
    },
    (error) => `The password is not changed. ${wordsOf(error)}`,
  )
} else show('failure', INCOMPLETE)
