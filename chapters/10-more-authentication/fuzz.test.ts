import { expect } from 'chai'
import fc from 'fast-check'
import { withCloud } from '../../tests/cloud.ts'
import { cheap, guest, linkIn, mailsTo, type Person, signedIn, usersOf, verifiedUser } from '../../tests/sampleAuth.ts'

const FULL = process.env.TEST_FULL === '1'
/** Inputs over all seven functions. */
const INPUTS = FULL ? 20_000 : 420
const SEED = FULL ? {} : { seed: 20_261_121 }

const FUNCTIONS: Record<string, string[]> = {
  SampleAuthCreateUser: ['email', 'password', 'name'],
  SampleAuthVerifyUser: ['email', 'verify'],
  SampleAuthLostPassword: ['email'],
  SampleAuthResetPassword: ['email', 'lost', 'password'],
  SampleAuthLogin: ['email', 'password'],
  SampleAuthChangePassword: ['email', 'oldPassword', 'newPassword'],
  SampleAuthReadUserProfile: ['email'],
}
const SUBJECTS = ['Verification Email for Sample Authentication', 'Password Lost for Sample Authentication']

/** Text of any code points. fast-check's own `binary` keeps tables of them all: 130 MB, and 700 MB while it makes them. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 40 })
  .map((points) => String.fromCodePoint(...points))

/** What strangers send: other types, lengths, Unicode, names of every object, headers, HTML. */
const hostile = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  anyText,
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    ' ',
    '\0',
    'null',
    '\ud800',
    '$scrypt$',
  ),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    'javascript:alert(1)',
    '</p></body><script src=//evil.example>',
    '&lt;script&gt;',
    '{{7*7}}',
  ),
  fc.constantFrom(
    'a@b.com\r\nBcc: c@d.com',
    'a@b.com\nSubject: x',
    'a@b.com, c@d.com',
    'a@b.com;c@d.com',
    'A <a@b.com>',
  ),
  fc.integer({ min: 1, max: 20_000 }).map((length) => 'ä'.repeat(length)),
  fc.integer({ min: 1, max: 400 }).map((length) => `${'a'.repeat(length)}@example.com`),
)
const names = ['known', 'Known', 'other', "o'neil+tag", 'x!#$%&*=?^_`{|}~-']
const emails = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...names).map((name) => `${name}@example.com`) },
  { weight: 2, arbitrary: fc.emailAddress() },
  { weight: 1, arbitrary: fc.nat(5000).map((number) => `user${number}@bücher.example`) },
  { weight: 2, arbitrary: hostile },
)
const passwords = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('a known secret', 'another secret', 'ﬁancé secret') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 8, maxLength: 60 }) },
  { weight: 1, arbitrary: hostile },
)
const fields: Record<string, fc.Arbitrary<unknown>> = {
  email: emails,
  password: passwords,
  oldPassword: passwords,
  newPassword: passwords,
  name: fc.oneof(hostile, fc.constant('John')),
  verify: fc.oneof(hostile, fc.base64String({ minLength: 40, maxLength: 48 })),
  lost: fc.oneof(hostile, fc.base64String({ minLength: 40, maxLength: 48 })),
}
const events = fc.constantFrom(...Object.entries(FUNCTIONS)).chain(([logicalId, own]) =>
  fc
    .oneof(
      { weight: 9, arbitrary: fc.record(Object.fromEntries(own.map((name) => [name, fields[name] ?? hostile]))) },
      {
        weight: 1,
        arbitrary: fc.record(Object.fromEntries(own.map((name) => [name, hostile])), { requiredKeys: [] }),
      },
      { weight: 1, arbitrary: hostile },
    )
    .map((event) => ({ logicalId, event: event as unknown })),
)

/** The texts that were passwords or tokens in events, where they are long enough to be found by no accident. */
const secretsIn = (event: unknown): string[] =>
  Object.entries(event && typeof event === 'object' ? event : {})
    .filter(([name]) => /password|verify|lost/i.test(name))
    .flatMap(([, value]) => (typeof value === 'string' && value.length >= 12 ? [value] : []))

