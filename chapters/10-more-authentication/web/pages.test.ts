import { expect } from 'chai'
import { keyboard, mouse, withAuthPages } from '../../../tests/authPages.ts'
import { faultsOf, keep, LOOKS, said } from '../../../tests/page.ts'

describe('the pages of chapters 9 and 10, in a browser', function () {
  this.timeout(120_000)
  const { cloud, open, send, linkTo, newUser, verified } = withAuthPages()

  for (const [how, hand, look] of [
    ['with the mouse', mouse, { width: 1280 }],
    ['with the keyboard alone', keyboard, { width: 1280 }],
    ['at 390 pixels', mouse, { width: 390, colorScheme: 'dark' }],
  ] as const)
    it(`leads from sign-up to a password that was lost and found, ${how}`, async () => {
      const email = newUser()
      const { page, wrong } = await open('', look)
      const form = async (fields: Record<string, string>) => {
        await hand.send(page, fields)
        return said(page)
      }
      const index = async (link: string) => {
        await hand.follow(page, 'Back to the index')
        await page.waitForURL('**/index.html')
        await hand.follow(page, link)
        await page.waitForURL(/\/\w+\.html$/)
        await page.waitForLoadState('networkidle')
      }
      const login = (password: string) => form({ email, password })
      const profile = async () => (await page.locator('#profile dl').innerText()).split(/\s+/)

      await hand.follow(page, 'Sign Up')
      await page.waitForURL('**/signUp.html')
      expect(
        await form({ email, name: 'John', password: 'open sesame', 'verify-password': 'open sesame' }),
      ).to.deep.equal([
        'success',
        `The user ${email} is created. Look at your mail: the link in it verifies your address.`,
      ])

      await page.goto(linkTo(email), { waitUntil: 'networkidle' })
      expect(await said(page)).to.deep.equal(['success', `The address ${email} is verified: you can log in now.`])

      await index('Login')
      const [outcome, text] = await login('open sesame')
      expect(outcome).to.equal('success')
      expect(text).to.match(/^Logged in with IdentityId: us-east-1:[0-9a-f-]{36}$/)
      expect(await profile()).to.deep.equal(['Email', email, 'Name', 'John'])

      await index('Change Password')
      const changed = { email, 'old-password': 'open sesame', 'new-password': 'close sesame' }
      expect(await form({ ...changed, 'verify-new-password': 'close sesame' })).to.deep.equal([
        'success',
        `The password of ${email} is changed.`,
      ])

      await index('Reset Password')
      expect(await form({ email })).to.deep.equal([
        'success',
        `A mail was sent to ${email}. The link in it leads to a new password, for an hour.`,
      ])
      await page.goto(linkTo(email), { waitUntil: 'networkidle' })
      expect(await page.textContent('#result')).to.equal(`Choose a new password for ${email}.`)
      expect(await form({ 'new-password': 'a third one', 'verify-new-password': 'a third one' })).to.deep.equal([
        'success',
        `The password of ${email} is changed: you can log in with it.`,
      ])

      await index('Login')
      expect((await login('close sesame'))[0]).to.equal('failure')
      const [again, sameIdentity] = await login('a third one')
      expect([again, sameIdentity]).to.deep.equal(['success', text])
      expect(await profile()).to.deep.equal(['Email', email, 'Name', 'John'])
      expect(wrong).to.deep.equal([])
    })

  for (const look of LOOKS)
    it(`is readable at ${look.width} pixels, ${look.colorScheme}`, async () => {
      const email = newUser()
      await verified(email, 'open sesame')
      const wrongPassword = { email, password: 'W'.repeat(256) }
      const link = { email: `${'long'.repeat(15)}@${'domain'.repeat(9)}.example.com`, lost: 'x', verify: 'x' }
      const faults: Record<string, string[]> = {}
      for (const [name, query, fields] of [
        ['index', {}, undefined],
        ['signUp', {}, {}],
        ['verify', link, undefined],
        ['lostPassword', {}, { email: link.email }],
        ['resetPassword', link, undefined],
        ['login', {}, wrongPassword],
        ['login', {}, { email, password: 'open sesame' }],
        ['changePassword', {}, { email }],
      ] as const) {
        const { page, wrong } = await open(`${name}.html?${new URLSearchParams({ ...query })}`, look)
        const empty = await faultsOf(page)
        if (fields) await send(page, fields)
        await page.waitForLoadState('networkidle')
        const found = [...empty, ...(await faultsOf(page)), ...wrong]
        if (found.length > 0) faults[name] = found
        await keep(
          page,
          `10-${name}${fields && 'password' in fields && fields !== wrongPassword ? '-profile' : ''}-${look.width}-${look.colorScheme}`,
        )
      }
      expect(faults).to.deep.equal({})
    })

  it('is reached from the mailbox of the console: the link of a mail opens the page', async () => {
    const email = newUser()
    const { page, context } = await open('signUp.html')
    await send(page, { email, password: 'open sesame', 'verify-password': 'open sesame' })
    const mailbox = await context.newPage()
    await mailbox.goto(`${cloud.cloud.url}/#/mailbox`)
    const opened = context.waitForEvent('page')

    await mailbox
      .locator('iframe.mail')
      .first()
      .contentFrame()
      .getByRole('link', { name: 'Verify your address' })
      .click()

    const verify = await opened
    expect(await said(verify)).to.deep.equal(['success', `The address ${email} is verified: you can log in now.`])
    expect(await verify.evaluate('window.opener')).to.equal(null)
  })

  it('says on which page one is, in the title and in headings', async () => {
    for (const [name, title] of [
      ['signUp', 'Sign Up'],
      ['verify', 'Verify'],
      ['lostPassword', 'Lost Password'],
      ['resetPassword', 'Reset Password'],
      ['login', 'Login'],
      ['changePassword', 'Change Password'],
    ]) {
      const { page } = await open(`${name}.html`)

      expect(await page.title()).to.equal(`${title} · Sample Authentication Service`)
      expect(await page.locator('h1').allTextContents()).to.deep.equal(['Sample Authentication Service'])
      expect(await page.locator('h2').allTextContents()).to.deep.equal([title])
      expect(await page.getByRole('link', { name: 'Back to the index' }).getAttribute('href')).to.equal('index.html')
    }
    const { page } = await open()
    const links = await page
      .getByRole('link')
      .evaluateAll((all) => all.map((link) => [link.textContent, link.getAttribute('href')]))
    expect(links).to.deep.equal([
      ['Sign Up', 'signUp.html'],
      ['Login', 'login.html'],
      ['Change Password', 'changePassword.html'],
      ['Reset Password', 'lostPassword.html'],
    ])
  })

  it('runs no script but its own, and sends nothing elsewhere', async () => {
    for (const name of ['index', 'signUp', 'verify', 'lostPassword', 'resetPassword', 'login', 'changePassword']) {
      const { page } = await open(`${name}.html`, { expected: /Content Security Policy/ })

      const blocked = await page.evaluate(`(async () => {
        const script = document.createElement('script')
        script.textContent = 'window.ran = true'
        document.body.append(script)
        return [window.ran === undefined, await fetch('https://example.com/').then(() => 'sent', () => 'refused')]
      })()`)

      expect(blocked, name).to.deep.equal([true, 'refused'])
    }
  })
})
