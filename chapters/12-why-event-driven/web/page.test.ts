import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { openBrowser, servePages } from '../../../tests/browser.ts'
import { faultsOf, keep, LOOKS, openPage } from '../../../tests/page.ts'

describe('the page of chapter 12, in a browser', function () {
  this.timeout(90_000)
  let browser: Browser
  let site: Awaited<ReturnType<typeof servePages>>
  before(async function () {
    browser = await openBrowser(this)
    site = await servePages(import.meta.dirname)
  })
  after(async () => {
    await browser?.close()
    site?.close()
  })

  for (const { width, colorScheme } of LOOKS)
    it(`is good at ${width} pixels, ${colorScheme}`, async () => {
      const { page, context, wrong } = await openPage(browser, site.url, { width, colorScheme })

      expect(await faultsOf(page)).to.deep.equal([])
      expect(wrong).to.deep.equal([])
      await keep(page, `12-${width}-${colorScheme}`)
      await context.close()
    })

  it('shows table 12.1, and reckons anew by the sliders', async () => {
    const { page, context, wrong } = await openPage(browser, site.url)
    const totals = async () => page.locator('#table tbody tr td:nth-child(4)').allTextContents()

    expect((await totals()).slice(-3)).to.deep.equal(['$0.00', '$37.85', '$440.30'])
    expect(await page.locator('#chart circle').count()).to.equal(7)
    await page.locator('#prices').selectOption('arm64')
    expect((await totals()).slice(-2)).to.deep.equal(['$30.05', '$350.30'])
    const drawn = () => page.locator('#chart path').evaluateAll((all) => all.map((path) => path.getAttribute('d')))
    const before = await drawn()
    await page.locator('#memory').focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('output[for=memory]').textContent()).to.equal('640 MB')
    expect((await totals()).at(-1)).not.to.equal('$350.30')
    expect(await drawn()).not.to.deep.equal(before)
    expect(wrong).to.deep.equal([])
    await context.close()
  })

  it('adds up executions, and says when there are too many', async () => {
    const { page, context } = await openPage(browser, site.url)
    const sum = page.locator('#sum')

    expect(await sum.textContent()).to.equal(
      '200 + 20 + 30 = 250 executions at the same time: within the limit of 1,000.',
    )
    await page.getByLabel('seconds').first().fill('2')
    expect(await sum.textContent()).to.contain('= 2,050 executions at the same time: more than the limit of 1,000.')
    await context.close()
  })

  it('lets the form be sent once both fields are right', async () => {
    const { page, context } = await openPage(browser, site.url)
    const submit = page.getByRole('button', { name: 'Submit' })

    expect(await submit.isDisabled()).to.equal(true)
    await page.getByLabel('Name:').pressSequentially('john Doe')
    expect(await page.locator('#missing').textContent()).to.contain('each word with a capital')
    await page.getByLabel('Name:').fill('John Doe')
    await page.getByLabel('Email:').fill('something@some')
    expect(await submit.isDisabled()).to.equal(true)
    await page.getByLabel('Email:').fill('something@some.domain')
    await submit.click()

    expect(await page.locator('#submitted').textContent()).to.equal('Hello John Doe!')
    await context.close()
  })

  it('follows its inputs where it is bound, and only then where it is called', async () => {
    const { page, context } = await openPage(browser, site.url)
    await page.getByRole('button', { name: 'Call area' }).click()

    await page.getByLabel('Length:').fill('5')

    expect(await page.locator('#bound').textContent()).to.equal('20')
    expect(await page.locator('#called').textContent()).to.equal('12')
    await context.close()
  })

  it('gathers what the workers found', async () => {
    const { page, context } = await openPage(browser, site.url)
    await page.getByLabel('Text:').fill('ab c <i>d</i> é')
    await page.getByRole('button', { name: 'Count the letters' }).click()
    await page.locator('#gathered:not(:empty)').waitFor()

    expect(await page.locator('#workers li').allTextContents()).to.deep.equal([
      '“ab”: 2 letters',
      '“c”: 1 letters',
      '“<i>d</i>”: 3 letters',
      '“é”: 1 letters',
    ])
    expect(await page.locator('#gathered').textContent()).to.equal('2 + 1 + 3 + 1 = 7 letters')
    await context.close()
  })
})
