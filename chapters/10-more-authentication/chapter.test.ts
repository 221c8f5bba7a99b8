import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'
import { refusalOf } from '../../tests/refusal.ts'
import { guest, linkIn, mailsTo, type Person, signedIn, usersOf } from '../../tests/sampleAuth.ts'

const email = 'john.doe@example.com'

/** From the first page to the last, with the permissions of the pages, at the full cost of a password. */
describe('Chapters 9 and 10 on the local cloud', () => {
  const cloud = withCloud({ chapter: '10' })
  let visitor: Person
  let john: Person
  before(async () => {
    visitor = await guest(cloud)
  })
  after(() => {
    visitor.close()
    john?.close()
  })
  const user = async () => {
    const users = usersOf(cloud)
    try {
      return await users.get(email)
    } finally {
      users.close()
    }
  }

  it('signs John up, and sends a mail', async () => {
    const answer = await visitor.call('SampleAuthCreateUser', { email, password: 'open sesame', name: 'John' })

    expect(answer, told(cloud)).to.deep.equal({ created: true })
    const [mail] = mailsTo(cloud, email)
    expect(mail?.from).to.equal('sender@yourdomain.com')
    expect(mail?.subject).to.equal('Verification Email for Sample Authentication')
    expect(mail?.text).to.match(/^Hello John,/)
    const { page, parameters } = linkIn(mail)
    expect(page).to.equal(`${cloud.stack.outputs.Site09Url?.value}/verify.html`)
    expect(Object.keys(parameters)).to.deep.equal(['email', 'verify'])
    const item = await user()
    expect(item.passwordHash).to.match(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(item.verified).to.equal(false)
  }).timeout(10_000)

  it('does not let him log in before the address is verified', async () => {
    const answer = await visitor.call('SampleAuthLogin', { email, password: 'open sesame' })

    expect(answer, told(cloud)).to.deep.equal({
      login: false,
      info: 'The address is not verified yet: open the link in the mail that you got, or ask for a new password.',
    })
  }).timeout(10_000)

  it('verifies the address by the link of the mail', async () => {
    const { parameters } = linkIn(mailsTo(cloud, email)[0])

    expect(await visitor.call('SampleAuthVerifyUser', parameters), told(cloud)).to.deep.equal({ verified: true })
    expect(await user())
      .to.include({ verified: true })
      .and.not.to.have.property('verifyToken')
  })

  it('logs him in: an identity of his own, with the rights of those who have logged in', async () => {
    const login = await visitor.call('SampleAuthLogin', { email, password: 'open sesame' })

    expect(login, told(cloud)).to.include({ login: true })
    expect(login.identityId)
      .to.match(/^us-east-1:/)
      .and.not.to.equal(visitor.identityId)
    john = await signedIn(cloud, login)
    expect(await john.call('SampleAuthReadUserProfile')).to.deep.equal({
      email,
      name: 'John',
      identityId: login.identityId,
    })
    expect(await refusalOf(visitor.call('SampleAuthReadUserProfile'))).to.include({ name: 'AccessDeniedException' })
  }).timeout(10_000)

  it('changes his password', async () => {
    const event = { email, oldPassword: 'open sesame', newPassword: 'close sesame' }

    expect(await john.call('SampleAuthChangePassword', event), told(cloud)).to.deep.equal({ changed: true })
    expect(await visitor.call('SampleAuthLogin', { email, password: 'open sesame' })).to.include({ login: false })
    expect(await visitor.call('SampleAuthLogin', { email, password: 'close sesame' })).to.include({ login: true })
  }).timeout(20_000)

  it('gives him a new password by mail', async () => {
    expect(await visitor.call('SampleAuthLostPassword', { email }), told(cloud)).to.deep.equal({ sent: true })
    const [mail] = mailsTo(cloud, email)
    expect(mail?.subject).to.equal('Password Lost for Sample Authentication')
    const { page, parameters } = linkIn(mail)
    expect(page).to.equal(`${cloud.stack.outputs.Site10Url?.value}/resetPassword.html`)

    const reset = { ...parameters, password: 'a third one' }
    expect(await visitor.call('SampleAuthResetPassword', reset), told(cloud)).to.deep.equal({ changed: true })
    expect(await visitor.call('SampleAuthResetPassword', reset)).to.deep.equal({ changed: false })
    expect(await visitor.call('SampleAuthLogin', { email, password: 'close sesame' })).to.include({ login: false })
    expect(await visitor.call('SampleAuthLogin', { email, password: 'a third one' })).to.include({ login: true })
    expect(await user()).not.to.have.property('lostToken')
  }).timeout(20_000)

  it('logs what happened to the account, by the layer', () => {
    const told = cloud.lines.flatMap((line) => /\{"account":.*\}/.exec(line)?.[0] ?? [])

    expect(told).to.include('{"account":"j…@example.com","event":"login","outcome":"done"}')
    expect(told).to.include('{"account":"j…@example.com","event":"login","outcome":"refused"}')
    expect(told).to.include('{"account":"j…@example.com","event":"login","outcome":"unverified"}')
    expect(told).to.include('{"account":"j…@example.com","event":"change of the password","outcome":"done"}')
  })

  it('logs nothing that is secret', async () => {
    const { verify = '' } = linkIn(mailsTo(cloud, email).at(-1)).parameters
    const { lost = '' } = linkIn(mailsTo(cloud, email)[0]).parameters
    const { passwordHash } = await user()

    for (const secret of ['open sesame', 'close sesame', 'a third one', verify, lost, passwordHash]) {
      expect(secret).not.to.equal('')
      expect(told(cloud)).not.to.contain(secret)
    }
  })
})