describe(`the authentication service, ${INPUTS} inputs of strangers`, function () {
  this.timeout(FULL ? 3_600_000 : 120_000)
  const cloud = withCloud({ chapter: '10', change: cheap })
  let visitor: Person
  let john: Person
  let users: ReturnType<typeof usersOf>
  before(async () => {
    visitor = await guest(cloud)
    users = usersOf(cloud)
    const known = { email: 'known@example.com', password: 'a known secret', name: 'John' }
    await verifiedUser(cloud, visitor, known)
    john = await signedIn(cloud, await visitor.call('SampleAuthLogin', known))
  })
  after(() => {
    for (const one of [visitor, john, users]) one.close()
  })

  const checkMails = (sofar: Set<string>) => {
    for (const mail of cloud.cloud.mails()) {
      if (sofar.has(mail.id)) continue
      sofar.add(mail.id)
      expect(SUBJECTS, mail.subject).to.include(mail.subject)
      expect(mail.from).to.equal('sender@yourdomain.com')
      expect([mail.to.length, mail.cc, mail.bcc, mail.replyTo, mail.headers], mail.to.join()).to.deep.equal([
        1,
        [],
        [],
        [],
        [],
      ])
      expect(mail.to[0]).to.match(/^[^\s,;<>"]+@[a-z0-9.-]+$/)
      const tags = mail.html?.replace(
        /<!DOCTYPE html>|<html lang="en">|<\/?body>|<\/html>|<\/?p>|<a href="https?:[^"<>]*">|<\/a>/g,
        '',
      )
      expect(tags, 'only the tags of the mail itself').not.to.match(/[<>]/)
      const { parameters } = /https?:\/\//.test(mail.text ?? '') ? linkIn(mail) : { parameters: undefined }
      if (parameters) expect(parameters.email).to.equal(mail.to[0])
    }
  }

  /**
   * What functions and the cloud have logged since the last look must hold none of the secrets since then, and no
   * failure. It is not kept any longer.
   */
  const checkLog = (secrets: Set<string>): void => {
    const log = [...cloud.lines.splice(0), ...cloud.log.splice(0).map(({ text }) => text)].join('\n')
    expect(log).not.to.match(/Failed:|Runtime\.|Unhandled|Task timed out|\$scrypt/)
    for (const secret of secrets) expect(log.includes(secret), `the log holds ${secret}`).to.equal(false)
    secrets.clear()
  }

  it('none of them crashes a function, is told or logged a secret, or puts something into a mail', async () => {
    const answers = new Map<string, number>()
    const seen = new Set<string>()
    const secrets = new Set<string>()
    let done = 0
    const look = async () => {
      checkMails(seen)
      checkLog(secrets)
      // The lock would let nothing but refusals be seen.
      await users.set('known@example.com', 'attempts', { strangers: [], devices: [] })
    }
    await fc.assert(
      fc.asyncProperty(events, fc.boolean(), async ({ logicalId, event }, isSignedIn) => {
        const own = isSignedIn || /Change|Profile/.test(logicalId)
        const answer = await (own ? john : visitor).call(logicalId, event)

        const kind = answer.errorType ?? Object.entries(answer).map(([name, value]) => `${name} ${value}`)[0]
        answers.set(kind, (answers.get(kind) ?? 0) + 1)
        if (answer.errorType) expect(answer.errorType, JSON.stringify([event, answer])).to.equal('InvalidInput')
        const text = JSON.stringify(answer)
        for (const secret of secretsIn(event)) {
          secrets.add(secret)
          expect(text).not.to.contain(JSON.stringify(secret).slice(1, -1))
        }
        expect(text).not.to.match(/\$scrypt|passwordHash|verifyToken|lostToken|attempts/)
        if (++done % 100 === 0) await look()
      }),
      { numRuns: INPUTS, ...SEED },
    )
    await cloud.settled()
    await look()

    const expected = ['InvalidInput', 'created true', 'sent true', 'verified false', 'changed false', 'login false']
    expect([...answers.keys()]).to.include.members([...expected, 'email known@example.com'])
    const told = [...answers].map(([kind, count]) => `${count} ${kind}`).join(', ')
    console.log(`      ${done} inputs, ${seen.size} mails: ${told}`)
  })

  it('shows names and addresses in mails as text', async () => {
    const name = `<script>alert("1")</script> & 'John'`
    const email = `o'neil+a&b@example.com`

    await visitor.call('SampleAuthCreateUser', { email, password: 'a known secret', name })

    const [mail] = mailsTo(cloud, email)
    expect(mail?.html).to.contain('Hello &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;John&#39;,')
    expect(mail?.html).to.contain(`email=o&#39;neil%2Ba%26b%40example.com&amp;verify=`)
    expect(linkIn(mail).parameters.email).to.equal(email)
  })
})
