import type { Page } from 'playwright-core'
import { said } from './page.ts'
import { cheap, mailsTo } from './sampleAuth.ts'
import { type Pages, withPages } from './withPages.ts'

/** How a person uses a page: fills in a form and sends it, follows a link. */
export interface Hand {
  send(page: Page, fields: Record<string, string>): Promise<void>
  follow(page: Page, link: string): Promise<void>
}

export const mouse: Hand = {
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

export const keyboard: Hand = {
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

/** The pages of chapters 9 and 10 on a cloud, and people who use them. */
export interface AuthPages extends Pages {
  /** Fills in the page's form, sends it, and reads what comes. */
  send(page: Page, fields: Record<string, string>): ReturnType<typeof said>
  /** The link of the newest mail to an address, as its HTML has it. */
  linkTo(email: string): string
  /** An address that nobody has yet. */
  newUser(): string
  /** Signs somebody up, who opens the link of the mail. */
  verified(email: string, password: string): Promise<void>
}

/** The pages, put to a cloud before all tests of a `describe` block. */
export const withAuthPages = (): AuthPages => {
  const { cloud, open } = withPages('10', { change: cheap })
  let users = 0
  const pages: AuthPages = {
    cloud,
    open,
    async send(page, fields) {
      await mouse.send(page, fields)
      return said(page)
    },
    linkTo(email) {
      const [mail] = mailsTo(cloud, email)
      const link = /href="([^"]+)"/.exec(mail?.html ?? '')?.[1]
      if (!link) throw new Error(`no mail with a link was sent to ${email}`)
      return link.replaceAll('&amp;', '&')
    },
    newUser: () => `user${++users}@example.com`,
    async verified(email, password) {
      const { page } = await open('signUp.html')
      await pages.send(page, { email, name: 'John', password, 'verify-password': password })
      await page.goto(pages.linkTo(email), { waitUntil: 'networkidle' })
      await said(page)
    },
  }
  return pages
}
