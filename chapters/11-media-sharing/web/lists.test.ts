import { expect } from 'chai'
import type { Page, Response } from 'playwright-core'
import { metadata } from '../../../tests/chains/11.ts'
import { gifOf } from '../../../tests/gif.ts'
import { add, card, cards, gif, MEDIA, refresh, seen, sent, withMediaPages } from '../../../tests/mediaPages.ts'
import { until } from '../../../tests/page.ts'

const expected = /status of [345]0\d|ERR_/
const SECOND = 1_000

describe('the lists that the page of chapter 11 follows', function () {
  this.timeout(120_000)
  const { cloud, open, loggedIn, administrator } = withMediaPages()

  /** What came for the lists of a page, from now on. */
  const answersOf = (page: Page) => {
    const answers: Response[] = []
    page.on('response', (response) => {
      if (response.request().method() === 'GET' && response.url().includes('/index/')) answers.push(response)
    })
    return answers
  }
  const uploaded = async (name: string, page?: Page) => {
    const Key = `public/content/us-east-1:00000000-0000-4000-8000-000000000031/${name}`
    await administrator().s3.putObject({ Bucket: MEDIA, Key, Body: gifOf(5), Metadata: metadata(name, 'text') })
    await cloud.settled(30_000)
    if (page) await refresh(page)
  }
  /** What is changed in the list of cards from now on. */
  const watchCards = (page: Page) =>
    page.evaluate(`
      globalThis.changes = []
      new MutationObserver((all) => changes.push(...all.map(({ type, addedNodes, removedNodes }) =>
        type + (type === 'childList' ? ' +' + addedNodes.length + ' -' + removedNodes.length : ''))))
        .observe(document.querySelector('#pictures'), { subtree: true, childList: true, attributes: true, characterData: true })
    `)

  it('asks with If-None-Match and If-Modified-Since; 304 is unchanged, and nothing on the page is touched', async () => {
    await uploaded('a.gif')
    const { page } = await open({ expected })
    await seen(page, 'a.gif')
    const answers = answersOf(page)
    await watchCards(page)

    while (answers.length < 3) await page.waitForEvent('response')

    expect(answers.map((answer) => answer.status())).to.deep.equal([304, 304, 304])
    for (const answer of answers) {
      const headers = await answer.request().allHeaders()
      expect(headers['if-none-match']).to.match(/^"[0-9a-f]{32}"$/)
      expect(Date.parse(headers['if-modified-since'] ?? '')).to.be.above(0)
    }
    expect(await page.evaluate('changes')).to.deep.equal([])
    expect(await page.textContent('#asked')).to.match(/^The lists were asked for (\d+) times; \d+ times? nothing had/)
    await uploaded('b.gif', page)
    expect(answers.at(-1)?.status()).to.equal(200)
    expect((await cards(page)).map(([, title]) => title)).to.deep.equal(['b.gif', 'a.gif'])
    expect((await page.evaluate<string[]>('changes')).filter((one) => one.startsWith('childList'))).to.deep.equal([
      'childList +1 -0',
    ])
  })

  it('takes 403 and 404 for nothing yet', async () => {
    for (const status of [403, 404]) {
      const { page, wrong } = await open({ expected })
      await page.route('**/index/**', (route) =>
        route.fulfill({
          status,
          headers: { 'access-control-allow-origin': '*', 'content-type': 'application/xml' },
          body: `<Error><Code>${status === 403 ? 'AccessDenied' : 'NoSuchKey'}</Code><Message>no</Message></Error>`,
        }),
      )
      await page.reload()
      await page.getByText('There are no pictures yet.').waitFor()
      expect(await page.textContent('#connection')).to.equal('')
      expect(wrong).to.deep.equal([])
    }
  })

  it('waits longer and says so when the network fails, and goes on when it is back', async () => {
    const { page } = await open({ expected })
    await page.clock.install()
    await page.reload()
    await page.locator('#asked:not(:empty)').waitFor()
    let tries = 0
    await page.route('**/index/**', (route) => {
      tries++
      return route.abort()
    })
    const words = (seconds: number) =>
      `The lists cannot be read. The service cannot be reached. Are you connected to the network? Next try in ${seconds} seconds.`

    await page.clock.fastForward(3 * SECOND)
    for (const seconds of [6, 12, 24, 48, 60, 60]) {
      await page.getByText(words(seconds)).waitFor()
      const before = tries
      await page.clock.fastForward((seconds - 1) * SECOND)
      expect(tries, `within ${seconds} seconds`).to.equal(before)
      await page.evaluate(`document.querySelector('#connection').textContent = ''`)
      await page.clock.fastForward(1.1 * SECOND)
    }
    await page.unroute('**/index/**')
    await uploaded('back.gif', page)

    await card(page, 'back.gif').waitFor()
    expect(await page.textContent('#connection')).to.equal('')
  })

  it('asks one question at a time, and none while nobody sees the page', async () => {
    const { page } = await open({ expected })
    let [asking, most, asked] = [0, 0, 0]
    await page.route('**/index/**', async (route) => {
      if (route.request().method() !== 'GET') return route.continue()
      asked++
      most = Math.max(most, ++asking)
      await new Promise((resolve) => setTimeout(resolve, 500))
      asking--
      await route.continue()
    })
    for (let push = 0; push < 5; push++) await page.evaluate(`dispatchEvent(new Event('online'))`)
    while (asked < 2 || asking > 0) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(most).to.equal(1)

    const hide = (hidden: boolean) =>
      page.evaluate(`
        Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      `)
    await hide(true)
    const before = asked
    await new Promise((resolve) => setTimeout(resolve, 4 * SECOND))
    expect(asked).to.equal(before)
    await hide(false)
    while (asked === before) await new Promise((resolve) => setTimeout(resolve, 50))
  })

  it('makes the address of a thumbnail anew when it has expired before it was used', async () => {
    const { page } = await open({ expected })
    await page.clock.install()
    const addresses: string[] = []
    await page.route('**/thumbnail/**', async (route) => {
      addresses.push(route.request().url())
      if (addresses.length > 1) return route.continue()
      await page.clock.fastForward(61 * SECOND) // a slow network
      await route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' } })
    })

    await uploaded('late.gif', page)

    await seen(page, 'late.gif')
    expect(addresses).to.have.length(2)
  })

  it('tries a thumbnail again that could not be loaded', async () => {
    const { page } = await open({ expected })
    await page.clock.install()
    let tries = 0
    await page.route('**/thumbnail/**', (route) => (++tries < 3 ? route.abort() : route.continue()))

    await uploaded('shy.gif', page)

    while (tries < 3) {
      await page.clock.fastForward(7 * SECOND)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await seen(page, 'shy.gif')
  })

  it('says that it does not know its back end, and finds it later', async () => {
    const { page } = await open({ expected })
    await page.route('**/config.json', (route) => route.fulfill({ status: 404 }))
    await page.reload()
    await page.getByText('This page does not know its back end: its config.json cannot be read.').waitFor()

    await page.unroute('**/config.json')
    await refresh(page)

    expect(await page.textContent('#connection')).to.equal('')
  })

  it('gets a guest new credentials when the old ones have ended, and asks who has logged in to do so again', async () => {
    const { page } = await loggedIn({ expected })
    let [ended, credentials] = [0, 0]
    page.on('request', (request) => {
      if (request.headers()['x-amz-target']?.endsWith('.GetCredentialsForIdentity')) credentials++
    })
    const end = () =>
      page.route(
        '**/index/**',
        (route) => {
          ended++
          return route.fulfill({
            status: 400,
            headers: { 'access-control-allow-origin': '*', 'content-type': 'application/xml' },
            body: '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>',
          })
        },
        { times: 1 },
      )

    await end()
    await page.evaluate(`dispatchEvent(new Event('online'))`)
    await page.locator('#login-form').waitFor()
    expect(await page.textContent('#result')).to.equal('Your session is over: please log in again.')
    await page.unroute('**/index/**')
    await refresh(page)
    const before = credentials
    await end()
    await uploaded('renewed.gif', page)
    await card(page, 'renewed.gif').waitFor()

    expect([ended, credentials]).to.deep.equal([2, before + 1])
    expect(await page.textContent('#connection')).to.equal('')
    expect((await cards(page)).map(([, title]) => title)).to.deep.equal(['renewed.gif'])
  })

  it('asks AWS itself where its config.json names no endpoint, as after a deployment', async () => {
    const { page, wrong } = await open({ expected })
    wrong.length = 0
    const asked = new Set<string>()
    const identityId = 'us-east-1:00000000-0000-4000-8000-000000000032'
    const names = { identityId, objectKey: `public/content/${identityId}/a.gif`, title: 'At AWS', description: '' }
    const entry = { ...names, thumbnailKey: `public/thumbnail/${identityId}/a.gif`, uploadDate: '2026-01-01T00:00:00Z' }
    const Credentials = { AccessKeyId: 'ASIAEXAMPLE', SecretKey: 'secret', SessionToken: 'token', Expiration: 4e9 }
    const outputs = Object.entries(cloud.stack.outputs).map(([name, { value }]) => [name, value])
    const config = { ...Object.fromEntries(outputs), Region: 'us-east-1' }
    await page.route('**/config.json', (route) => route.fulfill({ json: config }))
    await page.route(/^https:/, (route) => {
      const { host, pathname, searchParams } = new URL(route.request().url())
      const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*, authorization' }
      if (route.request().method() === 'OPTIONS') return route.fulfill({ headers })
      asked.add(`${host}${decodeURIComponent(pathname)}${searchParams.has('X-Amz-Signature') ? ', signed' : ''}`)
      if (host.startsWith('cognito')) return route.fulfill({ headers, json: { IdentityId: identityId, Credentials } })
      if (pathname.endsWith('.json')) return route.fulfill({ headers, json: [entry] })
      return route.fulfill({ headers, contentType: 'image/gif', body: gifOf(1) })
    })

    await page.reload()

    await seen(page, 'a.gif')
    expect([...asked]).to.deep.equal([
      'cognito-identity.us-east-1.amazonaws.com/',
      `${MEDIA}.s3.us-east-1.amazonaws.com/public/index/content.json`,
      `${MEDIA}.s3.us-east-1.amazonaws.com/public/thumbnail/${identityId}/a.gif, signed`,
    ])
    expect(wrong).to.deep.equal([])
  })

  it('shows 500 pictures, and touches only what changes', async () => {
    const { page, identityId, wrong } = await loggedIn({ expected })
    const { s3, table } = administrator()
    const TableName = 'MediaContent'
    const thumbnailKey = `private/thumbnail/${identityId}/0.gif`
    await s3.putObject({ Bucket: MEDIA, Key: thumbnailKey, Body: gifOf(1), ContentType: 'image/gif' })
    const item = (number: number) => ({
      ...{ identityId, objectKey: `private/content/${identityId}/${number}.gif`, thumbnailKey, isPublic: false },
      ...{ title: `Picture ${number}`, description: `the ${number}th`, uploadDay: '2026-01-01', sequencer: '0' },
      uploadDate: new Date(Date.UTC(2026, 0, 1) + number * SECOND).toISOString(),
    })
    const all = Array.from({ length: 499 }, (_, number) => ({ PutRequest: { Item: item(number) } }))
    for (let at = 0; at < all.length; at += 25)
      await table.batchWrite({ RequestItems: { [TableName]: all.slice(at, at + 25) } })
    await cloud.settled(60_000)
    let thumbnails = 0
    page.on('request', (request) => {
      if (request.url().includes('/thumbnail/')) thumbnails++
    })

    await refresh(page)
    await until(page, `document.querySelectorAll('#pictures > li').length === 499`)
    await seen(page, '498.gif')

    expect(thumbnails, 'only those near the window are loaded').to.be.below(100)
    await card(page, '100.gif').locator('.open').focus()
    await watchCards(page)
    await add(page, [gif('new.gif')], { title: 'New' })
    await sent(page)
    await table.update({
      TableName,
      Key: { identityId, objectKey: item(7).objectKey },
      UpdateExpression: 'SET title = :v',
      ExpressionAttributeValues: { ':v': 'Edited' },
    })
    await cloud.settled(30_000)
    await refresh(page)
    await card(page, 'new.gif').waitFor()
    await seen(page, 'new.gif')

    const changes = (await page.evaluate<string[]>('changes')).filter((one) => one !== 'attributes')
    // One card more; the title of one, as its text and in the name of its cross.
    expect(changes.toSorted()).to.deep.equal(['childList +1 -0', 'childList +1 -1'])
    expect((await cards(page))[0]).to.deep.equal(['Private', 'New', 'a description'])
    expect(await card(page, '7.gif').locator('.title').textContent()).to.equal('Edited')
    await seen(page, '0.gif')
    expect(wrong).to.deep.equal([])
    for (const { PutRequest } of all)
      await table.delete({ TableName, Key: { identityId, objectKey: PutRequest.Item.objectKey } })
  })
})
