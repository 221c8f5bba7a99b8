import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'

/** A page in a browser, with all that went wrong on it: errors, refusals of its Content Security Policy, dialogs. */
export interface Opened {
  page: Page
  context: BrowserContext
  wrong: string[]
}

/** How a page is looked at. */
export interface Look {
  width?: number
  colorScheme?: 'light' | 'dark'
  /** What a console error must be to count as none: a refusal that the test wants to see. */
  expected?: RegExp
}

/** The widths and colours in which every page must be good. */
export const LOOKS = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

/** Opens an address in a browser that knows nothing: no cookies, nothing kept. */
export const openPage = async (
  browser: Browser,
  address: string,
  { width = 1280, colorScheme = 'light', expected }: Look = {},
): Promise<Opened> => {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
  const page = await context.newPage()
  const wrong: string[] = []
  const note = (text: string) => {
    if (!expected?.test(text)) wrong.push(text)
  }
  page.on('pageerror', (error) => note(error.message))
  page.on('console', (message) => message.type() === 'error' && note(message.text()))
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`)
    dialog.dismiss()
  })
  await page.goto(address, { waitUntil: 'networkidle' })
  return { page, context, wrong }
}

/** What axe-core finds fault with, a sentence each, and whether the page is wider than its window. */
export const faultsOf = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  return [
    ...violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`),
    ...(wide > 0 ? [`the page is ${wide} pixels wider than its window`] : []),
  ]
}

/** What the page says once it is done: `success` on green, `failure` on red. */
export const said = async (page: Page): Promise<[string | null, string | null]> => {
  const area = page.locator('#result:is(.success, .failure)')
  await area.waitFor()
  return [await area.getAttribute('class'), await area.textContent()]
}

/** Waits until an expression is true. `waitForFunction` would be stopped by the page's Content Security Policy. */
export const until = async (page: Page, expression: string): Promise<void> => {
  const end = Date.now() + 30_000
  while (!(await page.evaluate(expression))) {
    if (Date.now() > end) throw new Error(`never true: ${expression}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Keeps a picture of the page in the folder that SCREENSHOTS names, if it names one. */
export const keep = async (page: Page, name: string): Promise<void> => {
  const { SCREENSHOTS } = process.env
  if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true })
}
