import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Browser, type Page, chromium as playwright } from 'playwright-core'
import { chromium } from '../../tests/tools/tools.ts'
import { LOCAL, openTestDoor, ROLE, type TestDoor } from './fixture.ts'
import { presign, sign } from './signing.ts'

/**
 * A page from elsewhere, in a real browser, with the key that everybody knows: whatever it tries, nothing behind the door
 * sees it, and it reads nothing. `evil.example` leads to this machine, as it would after DNS rebinding.
 */
describe('a page from elsewhere, in a browser', function () {
  this.timeout(60_000)
  let door: TestDoor
  let browser: Browser
  let elsewhere: Server
  let port: number

  before(async function () {
    const executablePath = chromium()
    if (!executablePath && process.env.REQUIRE_TOOLS === '1') throw new Error('no Chromium: set CHROMIUM to its path')
    if (!executablePath) return this.skip()
    door = await openTestDoor({
      sites: [
        {
          matches: ({ path }) => path === '/own-page',
          handle: async (_, response) => void response.setHeader('content-type', 'text/html').end('<p>ours</p>'),
        },
      ],
    })
    door.objects.set('pictures/secret.txt', { bytes: Buffer.from('var secret = 42'), checksums: {}, input: {} })
    elsewhere = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>elsewhere</p>'))
    elsewhere.listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    port = (elsewhere.address() as AddressInfo).port
    browser = await playwright.launch({
      executablePath,
      args: ['--no-sandbox', '--host-resolver-rules=MAP *.example 127.0.0.1'],
    })
  })
  after(async () => {
    await browser?.close()
    elsewhere?.close()
    await door?.close()
  })

  /** A page of an address that is not the door's. */
  const pageAt = async (url: string): Promise<Page> => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(url)
    return page
  }
  /** URLs that any page of the world can make: they are signed with the key that everybody knows. */
  const urls = async (base = door.url) => {
    const at = async (method: string, path: string, service = 's3') =>
      `${base}${await presign(base, { method, path }, LOCAL, { service })}`
    return {
      get: await at('GET', '/pictures/secret.txt'),
      put: await at('PUT', '/pictures/new.txt'),
      remove: await at('DELETE', '/pictures/secret.txt'),
      act: await at('GET', '/?Action=GetCallerIdentity&Version=2011-06-15', 'sts'),
      post: await at('POST', '/?Action=GetCallerIdentity&Version=2011-06-15', 'sts'),
      anonymous: `${base}/pictures/secret.txt`,
    }
  }

  /** Lets the page do what it can; gives what it could read. */
  const attack = async (page: Page, all: Record<string, string>, headers: Record<string, string>) => {
    await page.addScriptTag({ path: join(import.meta.dirname, 'attack.js') })
    return (await page.evaluate(`attack(${JSON.stringify(all)}, ${JSON.stringify(headers)})`)) as string[]
  }
  /** Only fetches: for documents that are no HTML. */
  const fetches = (page: Page, all: string[]) =>
    page.evaluate((urls) => Promise.all(urls.map(async (url) => (await fetch(url)).text())), all)

  const places: [what: string, url: () => string][] = [
    ['another site', () => `http://evil.example:${port}/`],
    ['another program on this machine', () => `http://127.0.0.1:${port}/`],
    ['another name of this machine', () => `http://evil.localhost:${port}/`],
  ]
  for (const [what, url] of places)
    it(`of ${what} reads nothing and changes nothing`, async () => {
      const page = await pageAt(url())
      const { headers } = await sign(door.url, { path: '/pictures/secret.txt' }, LOCAL)
      const { host: _, ...signed } = headers
      const seen = door.seen.length

      const got = await attack(page, await urls(), signed)

      expect(got).to.deep.equal([])
      expect(door.seen.slice(seen).map(({ operation }) => operation)).to.deep.equal([])
      expect([...door.objects.keys()]).to.deep.equal(['pictures/secret.txt'])
      await page.close()
    })

  it('gets nowhere by leading its own name to the door', async () => {
    const page = await (await browser.newContext()).newPage()
    const seen = door.seen.length

    const response = await page.goto(`http://evil.example:${door.port}/own-page`)
    const { get, act, anonymous } = await urls(`http://evil.example:${door.port}`)
    const got = await fetches(page, [get, act, anonymous])

    expect(response?.status()).to.equal(403)
    // It may read what the door says to it, which is the refusal.
    for (const one of got) expect(one).to.contain('<Code>AccessDenied</Code><Message>The host must be ')
    expect(door.seen.length).to.equal(seen)
    await page.close()
  })

  it('leads nobody to a URL that is signed with the key that everybody knows', async () => {
    const page = await pageAt(`http://evil.example:${port}/`)
    const { get, act } = await urls()
    const seen = door.seen.length
    for (const url of [get, act]) {
      const [response] = await Promise.all([
        page.waitForNavigation(),
        page.evaluate(`location.href = ${JSON.stringify(url)}`),
      ])
      expect(response?.status()).to.equal(403)
      await page.goBack()
    }

    expect(door.seen.length).to.equal(seen)
    await page.close()
  })

  it('is told from a person with a presigned URL, and from our own page with a session', async () => {
    const { get } = await urls()
    const page = await (await browser.newContext()).newPage()
    const seen = door.seen.length

    const typed = await (await page.goto(get))?.text()
    await page.goto(`${door.url}/own-page`)
    const path = await presign(door.url, { path: '/pictures/secret.txt' }, ROLE)
    const [session, local] = await fetches(page, [path, get])

    expect(typed).to.equal('var secret = 42')
    expect(session).to.equal('var secret = 42')
    expect(local).to.contain('web pages may not use it')
    expect(door.seen.length).to.equal(seen + 2)
    await page.close()
  })
})
