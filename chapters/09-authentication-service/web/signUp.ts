import { formOf, onSubmit } from '../../07-calling-from-a-client/web/lib/form.ts'
import { mustBeAddress, mustBePassword, mustHave } from './lib/checks.ts'
import { service } from './lib/service.ts'
import { wordsOf } from './lib/words.ts'

const form = formOf('signup-form')

onSubmit(
  form,
  'Signing up…',
  async (fields) => {
    const { email = '', name = '', password = '' } = fields
    mustHave(fields, { email: 'Email', password: 'Password', 'verify-password': 'Verify Password' })
    mustBeAddress(fields, 'email')
    mustBePassword(fields, 'password', 'verify-password')
    const { call } = await service(['CreateUser'])
    const event = { email, password, ...(name.trim() === '' ? {} : { name }) }
    const { created } = await call<{ created: boolean }>('CreateUser', event)
    if (!created) return { outcome: 'failure', text: 'The user was not created.' }
    form.reset()
    return { text: `The user ${email} is created. Look at your mail: the link in it verifies your address.` }
  },
  (error) => `The user was not created. ${wordsOf(error)}`,
)
