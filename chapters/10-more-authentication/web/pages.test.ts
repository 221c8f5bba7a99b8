import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { publish } from '../../../scripts/lib/site.ts'
import { openBrowser } from '../../../tests/browser.ts'
import { withCloud } from '../../../tests/cloud.ts'
import { faultsOf, keep, LOOKS, type Look, openPage } from '../../../tests/page.ts'
import { cheap, mailsTo } from '../../../tests/sampleAuth.ts'

/** How a person uses a page: fills in a form and sends it, follows a link. */
interface Hand {
  send(page: Page, fields: Record<string, string>): Promise<void>
  follow(page: Page, link: string): Promise<void>
}

const mouse: Hand = {
  async send(page, fields) {
    for (const [name, value] of Object.entries(fields)) await page.fill(`form [name="${name}"]`, value)
    await page.click('form button[type=submit]')
  },
  follow: (page, link) => page.getByRole('link', { name: link, exact: true }).click(),
}

/** Presses Tab until an element has the focus of which the expression is true. */
const tabTo = async (page: Page, expression: string): Promise<void> => {
  for (let press = 0; press < 20; press++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(`(({ name, type, textContent }) => ${expression})(document.activeElement)`)) return
  }
  throw new Error(`Tab does not lead to an element with ${expression}`)
}

const keyboard: Hand = {
  async send(page, fields) {
    for (const [name, value] of Object.entries(fields)) {
      await tabTo(page, `name === ${JSON.stringify(name)}`)
      await page.keyboard.press('ControlOrMeta+A')
      await page.keyboard.type(value)
    }
    await tabTo(page, `type === 'submit'`)
    await page.keyboard.press('Enter')
  },
  async follow(page, link) {
    await tabTo(page, `textContent === ${JSON.stringify(link)}`)
    await page.keyboard.press('Enter')
  },
}

describe('the pages of chapters 9 and 10, in a browser', function () {
  this.timeout(120_000)
  const t = withCloud({ chapter: '10', change: cheap })
  let browser: Browser
  let address: string

  before(async function () {
    browser = await openBrowser(this)
    address = (await publish('10', t.config())).address
  })
  after(() => browser?.close())

  const open = (name = '', look?: Look) => openPage(browser, `${address}/${name}`, look)
  /** What the page says once it is done: on green or on red. */
  const said = async (page: Page) => {
    const area = page.locator('#result:is(.success, .failure)')
    await area.waitFor()
    return [await area.getAttribute('class'), await area.textContent()]
  }
  const send = async (page: Page, fields: Record<string, string>) => {
    await mouse.send(page, fields)
    return said(page)
  }
  /** The link of the newest mail to an address, as its HTML has it. */
  const linkTo = (email: string) => {
    const [mail] = mailsTo(t, email)
    const link = /href="([^"]+)"/.exec(mail?.html ?? '')?.[1]
    if (!link) throw new Error(`no mail with a link was sent to ${email}`)
    return link.replaceAll('&amp;', '&')
  }
  let users = 0
  const newUser = () => `user${++users}@example.com`
  /** Signs somebody up who has opened the link of the mail. */
  const verified = async (email: string, password: string) => {
    const { page, context } = await open('signUp.html')
    await send(page, { email, name: 'John', password, 'verify-password': password })
    await page.goto(linkTo(email), { waitUntil: 'networkidle' })
    await said(page)
    await context.close()
  }

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
})
