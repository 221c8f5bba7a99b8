import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'
import {
  administrator,
  cheap,
  guest,
  linkIn,
  mailsTo,
  type Person,
  usersOf,
  verifiedUser,
} from '../../tests/sampleAuth.ts'

const password = 'open sesame'
const MINUTE = 60_000

describe('The lock of the authentication service', () => {
  const cloud = withCloud({ chapter: '10', change: cheap })
  let john: Person
  let eve: Person
  let users: ReturnType<typeof usersOf>
  before(async () => {
    john = await guest(cloud)
    eve = await guest(cloud)
    users = usersOf(cloud)
  })
  after(() => {
    for (const one of [john, eve, users]) one.close()
  })
  let number = 0
  let email = ''
  beforeEach(async () => {
    email = `john${number++}@example.com`
    await verifiedUser(cloud, john, { email, password })
  })
  const logIn = async (person: Pick<Person, 'call'>, given = password): Promise<boolean> =>
    (await person.call('SampleAuthLogin', { email, password: given })).login
  const fail = async (person: Pick<Person, 'call'>, times: number) => {
    for (let time = 0; time < times; time++) expect(await logIn(person, `wrong ${time}`)).to.equal(false)
  }
  /** Lets time go by, for the user. */
  const later = async (ms: number) => {
    const { attempts } = await users.get(email)
    const earlier = (all: number[]) => all.map((at) => at - ms)
    await users.set(email, 'attempts', {
      strangers: earlier(attempts.strangers),
      // biome-ignore lint/suspicious/noExplicitAny: an item as it is
      devices: attempts.devices.map((one: any) => ({ ...one, failures: earlier(one.failures) })),
    })
  }

  it('closes after five failures, for the right password too', async () => {
    await fail(eve, 4)
    expect(await logIn(eve), told(cloud)).to.equal(true)

    const other = await guest(cloud)
    await fail(other, 1)
    expect(await logIn(other)).to.equal(false)
    other.close()
  })

  it('opens after 15 minutes', async () => {
    await fail(eve, 5)
    await later(14 * MINUTE)
    expect(await logIn(eve)).to.equal(false)

    await later(1 * MINUTE + 1)
    expect(await logIn(eve)).to.equal(true)
  })

  it('is not closed for longer by attempts while it is closed', async () => {
    await fail(eve, 5)
    await later(14 * MINUTE)
    await fail(eve, 7)
    await later(1 * MINUTE + 1)

    expect(await logIn(eve)).to.equal(true)
  })

  it('does not close for failures that are further apart', async () => {
    await fail(eve, 4)
    await later(16 * MINUTE)
    await fail(eve, 4)

    expect(await logIn(eve)).to.equal(true)
  })

  it('leaves a device open that has logged in before, whatever strangers do', async () => {
    expect(await logIn(john)).to.equal(true)
    await fail(eve, 6)

    expect(await logIn(eve)).to.equal(false)
    expect(await logIn(john), told(cloud)).to.equal(true)
  })

  it('closes for a device that has logged in before and fails itself', async () => {
    expect(await logIn(john)).to.equal(true)
    await fail(john, 5)

    expect(await logIn(john)).to.equal(false)
    expect(await logIn(eve), 'another device').to.equal(true)
  })

  it('opens for whoever has the mail, while strangers go on', async () => {
    await fail(eve, 6)
    expect(await logIn(john)).to.equal(false)

    await john.call('SampleAuthLostPassword', { email })
    const { parameters } = linkIn(mailsTo(cloud, email)[0])
    await john.call('SampleAuthResetPassword', { ...parameters, password: 'another one' })
    await fail(eve, 6)

    expect(await logIn(eve, 'another one')).to.equal(false)
    expect(await logIn(john, 'another one'), told(cloud)).to.equal(true)
  })

  it('counts those together who come without an identity', async () => {
    const admin = administrator(cloud)
    await fail(admin, 3)
    await fail(eve, 2)

    expect(await logIn(admin)).to.equal(false)
    admin.close()
  })

  it('of links: nobody keeps somebody from the link that was mailed, by asking again and again', async () => {
    await john.call('SampleAuthLostPassword', { email })
    const { parameters } = linkIn(mailsTo(cloud, email)[0])
    for (let time = 0; time < 8; time++) await eve.call('SampleAuthLostPassword', { email })

    expect(mailsTo(cloud, email)[0]?.text).to.match(/links in the mails of the last hour still work/)
    expect((await users.get(email)).lostToken).to.have.length(5)
    expect(await john.call('SampleAuthResetPassword', { ...parameters, password: 'another one' })).to.deep.equal({
      changed: true,
    })
  })

  describe('tokens', () => {
    const lostToken = async () => {
      await john.call('SampleAuthLostPassword', { email })
      return linkIn(mailsTo(cloud, email)[0]).parameters
    }
    const reset = (parameters: object) =>
      john.call('SampleAuthResetPassword', { ...parameters, password: 'another one' })

    it('are 32 random bytes, of which the table has the hash', async () => {
      const { lost = '' } = await lostToken()

      expect(Buffer.from(lost, 'base64url')).to.have.length(32)
      const [stored] = (await users.get(email)).lostToken
      expect(stored.hash)
        .to.match(/^[\w-]{43}$/)
        .and.not.to.equal(lost)
      expect(await reset({ email, lost: stored.hash }), 'a leaked table gives no token').to.deep.equal({
        changed: false,
      })
    })

    it('of a verification are the same: what the table has verifies nothing, before and after', async () => {
      const other = `leaked.${email}`
      await john.call('SampleAuthCreateUser', { email: other, password })
      const { verify = '' } = linkIn(mailsTo(cloud, other)[0]).parameters
      const tryIt = (token: string) => john.call('SampleAuthVerifyUser', { email: other, verify: token })

      expect(Buffer.from(verify, 'base64url')).to.have.length(32)
      const { verifyToken } = await users.get(other)
      expect(verifyToken)
        .to.match(/^[\w-]{43}$/)
        .and.not.to.equal(verify)
      expect(await tryIt(verifyToken)).to.deep.equal({ verified: false })
      expect(await tryIt(verify)).to.deep.equal({ verified: true })
      const { verifiedWith } = await users.get(other)
      expect(await tryIt(verifiedWith)).to.deep.equal({ verified: false })
      expect(JSON.stringify(await users.get(other))).not.to.contain(verify)
    })

    it('end: after an hour that of a reset, after a day that of a verification', async () => {
      const parameters = await lostToken()
      const [stored] = (await users.get(email)).lostToken
      expect(stored.expires - Date.now()).to.be.within(59 * MINUTE, 60 * MINUTE)
      await users.set(email, 'lostToken', [{ ...stored, expires: Date.now() - 1 }])
      expect(await reset(parameters)).to.deep.equal({ changed: false })

      const other = `new.${email}`
      await john.call('SampleAuthCreateUser', { email: other, password })
      const { verifyExpires } = await users.get(other)
      expect(verifyExpires - Date.now()).to.be.within(24 * 60 * MINUTE - MINUTE, 24 * 60 * MINUTE)
      await users.set(other, 'verifyExpires', Date.now() - 1)
      const link = linkIn(mailsTo(cloud, other)[0]).parameters
      expect(await john.call('SampleAuthVerifyUser', link)).to.deep.equal({ verified: false })
    })

    it('are good for one address, and for what they were made for', async () => {
      const { lost } = await lostToken()
      const other = `other.${email}`
      await john.call('SampleAuthCreateUser', { email: other, password })
      const { verify } = linkIn(mailsTo(cloud, other)[0]).parameters

      expect(await reset({ email: other, lost })).to.deep.equal({ changed: false })
      expect(await reset({ email: other, lost: verify })).to.deep.equal({ changed: false })
      expect(await john.call('SampleAuthVerifyUser', { email: other, verify: lost })).to.deep.equal({ verified: false })
    })

    it('of a reset prove the address of a user who was never verified', async () => {
      const other = `late.${email}`
      await john.call('SampleAuthCreateUser', { email: other, password })
      const { verify } = linkIn(mailsTo(cloud, other)[0]).parameters
      await john.call('SampleAuthLostPassword', { email: other })
      const { parameters } = linkIn(mailsTo(cloud, other)[0])

      expect(await reset(parameters)).to.deep.equal({ changed: true })
      expect(await john.call('SampleAuthLogin', { email: other, password: 'another one' })).to.include({ login: true })
      expect(await john.call('SampleAuthVerifyUser', { email: other, verify })).to.deep.equal({ verified: true })
    })

    it('that have verified an address say so again; no other does', async () => {
      const other = `again.${email}`
      const verify = await verifiedUser(cloud, john, { email: other, password })

      expect(await john.call('SampleAuthVerifyUser', { email: other, verify })).to.deep.equal({ verified: true })
      expect(await john.call('SampleAuthVerifyUser', { email: other, verify: `${verify}x` })).to.deep.equal({
        verified: false,
      })
    })

    it('of the book, which stood in the table as they are, work no more', async () => {
      const token = 'ab'.repeat(128)
      await users.set(email, 'lostToken', token)

      expect(await reset({ email, lost: token })).to.deep.equal({ changed: false })
      expect(await john.call('SampleAuthLostPassword', { email })).to.deep.equal({ sent: true })
    })
  })

  it('does not mind how an address is written', async () => {
    expect(
      await logIn({
        call: (name, event: object) => john.call(name, { ...event, email: ` ${email.toUpperCase()} ` }),
      } as Person),
    ).to.equal(true)
  })
})
