import { expect } from 'chai'
import { told } from '../../../tests/cloud.ts'
import { add, card, cards, gif, seen, withMediaPages } from '../../../tests/mediaPages.ts'

/** What a list that is not there leaves in a browser's console. */
const expected = /status of 403/

describe('the page of chapter 11, in a browser', function () {
  this.timeout(60_000)
  const { cloud, open, loggedIn } = withMediaPages()

  it('shows what is uploaded to its owner and, if it is public, to everybody', async () => {
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
    expect([...jane.wrong, ...visitor.wrong]).to.deep.equal([])
  })
})
