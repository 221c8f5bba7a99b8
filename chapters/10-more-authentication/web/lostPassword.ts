import { formOf, onSubmit } from '../../07-calling-from-a-client/web/lib/form.ts'
import { mustBeAddress, mustHave } from '../../09-authentication-service/web/lib/checks.ts'
import { service } from '../../09-authentication-service/web/lib/service.ts'
import { wordsOf } from '../../09-authentication-service/web/lib/words.ts'

onSubmit(
  formOf('lost-password-form'),
  'Asking for a mail…',
  async (fields) => {
    mustHave(fields, { email: 'Email' })
    mustBeAddress(fields, 'email')
    const { call } = await service(['LostPassword'])
    const { sent } = await call<{ sent: boolean }>('LostPassword', { email: fields.email })
    if (!sent) return { outcome: 'failure', text: 'No mail was sent.' }
    return { text: `A mail was sent to ${fields.email}. The link in it leads to a new password, for an hour.` }
  },
  (error) => `No mail was sent. ${wordsOf(error)}`,
)
