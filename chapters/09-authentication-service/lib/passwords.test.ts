import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { hashOfToken, isToken, newToken } from './tokens.ts'

Object.assign(process.env, {
  DDB_TABLE: 'SampleAuthUsers',
  IDENTITY_POOL_ID: 'us-east-1:pool',
  DEVELOPER_PROVIDER_NAME: 'login.yourdomain.com',
  EXTERNAL_NAME: 'Sample Authentication',
  EMAIL_SOURCE: 'sender@yourdomain.com',
  VERIFICATION_PAGE: 'https://example.com/verify.html',
  RESET_PAGE: 'https://example.com/reset.html?lang=en',
  SCRYPT_COST: '4',
})
const { check, hashOf } = await import('./passwords.ts')
const { bodyOf, escapeHtml, linkTo } = await import('./mails.ts')

const password = 'open sesame'

/** A user as the book's service stores one: the salt is used as the base64 text that it is. */
const ofTheBook = () => {
  const passwordSalt = randomBytes(512).toString('base64')
  return { passwordSalt, passwordHash: pbkdf2Sync(password, passwordSalt, 4096, 512, 'sha512').toString('base64') }
}

describe('hashOf', () => {
  it('says how it was made, with a salt of its own', async () => {
    const hash = await hashOf(password)

    expect(hash).to.match(/^\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await hashOf(password)).not.to.equal(hash)
  })
})

describe('check', () => {
  it('finds the right password, and no other', async () => {
    const stored = { passwordHash: await hashOf(password) }

    expect(await check(password, stored)).to.deep.equal({ right: true })
    for (const wrong of ['open sesam', 'open sesame ', 'Open sesame', '', stored.passwordHash])
      expect(await check(wrong, stored), wrong).to.deep.equal({ right: false })
  })

  it('takes a password however a keyboard composes it', async () => {
    const stored = { passwordHash: await hashOf('Zo\u00eb ﬁancé') }

    expect(await check('Zoe\u0308 fiance\u0301', stored)).to.deep.equal({ right: true })
  })

  it('finds nothing right for nobody', async () => {
    expect(await check(password, undefined)).to.deep.equal({ right: false })
  })

  it('takes a hash of another cost, and renews it', async () => {
    // scrypt of RFC 7914, chapter 12: N = 16384, r = 8, p = 1, the first 32 of its 64 bytes.
    const hash = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex').toString(
      'base64',
    )
    const salt = Buffer.from('SodiumChloride').toString('base64')
    const stored = { passwordHash: `$scrypt$ln=14,r=8,p=1$${salt}$${hash}`.replace(/=+(?=\$|$)/g, '') }

    const { right, rehashed = '' } = await check('pleaseletmein', stored)

    expect(right).to.equal(true)
    expect(rehashed).to.match(/^\$scrypt\$ln=4,/)
    expect(await check('pleaseletmein', { passwordHash: rehashed })).to.deep.equal({ right: true })
    expect(await check('something else', stored)).to.deep.equal({ right: false })
  })

  it('takes a user of the book, and makes a hash of today', async () => {
    const stored = ofTheBook()

    const { right, rehashed = '' } = await check(password, stored)

    expect(right).to.equal(true)
    expect(rehashed).to.match(/^\$scrypt\$ln=4,r=8,p=1\$/)
    expect(await check(password, { passwordHash: rehashed })).to.deep.equal({ right: true })
    expect(await check('another one', stored)).to.deep.equal({ right: false })
  })

  for (const [what, passwordHash] of [
    ['nothing', ''],
    ['another form', '$argon2id$v=19$m=65536$c2FsdA$aGFzaA'],
    ['half of the form', '$scrypt$ln=4,r=8,p=1$c2FsdA$'],
  ] as const)
    it(`finds nothing right for ${what}`, async () => {
      expect(await check(password, { passwordHash })).to.deep.equal({ right: false })
      expect(await check('', { passwordHash, passwordSalt: '' })).to.deep.equal({ right: false })
    })
})

describe('tokens', () => {
  it('are right for their own hash only', () => {
    const token = newToken()

    expect(isToken(token, hashOfToken(token))).to.equal(true)
    expect(isToken(newToken(), hashOfToken(token))).to.equal(false)
    expect(isToken(hashOfToken(token), hashOfToken(token))).to.equal(false)
    for (const hash of [undefined, '', 'x']) expect(isToken(token, hash)).to.equal(false)
    expect(isToken('', hashOfToken(token))).to.equal(false)
  })
})

describe('mails', () => {
  it('have links whose parameters are encoded', () => {
    const parameters = { email: 'a+b&c@example.com', lost: 'x/y=' }

    expect(linkTo('https://example.com/verify.html', parameters)).to.equal(
      'https://example.com/verify.html?email=a%2Bb%26c%40example.com&lost=x%2Fy%3D',
    )
    expect(linkTo('https://example.com/?lang=en', parameters)).to.match(/\?lang=en&email=/)
  })

  it('show text as text', () => {
    expect(escapeHtml(`<a href="x" title='y'>&</a>`)).to.equal(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
    )
    const { html, text } = bodyOf({
      subject: '',
      paragraphs: ['Hello <b>,'],
      link: { sentence: 'Go', url: 'https://x/?a=1&b=2' },
    })

    expect(html).to.contain('<p>Hello &lt;b&gt;,</p>').and.to.contain('<a href="https://x/?a=1&amp;b=2">Go</a>')
    expect(text).to.equal('Hello <b>,\n\nGo:\n\nhttps://x/?a=1&b=2\n')
  })
})
