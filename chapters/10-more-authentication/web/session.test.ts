import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { withAuthPages } from '../../../tests/authPages.ts'

const MINUTE = 60_000

describe('a session on the page Login', function () {
  this.timeout(60_000)
  const { open, send, newUser, verified } = withAuthPages()

  /** Somebody who has logged in, on a page whose clock the test moves; and how often credentials were asked for. */
  const loggedIn = async () => {
    const email = newUser()
    await verified(email, 'open sesame')
    const { page, wrong } = await open('login.html')
    await page.clock.install()
    let asked = 0
    page.on('request', (request) => {
      if (request.headers()['x-amz-target']?.endsWith('.GetCredentialsForIdentity')) asked++
    })
    await send(page, { email, password: 'open sesame' })
    await page.locator('#logout').waitFor()
    return { page, wrong, email, asked: () => asked }
  }
  const lasts = async (page: Page) => Date.parse((await page.getAttribute('#profile time', 'datetime')) ?? '')

  it('lasts an hour, and is renewed once, before the token ends', async () => {
    const { page, asked, wrong } = await loggedIn()
    const before = asked()
    const first = await lasts(page)
    expect(first - Date.now()).to.be.within(59 * MINUTE, 60 * MINUTE)

    await page.clock.fastForward(13 * MINUTE)
    expect(asked()).to.equal(before)
    const renewed = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.clock.fastForward(2 * MINUTE)
    await renewed

    await page.waitForFunction(`Date.parse(document.querySelector('#profile time').dateTime) > ${first}`)
    expect(asked()).to.equal(before + 1)
    await page.clock.fastForward(30 * MINUTE)
    expect(asked()).to.equal(before + 1)
    expect(await page.textContent('#result')).to.match(/^Logged in with IdentityId: /)
    expect(wrong).to.deep.equal([])
  })

  it('says clearly when it is over, and shows nothing of the person any more', async () => {
    const { page, email } = await loggedIn()

    await page.clock.fastForward(75 * MINUTE)

    await page.locator('#result.failure').waitFor()
    expect(await page.textContent('#result')).to.equal('Your session is over: please log in again.')
    expect(await page.isVisible('#profile')).to.equal(false)
    expect(await page.textContent('#profile dl')).to.equal('')
    expect(await page.evaluate('document.activeElement.id')).to.equal('email')
    await page.clock.setSystemTime(Date.now()) // the cloud's time, to which new credentials last
    expect((await send(page, { email, password: 'open sesame' }))[0]).to.equal('success')
  })

  it('ends by Logout, with the keyboard', async () => {
    const { page, asked } = await loggedIn()
    const before = asked()
    expect(await page.evaluate('document.activeElement.id')).to.equal('logout')

    await page.keyboard.press('Enter')

    expect(await page.textContent('#result')).to.equal('You have logged out.')
    expect(await page.isVisible('#profile')).to.equal(false)
    expect(await page.inputValue('#password')).to.equal('')
    await page.clock.fastForward(75 * MINUTE)
    expect(asked()).to.equal(before)
    expect(await page.textContent('#result')).to.equal('You have logged out.')
  })

  it('begins where a page came by HTTP, as from S3', async () => {
    const email = newUser()
    await verified(email, 'open sesame')
    const { page, wrong } = await open('login.html')
    await page.addInitScript(`
      Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })
      Object.defineProperty(Crypto.prototype, 'randomUUID', { value: undefined })
    `)
    await page.reload()

    expect((await send(page, { email, password: 'open sesame' }))[0]).to.equal('success')
    expect(await page.innerText('#profile dl')).to.contain(email)
    expect(wrong).to.deep.equal([])
  })

  for (const hours of [3, -3])
    it(`lasts an hour on a device whose clock is ${Math.abs(hours)} hours ${hours > 0 ? 'fast' : 'slow'}`, async () => {
      const email = newUser()
      await verified(email, 'open sesame')
      // The first call is refused as too early or too late; the SDK learns the difference from it.
      const { page } = await open('login.html', { expected: /Failed to load resource/ })
      const now = Date.now() + hours * 60 * MINUTE
      await page.clock.install({ time: now })

      expect((await send(page, { email, password: 'open sesame' }))[0]).to.equal('success')
      expect(await page.innerText('#profile dl')).to.contain(email)
      expect((await lasts(page)) - now).to.be.within(59 * MINUTE, 61 * MINUTE)
      await page.clock.fastForward(75 * MINUTE)
      await page.locator('#result.failure').waitFor()
    })

  it('keeps nothing of a session on the device', async () => {
    const { page } = await loggedIn()

    const kept = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    )

    expect(Object.keys(JSON.parse(kept)[0])).to.deep.equal([`guest of ${kept.match(/guest of ([\w:-]+)/)?.[1]}`])
    expect(JSON.parse(kept).slice(1)).to.deep.equal([{}, ''])
  })
})
