import { readFileSync } from 'node:fs'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { addressOf, ask } from '../../tests/apis.ts'
import { openBrowser } from '../../tests/browser.ts'
import { chain } from '../../tests/chains/07.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { withCloud } from '../../tests/cloud.ts'
import { faultsOf, openPage } from '../../tests/page.ts'

describe('Chapter 7 on the local cloud', function () {
  this.timeout(60_000)
  const t = withCloud({ chapter: '07' })
  const get = (path: string, headers: Record<string, string> = {}) =>
    ask(`${addressOf(t, 'SimpleWebsiteUrl')}${path}`, { headers })

  for (const [path, title] of [
    ['', 'Home Page'],
    ['about/', 'About'],
    ['about', 'About'],
    ['contact/', 'Contact'],
  ] as const)
    it(`serves /home/${path} as HTML, as the function wrote it`, async () => {
      const { status, type, text } = await get(path)

      expect(status).to.equal(200)
      expect(type).to.match(/^text\/html/)
      expect(text).to.match(/^<!doctype html>/)
      expect(text).to.contain(`<h1>${title}</h1>`)
    })

  it('serves HTML whatever the client accepts', async () => {
    for (const Accept of ['text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'application/json', '*/*']) {
      const { status, type } = await get('about/', { Accept })

      expect([status, type?.split(';')[0]], Accept).to.deep.equal([200, 'text/html'])
    }
  })

  for (const path of [
    ...['prices/', 'index.ejs', 'about/us', 'about/us/them', '..%2F..%2Fetc%2Fpasswd', '%2e%2e%2f', '..%5C..%5C'],
    ...["o'neill", '%22%7D', '%0A', '%F0%9F%8E%89', '__proto__', '%253Cscript%253E'],
  ])
    it(`answers /home/${path} with a 404 in HTML`, async () => {
      const { status, type, text } = await get(path)

      expect(status, text).to.equal(404)
      expect(type).to.match(/^text\/html/)
      expect(text).to.contain('<h1>Not found</h1>')
    })

  it('answers with a 500 in HTML, which tells nothing, when the page cannot be made', async () => {
    await t.deploy((text) => text.replace('      Handler: ejsWebsite.handler\n', '      Handler: ejsWebsite.absent\n'))
    try {
      const { status, type, text } = await get('about/')

      expect(status).to.equal(500)
      expect(type).to.match(/^text\/html/)
      expect(text).to.contain('<h1>Something went wrong</h1>').and.not.to.contain('absent')
      expect(text).to.contain('http-equiv="Content-Security-Policy"')
    } finally {
      await t.deploy((text) => text)
    }
  })

  it('answers the sample events', async () => {
    const invoke = async (name: string) => {
      const event = readFileSync(new URL(`./events/ejsWebsite.${name}.json`, import.meta.url))
      const { Payload } = await new LambdaClient(t.config()).send(
        new InvokeCommand({ FunctionName: 'EjsWebsite', Payload: event }),
      )
      return JSON.parse(Payload?.transformToString() ?? '')
    }

    expect((await invoke('contact')).data).to.contain('<h1>Contact</h1>')
    for (const name of ['unknown', 'traversal']) expect((await invoke(name)).errorMessage, name).to.equal('Error 404')
  })

  takeSteps(chain, t)

  describe('in a browser', () => {
    let browser: Browser
    before(async function () {
      browser = await openBrowser(this)
    })
    after(() => browser?.close())

    it('shows in words that there is no such page, and runs nothing', async () => {
      const expected = /404/
      const { page, wrong } = await openPage(browser, `${addressOf(t, 'SimpleWebsiteUrl')}prices/`, {
        width: 390,
        expected,
      })

      expect(await page.locator('h1').textContent()).to.equal('Not found')
      expect(await faultsOf(page)).to.deep.equal([])
      expect(await page.locator('meta[http-equiv=Content-Security-Policy]').count()).to.equal(1)
      expect(wrong).to.deep.equal([])
    })

    for (const host of [
      () => addressOf(t, 'SimpleWebsiteUrl'),
      () =>
        `http://${/\/\/(\w+)\./.exec(t.stack.outputs.SimpleWebsiteUrl?.value ?? '')?.[1]}.execute-api.localhost:${t.cloud.port}/home/`,
    ])
      it('leads by its links to every page and back, under the stage', async () => {
        const { page, wrong } = await openPage(browser, host(), { width: 390, colorScheme: 'dark' })
        const seen: (string | null)[] = []

        for (const link of ['About', 'Contact', 'About', 'Home Page', 'Contact', 'Home Page']) {
          await page.getByRole('link', { name: link }).click()
          await page.waitForLoadState('networkidle')
          seen.push(await page.locator('h1').textContent())
          expect(await faultsOf(page)).to.deep.equal([])
        }

        expect(seen).to.deep.equal(['About', 'Contact', 'About', 'Home Page', 'Contact', 'Home Page'])
        expect(page.url()).to.equal(host())
        expect(wrong).to.deep.equal([])
      })
  })
})
