import { expect } from 'chai'
import type { Page, Route } from 'playwright-core'
import { add, card, cards, gif, logIn, refresh, sent, withMediaPages } from '../../../tests/mediaPages.ts'
import { until } from '../../../tests/page.ts'

const MINUTE = 60_000
/** What lists that are not there, and refusals that a test makes, leave in a browser's console. */
const expected = /status of [45]0\d|ERR_FAILED|ERR_INTERNET/

describe('uploads on the page of chapter 11', function () {
  this.timeout(120_000)
  const { cloud, loggedIn, newUser, open } = withMediaPages()

  const rows = (page: Page) => page.locator('#uploads li')
  const state = (page: Page) => rows(page).locator('.state').textContent()
  /** Answers uploads otherwise than S3 does; all else goes on. */
  const uploads = (page: Page, answer: (route: Route) => Promise<void>) =>
    page.route('**/content/**', (route) => (route.request().method() === 'PUT' ? answer(route) : route.continue()))
  const refusal =
    (status: number, code: string) =>
    (route: Route): Promise<void> =>
      route.fulfill({
        status,
        headers: { 'access-control-allow-origin': '*' },
        contentType: 'application/xml',
        body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>some words</Message></Error>`,
      })
  const comes = async (page: Page, name: string) => {
    await until(page, `!document.querySelector('#uploads [data-state=sending], #uploads [data-state=queued]')`)
    await cloud.settled(30_000)
    await refresh(page)
    await card(page, name).waitFor()
  }

  it('shows how much has really been sent', async () => {
    const { page, context } = await loggedIn({ expected })
    const network = await context.newCDPSession(page)
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 }
    await network.send('Network.emulateNetworkConditions', slow)
    const size = 1_200_000
    await page.evaluate(`
      globalThis.values = []
      const look = () => {
        const bar = document.querySelector('#uploads progress')
        if (bar) values.push([bar.value, bar.max, document.querySelector('#uploads .state').textContent])
      }
      new MutationObserver(look).observe(document.querySelector('#uploads'), { subtree: true, childList: true, attributes: true, characterData: true })
    `)
    const picture = { ...gif('large.gif'), buffer: Buffer.concat([gif('').buffer, Buffer.alloc(size)]) }

    await add(page, [picture])
    await sent(page)

    const values = await page.evaluate<[number, number, string][]>('values')
    const total = picture.buffer.length
    const steps = [...new Set(values.map(([value]) => value))]
    expect(steps).to.deep.equal(steps.toSorted((a, b) => a - b))
    expect(steps.filter((value) => value > 0 && value < total).length, String(steps)).to.be.above(2)
    expect(steps.at(-1)).to.equal(total)
    for (const [value, max, text] of values) {
      expect(max).to.equal(total)
      if (value > 0 && value < total) expect(text).to.match(/^\d+(\.\d)? (bytes|KB|MB) of 1\.2 MB$/)
    }
  })

  it('says why an upload failed, and tries again', async () => {
    const { page } = await loggedIn({ expected })

    await uploads(page, (route) => route.abort())
    await add(page, [gif('a.gif')], { title: 'tried' })
    await page.getByRole('button', { name: 'Try again: a.gif' }).waitFor()
    expect(await state(page)).to.equal('The service cannot be reached. Are you connected to the network?')
    for (const [status, code, words] of [
      [503, 'SlowDown', 'Too many people are here at the moment. Please try again in a minute.'],
      [403, 'AccessDenied', 'The service does not let you do this.'],
      [400, 'EntityTooLarge', 'The file is too large.'],
      [500, 'InternalError', 'The service failed. Please try again later.'],
    ] as const) {
      await page.unroute('**/content/**')
      await uploads(page, refusal(status, code))
      await page.getByRole('button', { name: 'Try again: a.gif' }).click()
      await page.locator('#uploads .state', { hasText: words }).waitFor()
      expect(await rows(page).getAttribute('data-state')).to.equal('failed')
      expect(await page.textContent('#news')).to.equal(`a.gif is not uploaded: ${words}`)
      expect(await page.textContent('#result')).to.equal('1 picture could not be uploaded: see why below.')
    }
    await page.unroute('**/content/**')
    await page.getByRole('button', { name: 'Try again: a.gif' }).click()

    await comes(page, 'a.gif')
    expect(await cards(page)).to.deep.equal([['Private', 'tried', 'a description']])
    expect(await rows(page).count()).to.equal(0)
    expect(await page.textContent('#result')).to.equal('Everything is uploaded.')
  })

  it('signs what is said of a picture: nobody can send other words with the same address', async () => {
    const { page } = await loggedIn({ expected })
    const sent = page.waitForRequest((request) => request.method() === 'PUT')
    await add(page, [gif('signed.gif')], { title: 'signed' })
    const request = await sent
    await comes(page, 'signed.gif')

    const again = async (headers: Record<string, string>) => {
      const { 'content-type': type = '', 'x-amz-meta-data': data = '' } = request.headers()
      const response = await fetch(request.url(), {
        method: 'PUT',
        headers: { 'content-type': type, 'x-amz-meta-data': data, ...headers },
        body: new Uint8Array(gif('').buffer),
      })
      return [response.status, /<Code>(\w+)/.exec(await response.text())?.[1]]
    }

    const query = new URL(request.url()).searchParams
    expect(query.get('X-Amz-SignedHeaders')).to.equal('content-type;host;x-amz-meta-data')
    expect(query.get('X-Amz-Expires')).to.equal('60')
    expect([...query.keys()].filter((name) => /checksum|meta/i.test(name))).to.deep.equal([])
    expect(await again({})).to.deep.equal([200, undefined])
    expect(await again({ 'x-amz-meta-data': '%7B%7D' })).to.deep.equal([403, 'SignatureDoesNotMatch'])
    expect(await again({ 'content-type': 'text/html' })).to.deep.equal([403, 'SignatureDoesNotMatch'])
    await cloud.settled()
  })

  it('stops what is on its way, and the others go on', async () => {
    const { page } = await loggedIn({ expected })
    let held: Route | undefined
    await uploads(page, async (route) => {
      if (route.request().url().includes('stopped.gif')) held = route
      else await route.continue()
    })

    await add(page, [gif('stopped.gif'), gif('b.gif'), gif('c.gif'), gif('d.gif'), gif('e.gif')])
    await page.getByRole('button', { name: 'Stop: stopped.gif' }).waitFor()
    await page.getByRole('button', { name: 'Stop: stopped.gif' }).click()

    await held?.abort().catch(() => {})
    await comes(page, 'e.gif')
    expect((await cards(page)).map(([, title]) => title).sort()).to.deep.equal(['b.gif', 'c.gif', 'd.gif', 'e.gif'])
  })

  it('waits, when S3 says that the session is over, and goes on once somebody has logged in again', async () => {
    const { page, email } = await loggedIn({ expected })
    await uploads(page, refusal(400, 'ExpiredToken'))

    await add(page, [gif('waited.gif')], { title: 'Kept' })

    await page.locator('#login-form').waitFor()
    expect(await page.textContent('#result')).to.equal('Your session is over: please log in again.')
    expect(await state(page)).to.equal('Waits until you have logged in again.')
    expect(await page.inputValue('#email')).to.equal(email)
    expect(await page.evaluate('document.activeElement.id')).to.equal('password')
    await page.unroute('**/content/**')
    await logIn(page, email)
    await comes(page, 'waited.gif')
    expect(await cards(page)).to.deep.equal([['Private', 'Kept', 'a description']])
  })

  it('loses nothing typed or chosen when the session ends, and gives nothing of it to somebody else', async () => {
    const { page, email } = await loggedIn({ expected })
    await page.clock.install()
    const typed = async () => [
      await page.inputValue('#title'),
      await page.inputValue('#description'),
      await page.isChecked('#is-public'),
      await page.locator('#chosen .name').allTextContents(),
    ]
    const fill = async () => {
      await page.setInputFiles('#mediaFile', [gif('one.gif', 1), gif('two.gif', 2)])
      await page.fill('#title', 'a title')
      await page.fill('#description', 'typed for a long time')
      await page.check('#is-public')
    }
    await fill()

    await page.clock.fastForward(75 * MINUTE)
    await page.locator('#login-form').waitFor()
    expect(await page.textContent('#result')).to.equal('Your session is over: please log in again.')
    expect(await page.isVisible('#add-picture-form')).to.equal(false)
    await page.clock.setSystemTime(Date.now())
    await logIn(page, email)

    expect(await typed()).to.deep.equal([
      'a title',
      'typed for a long time',
      true,
      ['one.gif, 46 bytes', 'two.gif, 46 bytes'],
    ])
    await page.clock.fastForward(75 * MINUTE)
    await page.locator('#login-form').waitFor()
    await page.clock.setSystemTime(Date.now())
    await logIn(page, await newUser())
    expect(await typed()).to.deep.equal(['', '', false, []])
  })

  it('forgets everything at Logout', async () => {
    const { page } = await loggedIn({ expected })
    await add(page, [gif('secret.gif')], { title: 'Secret' })
    await comes(page, 'secret.gif')
    await add(page, [gif('ours.gif', 3)], { title: 'Ours', isPublic: true })
    await comes(page, 'ours.gif')
    await page.fill('#title', 'half typed')

    await page.click('#logout')

    expect(await page.textContent('#result')).to.equal('You have logged out.')
    expect(await cards(page)).to.deep.equal([['Public', 'Ours', 'a description']])
    expect(await page.locator('.delete').count()).to.equal(0)
    expect(await page.inputValue('#email')).to.equal('')
    expect(await page.evaluate('document.activeElement.id')).to.equal('email')
    await refresh(page)
    expect(await cards(page)).to.have.length(1)
    expect(await page.content()).not.to.contain('Secret')
  })

  it('works where a page came by HTTP, as from S3, and on a device whose clock is wrong', async () => {
    for (const minutes of [0, 2, -2, 180, -180]) {
      const email = await newUser()
      const { page } = await open({ expected })
      await page.addInitScript(`
        Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })
        Object.defineProperty(Crypto.prototype, 'randomUUID', { value: undefined })
      `)
      await page.clock.install({ time: Date.now() + minutes * MINUTE })
      await page.reload()
      const wrong = (await page.evaluate<number>('Date.now()')) - Date.now()
      expect(Math.round(wrong / MINUTE)).to.equal(minutes)
      await logIn(page, email)

      await add(page, [gif('clock.gif')], { title: `${minutes} minutes` })
      await comes(page, 'clock.gif')

      await until(page, `document.querySelector('.private img')?.naturalWidth > 0`)
    }
  })
})
