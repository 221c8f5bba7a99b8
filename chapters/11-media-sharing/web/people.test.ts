import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { metadata } from '../../../tests/chains/11.ts'
import { gifOf } from '../../../tests/gif.ts'
import { add, card, cards, gif, MEDIA, refresh, seen, sent, withMediaPages } from '../../../tests/mediaPages.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const expected = /status of 403/
const TableName = 'MediaContent'

describe('two people at once on the page of chapter 11', function () {
  this.timeout(120_000)
  const { cloud, open, loggedIn, person, guest, administrator } = withMediaPages()

  const settle = async (...pages: Page[]) => {
    await cloud.settled(30_000)
    for (const page of pages) await refresh(page)
  }
  /** John and Jane, each with a public and a private picture, and somebody who has not logged in. */
  const people = async () => {
    const [john, jane, visitor] = [await loggedIn({ expected }), await loggedIn({ expected }), await open({ expected })]
    for (const [{ page }, name] of [
      [john, 'john'],
      [jane, 'jane'],
    ] as const) {
      await add(page, [gif(`${name} private.gif`, 1)], { title: `${name}, private` })
      await add(page, [gif(`${name} public.gif`, 2)], { title: `${name}, public`, isPublic: true })
      await sent(page)
    }
    await settle(john.page, jane.page, visitor.page)
    return { john, jane, visitor }
  }
  /** The same without pages: John's pictures, and everybody's own clients. */
  const clients = async () => {
    const [john, jane, visitor] = [await person('john@example.com'), await person('jane@example.com'), await guest()]
    for (const { id, s3 } of [john, jane])
      for (const side of ['private', 'public']) {
        const Key = `${side}/content/${id}/${side}.gif`
        await s3.putObject({ Bucket: MEDIA, Key, Body: gifOf(1), Metadata: metadata(`${side} one`, 'text') })
      }
    await cloud.settled(30_000)
    return { john, jane, visitor }
  }
  const titles = async (page: Page) => (await cards(page)).map(([, title]) => title).sort()
  const deletable = (page: Page) =>
    page.locator('.delete').evaluateAll((all) => all.map(({ ariaLabel }) => ariaLabel ?? '').sort())

  it('shows each of them what is public and their own, and lets them change their own only', async () => {
    const { john, jane, visitor } = await people()

    expect(await titles(john.page)).to.deep.equal(['jane, public', 'john, private', 'john, public'])
    expect(await titles(jane.page)).to.deep.equal(['jane, private', 'jane, public', 'john, public'])
    expect(await titles(visitor.page)).to.deep.equal(['jane, public', 'john, public'])
    expect(await deletable(john.page)).to.deep.equal(['Delete john, private', 'Delete john, public'])
    expect(await deletable(visitor.page)).to.deep.equal([])
    await seen(jane.page, 'john public.gif')
    await card(jane.page, 'john public.gif').locator('.open').click()
    expect(await jane.page.locator('#detail button:visible').allTextContents()).to.deep.equal(['Close'])
    expect(await jane.page.isVisible('#detail-title')).to.equal(false)
    expect([...john.wrong, ...jane.wrong, ...visitor.wrong]).to.deep.equal([])
  })

  it('shows both what one of them does, a moment later', async () => {
    const { john, jane, visitor } = await people()

    await card(john.page, 'john public.gif').locator('.open').click()
    await john.page.fill('#detail-title', 'edited')
    await john.page.keyboard.press('Escape')
    await jane.page.getByRole('button', { name: 'Delete jane, public' }).click()
    await jane.page.click('#confirm-yes')
    await jane.page.locator('#confirm').waitFor({ state: 'hidden' })
    await john.page.locator('#detail').waitFor({ state: 'hidden' })

    // Nobody asks at once here: the pages see it by themselves.
    for (const page of [jane.page, visitor.page])
      await page.getByRole('button', { name: 'edited', exact: true }).waitFor()
    for (const page of [john.page, visitor.page]) await card(page, 'jane public.gif').waitFor({ state: 'detached' })
    expect(await titles(visitor.page)).to.deep.equal(['edited'])
  })

  it('refuses by AWS’s own error what the page does not offer, to their own credentials too', async () => {
    const { john, jane, visitor } = await clients()
    const own = (side: string, kind: string, name = 'private.gif') => `${side}/${kind}/${john.id}/${name}`
    const denied = (action: string) => `is not authorized to perform: s3:${action} on resource: `

    for (const Key of [
      own('private', 'content'),
      own('private', 'thumbnail'),
      own('private', 'index', 'content.json'),
    ]) {
      await john.s3.getObject({ Bucket: MEDIA, Key }) // it is there
      for (const { s3 } of [jane, visitor]) {
        const refusal = await refusalOf(s3.getObject({ Bucket: MEDIA, Key }))
        expect(refusal, Key).to.include({ name: 'AccessDenied', status: 403 })
        expect(refusal.message, Key).to.contain(`${denied('GetObject')}"arn:aws:s3:::${MEDIA}/${Key}"`)
      }
    }
    for (const Key of [
      'public/index/content.json',
      `private/index/${jane.id}/content.json`,
      `public/thumbnail/${jane.id}/public.gif`,
      `private/thumbnail/${jane.id}/private.gif`,
      own('public', 'content', 'public.gif'),
      own('private', 'content', 'new.gif'),
    ])
      for (const { s3 } of [jane, visitor])
        for (const [action, call] of [
          ['PutObject', () => s3.putObject({ Bucket: MEDIA, Key, Body: gifOf(9), Metadata: metadata('a', 'b') })],
          ['DeleteObject', () => s3.deleteObject({ Bucket: MEDIA, Key })],
        ] as const) {
          const refusal = await refusalOf(call())
          expect(refusal, Key).to.include({ name: 'AccessDenied', status: 403 })
          expect(refusal.message, Key).to.contain(denied(action))
        }
    expect(await refusalOf(jane.s3.listObjectsV2({ Bucket: MEDIA }))).to.include({ name: 'AccessDenied' })
    for (const side of ['private', 'public'])
      await john.s3.getObject({ Bucket: MEDIA, Key: own(side, 'content', `${side}.gif`) })
  })

  it('refuses edits of another’s item, and of anything but title and description', async () => {
    const { john, jane, visitor } = await clients()
    const Key = { identityId: john.id, objectKey: `public/content/${john.id}/public.gif` }
    const set = (expression: string, more: object = {}) => ({
      ...{ TableName, Key, UpdateExpression: `SET ${expression}`, ExpressionAttributeValues: { ':v': 'taken over' } },
      ...more,
    })

    for (const [table, input] of [
      [jane.table, set('title = :v')],
      [jane.table, set('description = :v')],
      [visitor.table, set('title = :v')],
      ...['isPublic', 'thumbnailKey', 'uploadDate', 'uploadDay', 'sequencer', 'more'].map(
        (name) => [john.table, set(`${name} = :v`)] as const,
      ),
      [john.table, set('title = :v, isPublic = :v')],
      [john.table, set('title = :v', { ReturnValues: 'ALL_NEW' })],
    ] as const) {
      const refusal = await refusalOf(table.update(input))
      expect(refusal, input.UpdateExpression).to.include({ name: 'AccessDeniedException', status: 400 })
      expect(refusal.message).to.match(
        /^User: arn:aws:sts::\d{12}:assumed-role\/\S+ is not authorized to perform: dynamodb:UpdateItem on resource: /,
      )
    }
    for (const call of [
      () => john.table.put({ TableName, Item: { ...Key, title: 'x' } }),
      () => john.table.delete({ TableName, Key }),
      () => john.table.get({ TableName, Key }),
      () => john.table.scan({ TableName }),
    ])
      expect(await refusalOf(call())).to.include({ name: 'AccessDeniedException' })
    const { Item } = await administrator().table.get({ TableName, Key })
    expect(Item).to.include({ title: 'public one', isPublic: true })
  })

  it('refuses to move another’s picture, and tells guests that they may not at all', async () => {
    const { john, jane, visitor } = await clients()
    const objectKey = `public/content/${john.id}/public.gif`

    const asJane = await jane.call('SetVisibility', { objectKey, isPublic: false })
    const asGuest = await refusalOf(visitor.call('SetVisibility', { objectKey, isPublic: false }))

    expect(asJane.result).to.include({ errorType: 'NotYours', errorMessage: 'this picture is not yours' })
    expect(asGuest).to.include({ name: 'AccessDeniedException', status: 403 })
    expect(asGuest.message).to.contain('is not authorized to perform: lambda:InvokeFunction on resource')
  })
})
