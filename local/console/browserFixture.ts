import { readFileSync } from 'node:fs'
import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core'

const photo = readFileSync(new URL('../../events/photo.jpg', import.meta.url))

export const BUCKET = 'local-123456789012-pictures'
export const WIDE = { width: 1280, height: 900 }
export const PHONE = { width: 390, height: 844 }

/** Opens a page of a cloud's console, and gives with it all that the browser complained of or asked of others. */
export const openConsole = async (
  browser: Browser,
  { cloud }: { cloud: { url: string } },
  path: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; wrong: string[] }> => {
  const context = await browser.newContext({ viewport: WIDE, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`)
    dialog.dismiss()
  })
  const foreign = (request: Request) => !request.url().startsWith(cloud.url)
  page.on('request', (request) => foreign(request) && wrong.push(request.url()))
  // What the policy of the page refuses is announced now and then, and never sent.
  page.on('requestfailed', (request) => {
    const at = request.failure()?.errorText === 'csp' ? wrong.indexOf(request.url()) : -1
    if (at >= 0) wrong.splice(at, 1)
  })
  await page.goto(`${cloud.url}/_console/#/${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { page, wrong }
}

/** Puts an object into chapter 5's bucket of pictures: a photograph where nothing else is given. */
export const upload = (
  cloud: { config(): S3ClientConfig },
  key: string,
  body: Uint8Array | string = photo,
  type = 'image/jpeg',
) =>
  new S3Client({ ...cloud.config(), forcePathStyle: true }).send(
    new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body, ContentType: type, Metadata: { by: 'Ann' } }),
  )
