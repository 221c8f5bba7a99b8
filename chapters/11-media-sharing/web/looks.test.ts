import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { metadata } from '../../../tests/chains/11.ts'
import {
  type Chosen,
  card,
  cards,
  gif,
  MEDIA,
  PASSWORD,
  refresh,
  seen,
  sent,
  withMediaPages,
} from '../../../tests/mediaPages.ts'
import { faultsOf, keep, LOOKS, until } from '../../../tests/page.ts'

const expected = /status of [45]0\d/
const photo: Chosen = {
  name: 'photo.jpg',
  mimeType: 'image/jpeg',
  buffer: readFileSync(new URL('../../../events/photo.jpg', import.meta.url)),
}

describe('how the page of chapter 11 looks, and how it is used without a mouse', function () {
  this.timeout(120_000)
  const { cloud, open, loggedIn, newUser, person } = withMediaPages()

  const settle = async (page: Page) => {
    await until(page, `!document.querySelector('#uploads [data-state=sending], #uploads [data-state=queued]')`)
    await cloud.settled(30_000)
    await refresh(page)
  }

  for (const look of [...LOOKS, { width: 2560, colorScheme: 'light' }, { width: 2560, colorScheme: 'dark' }] as const)
    it(`is readable at ${look.width} pixels, ${look.colorScheme}, for guests and for who has logged in`, async () => {
      const { page, wrong, email } = await loggedIn({ expected, ...look })
      const faults: Record<string, string[]> = {}
      const shot = async (name: string, on = page) => {
        const found = await faultsOf(on)
        if (found.length > 0) faults[name] = found
        await keep(on, `11-${name}-${look.width}-${look.colorScheme}`)
      }
      await shot('empty')
      const { id, s3 } = await person(email)
      for (const [Key, Body, texts] of [
        [`public/content/${id}/photo.jpg`, photo.buffer, ['Mona Lisa', 'A photograph, seen by everybody.']],
        [`private/content/${id}/no title.gif`, gif('', 0xff8800).buffer, ['', 'W'.repeat(300)]],
        [`private/content/${id}/b.gif`, gif('', 0x0088ff).buffer, [`עברית ${'long '.repeat(40)}`, '写真 '.repeat(50)]],
      ] as const)
        await s3.putObject({ Bucket: MEDIA, Key, Body, Metadata: metadata(texts[0], texts[1]) })
      await settle(page)
      for (const name of ['photo.jpg', 'no title.gif', 'b.gif']) await seen(page, name)

      await page.setInputFiles('#mediaFile', [gif(`${'n'.repeat(120)}.gif`), photo])
      await shot('chosen')
      await page.click('#add-picture-form button[type=submit]')
      await shot('mistake')
      await page.route('**/content/**', (route) =>
        route.request().method() === 'PUT'
          ? route.fulfill({
              status: 503,
              headers: { 'access-control-allow-origin': '*' },
              body: '<Error><Code>SlowDown</Code></Error>',
            })
          : route.continue(),
      )
      await page.fill('#description', 'x')
      await page.click('#add-picture-form button[type=submit]')
      await until(page, `document.querySelectorAll('#uploads [data-state=failed]').length === 2`)
      await shot('failed')
      await card(page, 'photo.jpg').locator('.open').click()
      await until(page, `document.querySelector('#detail-picture').naturalWidth > 0`)
      await shot('own')
      await page.click('#detail-delete')
      await shot('confirm')
      await page.click('#confirm-no')
      await page.keyboard.press('Escape')
      const visitor = await open({ expected, ...look })
      await seen(visitor.page, 'photo.jpg')
      await shot('guest', visitor.page)
      await card(visitor.page, 'photo.jpg').locator('.open').click()
      await until(visitor.page, `document.querySelector('#detail-picture').naturalWidth > 0`)
      await shot('detail', visitor.page)

      expect(faults).to.deep.equal({})
      expect([...wrong, ...visitor.wrong]).to.deep.equal([])
    })

  it('works with the keyboard alone: log in, add, look, edit, move, delete, log out', async () => {
    const email = await newUser()
    const { page, wrong } = await open({ expected })
    const press = (...keys: string[]) =>
      keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
    const active = () =>
      page.evaluate<string>(
        '(({ id, type, ariaLabel, textContent }) => id || ariaLabel || textContent || type)(document.activeElement)',
      )
    const to = async (name: string) => {
      for (let step = 0; step < 30; step++) {
        if ((await active()) === name) return
        await press('Tab')
      }
      throw new Error(`Tab does not lead to ${name}`)
    }
    const closed = () => until(page, `!document.querySelector('dialog[open]')`)

    await to('email')
    await page.keyboard.type(email)
    await to('password')
    await page.keyboard.type(PASSWORD)
    await press('Enter')
    await page.locator('#add-picture-form').waitFor()
    expect(await active(), 'after the login').to.equal('mediaFile')
    const chooser = page.waitForEvent('filechooser')
    await press('Enter')
    await (await chooser).setFiles([gif('key.gif')])
    await to('title')
    await page.keyboard.type('By keys')
    await to('description')
    await page.keyboard.type('no mouse')
    await to('is-public')
    await press('Space')
    await to('Add Picture')
    await press('Enter')
    await sent(page)
    expect(await active(), 'after the upload').to.equal('Add Picture')
    await settle(page)
    expect(await cards(page)).to.deep.equal([['Public', 'By keys', 'no mouse']])

    await to('By keys')
    await press('Enter')
    expect(await active(), 'in the dialog').to.equal('detail-title')
    await page.keyboard.type('!')
    await press('End')
    await page.keyboard.type('?')
    for (let step = 0; step < 12; step++) {
      await press('Tab')
      const inside = await page.evaluate(
        `document.activeElement === document.body || !!document.activeElement.closest('#detail')`,
      )
      expect(inside, 'Tab stays in the dialog').to.equal(true)
    }
    await press('Escape')
    await closed()
    const [[, title = ''] = []] = await cards(page)
    expect(title).to.match(/^(!By keys\?|By keys!\?)$/)
    expect(await active(), 'after the dialog').to.equal(title)
    await press('Enter')
    await to('detail-move')
    await press('Space')
    await closed()
    await settle(page)
    expect((await cards(page)).map(([side]) => side)).to.deep.equal(['Private'])
    await to(`Delete ${title}`)
    await press('Enter')
    expect(await active(), 'before it is deleted').to.equal('confirm-no')
    await to('confirm-yes')
    await press('Enter')
    await closed()
    expect(await cards(page)).to.deep.equal([])
    expect(await active(), 'where nothing is left').to.equal('pictures-heading')
    await to('logout')
    await press('Enter')
    expect(await active()).to.equal('email')
    expect(await page.textContent('#result')).to.equal('You have logged out.')
    expect(wrong).to.deep.equal([])
  })
})
