import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SESClient, SendEmailCommand, VerifyEmailIdentityCommand } from '@aws-sdk/client-ses'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { openBrowser } from '../../tests/browser.ts'
import { told, withCloud } from '../../tests/cloud.ts'
import { until } from '../../tests/page.ts'
import { BUCKET, openConsole, upload } from './browserFixture.ts'

describe('the console, in a browser', function () {
  this.timeout(60_000)
  const cloud = withCloud({ chapter: 'all' })
  let browser: Browser

  before(async function () {
    browser = await openBrowser(this)
  })
  after(() => browser?.close())

  const open = (path = '', options: BrowserContextOptions = {}) => openConsole(browser, cloud, path, options)

  it('begins with the chapters, and says what to do first', async () => {
    const { page, wrong } = await open()

    await page.getByRole('heading', { name: 'New here? Three steps' }).waitFor()
    const first = page.getByRole('region', { name: 'New here? Three steps' }).getByRole('link').first()
    await first.click()

    await page.getByRole('button', { name: 'Invoke' }).waitFor()
    expect(await page.title()).to.equal(`${await page.locator('h1').textContent()} · Local cloud`)
    expect(wrong).to.deep.equal([])
  })

  it('lights the map up in the order in which an upload goes, and shows picture and item', async () => {
    const { page, wrong } = await open('map/05')
    await page.locator('[data-node="CreateThumbnailAndStoreInDB"]').waitFor()
    await page.getByText('Connected', { exact: true }).waitFor()
    await page.evaluate(`(() => {
      window.lit = []
      const watch = (changes) => changes.forEach(({ target }) =>
        target.dataset.lit && window.lit.push(target.dataset.node))
      new MutationObserver(watch).observe(document.querySelector('svg.map'),
        { subtree: true, attributes: true, attributeFilter: ['data-lit'] })
    })()`)

    await upload(cloud, 'images/holiday.jpg')
    await cloud.settled()
    await until(page, "window.lit.includes('Images')")

    const lit = ((await page.evaluate('window.lit')) as (string | undefined)[]).filter((node) => node !== undefined)
    const order = ['Pictures', 'CreateThumbnailAndStoreInDB', 'Images'].map((node) => lit.indexOf(node))
    expect(order, `${lit}`).to.deep.equal([...order].sort((a, b) => a - b))
    expect(order[0], `${lit}`).to.be.at.least(0)
    expect(lit.filter((node) => node === 'FlipImage')).to.deep.equal([])

    await page.goto(`${cloud.cloud.url}/_console/#/tables/Images`)
    await page.getByRole('cell', { name: 'images/holiday.jpg', exact: true }).waitFor()
    await page.goto(`${cloud.cloud.url}/_console/#/buckets/${BUCKET}?prefix=thumbs/`)
    await page.getByRole('button', { name: /^thumbs\/images\/holiday\.jpg \d/ }).click()
    await until(page, "document.querySelector('.preview')?.naturalWidth > 0")
    expect(wrong, told(cloud)).to.deep.equal([])
  })

  it('opens a trace with the time of each hop, and replays it', async () => {
    await upload(cloud, 'images/again.jpg')
    await cloud.settled()
    const { page } = await open('map/05')

    await page
      .getByRole('button', { name: /PutObject/ })
      .first()
      .click()
    const detail = page.getByRole('region', { name: /PutObject/ })
    expect(await detail.getByRole('listitem').count()).to.be.greaterThan(2)
    expect(await detail.getByText(/\d ms$|\d s$/).count()).to.be.greaterThan(2)
    await detail.getByRole('button', { name: 'Replay' }).click()

    await page.locator('.pulse').first().waitFor({ state: 'attached' })
    await page.locator('[data-node="Images"][data-lit]').waitFor()
    await detail.getByRole('button', { name: 'Do it again' }).click()
    await page.getByText('Done again: it is a new trace.').waitFor()
    await page
      .getByRole('button', { name: /^lambda:Invoke on createThumbnailAndStoreInDB/ })
      .first()
      .waitFor()
    await cloud.settled()
  })

  it('shows what was denied in red, with the reason', async () => {
    const { page } = await open('map/05')
    await page.locator('[data-node="CreateThumbnailBasic"]').waitFor()
    await page.getByText('Connected', { exact: true }).waitFor()

    const other = await open('functions/CreateThumbnailBasic')
    await other.page.getByRole('combobox', { name: 'Sample event' }).selectOption('premium')
    await other.page.getByRole('button', { name: 'Invoke' }).click()

    await page.locator('[data-line="CreateThumbnailBasic→Pictures denied"]').waitFor({ state: 'attached' })
    await page.getByRole('button', { name: /CreateThumbnailBasic.*denied/ }).click()
    const why = page.locator('dl.why')
    await why.waitFor()
    expect(await why.locator('dd').allTextContents()).to.satisfy(([action, resource, because, nearest]: string[]) => {
      expect(action).to.equal('s3:GetObject')
      expect(resource).to.contain('premium/')
      expect(because).to.equal('no identity-based policy allows the s3:GetObject action')
      return nearest?.startsWith('CreateThumbnailBasic')
    })
  })

  it('moves nothing for whoever wants less movement', async () => {
    const { page } = await open('map/05', { reducedMotion: 'reduce' })
    await page.locator('[data-node="Images"]').waitFor()
    await page.getByText('Connected', { exact: true }).waitFor()
    await page.evaluate(`window.pulses = 0; new MutationObserver(() => {
      window.pulses += document.querySelectorAll('.pulse').length }).observe(document, { subtree: true, childList: true })`)

    await upload(cloud, 'images/still.jpg')
    await page.locator('[data-node="Images"][data-lit]').waitFor()

    expect(await page.evaluate('window.pulses')).to.equal(0)
  })

  it('invokes a function with an edited event, and says which line is wrong', async () => {
    const { page, wrong } = await open('functions/GreetingsOnDemand')
    const event = page.getByRole('textbox', { name: 'JSON' })
    await event.fill('{\n  "name": "Zoë <b>\n}')

    await page.getByText(/^Line 2, column 11:/).waitFor()
    await page.getByRole('button', { name: 'Go there' }).click()
    expect(await page.evaluate('document.activeElement.selectionStart')).to.equal(2)
    expect(await page.getByRole('button', { name: 'Invoke' }).getAttribute('aria-disabled')).to.equal('true')
    await event.fill('{ "name": "Zoë <b>" }')
    await page.getByRole('button', { name: 'Invoke' }).click()

    expect(
      await page.getByRole('region', { name: 'Result', exact: true }).locator('.code').first().textContent(),
    ).to.equal('"Hello Zoë <b>!"')
    expect(await page.getByRole('region', { name: 'Log of the invocation' }).textContent()).to.contain(
      'REPORT RequestId',
    )
    expect(await page.getByRole('button', { name: /, edited/ }).count()).to.equal(1)
    await page.getByRole('radio', { name: /Asynchronous/ }).check()
    await page.getByRole('button', { name: 'Invoke' }).click()
    await page.getByText('Accepted.').waitFor()
    expect(wrong).to.deep.equal([])
  })

  it('shows the error of a function with its trace', async () => {
    const { page } = await open('functions/LogMessage')
    await page.getByRole('textbox', { name: 'JSON' }).fill('{ "message": ["<b>"] }')
    await page.getByRole('button', { name: 'Invoke' }).click()

    const result = page.getByRole('region', { name: 'Result', exact: true })
    await result.getByText('TypeError: message must be a string, but is ["<b>"]', { exact: true }).first().waitFor()
    expect(await result.getByRole('region', { name: 'Stack trace' }).textContent()).to.contain('logMessage')
  })

  it('shows log lines as they come, and runs nothing of them', async () => {
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>'
    const { page, wrong } = await open('logs')
    await page.getByText('Connected', { exact: true }).waitFor()

    const other = await open('functions/LogMessage')
    await other.page.getByRole('textbox', { name: 'JSON' }).fill(JSON.stringify({ message: evil }))
    await other.page.getByRole('button', { name: 'Invoke' }).click()

    await page.getByText(evil).first().waitFor()
    expect(await page.locator('main img, main script').count()).to.equal(0)
    expect(wrong).to.deep.equal([])
  })

  it('shows hostile items and names as the text that they are', async () => {
    const evil = '"><script>alert(1)</script>'
    await DynamoDBDocumentClient.from(new DynamoDBClient(cloud.config())).send(
      new PutCommand({ TableName: cloud.stack.outputs.ImagesTable?.value, Item: { name: evil, note: { evil } } }),
    )
    await upload(cloud, `other/${evil}.html`, evil, 'text/html')

    const table = await open('tables/Images')
    await table.page.getByRole('cell', { name: evil, exact: true }).waitFor()
    const bucket = await open(`buckets/${BUCKET}?prefix=other/`)
    await bucket.page.getByRole('button', { name: `other/${evil}.html` }).click()
    await bucket.page.getByText('x-amz-meta-by').waitFor()

    expect([...table.wrong, ...bucket.wrong]).to.deep.equal([])
  })

  it('says that there is more than it shows', async () => {
    const items = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.config()))
    for (let i = 0; i < 101; i++)
      await items.send(new PutCommand({ TableName: 'Books', Item: { shelf: 'many', id: String(i) } }))
    const { page } = await open('tables/Books')

    await page.getByRole('heading', { name: 'The first 100 items' }).waitFor()
    expect(await page.getByRole('row').count()).to.equal(101)
  })

  it('runs a schedule now', async () => {
    const { page } = await open('schedules')

    await page
      .getByRole('button', { name: /Run now/ })
      .first()
      .click()

    await page.getByText('Fired.').waitFor()
    await cloud.settled()
    expect(cloud.lines.some((line) => line.startsWith('PurgeBucketByPrefix: START'))).to.equal(true)
  })

  it('filters decisions, and marks the statement that decided', async () => {
    await upload(cloud, 'images/decided.jpg')
    await cloud.settled()
    const { page } = await open('decisions')
    await page.getByRole('searchbox', { name: 'Search' }).fill('dynamodb:PutItem')
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('allowed')

    const actions = await page.locator('.decision strong.mono').allTextContents()
    expect(new Set(actions)).to.deep.equal(new Set(['dynamodb:PutItem']))
    // The newest with a policy: the function's, not the one of whoever tests.
    await page
      .getByRole('button', { name: /Show the policy/ })
      .first()
      .click()
    expect(await page.locator('mark').first().textContent()).to.contain('dynamodb:PutItem')
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('denied')
    await page.getByRole('searchbox', { name: 'Search' }).fill('no such action')
    await page.getByText('No decision fits').waitFor()
    expect(page.url()).to.contain('outcome=denied')
  })

  it('shows a mail as it comes, and runs and loads nothing of it', async () => {
    const ses = new SESClient(cloud.config())
    await ses.send(new VerifyEmailIdentityCommand({ EmailAddress: 'sender@example.com' }))
    const { page, wrong } = await open('mailbox')
    await page.getByText('No mail was sent yet').waitFor()
    await page.getByText('Connected', { exact: true }).waitFor()

    const html =
      '<p>Hello <b>John</b></p><script>alert(1)</script><img src="http://example.com/x.png" onerror="alert(2)">'
    await ses.send(
      new SendEmailCommand({
        Source: 'sender@example.com',
        Destination: { ToAddresses: ['john@example.net'] },
        Message: { Subject: { Data: '<b>Welcome</b>' }, Body: { Html: { Data: html } } },
      }),
    )

    await page.getByRole('heading', { name: '<b>Welcome</b>' }).waitFor()
    await page.frameLocator('iframe.mail').getByText('Hello John').waitFor()
    await page.getByRole('button', { name: /Show the whole mail/ }).click()
    expect(await page.getByRole('region', { name: /^HTML of/ }).textContent()).to.equal(html)
    // The browser says which parts the policy of the page has refused; that is all.
    expect(wrong.filter((text) => !/Content Security Policy|sandboxed/.test(text))).to.deep.equal([])
    ses.destroy()
  })
})
