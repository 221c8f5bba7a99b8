import type { Browser, BrowserContext } from 'playwright-core'
import { publish } from '../scripts/lib/site.ts'
import { openBrowser } from './browser.ts'
import { type TestCloud, type TestCloudOptions, withCloud } from './cloud.ts'
import { type Look, type Opened, openPage } from './page.ts'

/** The pages of a chapter on a cloud that runs it, and a browser to open them in. */
export interface Pages {
  cloud: TestCloud
  /** Opens a page of the site where nothing is kept of another, `login.html`; it is closed after the test. */
  open(name?: string, look?: Look): Promise<Opened>
}

/** The pages of a chapter, put to a cloud before all tests of a `describe` block, which are skipped without a browser. */
export const withPages = (chapter: string, options: Pick<TestCloudOptions, 'change'> = {}): Pages => {
  const cloud = withCloud({ chapter, ...options })
  const contexts: BrowserContext[] = []
  let browser: Browser
  let address: string
  before(async function () {
    browser = await openBrowser(this)
    address = (await publish(chapter, cloud.config())).address
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
  })
  after(() => browser?.close())
  return {
    cloud,
    async open(name = '', look) {
      const opened = await openPage(browser, `${address}/${name}`, look)
      contexts.push(opened.context)
      return opened
    },
  }
}
