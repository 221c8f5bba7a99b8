import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { withAuthPages } from '../../../tests/authPages.ts'
import { said } from '../../../tests/page.ts'

const HTML = `<img src=x onerror=alert(1)>`

describe('what the pages of chapters 9 and 10 say', function () {
  this.timeout(60_000)
  const { cloud, open, send, linkTo, newUser, verified } = withAuthPages()
  /** The names of the fields that are marked, and of the one that has the focus. */
  const marked = async (page: Page) => ({
    marked: await page.locator('[aria-invalid=true]').evaluateAll((all) => all.map(({ id }) => id)),
    focus: await page.evaluate('document.activeElement.id'),
  })

  const filled = { email: 'a@example.com', password: 'open sesame', 'verify-password': 'open sesame' }
  const change = { email: 'a@example.com', 'old-password': 'open sesame', 'new-password': 'close sesame' }
  const reset = { 'new-password': 'close sesame', 'verify-new-password': 'close sesame' }
  const DIFFER = 'The two passwords differ. Please type them again.'
  const NO_ADDRESS = 'This is not an e-mail address. One looks like name@example.com.'
  const SHORT = 'The password must have at least 8 characters.'
  for (const [name, fields, text, fieldNames] of [
    ['signUp', {}, 'Please fill in: Email, Password, Verify Password.', ['email', 'password', 'verify-password']],
    ['signUp', { ...filled, email: ' ' }, 'Please fill in: Email.', ['email']],
    ['signUp', { ...filled, password: '' }, 'Please fill in: Password.', ['password']],
    ['signUp', { ...filled, 'verify-password': 'x' }, DIFFER, ['password', 'verify-password']],
    ['signUp', { ...filled, password: '1234567', 'verify-password': '1234567' }, SHORT, ['password']],
    ['signUp', { ...filled, email: 'nobody' }, NO_ADDRESS, ['email']],
    ['signUp', { ...filled, email: `${HTML}@x` }, NO_ADDRESS, ['email']],
    ['lostPassword', {}, 'Please fill in: Email.', ['email']],
    ['lostPassword', { email: 'a@b' }, NO_ADDRESS, ['email']],
    ['login', {}, 'Please fill in: Email, Password.', ['email', 'password']],
    ['login', { email: 'a@example.com' }, 'Please fill in: Password.', ['password']],
    ['login', { email: 'a', password: 'x' }, NO_ADDRESS, ['email']],
    ['changePassword', { ...change, 'verify-new-password': 'x' }, DIFFER, ['new-password', 'verify-new-password']],
    ['changePassword', change, 'Please fill in: Verify New Password.', ['verify-new-password']],
    [
      'resetPassword.html?email=a@example.com&lost=x',
      {},
      'Please fill in: New Password, Verify New Password.',
      ['new-password', 'verify-new-password'],
    ],
    [
      'resetPassword.html?email=a@example.com&lost=x',
      { ...reset, 'new-password': 'x' },
      DIFFER,
      ['new-password', 'verify-new-password'],
    ],
  ] as const)
    it(`${name.split('.')[0]}: ${text}`, async () => {
      const { page, wrong } = await open(name.includes('.') ? name : `${name}.html`)

      expect(await send(page, fields)).to.deep.equal(['failure', text])
      expect(await marked(page)).to.deep.equal({ marked: fieldNames, focus: fieldNames[0] })
      expect(wrong).to.deep.equal([])
    })

  it('signUp: what the service refuses is said in its words, and the fields stay', async () => {
    const { page } = await open('signUp.html')

    const answer = await send(page, { ...filled, email: 'a..b@example.com' })

    expect(answer).to.deep.equal(['failure', 'The user was not created. Email must be an e-mail address.'])
    expect(await page.inputValue('#password')).to.equal('open sesame')
  })

  const LONG = 'x'.repeat(257)
  const short = { ...change, 'new-password': 'short', 'verify-new-password': 'short' }
  for (const [name, fields, text] of [
    ['signUp', { ...filled, name: 'x'.repeat(101) }, 'Name must have at most 100 characters.'],
    [
      'signUp',
      { ...filled, password: LONG, 'verify-password': LONG },
      'The password must have at most 256 characters.',
    ],
    ['signUp', { ...filled, email: `${'a'.repeat(65)}@example.com` }, 'Email must be an e-mail address.'],
    ['login', { email: 'a@example.com', password: LONG }, 'Password must have at most 256 characters.'],
    ['login', { email: 'a..b@example.com', password: 'open sesame' }, 'Email must be an e-mail address.'],
    ['lostPassword', { email: 'a..b@example.com' }, 'Email must be an e-mail address.'],
    ['changePassword', short, 'The password must have at least 8 characters.'],
    [
      'changePassword',
      { ...change, 'new-password': LONG, 'verify-new-password': LONG },
      'The password must have at most 256 characters.',
    ],
    ['changePassword', { ...change, 'old-password': LONG, ...reset }, 'Password must have at most 256 characters.'],
    ['lostPassword', { email: `${'a'.repeat(250)}@example.com` }, 'Email must be an e-mail address.'],
    [
      'resetPassword.html?email=a@example.com&lost=x',
      { 'new-password': 'short', 'verify-new-password': 'short' },
      'The password must have at least 8 characters.',
    ],
    [
      'resetPassword.html?email=a@example.com&lost=x',
      { 'new-password': LONG, 'verify-new-password': LONG },
      'The password must have at most 256 characters.',
    ],
  ] as const)
    it(`${name.split('.')[0]}: ${text} (too long or too short)`, async () => {
      const { page, wrong } = await open(name.includes('.') ? name : `${name}.html`)

      const [outcome, told] = await send(page, fields)

      expect(outcome).to.equal('failure')
      expect(told?.endsWith(text), told ?? '').to.equal(true)
      expect(wrong).to.deep.equal([])
    })

  it('changePassword: an address that is not verified, and nothing is changed', async () => {
    const email = newUser()
    await send((await open('signUp.html')).page, { ...filled, email })
    const { page } = await open('changePassword.html')

    expect(await send(page, { ...change, ...reset, email })).to.deep.equal([
      'failure',
      'The password is not changed. The address is not verified yet: open the link in the mail that you got, or ask for a new password.',
    ])
  })

  it('signUp: the same for an address that has an account, and nothing stays in the form', async () => {
    const email = newUser()
    await verified(email, 'open sesame')
    const { page } = await open('signUp.html')

    const answer = await send(page, { ...filled, email })

    expect(answer).to.deep.equal([
      'success',
      `The user ${email} is created. Look at your mail: the link in it verifies your address.`,
    ])
    expect(await page.inputValue('#password')).to.equal('')
  })

  const INCOMPLETE =
    'The link is incomplete. Open it from your mail again, or copy the whole address into your browser.'
  for (const [name, queries] of [
    ['verify', ['', '?', '?email=a@example.com', '?verify=x', '?email=&verify=', '?email=a@example.com&lost=x']],
    ['resetPassword', ['', '?lost=x', '?email=a@example.com', '?email=a@example.com&verify=x']],
  ] as const)
    it(`${name}: the link is incomplete`, async () => {
      for (const query of queries) {
        const { page, wrong } = await open(`${name}.html${query}`)

        expect(await said(page), query).to.deep.equal(['failure', INCOMPLETE])
        expect(await page.locator('form:visible').count()).to.equal(0)
        expect(wrong).to.deep.equal([])
      }
    })

  it('verify: a link that is not the right one', async () => {
    const email = newUser()
    const { page } = await open(`verify.html?${new URLSearchParams({ email, verify: 'x' })}`)

    expect(await said(page)).to.deep.equal([
      'failure',
      `The address ${email} is not verified. Open the link from your mail again, whole; it works for a day. After that, a new password by Lost Password verifies the address, too.`,
    ])
  })

  it('runs nothing of an address', async () => {
    for (const name of ['verify', 'resetPassword']) {
      const { page, wrong } = await open(
        `${name}.html?${new URLSearchParams({ email: HTML, verify: 'x', lost: HTML })}`,
      )
      if (name === 'resetPassword') await send(page, reset)

      const [outcome, text] = await said(page)
      expect([
        outcome,
        text?.endsWith('is not verified. Email must be an e-mail address.') ||
          text?.endsWith('Email must be an e-mail address.'),
      ]).to.deep.equal(['failure', true])
      expect(await page.locator('main img').count()).to.equal(0)
      expect(wrong).to.deep.equal([])
    }
  })

  it('lostPassword: the same for an address that nobody has', async () => {
    const { page } = await open('lostPassword.html')

    expect(await send(page, { email: 'nobody@example.com' })).to.deep.equal([
      'success',
      'A mail was sent to nobody@example.com. The link in it leads to a new password, for an hour.',
    ])
  })

  it('resetPassword: a link that was used', async () => {
    const email = newUser()
    await verified(email, 'open sesame')
    await send((await open('lostPassword.html')).page, { email })
    const [first, second] = [await open(), await open()]
    for (const { page } of [first, second]) await page.goto(linkTo(email), { waitUntil: 'networkidle' })

    expect((await send(first.page, reset))[0]).to.equal('success')
    expect(await first.page.evaluate('document.activeElement.textContent')).to.equal('Login')
    expect(await send(second.page, reset)).to.deep.equal([
      'failure',
      'The password is not changed: the link is older than an hour, or was used already. Ask for a new one under Lost Password.',
    ])
  })

  it('login: the same for a wrong password and for an address that nobody has', async () => {
    const email = newUser()
    await verified(email, 'open sesame')
    const { page } = await open('login.html')

    const wrongPassword = await send(page, { email, password: 'wrong' })
    const nobody = await send(page, { email: 'nobody@example.com', password: 'wrong' })

    expect(wrongPassword).to.deep.equal(nobody)
    expect(wrongPassword).to.deep.equal([
      'failure',
      'You are not logged in. The address or the password is wrong. After five failures nothing helps for 15 minutes, or until you have set a new password.',
    ])
  })

  it('login: an address that is not verified', async () => {
    const email = newUser()
    await send((await open('signUp.html')).page, { ...filled, email })
    const { page } = await open('login.html')

    expect(await send(page, { email, password: 'open sesame' })).to.deep.equal([
      'failure',
      'You are not logged in. The address is not verified yet: open the link in the mail that you got, or ask for a new password.',
    ])
  })

  it('changePassword: says who has logged in, then what became of the password', async () => {
    const email = newUser()
    await verified(email, 'open sesame')
    const { page } = await open('changePassword.html')
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/functions/SampleAuthChangePassword/invocations', async (route) => {
      await held
      await route.continue()
    })
    const sent = send(page, { ...change, ...reset, email })

    await page.getByText('Logged in with').waitFor()
    expect(await page.textContent('#result')).to.match(
      /^Logged in with IdentityId: us-east-1:[0-9a-f-]{36}\. Changing the password…$/,
    )
    expect(await page.isDisabled('button[type=submit]')).to.equal(true)
    release()
    expect(await sent).to.deep.equal(['success', `The password of ${email} is changed.`])
    expect(await page.inputValue('#old-password')).to.equal('')
  })

  it('changePassword: a wrong old password', async () => {
    const email = newUser()
    await verified(email, 'open sesame')
    const { page } = await open('changePassword.html')

    const [outcome, text] = await send(page, { ...change, ...reset, email, 'old-password': 'wrong' })

    expect(outcome).to.equal('failure')
    expect(text).to.match(/^The password is not changed\. The address or the password is wrong\./)
  })

  it('logs nothing that was typed', () => {
    const told = [...cloud.lines, ...cloud.log.map(({ text }) => text)].join('\n')

    for (const secret of ['open sesame', 'close sesame']) expect(told).not.to.contain(secret)
  })
})
