import { scryptSync } from 'node:crypto'
import { CognitoIdentityClient, GetCredentialsForIdentityCommand } from '@aws-sdk/client-cognito-identity'
import { expect } from 'chai'
import { newToken, putUser } from './09.ts'
import type { Chain, Deployed } from './chain.ts'
import { expectError, expectResult, invoke } from './functions.ts'

const email = 'jane.roe@example.com'
const password = 'open sesame'

const user = () => {
  const salt = Buffer.from('salt of sixteen.')
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const hash = scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 1 })
  return {
    email,
    name: 'Jane',
    passwordHash: `$scrypt$ln=14,r=8,p=1$${text(salt)}$${text(hash)}`,
    verified: true,
    revision: 1,
  }
}

/** The stack as one who has logged in sees it. */
const asIdentity = async (deployed: Deployed, IdentityId: string, token: string): Promise<Deployed> => {
  const client = new CognitoIdentityClient(deployed.config)
  const Logins = { 'cognito-identity.amazonaws.com': token }
  const { Credentials } = await client.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }))
  client.destroy()
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }
  return { ...deployed, config: { ...deployed.config, credentials } }
}

/** Chapter 10, as far as it sends no mail. */
export const chain: Chain = [
  {
    title: 'says the same of a wrong password and of an address that nobody has',
    async run(deployed) {
      await putUser(deployed, user())

      const wrong = await invoke(deployed, 'SampleAuthLogin', { email, password: 'open barley' })
      const nobody = await invoke(deployed, 'SampleAuthLogin', { email: 'nobody@example.com', password })

      expect(wrong.result).to.include({ login: false })
      expect(wrong).to.deep.equal(nobody)
    },
  },
  {
    title: 'logs a user in, who then reads their own profile and changes their password',
    async run(deployed) {
      await putUser(deployed, user())

      const { result } = await invoke(deployed, 'SampleAuthLogin', { email, password })
      const { login, identityId, token } = result as { login: boolean; identityId: string; token: string }
      expect(login).to.equal(true)
      const jane = await asIdentity(deployed, identityId, token)

      await expectResult(jane, 'SampleAuthReadUserProfile', {}, { email, name: 'Jane', identityId })
      const change = { email, oldPassword: password, newPassword: 'close sesame' }
      await expectResult(jane, 'SampleAuthChangePassword', change, { changed: true })
      await expectResult(jane, 'SampleAuthChangePassword', change, { changed: false })
    },
  },
  {
    title: 'shows no profile to who has not logged in',
    run: (deployed) => expectError(deployed, 'SampleAuthReadUserProfile', {}, { errorType: 'NotSignedIn' }),
  },
  {
    title: 'sets a new password by the token of a mail, once',
    async run(deployed) {
      const { token, hash } = newToken()
      await putUser(deployed, { ...user(), lostToken: [{ hash, expires: Date.now() + 3_600_000 }] })

      const reset = (lost: string, changed: boolean) =>
        expectResult(deployed, 'SampleAuthResetPassword', { email, lost, password: 'another one' }, { changed })
      await reset(newToken().token, false)
      await reset(token, true)
      await reset(token, false)
    },
  },
]
