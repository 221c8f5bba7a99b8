import { expect } from 'chai'
import type { Page, Request } from 'playwright-core'
import { add, card, cards, gif, logIn, MEDIA, refresh, seen, sent, withMediaPages } from '../../../tests/mediaPages.ts'
import { until } from '../../../tests/page.ts'

const MINUTE = 60_000
const expected = /status of 40[03]|ERR_FAILED/

describe('the dialog of a picture on the page of chapter 11', function () {
  this.timeout(120_000)
  const { cloud, open, loggedIn, administrator } = withMediaPages()

  const settle = async (page: Page) => {
    await cloud.settled(30_000)
    await refresh(page)
  }
  /** Somebody with one picture, `a.gif`, called First. */
  const withPicture = async (isPublic = false) => {
    const opened = await loggedIn({ expected })
    const { page } = opened
    await add(page, [gif('a.gif')], { title: 'First', description: 'Text', isPublic })
    await sent(page)
    await settle(page)
    await card(page, 'a.gif').locator('.open').waitFor()
    const asked: Request[] = []
    page.on('request', (request) => {
      if (request.headers()['x-amz-target']?.endsWith('.UpdateItem')) asked.push(request)
    })
    const own = async () => (await cards(page)).filter(([side]) => side === 'Private' || isPublic)
    return { ...opened, own, edits: () => asked.map((request) => request.postDataJSON()) }
  }
  const show = async (page: Page, name = 'a.gif') => {
    await card(page, name).locator('.open').click()
    await page.locator('#detail[open]').waitFor()
  }
  const close = (page: Page) => page.getByRole('button', { name: 'Close' }).click()
  const isOpen = (page: Page) => page.locator('#detail').evaluate((dialog) => dialog.hasAttribute('open'))
  const focused = (page: Page) =>
    page.evaluate('document.activeElement.id || document.activeElement.ariaLabel || document.activeElement.textContent')

  it('shows the whole picture, its texts and its side', async () => {
    const { page } = await withPicture(true)
    const visitor = await open({ expected })

    for (const seenBy of [page, visitor.page]) {
      await show(seenBy)
      await until(seenBy, `document.querySelector('#detail-picture').naturalWidth === 4`)
      expect(await seenBy.textContent('#detail-heading')).to.equal('First (Public)')
      const src = new URL((await seenBy.getAttribute('#detail-picture', 'src')) ?? '')
      expect(src.searchParams.get('X-Amz-Expires')).to.equal('60')
    }
    expect(await visitor.page.textContent('#detail-description')).to.equal('Text')
    expect(await visitor.page.locator('#detail button:visible').allTextContents()).to.deep.equal(['Close'])
    expect(await focused(visitor.page)).to.equal('detail-heading')
    await visitor.page.keyboard.press('Escape')
    expect(await isOpen(visitor.page)).to.equal(false)
    expect(await focused(visitor.page)).to.equal('First')
  })

  it('saves what was changed when it is closed, both keys and both texts, and nothing else', async () => {
    const { page, own, edits, identityId } = await withPicture()

    await show(page)
    expect(await page.inputValue('#detail-title')).to.equal('First')
    expect(await page.inputValue('#detail-text')).to.equal('Text')
    await close(page)
    await show(page)
    await page.fill('#detail-title', 'Second')
    await page.fill('#detail-title', 'First')
    await page.keyboard.press('Escape')
    expect(edits(), 'nothing has changed').to.deep.equal([])

    await show(page)
    await page.fill('#detail-title', 'Second')
    await page.getByRole('button', { name: 'Undo changes' }).click()
    expect(await page.inputValue('#detail-title')).to.equal('First')
    await page.fill('#detail-text', '<i>ü</i> 写真')
    await page.keyboard.press('Escape')
    await until(page, `!document.querySelector('#detail').open`)

    const objectKey = `private/content/${identityId}/a.gif`
    expect(edits()).to.deep.equal([
      {
        TableName: 'MediaContent',
        Key: { identityId: { S: identityId }, objectKey: { S: objectKey } },
        UpdateExpression: 'SET title = :title, description = :description',
        ConditionExpression: 'attribute_exists(objectKey)',
        ExpressionAttributeValues: { ':title': { S: 'First' }, ':description': { S: '<i>ü</i> 写真' } },
      },
    ])
    expect(await own(), 'at once').to.deep.equal([['Private', 'First', '<i>ü</i> 写真']])
    expect(await focused(page)).to.equal('First')
    await settle(page)
    expect(await own(), 'by the list').to.deep.equal([['Private', 'First', '<i>ü</i> 写真']])
  })

  it('holds on to what cannot be saved, and says why', async () => {
    const { page, own, identityId } = await withPicture()
    await page.route(/^http:\/\/127\.0\.0\.1:\d+\/$/, (route) => route.abort())

    await show(page)
    await page.fill('#detail-title', 'Typed')
    await close(page)
    await page.locator('#detail-status.failure').waitFor()
    expect(await page.textContent('#detail-status')).to.equal(
      'The changes are not saved. The service cannot be reached. Are you connected to the network?',
    )
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.locator('#detail-status.failure').waitFor()
    expect([await isOpen(page), await page.inputValue('#detail-title')]).to.deep.equal([true, 'Typed'])
    await page.fill('#detail-text', 'ü'.repeat(400))
    await close(page)
    await page.getByText('Title and description are too long').waitFor()
    await page.fill('#detail-text', 'Text')
    await page.unroute(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    await close(page)
    await until(page, `!document.querySelector('#detail').open`)
    expect(await own()).to.deep.equal([['Private', 'Typed', 'Text']])

    await show(page)
    await page.fill('#detail-title', 'Late')
    await administrator().s3.deleteObject({ Bucket: MEDIA, Key: `private/content/${identityId}/a.gif` })
    await cloud.settled()
    await close(page)
    await page.locator('#detail-status.failure').waitFor()
    expect(await page.textContent('#detail-status')).to.equal(
      'The changes are not saved. The picture is not there any more.',
    )
  })

  it('moves a picture to the other side and back, with what was just typed', async () => {
    const { page, own } = await withPicture()
    const visitor = await open({ expected })

    await show(page)
    await page.fill('#detail-title', 'Moved')
    await page.getByRole('button', { name: 'Make public' }).click()
    await until(page, `!document.querySelector('#detail').open`)
    expect(await page.textContent('#news')).to.match(/^Moved is public now|^First is public now/)
    expect(await focused(page)).to.equal('pictures-heading')
    await settle(page)
    await refresh(visitor.page)

    expect(await cards(page)).to.deep.include(['Public', 'Moved', 'Text'])
    expect(await cards(visitor.page)).to.deep.include(['Public', 'Moved', 'Text'])
    await seen(visitor.page, 'a.gif')
    await page.getByRole('button', { name: 'Moved', exact: true }).click()
    expect(await page.textContent('#detail-heading')).to.equal('Moved (Public)')
    await page.getByRole('button', { name: 'Make private' }).click()
    await until(page, `!document.querySelector('#detail').open`)
    await settle(page)
    await refresh(visitor.page)
    expect(await own()).to.deep.equal([['Private', 'Moved', 'Text']])
    expect(await cards(visitor.page)).not.to.deep.include(['Public', 'Moved', 'Text'])
  })

  it('moves nothing over another picture', async () => {
    const { page } = await withPicture()
    await add(page, [gif('a.gif', 77)], { title: 'The other', isPublic: true })
    await sent(page)
    await settle(page)

    await page.getByRole('button', { name: 'First', exact: true }).click()
    await page.getByRole('button', { name: 'Make public' }).click()
    await page.locator('#detail-status.failure').waitFor()

    expect(await page.textContent('#detail-status')).to.equal(
      'The picture stays where it is. You have another picture of this name on the other side. Delete that one first, or this one.',
    )
  })

  it('deletes after it has asked: by the cross of the card, and in the dialog', async () => {
    const { page, own, identityId } = await withPicture()
    const bucket = () => administrator().s3.listObjectsV2({ Bucket: MEDIA, Prefix: `private/content/${identityId}/` })
    await add(page, [gif('b.gif', 2)], { title: 'Second' })
    await sent(page)
    await settle(page)

    await page.getByRole('button', { name: 'Delete Second' }).click()
    expect(await page.textContent('#confirm-heading')).to.equal('Delete “Second”?')
    expect(await focused(page)).to.equal('confirm-no')
    await page.getByRole('button', { name: 'Keep' }).click()
    expect(await focused(page)).to.equal('Delete Second')
    await page.getByRole('button', { name: 'Delete Second' }).click()
    await page.keyboard.press('Escape')
    expect(await own()).to.have.length(2)
    await page.getByRole('button', { name: 'Delete Second' }).click()
    await page.locator('#confirm-yes').click()
    await until(page, `!document.querySelector('#confirm').open`)
    expect(await own()).to.deep.equal([['Private', 'First', 'Text']])
    expect(await page.textContent('#news')).to.equal('Second is deleted.')
    expect(await focused(page)).to.equal('First')

    await show(page)
    await page.fill('#detail-title', 'Never saved')
    await page.locator('#detail-delete').click()
    await page.route('**/content/**', (route) => route.abort())
    await page.locator('#confirm-yes').click()
    await page.locator('#confirm-status.failure').waitFor()
    expect(await page.textContent('#confirm-status')).to.match(/^The picture is not deleted\. The service cannot be/)
    await page.unroute('**/content/**')
    await page.locator('#confirm-yes').click()
    await until(page, `!document.querySelector('dialog[open]')`)
    expect(await own()).to.deep.equal([])
    expect((await bucket()).KeyCount).to.equal(0)
    await settle(page)
    expect(await own()).to.deep.equal([])
  })

  it('keeps what was typed when the session ends, and opens again for the same person', async () => {
    const { page, email, own } = await withPicture()
    await page.clock.install()
    await page.click('#logout')
    await logIn(page, email)
    await card(page, 'a.gif').waitFor()
    await show(page)
    await page.fill('#detail-title', 'Typed')

    await page.clock.fastForward(75 * MINUTE)
    await page.locator('#login-form').waitFor()
    expect(await isOpen(page)).to.equal(false)
    expect(await page.content()).not.to.contain('First')
    await page.clock.setSystemTime(Date.now())
    await logIn(page, email)

    expect([await isOpen(page), await page.inputValue('#detail-title')]).to.deep.equal([true, 'Typed'])
    await close(page)
    await until(page, `!document.querySelector('#detail').open`)
    await settle(page)
    expect(await own()).to.deep.equal([['Private', 'Typed', 'Text']])
  })
})
