import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'
import {
  type Answer,
  administrator,
  cheap,
  guest,
  linkIn,
  mailsTo,
  type Person,
  signedIn,
  usersOf,
  verifiedUser,
} from '../../tests/sampleAuth.ts'

const RUNS = process.env.TEST_FULL === '1' ? 200 : 10

/** Two who want the same at the same time: one of them wins, whoever it is. */
describe(`the authentication service, ${RUNS} races of each kind`, function () {
  this.timeout(RUNS * 2000)
  const cloud = withCloud({ chapter: '10', change: cheap })
  let visitor: Person
  let users: ReturnType<typeof usersOf>
  before(async () => {
    visitor = await guest(cloud)
    users = usersOf(cloud)
  })
  after(() => {
    visitor.close()
    users.close()
  })
  const call = (name: string, event: unknown) => visitor.call(name, event)
  const forgetFailures = (email: string) => users.set(email, 'attempts', { strangers: [], devices: [] })
  /** Which of the passwords log in: the failures that this makes are forgotten. */
  const passwordsOf = async (email: string, passwords: string[]): Promise<string[]> => {
    const answers: Answer[] = []
    for (const password of passwords) {
      answers.push(await call('SampleAuthLogin', { email, password }))
      await forgetFailures(email)
    }
    return passwords.filter((_, index) => answers[index].login)
  }
  const repeat = async (race: (run: number) => Promise<void>) => {
    for (let run = 0; run < RUNS; run++) await race(run)
  }

  it('sign-ups for one address: one of them is stored, and all answers are the same', () =>
    repeat(async (run) => {
      const email = `signup${run}@example.com`
      const passwords = ['first one', 'second one', 'third one']

      const answers = await Promise.all(passwords.map((password) => call('SampleAuthCreateUser', { email, password })))

      expect(answers, told(cloud)).to.deep.equal(passwords.map(() => ({ created: true })))
      const links = mailsTo(cloud, email).filter(({ text = '' }) => /verify=/.test(text))
      expect(mailsTo(cloud, email)).to.have.length(3)
      expect(links).to.have.length(1)
      expect(await call('SampleAuthVerifyUser', linkIn(links[0]).parameters)).to.deep.equal({ verified: true })
      expect(await passwordsOf(email, passwords)).to.have.length(1)
    }))

  it('resets with one token: one of them is done', () =>
    repeat(async (run) => {
      const email = `reset${run}@example.com`
      const password = 'before it'
      await verifiedUser(cloud, visitor, { email, password })
      await call('SampleAuthLostPassword', { email })
      const { parameters } = linkIn(mailsTo(cloud, email)[0])
      const passwords = ['first one', 'second one', 'third one']

      const answers = await Promise.all(
        passwords.map((one) => call('SampleAuthResetPassword', { ...parameters, password: one })),
      )

      const done = passwords.filter((_, index) => answers[index].changed)
      expect(done, told(cloud)).to.have.length(1)
      expect(await passwordsOf(email, [password, ...passwords])).to.deep.equal(done)
    }))

  it('resets with the tokens of two mails: one of them is done', () =>
    repeat(async (run) => {
      const email = `two${run}@example.com`
      await verifiedUser(cloud, visitor, { email, password: 'before it' })
      await Promise.all([call('SampleAuthLostPassword', { email }), call('SampleAuthLostPassword', { email })])
      const [one, other] = mailsTo(cloud, email).map((mail) => linkIn(mail).parameters)
      expect(one?.lost).not.to.equal(other?.lost)

      const answers = await Promise.all([
        call('SampleAuthResetPassword', { ...one, password: 'first one' }),
        call('SampleAuthResetPassword', { ...other, password: 'second one' }),
      ])

      expect(
        answers.filter(({ changed }) => changed),
        told(cloud),
      ).to.have.length(1)
    }))

  it('the same link opened twice: the address is verified once, and both are told so', () =>
    repeat(async (run) => {
      const email = `verify${run}@example.com`
      await call('SampleAuthCreateUser', { email, password: 'open sesame' })
      const { parameters } = linkIn(mailsTo(cloud, email)[0])
      const { revision } = await users.get(email)

      const answers = await Promise.all([1, 2, 3].map(() => call('SampleAuthVerifyUser', parameters)))

      expect(answers, told(cloud)).to.deep.equal([{ verified: true }, { verified: true }, { verified: true }])
      expect((await users.get(email)).revision).to.equal(revision + 1)
    }))

  it('logins during a change of the password: the new one stays, also where a login renews an old hash', async () => {
    const email = 'change@example.com'
    const admin = administrator(cloud)
    await verifiedUser(cloud, visitor, { email, password: 'number 0' })
    const john = await signedIn(cloud, await call('SampleAuthLogin', { email, password: 'number 0' }))
    await repeat(async (run) => {
      const [password, newPassword] = [`number ${run}`, `number ${run + 1}`]
      await forgetFailures(email)
      // A hash of another cost is renewed at the login, which must not bring the old password back.
      if (run % 2) await users.set(email, 'passwordHash', await costlier(password))

      const [changed, , , byTheNew] = await Promise.all([
        john.call('SampleAuthChangePassword', { email, oldPassword: password, newPassword }),
        call('SampleAuthLogin', { email, password }),
        admin.call('SampleAuthLogin', { email, password }),
        admin.call('SampleAuthLogin', { email, password: newPassword }),
      ])

      expect(changed, told(cloud)).to.deep.equal({ changed: true })
      expect(byTheNew.login).to.be.a('boolean')
      await forgetFailures(email)
      expect(await passwordsOf(email, [password, newPassword])).to.deep.equal([newPassword])
    })
    admin.close()
    john.close()
  })

  it('two changes of one password: one of them is done', async () => {
    const email = 'changes@example.com'
    let password = 'number 0'
    await verifiedUser(cloud, visitor, { email, password })
    const john = await signedIn(cloud, await call('SampleAuthLogin', { email, password }))
    await repeat(async (run) => {
      const passwords = [`one of run ${run}`, `two of run ${run}`]

      const answers = await Promise.all(
        passwords.map((newPassword) =>
          john.call('SampleAuthChangePassword', { email, oldPassword: password, newPassword }),
        ),
      )

      const done = passwords.filter((_, index) => answers[index].changed)
      expect(done, told(cloud)).to.have.length(1)
      await forgetFailures(email)
      expect(await passwordsOf(email, [password, ...passwords])).to.deep.equal(done)
      password = done[0] ?? ''
    })
    john.close()
  })

  it('guesses all at once: five are tried, no more', () =>
    repeat(async (run) => {
      const email = `guess${run}@example.com`
      const password = 'open sesame'
      await verifiedUser(cloud, visitor, { email, password })

      const guesses = Array.from({ length: 8 }, (_, index) =>
        call('SampleAuthLogin', { email, password: `guess ${index}` }),
      )
      await Promise.all(guesses)

      expect((await users.get(email)).attempts.strangers, told(cloud)).to.have.length(5)
      expect(await call('SampleAuthLogin', { email, password })).to.include({ login: false })
    }))
})

/** A password as a service with another cost has stored it. */
const costlier = async (password: string): Promise<string> => {
  const { randomBytes, scryptSync } = await import('node:crypto')
  const salt = randomBytes(16)
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$scrypt$ln=5,r=8,p=1$${text(salt)}$${text(scryptSync(password, salt, 32, { N: 32, r: 8, p: 1 }))}`
}
