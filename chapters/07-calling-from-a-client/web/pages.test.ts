import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { faultsOf, keep, LOOKS, said } from '../../../tests/page.ts'
import { withPages } from '../../../tests/withPages.ts'

describe('the pages of chapter 7, in a browser', function () {
  this.timeout(60_000)
  const { cloud: t, open } = withPages('07')
  const greet = async (page: Page, fields: Record<string, string>) => {
    for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, value)
    await page.click('#submitButton')
    return said(page)
  }

  for (const [name, fields, greeting] of [
    ['', { name: 'John' }, 'Hello John!'],
    ['', { name: '' }, 'Hello World!'],
    ['', { name: '  ' }, 'Hello World!'],
    ['', { name: '<img src=x onerror=alert(1)>' }, 'Hello <img src=x onerror=alert(1)>!'],
    ['customGreetings.html', { greet: 'Hi', name: 'John' }, 'Hi John!'],
    ['customGreetings.html', { greet: '', name: 'Zoë 🎉' }, 'Hello Zoë 🎉!'],
    ['customGreetings.html', { greet: 'Hi', name: '' }, 'Hi World!'],
    ['customGreetings.html', {}, 'Hello World!'],
  ] as const)
    it(`${name || 'index.html'} greets ${JSON.stringify(fields)} with ${greeting}, on green`, async () => {
      const { page, wrong } = await open(name)

      expect(await greet(page, fields)).to.deep.equal(['success', greeting])
      expect(wrong).to.deep.equal([])
    })

  for (const look of LOOKS)
    it(`is readable at ${look.width} pixels, ${look.colorScheme}`, async () => {
      for (const name of ['index', 'customGreetings']) {
        const { page } = await open(`${name}.html`, look)
        const before = await faultsOf(page)
        await greet(page, { name: 'W'.repeat(200) })

        expect([...before, ...(await faultsOf(page))]).to.deep.equal([])
        await keep(page, `07-${name}-${look.width}-${look.colorScheme}`)
      }
    })

  it('works with the keyboard alone, and leaves the focus where it was', async () => {
    const { page } = await open('customGreetings.html')

    await page.keyboard.press('Tab')
    await page.keyboard.type('Hi')
    await page.keyboard.press('Tab')
    await page.keyboard.type('John')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')

    expect(await said(page)).to.deep.equal(['success', 'Hi John!'])
    expect(await page.evaluate('document.activeElement.id')).to.equal('submitButton')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).to.equal('name')
  })

  it('calls once, however often the button is pressed while the call runs', async () => {
    const { page } = await open()
    let calls = 0
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/invocations', async (route) => {
      if (route.request().method() === 'POST') calls++
      await held
      await route.continue()
    })

    await page.click('#submitButton')
    await page.locator('#result.notice').waitFor()
    expect(await page.isDisabled('#submitButton')).to.equal(true)
    await page.locator('#name').press('Enter')
    release()

    expect(await said(page)).to.deep.equal(['success', 'Hello World!'])
    expect(await page.isEnabled('#submitButton')).to.equal(true)
    expect(calls).to.equal(1)
  })

  it('says on red what a guest may not do', async () => {
    await t.deploy((text) => text.replace('- !GetAtt CustomGreetingsOnDemand.Arn # the exercise\n', '\n'))
    try {
      const { page } = await open('customGreetings.html', { expected: /403/ })

      const [outcome, text] = await greet(page, { greet: 'Hi' })

      expect(outcome).to.equal('failure')
      expect(text).to.match(
        /^The call was refused with AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role\/.*CognitoIdentityCredentials is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:CustomGreetingsOnDemand because no identity-based policy allows the lambda:InvokeFunction action$/,
      )
    } finally {
      await t.deploy((text) => text)
    }
  })

  it('says on red what the function threw', async () => {
    const { page } = await open()
    await page.route('**/invocations', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            headers: {
              'access-control-allow-origin': '*',
              'access-control-expose-headers': 'x-amz-function-error',
              'x-amz-function-error': 'Unhandled',
            },
            body: JSON.stringify({ errorType: 'TypeError', errorMessage: 'name must be a string' }),
          })
        : route.continue(),
    )

    expect(await greet(page, {})).to.deep.equal([
      'failure',
      'The function failed with TypeError: name must be a string',
    ])
  })

  it('says that AWS cannot be reached, and tries again at the next press', async () => {
    const { page } = await open('', { expected: /ERR_FAILED/ })
    await page.route('**/invocations', (route) => route.abort())

    expect(await greet(page, {})).to.deep.equal([
      'failure',
      'AWS cannot be reached: is the local cloud, or your network, there?',
    ])
    await page.unroute('**/invocations')
    expect(await greet(page, {})).to.deep.equal(['success', 'Hello World!'])
  })

  it('stays the same guest on a device, and becomes a new one when that one is gone', async () => {
    const { page } = await open()
    const identity = () => page.evaluate<string>('Object.values(localStorage)[0]')
    await greet(page, {})
    const first = await identity()
    await page.reload()
    await greet(page, {})
    expect(await identity()).to.equal(first)

    await page.evaluate(
      `localStorage.setItem(Object.keys(localStorage)[0], '${first.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}')`,
    )
    await page.reload()
    expect(await greet(page, {})).to.deep.equal(['success', 'Hello World!'])
    expect(await identity()).to.match(/^us-east-1:[0-9a-f-]{36}$/)
  })

  it('works where a page came by HTTP, as from S3, and where nothing may be kept on the device', async () => {
    const { page, wrong } = await open()
    await page.addInitScript(`
      // What browsers do not give to pages without HTTPS.
      Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })
      Object.defineProperty(Crypto.prototype, 'randomUUID', { value: undefined })
      Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })
    `)
    await page.reload()
    expect(await page.evaluate('[crypto.subtle, crypto.randomUUID]')).to.deep.equal([undefined, undefined])

    expect(await greet(page, { name: 'John' })).to.deep.equal(['success', 'Hello John!'])
    expect(wrong).to.deep.equal([])
  })

  it('runs no script but its own', async () => {
    for (const name of ['index.html', 'customGreetings.html']) {
      const { page } = await open(name, { expected: /Content Security Policy/ })

      const blocked = await page.evaluate(`(async () => {
        const script = document.createElement('script')
        script.textContent = 'window.ran = true'
        document.body.append(script)
        return [window.ran === undefined, await fetch('https://example.com/').then(() => 'sent', () => 'refused')]
      })()`)

      expect(blocked).to.deep.equal([true, 'refused'])
      expect(await page.locator('script:not([src])').count()).to.equal(1)
    }
  })
})
