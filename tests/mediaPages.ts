import type { Locator, Page } from 'playwright-core'
import { administrator, guest, type Person, signedIn } from './chains/11.ts'
import { deployedOn } from './chains/local.ts'
import { gifOf } from './gif.ts'
import { type Look, type Opened, until } from './page.ts'
import { administrator as caller, cheap, verifiedUser } from './sampleAuth.ts'
import { type Pages, withPages } from './withPages.ts'

/** A file as a person chooses it. */
export interface Chosen {
  name: string
  mimeType: string
  buffer: Buffer
}

export const PASSWORD = 'open sesame'
export const MEDIA = 'local-123456789012-media'

/** A small picture of its own colour. */
export const gif = (name: string, number = 1): Chosen => ({ name, mimeType: 'image/gif', buffer: gifOf(number) })

/** What is written into the form Add Picture. */
export interface Form {
  title?: string
  description?: string
  isPublic?: boolean
}

/** Chapter 11's page on a cloud, and people who use it. */
export interface MediaPages extends Pick<Pages, 'cloud'> {
  /** Opens the page in a new browser. */
  open(look?: Look): Promise<Opened>
  /** The address of a new user who has verified it. */
  newUser(): Promise<string>
  /** Opens the page, and somebody logs in there: a new user, if no address is given. */
  loggedIn(look?: Look & { email?: string }): Promise<Opened & { email: string; identityId: string }>
  /** The clients of somebody who has logged in, past the page. */
  person(email: string): Promise<Person>
  guest(): Promise<Person>
  /** Deletes all pictures, as after each test. */
  empty(): Promise<void>
  administrator(): Person
}

export const logIn = async (page: Page, email: string, password = PASSWORD): Promise<void> => {
  await page.fill('#email', email)
  await page.fill('#password', password)
  await page.click('#login-form button')
  await page.locator('#add-picture-form').waitFor()
}

/** Fills in the form Add Picture and sends it. */
export const add = async (page: Page, files: Chosen[], form: Form = {}): Promise<void> => {
  await page.setInputFiles('#mediaFile', files)
  await page.fill('#title', form.title ?? '')
  await page.fill('#description', form.description ?? 'a description')
  await page.setChecked('#is-public', form.isPublic ?? false)
  await page.click('#add-picture-form button[type=submit]')
}

/** Lets files fall on the page, as from the desktop. */
export const drop = async (page: Page, files: Chosen[], on = 'main'): Promise<void> => {
  const plain = files.map(({ name, mimeType, buffer }) => [buffer.toString('base64'), name, mimeType])
  const dataTransfer = await page.evaluateHandle(`
    const transfer = new DataTransfer()
    for (const [base64, name, type] of ${JSON.stringify(plain)})
      transfer.items.add(new File([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))], name, { type }))
    transfer
  `)
  for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent(on, type, { dataTransfer })
}

/** Waits until nothing is on its way any more. No line needs to say so: a list can be quicker than who looks at it. */
export const sent = (page: Page): Promise<void> =>
  until(
    page,
    `![...document.querySelectorAll('#uploads li')].some(({ dataset }) => ['queued', 'sending'].includes(dataset.state))`,
  )

/** The card of a picture, by the name of its file. */
export const card = (page: Page, name: string): Locator =>
  page.locator(`#pictures > li[data-key$=${JSON.stringify(`/${name}`)}]`)

/** What stands on all cards, in their order: side, title, description. */
export const cards = (page: Page): Promise<string[][]> =>
  page
    .locator('#pictures > li')
    .evaluateAll((all) =>
      all.map((one) => ['.side', '.title', '.description'].map((part) => one.querySelector(part)?.textContent ?? '')),
    )

/** Waits until the thumbnail of a card is really shown. */
export const seen = async (page: Page, name: string): Promise<void> => {
  await card(page, name).scrollIntoViewIfNeeded()
  await card(page, name).locator('img[src]').waitFor()
  await until(
    page,
    `
    [...document.querySelectorAll('#pictures > li')]
      .find(({ dataset }) => dataset.key.endsWith(${JSON.stringify(`/${name}`)}))
      ?.querySelector('img').naturalWidth > 0
  `,
  )
}

/** Makes the page ask for its lists at once, as when the network is back, and waits for what comes. */
export const refresh = async (page: Page): Promise<void> => {
  const before = await page.textContent('#asked')
  await page.evaluate(`dispatchEvent(new Event('online'))`)
  await until(page, `document.querySelector('#asked').textContent !== ${JSON.stringify(before)}`)
}

/** The page, put to a cloud before all tests of a `describe` block. */
export const withMediaPages = (): MediaPages => {
  const { cloud, open } = withPages('11', { change: cheap })
  let users = 0
  afterEach(() => pages.empty())
  const pages: MediaPages = {
    cloud,
    open: (look) => open('', look),
    async newUser() {
      const email = `person${++users}@example.com`
      const admin = caller(cloud)
      await verifiedUser(cloud, admin, { email, password: PASSWORD, name: 'A person' })
      admin.close()
      return email
    },
    async loggedIn({ email, ...look } = {}) {
      const who = email ?? (await pages.newUser())
      const opened = await pages.open(look)
      await logIn(opened.page, who)
      return { ...opened, email: who, identityId: (await pages.person(who)).id }
    },
    async empty() {
      const { s3 } = pages.administrator()
      for (const Prefix of ['public/content/', 'private/content/']) {
        const { Contents = [] } = await s3.listObjectsV2({ Bucket: MEDIA, Prefix })
        await Promise.all(Contents.map(({ Key }) => s3.deleteObject({ Bucket: MEDIA, Key })))
      }
      await cloud.settled(30_000)
    },
    person: (email) => signedIn(deployedOn(cloud), email),
    guest: () => guest(deployedOn(cloud)),
    administrator: () => administrator(deployedOn(cloud)),
  }
  return pages
}
