import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { told } from '../../../tests/cloud.ts'
import { add, card, cards, drop, gif, MEDIA, refresh, seen, sent, withMediaPages } from '../../../tests/mediaPages.ts'
import { until } from '../../../tests/page.ts'

/** What a list that is not there leaves in a browser's console. */
const expected = /status of 403/

describe('the page of chapter 11, in a browser', function () {
  this.timeout(120_000)
  const { cloud, open, loggedIn, administrator } = withMediaPages()

  /** Lets the functions do their work, and the page see it. */
  const settle = async (...pages: Page[]) => {
    await cloud.settled(30_000)
    for (const page of pages) await refresh(page)
  }
  const uploaded = async (page: Page) => {
    await sent(page)
    await settle(page)
  }
  const result = (page: Page) => page.textContent('#result')

  it('shows what is uploaded to its owner and, if it is public, to everybody, by itself', async () => {
    const jane = await loggedIn({ expected })
    const visitor = await open({ expected })

    await add(jane.page, [gif('mine.gif', 1)], { title: 'Mine', description: 'private' })
    await add(jane.page, [gif('ours.gif', 2)], { title: 'Ours', description: 'public', isPublic: true })

    await card(jane.page, 'mine.gif').waitFor()
    await card(visitor.page, 'ours.gif').waitFor()
    await seen(jane.page, 'mine.gif')
    await seen(jane.page, 'ours.gif')
    await seen(visitor.page, 'ours.gif')
    expect(await cards(jane.page), told(cloud)).to.deep.equal([
      ['Public', 'Ours', 'public'],
      ['Private', 'Mine', 'private'],
    ])
    expect(await cards(visitor.page)).to.deep.equal([['Public', 'Ours', 'public']])
    expect(await jane.page.locator('#uploads li').count()).to.equal(0)
    expect(await visitor.page.isVisible('#add-picture-form')).to.equal(false)
    expect(await visitor.page.locator('.delete').count()).to.equal(0)
    expect([...jane.wrong, ...visitor.wrong]).to.deep.equal([])
  })

  it('leads to the pages of chapter 10', async () => {
    const { page } = await open({ expected })

    const href = await page.getByRole('link', { name: /Sample Authentication Service/ }).getAttribute('href')

    expect(href).to.equal(cloud.stack.outputs.Site10Url?.value)
  })

  it('says why nothing is uploaded: no picture, no description, what is no picture, texts that are too long', async () => {
    const { page } = await loggedIn({ expected })
    let sent = 0
    page.on('request', (request) => {
      if (request.method() === 'PUT') sent++
    })
    const picture = gif('a.gif')
    const texts = { title: '', description: 'a description' }

    for (const [files, form, said, field] of [
      [[], texts, 'Please fill in: Pictures.', 'mediaFile'],
      [[], { description: '' }, 'Please fill in: Pictures, Description.', 'mediaFile'],
      [[picture], { description: ' ' }, 'Please fill in: Description.', 'description'],
      [[], { description: '' }, 'Please fill in: Description.', 'description'], // a choice that is left keeps what was
      [
        [picture, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') }],
        texts,
        'notes.txt is neither JPEG, PNG nor GIF.',
        'mediaFile',
      ],
      [[{ ...picture, buffer: Buffer.alloc(0) }], texts, 'a.gif is empty.', 'mediaFile'],
      [
        [picture],
        { description: 'ü'.repeat(400) },
        'Title and description are too long: please shorten them.',
        'title',
      ],
    ] as const) {
      await add(page, [...files], form)
      expect(await result(page)).to.equal(said)
      expect(await page.getAttribute('#result', 'class')).to.equal('failure')
      expect(await page.getAttribute(`#${field}`, 'aria-invalid')).to.equal('true')
      expect(await page.evaluate('document.activeElement.id')).to.equal(field)
    }
    expect(sent).to.equal(0)
    expect(await page.inputValue('#description'), 'what was typed stays').to.equal('ü'.repeat(400))
  })

  it('uploads many at once, three at a time, by drop and by button, and takes out what is not meant', async () => {
    const { page, wrong } = await loggedIn({ expected })
    await page.evaluate(`
      globalThis.most = 0
      const sending = () => document.querySelectorAll('#uploads [data-state=sending]').length
      const look = () => globalThis.most = Math.max(globalThis.most, sending())
      new MutationObserver(look).observe(document.querySelector('#uploads'), { subtree: true, childList: true, attributes: true })
    `)
    const dropped = Array.from({ length: 9 }, (_, number) => gif(`dropped ${number}.gif`, number))

    await drop(page, dropped.slice(0, 5))
    await drop(page, dropped.slice(5))
    await drop(page, [gif('dropped 3.gif', 99)])
    expect(await page.locator('#chosen li').count(), 'one name, one file').to.equal(9)
    await page.getByRole('button', { name: 'Leave out dropped 8.gif' }).click()
    await page.fill('#description', 'many')
    await page.click('#add-picture-form button[type=submit]')
    expect(await result(page)).to.match(/^(8 pictures on the way|Everything is uploaded)\.$/)
    await add(page, [gif('by button.gif', 50)], { description: 'one' })
    await uploaded(page)

    const own = (await cards(page)).filter(([side]) => side === 'Private')
    const names = own.map(([, title]) => title).sort()
    expect(names).to.deep.equal(['by button.gif', ...dropped.slice(0, 8).map(({ name }) => name)])
    expect(await page.evaluate('most')).to.equal(3)
    expect(await page.locator('#uploads li').count()).to.equal(0)
    expect(wrong).to.deep.equal([])
  })

  it('does not take what is dropped before somebody has logged in, and stays where it is', async () => {
    const { page } = await open({ expected })
    const before = page.url()

    await drop(page, [gif('a.gif')])

    expect(await result(page)).to.equal('Please log in before you add pictures.')
    expect(page.url()).to.equal(before)
  })

  it('overwrites a picture of the same name, and shows the new one', async () => {
    const { page, identityId } = await loggedIn({ expected })
    await add(page, [gif('same.gif', 1)], { title: 'first' })
    await uploaded(page)
    await seen(page, 'same.gif')
    const first = await card(page, 'same.gif').locator('img').getAttribute('src')
    cloud.clock.advance(2_000)

    await add(page, [gif('same.gif', 2)], { title: 'second' })
    await uploaded(page)

    expect((await cards(page)).filter(([side]) => side === 'Private')).to.deep.equal([
      ['Private', 'second', 'a description'],
    ])
    await until(page, `document.querySelector('.private img').src !== ${JSON.stringify(first)}`)
    const { Body } = await administrator().s3.getObject({
      Bucket: MEDIA,
      Key: `private/content/${identityId}/same.gif`,
    })
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(gif('', 2).buffer)).to.equal(true)
  })

  it('carries titles and descriptions unharmed and inert, in any language, with HTML in them', async () => {
    const { page, wrong, identityId } = await loggedIn({ expected })
    const visitor = await open({ expected })
    const title = '“Ünïcödé” 写真 🎉 <b onclick="alert(1)">&amp;'
    const description = 'עברית </script><img src=x onerror=alert(1)> 100% + \\ &lt;'

    await add(page, [gif('<img src=x onerror=alert(1)>.gif')], { title, description, isPublic: true })
    await uploaded(page)
    await refresh(visitor.page)

    for (const seenBy of [page, visitor.page]) {
      expect(await cards(seenBy)).to.deep.include(['Public', title, description])
      expect(await seenBy.locator('#pictures b, #pictures script, #pictures p img').count()).to.equal(0)
    }
    await visitor.page.getByRole('button', { name: title }).click()
    expect(await visitor.page.textContent('#detail-heading')).to.equal(`${title} (Public)`)
    expect(await visitor.page.textContent('#detail-description')).to.equal(description)
    const Key = `public/content/${identityId}/<img src=x onerror=alert(1)>.gif`
    const { Metadata, ContentType } = await administrator().s3.headObject({ Bucket: MEDIA, Key })
    expect(JSON.parse(decodeURIComponent(Metadata?.data ?? ''))).to.deep.equal({ title, description })
    expect(ContentType).to.equal('image/gif')
    expect([...wrong, ...visitor.wrong]).to.deep.equal([])
  })

  it('says so when a file is no picture after all', async () => {
    const { page } = await loggedIn({ expected })
    await page.clock.install()

    await add(page, [{ name: 'text.gif', mimeType: 'image/gif', buffer: Buffer.from('This is a text.') }])
    await page.getByText('Uploaded; its thumbnail is being made…').waitFor()
    await cloud.settled()
    await page.clock.fastForward(31_000)

    const row = page.locator('#uploads li')
    expect(await row.locator('.state').textContent()).to.equal(
      'Uploaded, but there is no thumbnail of it: is it a picture?',
    )
    await row.getByRole('button', { name: 'Remove' }).click()
    expect(await row.count()).to.equal(0)
    expect(await page.evaluate('document.activeElement.id')).to.equal('mediaFile')
  })
})
