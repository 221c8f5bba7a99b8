import { expect } from 'chai'
import { mouse } from '../../../tests/authPages.ts'
import { faultsOf, said } from '../../../tests/page.ts'
import { cheap, linkIn, mailsTo } from '../../../tests/sampleAuth.ts'
import { withPages } from '../../../tests/withPages.ts'

describe('the pages of chapter 9 alone, in a browser', function () {
  this.timeout(60_000)
  const { cloud: t, open } = withPages('09', { change: cheap })

  it('lead from the index to an address that is verified, by the text of the mail', async () => {
    const { page, wrong } = await open('', { width: 390 })
    expect(await page.getByRole('link').allTextContents()).to.deep.equal(['Sign Up'])
    expect(await faultsOf(page)).to.deep.equal([])

    await mouse.follow(page, 'Sign Up')
    await mouse.send(page, {
      email: 'John+1@Example.com',
      name: '<b>John</b>',
      password: 'open sesame',
      'verify-password': 'open sesame',
    })
    expect((await said(page))[0]).to.equal('success')
    const [mail] = mailsTo(t, 'john+1@example.com')
    const { page: where, parameters } = linkIn(mail)
    for (const time of ['once', 'twice']) {
      await page.goto(`${where}?${new URLSearchParams(parameters)}`, { waitUntil: 'networkidle' })

      expect(await said(page), time).to.deep.equal([
        'success',
        'The address john+1@example.com is verified: you can log in now.',
      ])
    }
    expect(wrong).to.deep.equal([])
  })
})
