import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { openBrowser } from '../../tests/browser.ts'
import { templateFile, withCloud } from '../../tests/cloud.ts'
import { cacheOf, createCloud } from '../cloud.ts'
import { BUCKET, openConsole, PHONE, upload, WIDE } from './browserFixture.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe('the console, for everybody', function () {
  this.timeout(60_000)
  const cloud = withCloud({ chapter: 'all' })
  let browser: Browser

  before(async function () {
    browser = await openBrowser(this)
  })
  after(() => browser?.close())

  const open = (path = '', options: BrowserContextOptions = {}) => openConsole(browser, cloud, path, options)

  it('is used with the keyboard alone', async () => {
    const { page } = await open()
    await page.getByRole('link', { name: 'GreetingsOnDemand' }).first().waitFor()
    const focused = () =>
      page.evaluate('document.activeElement?.textContent?.trim().slice(0, 60) ?? ""') as Promise<string>
    /** Presses Tab until something with this text has the focus. */
    const tabTo = async (text: RegExp) => {
      for (let step = 0; step < 80; step++) {
        await page.keyboard.press('Tab')
        if (text.test(await focused())) return
      }
      throw new Error(`the keyboard does not reach ${text}: it is at ${await focused()}`)
    }

    await tabTo(/^Skip to the page$/)
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.tagName')).to.equal('MAIN')
    await tabTo(/^greetingsOnDemand/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'greetingsOnDemand' }).waitFor()
    expect(await focused()).to.equal('greetingsOnDemand')
    await tabTo(/^Invoke$/)
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Log of the invocation' }).waitFor()

    await page.goto(`${cloud.cloud.url}/_console/#/map/05`)
    await page.locator('a[data-node="Images"]').waitFor()
    await tabTo(/^Images/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor()
  })

  it('has the map in words, too', async () => {
    const { page } = await open('map/05')

    await page.getByText('The map as a list').click()

    const list = page.locator('details.words')
    await list.getByText('sends events to createThumbnailAndStoreInDB').waitFor()
    expect(await list.getByRole('link', { name: 'createThumbnailAndStoreInDB' }).count()).to.equal(1)
  })

  describe('on every page', () => {
    const pages = {
      chapters: '',
      function: 'functions/GreetingsOnDemand',
      map: 'map/05',
      buckets: 'buckets',
      bucket: `buckets/${BUCKET}`,
      tables: 'tables',
      table: 'tables/Images',
      logs: 'logs',
      schedules: 'schedules',
      mailbox: 'mailbox',
      decisions: 'decisions',
      nowhere: 'nowhere',
    }
    before(async () => {
      await upload(cloud, 'images/seen.jpg')
      await upload(cloud, 'notes.txt', 'a note', 'text/plain')
      await cloud.settled()
    })

    for (const colorScheme of ['light', 'dark'] as const)
      for (const viewport of [WIDE, PHONE])
        it(`has no fault that axe finds, and fits: ${colorScheme}, ${viewport.width} pixels`, async () => {
          const { page, wrong } = await open('', { viewport, colorScheme, reducedMotion: 'reduce' })
          for (const [name, path] of Object.entries(pages)) {
            await page.goto(`${cloud.cloud.url}/_console/#/${path}`)
            await page.locator('.state.late').waitFor({ state: 'detached' })
            if (name === 'function') {
              await page.getByRole('button', { name: 'Invoke' }).click()
              await page.getByRole('region', { name: 'Log of the invocation' }).waitFor()
            }
            if (name === 'map')
              await page
                .getByRole('button', { name: /PutObject/ })
                .first()
                .click()
            if (name === 'bucket') await page.getByRole('button', { name: 'notes.txt' }).click()
            if (name === 'decisions')
              await page
                .getByRole('button', { name: /Show the policy/ })
                .first()
                .click()

            await page.evaluate(axe)
            // What is dark differs in its colours only.
            const options = colorScheme === 'dark' ? "{ runOnly: ['color-contrast', 'link-in-text-block'] }" : ''
            const found =
              await page.evaluate(`axe.run(${options}).then(({ violations }) => violations.map(({ id, nodes }) =>
              id + ': ' + nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')))`)
            expect(found, name).to.deep.equal([])
            expect(await page.evaluate('document.documentElement.scrollWidth'), name).to.be.at.most(viewport.width)
            const { SCREENSHOTS } = process.env
            if (SCREENSHOTS)
              await page.screenshot({
                path: `${SCREENSHOTS}/${name}-${viewport.width}-${colorScheme}.png`,
                fullPage: true,
              })
          }
          expect(wrong).to.deep.equal([])
        }).timeout(120_000)
  })

  describe('attacked by a page of another origin', () => {
    let elsewhere: Server
    before(async () => {
      elsewhere = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>elsewhere</p>'))
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    })
    after(() => {
      elsewhere?.close()
      elsewhere?.closeAllConnections()
    })

    it('gives nothing away, and does nothing', async () => {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`)
      const started = cloud.lines.filter((line) => line.startsWith('GreetingsOnDemand: START')).length

      const read = await page.evaluate(`(async () => {
        const base = ${JSON.stringify(`${cloud.cloud.url}/_console/`)}
        const body = JSON.stringify({ payload: '{}', type: 'Event' })
        const got = async (asked) => { try { return await (await asked).text() } catch { return '' } }
        const invoke = base + 'api/functions/GreetingsOnDemand/invoke'
        const answers = await Promise.all([
          got(fetch(base)), got(fetch(base, { mode: 'no-cors' })), got(fetch(base + 'api/chapters')),
          got(fetch(invoke, { method: 'POST', body })),
          got(fetch(invoke, { method: 'POST', mode: 'no-cors', body })),
          got(fetch(invoke + '?token=', { method: 'POST', mode: 'no-cors', credentials: 'include', body })),
        ])
        const streamed = await new Promise((resolve) => {
          const source = new EventSource(base + 'api/live')
          source.onopen = () => resolve('open')
          source.onerror = () => { source.close(); resolve('') }
        })
        const framed = await new Promise((resolve) => {
          const frame = document.createElement('iframe')
          frame.onload = () => { try { resolve(frame.contentDocument?.body.textContent ?? '') } catch { resolve('') } }
          frame.src = base
          document.body.append(frame)
        })
        const form = document.createElement('form')
        Object.assign(form, { method: 'post', action: invoke, enctype: 'text/plain', target: 'other' })
        const other = document.createElement('iframe')
        other.name = 'other'
        document.body.append(other, form)
        await new Promise((resolve) => { other.onload = resolve; form.submit() })
        return [...answers, streamed, framed]
      })()`)

      expect(read).to.deep.equal(Array(8).fill(''))
      await cloud.settled()
      expect(cloud.lines.filter((line) => line.startsWith('GreetingsOnDemand: START'))).to.have.length(started)
      expect(page.frames().every((frame) => frame === page.mainFrame() || !frame.url().includes('token'))).to.equal(
        true,
      )
      const framedPage = page.frames().find((frame) => frame.url().endsWith('/_console/'))
      expect((await framedPage?.locator('.shell').count()) ?? 0).to.equal(0)
    })
  })
})

describe('the console of a cloud that stops', function () {
  this.timeout(60_000)
  let browser: Browser
  let state: string
  before(async function () {
    browser = await openBrowser(this)
    state = mkdtempSync(join(tmpdir(), 'lambda-in-action-test-'))
  })
  after(async () => {
    await browser?.close()
    if (state) rmSync(state, { recursive: true, force: true })
  })

  it('says so, and goes on when it runs again', async () => {
    const options = { state, cache: cacheOf(templateFile) }
    let cloud = await createCloud(options)
    const { port } = cloud
    try {
      const page = await browser.newPage()
      await page.goto(`${cloud.url}/_console/`)
      await page.getByText('Nothing is deployed').waitFor()
      await page.getByText('Connected', { exact: true }).waitFor()

      await cloud.stop()
      await page.getByText('The local cloud does not answer.').first().waitFor()
      await page.getByText('Not connected').waitFor()
      await page.getByRole('link', { name: 'Tables' }).click()
      await page.getByRole('alert').filter({ hasText: 'That did not work' }).waitFor()
      cloud = await createCloud({ ...options, port })

      await page.getByText('Connected', { exact: true }).waitFor()
      await page.getByText('There is no table').waitFor()
      expect(await page.getByRole('alert').count()).to.equal(0)
    } finally {
      await cloud.stop()
    }
  })
})
