import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, servePages } from '../../../tests/browser.ts'
import { facesIn, withRectangles } from '../lib/faces.ts'
import { EVERY_FORMAT } from '../lib/formats/every.ts'
import { readPicture } from '../lib/picture.ts'

const photo = readFileSync(new URL('../../../events/photo.jpg', import.meta.url))

describe('the page of chapter 5, in a browser', function () {
  this.timeout(60_000)
  let browser: Browser
  let site: Awaited<ReturnType<typeof servePages>>

  before(async function () {
    browser = await openBrowser(this)
    const { picture } = await readPicture(photo, { pixels: 1_000_000, formats: EVERY_FORMAT })
    const framed = await withRectangles(picture, await facesIn(picture))
    site = await servePages(fileURLToPath(new URL('.', import.meta.url)).replace(/[\\/]$/, ''), {
      'before.jpg': { bytes: photo, contentType: 'image/jpeg' },
      'after.jpg': { bytes: framed, contentType: 'image/jpeg' },
    })
  })
  after(async () => {
    await browser?.close()
    site?.close()
  })

  /** Opens the page, and gives with it all that the browser complained of or asked of others. */
  const open = async (
    given: Record<string, string>,
    { width = 1280, colorScheme = 'light' }: { width?: number; colorScheme?: 'light' | 'dark' } = {},
  ): Promise<{ page: Page; wrong: string[] }> => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
    const page = await context.newPage()
    const wrong: string[] = []
    page.on('pageerror', (error) => wrong.push(error.message))
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    page.on('dialog', (dialog) => {
      wrong.push(`dialog: ${dialog.message()}`)
      dialog.dismiss()
    })
    page.on('request', (request) => request.url().startsWith(site.url) || wrong.push(request.url()))
    await page.goto(`${site.url}?${new URLSearchParams(given)}`, { waitUntil: 'networkidle' })
    return { page, wrong }
  }
  const both = () => ({ before: `${site.url}before.jpg`, after: `${site.url}after.jpg` })

  for (const colorScheme of ['light', 'dark'] as const)
    for (const [width, columns] of [
      [1280, 2],
      [390, 1],
    ] as const)
      it(`shows both pictures, ${columns === 2 ? 'side by side' : 'one below the other'}, ${colorScheme}`, async () => {
        const { page, wrong } = await open(both(), { width, colorScheme })

        const images = await page.locator('img').all()
        const boxes = await Promise.all(images.map((image) => image.boundingBox()))
        expect(boxes).to.have.length(2)
        expect(boxes.every((box) => (box?.width ?? 0) > 300)).to.equal(true)
        expect(new Set(boxes.map((box) => box?.x)).size).to.equal(columns)
        expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(width)
        expect(wrong).to.deep.equal([])
        const { SCREENSHOTS } = process.env
        if (SCREENSHOTS)
          await page.screenshot({ path: `${SCREENSHOTS}/05-${width}-${colorScheme}.png`, fullPage: true })
      })

  it('names each picture for those who do not see it', async () => {
    const { page } = await open(both())

    expect(await page.getByRole('heading', { level: 1 }).textContent()).to.equal('Faces in a picture')
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).to.deep.equal(['Before', 'After'])
    expect(await page.getByRole('img', { name: 'The picture as it was given' }).count()).to.equal(1)
    expect(
      await page.getByRole('img', { name: 'The same picture with a white rectangle around each face' }).count(),
    ).to.equal(1)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.href')).to.equal(`${site.url}before.jpg`)
  })

  for (const colorScheme of ['light', 'dark'] as const)
    it(`has text and links that stand out from the paper, ${colorScheme}`, async () => {
      const { page } = await open({ ...both(), before: 'x' }, { colorScheme })

      for (const selector of ['h1', '#message', 'h2', 'a'])
        expect(await contrast(page, selector), selector).to.be.greaterThan(4.5)
    })

  it('says that a picture cannot be shown', async () => {
    const { page } = await open({ ...both(), before: `${site.url}nothing.jpg` })

    expect(await page.getByText('This picture cannot be shown.').count()).to.equal(1)
    expect(await page.locator('img').count()).to.equal(1)
  })

  it('runs nothing of its address', async () => {
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    for (const given of [
      { before: 'javascript:alert(1)', after: 'data:text/html,<script>alert(1)</script>' },
      { before: evil, after: evil },
    ]) {
      const { page, wrong } = await open(given)

      expect(await page.locator('img, a').count()).to.equal(0)
      expect(await page.getByRole('status').textContent()).to.equal(
        'Not shown, as it is no http or https address: before and after.',
      )
      expect(wrong).to.deep.equal([])
    }
    const { page } = await open({ before: `${site.url}${evil}` })
    expect(await page.locator('script').count()).to.equal(1)
    expect(await page.locator('a').textContent()).to.equal(new URL(`${site.url}${evil}`).href)
  })

  it('may run no script but its own, and send nothing', async () => {
    const { page } = await open({})

    const blocked = await page.evaluate(`(async () => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
      return [window.ran === undefined, await fetch('/index.html').then(() => 'sent', () => 'refused')]
    })()`)

    expect(blocked).to.deep.equal([true, 'refused'])
  })
})

/** The contrast of an element's text with the page, by WCAG 2.2: at least 4.5 for text. */
const contrast = (page: Page, selector: string): Promise<number> =>
  page.evaluate(`(() => {
    const luminance = (color) => {
      const [r, g, b] = color.match(/[\\d.]+/g).map((v) => v / 255).map((v) =>
        v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const text = luminance(getComputedStyle(document.querySelector('${selector}')).color)
    const paper = luminance(getComputedStyle(document.body).backgroundColor)
    return (Math.max(text, paper) + 0.05) / (Math.min(text, paper) + 0.05)
  })()`)
