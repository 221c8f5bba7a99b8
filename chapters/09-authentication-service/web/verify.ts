import { show } from '../../07-calling-from-a-client/web/lib/result.ts'
import { INCOMPLETE, linkOf } from './lib/link.ts'
import { service } from './lib/service.ts'
import { wordsOf } from './lib/words.ts'

/** Verifies the address that the link of the mail names, as soon as the page is there. */
const verify = async (email: string, token: string): Promise<void> => {
  show('notice', `Verifying ${email}…`)
  try {
    const { call } = await service(['VerifyUser'])
    const { verified } = await call<{ verified: boolean }>('VerifyUser', { email, verify: token })
    if (verified) show('success', `The address ${email} is verified: you can log in now.`)
    else
      show(
        'failure',
        `The address ${email} is not verified. Open the link from your mail again, whole; it works for a day. After that, a new password by Lost Password verifies the address, too.`,
      )
  } catch (error) {
    show('failure', `The address is not verified. ${wordsOf(error)}`)
  }
}

const link = linkOf(location.search, 'verify')
if (link) await verify(link.email, link.token)
else show('failure', INCOMPLETE)
