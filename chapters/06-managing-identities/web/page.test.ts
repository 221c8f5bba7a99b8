import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { CELLS, cellOf, GRANTED } from '../../../tests/chains/06.ts'
import { faultsOf, keep, LOOKS, type Look, said } from '../../../tests/page.ts'
import { withPages } from '../../../tests/withPages.ts'
import type { Resource, Target } from '../lib/attempt.ts'

/** What refused requests leave in a browser's console. */
const REFUSED = /the server responded with a status of 40[03]/
const TARGETS: Record<string, Target> = { own: 'own', 'somebody else’s': 'other', 'both together': 'both', all: 'all' }

/** A row of the grid, as it is read. */
interface Row {
  cell: string
  action: string
  guest: string
  signedIn: string
}

describe('the page of chapter 6, in a browser', function () {
  this.timeout(60_000)
  const { cloud, open: opened } = withPages('06')
  const open = (look: Look = {}) => opened('', { expected: REFUSED, ...look })
  const tryEverything = async (page: Page, { name = 'alice', other = 'bob' } = {}) => {
    await page.fill('#name', name)
    await page.fill('#other', other)
    await page.click('#submitButton')
    return said(page)
  }
  const gridOf = async (page: Page): Promise<Row[]> => {
    const tables = await page.locator('table').evaluateAll((all) =>
      all.map((table) => ({
        resource: table.dataset.resource ?? '',
        rows: [...table.querySelectorAll('tbody tr')].map((row) => [
          row.querySelector('th code')?.textContent ?? '',
          row.querySelector('th span')?.textContent ?? '',
          // The whole message too, which is folded away.
          ...[...row.querySelectorAll('td')].map((cell) => cell.textContent ?? ''),
        ]),
      })),
    )
    return tables.flatMap(({ resource, rows }) =>
      rows.map(([action = '', whose = '', guest = '', signedIn = '']) => ({
        cell: cellOf({ action, resource: resource as Resource, target: TARGETS[whose] as Target }),
        ...{ action, guest, signedIn },
      })),
    )
  }

  it('shows exactly who may do what, each cell tried', async () => {
    const { page, wrong } = await open()

    expect(await tryEverything(page)).to.deep.equal(['success', '108 requests: 28 allowed, 80 denied.'])

    const grid = await gridOf(page)
    expect(grid).to.have.length(CELLS)
    for (const who of ['guest', 'signedIn'] as const) {
      const allowed = grid.filter((row) => row[who].startsWith('✓ allowed'))
      expect(
        allowed.map(({ cell }) => cell),
        who,
      ).to.have.members(GRANTED[who])
      const role = who === 'guest' ? 'MyAppGuest' : 'MyAppSignedIn'
      for (const row of grid.filter((one) => !allowed.includes(one))) {
        const clause = `no identity-based policy allows the ${row.action} action`
        expect(row[who], row.cell).to.match(
          new RegExp(
            `^✗ denied ${clause}User: arn:aws:sts::\\d{12}:assumed-role/${role}/CognitoIdentityCredentials is not authorized to perform: ${row.action} on resource: \\S+ because ${clause}$`,
          ),
        )
      }
    }
    expect(wrong).to.deep.equal([])
  })

  it('shows what was got: the file and the item that somebody else has left', async () => {
    const { page } = await open()
    await tryEverything(page, { name: 'erin', other: 'frank' })

    const said = Object.fromEntries((await gridOf(page)).map(({ cell, signedIn }) => [cell, signedIn]))

    expect(said['s3:GetObject, pub/, other']).to.equal('✓ allowed “a note”')
    expect(said['s3:ListBucket, priv/, own']).to.equal('✓ allowed 1 file')
    expect(said['dynamodb:GetItem, shared table, other']).to.equal('✓ allowed “a note”')
    expect(said['dynamodb:BatchGetItem, shared table, both']).to.equal('✓ allowed 2 items')
    expect(said['dynamodb:Query, private table, own']).to.equal('✓ allowed 1 item')
    expect(await page.locator('#identities dd').allTextContents()).to.have.length(3)
  })

  for (const look of LOOKS)
    it(`is readable at ${look.width} pixels, ${look.colorScheme}`, async () => {
      const { page } = await open(look)
      const before = await faultsOf(page)
      await keep(page, `06-before-${look.width}-${look.colorScheme}`)
      await tryEverything(page)
      await page.locator('summary').first().click()

      expect([...before, ...(await faultsOf(page))]).to.deep.equal([])
      await keep(page, `06-after-${look.width}-${look.colorScheme}`)
    })

  it('works with the keyboard alone: names, button, and the whole of a message', async () => {
    const { page } = await open()

    for (const key of ['Tab', 'Tab', 'Tab', 'Space']) await page.keyboard.press(key)
    await said(page)
    expect(await page.evaluate('document.activeElement.id')).to.equal('submitButton')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')

    expect(await page.locator('details[open] p').textContent()).to.match(/^User: arn:aws:sts::/)
  })

  it('tries everything again at the next press, with the same answers', async () => {
    const { page } = await open()

    const first = await tryEverything(page)
    await page.click('#submitButton')

    expect(await page.locator('#result').getAttribute('class')).to.equal('notice')
    expect(await page.locator('td.untried').count()).to.be.above(0)
    expect(await said(page)).to.deep.equal(first)
    expect(await page.locator('td.untried').count()).to.equal(0)
  })

  it('asks for each identity anew: a browser gives one nothing of what another has got', async () => {
    const { page, context } = await open()
    await context.addInitScript(() => {
      const ask = fetch
      const modes: string[] = []
      Object.assign(globalThis, { modes })
      globalThis.fetch = (asked, more) => {
        if (asked instanceof Request && asked.url.includes('/note.txt')) modes.push(asked.cache)
        return ask(asked, more)
      }
    })
    await page.reload()
    await tryEverything(page)

    // Three things in two places with two files each, by two identities, and what is put there for two people first.
    expect(await page.evaluate('modes')).to.deep.equal(Array(28).fill('no-store'))
  })

  it('works where a page has no SubtleCrypto, as on a website without HTTPS', async () => {
    const { page, context } = await open()
    await context.addInitScript(() => {
      Object.defineProperty(crypto, 'subtle', { value: undefined })
      Object.defineProperty(crypto, 'randomUUID', { value: undefined })
    })
    await page.reload()

    expect(await page.evaluate('crypto.subtle')).to.equal(undefined)
    expect(await tryEverything(page)).to.deep.equal(['success', '108 requests: 28 allowed, 80 denied.'])
  })

  it('says in words what cannot be', async () => {
    const { page } = await open({ expected: /40[03]|ERR_FAILED/ })

    expect(await tryEverything(page, { name: 'bob', other: 'bob' })).to.deep.equal([
      'failure',
      'Somebody else must have another name than you.',
    ])
    await page.evaluate("document.querySelector('#people').noValidate = true")
    expect(await tryEverything(page, { name: '<b>' })).to.deep.equal([
      'failure',
      'getTokenForName refused: name must be 1 to 32 characters of a to z, 0 to 9 and -',
    ])
    await page.route('**/config.json', (route) => route.fulfill({ body: '{"Region":"us-east-1"}' }))
    expect(await tryEverything(page)).to.deep.equal([
      'failure',
      'This page does not know its back end: config.json lacks MyAppPoolId, MyAppBucket, PrivateTableName, SharedTableName, GetTokenForNameFunction.',
    ])
    await page.unroute('**/config.json')
    await page.route(`${cloud.config().endpoint}/**`, (route) => route.abort())
    expect(await tryEverything(page)).to.deep.equal([
      'failure',
      'AWS cannot be reached: is the local cloud, or your network, there?',
    ])
  })

  it('runs no script but its own', async () => {
    const { page } = await open({ expected: /Content Security Policy/ })

    const blocked = await page.evaluate(`(async () => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
      return [window.ran === undefined, await fetch('https://example.com/').then(() => 'sent', () => 'refused')]
    })()`)

    expect(blocked).to.deep.equal([true, 'refused'])
    expect(await page.locator('script:not([src])').count()).to.equal(1)
  })
})
