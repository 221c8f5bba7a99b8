import { expect } from 'chai'
import { contentsOf } from './pictures.ts'

const BEFORE = 'https://example.com/people.jpg'
const AFTER = 'https://faces.s3.us-east-1.amazonaws.com/tmp/20261121093000-a.jpg'
const query = (given: Record<string, string>) => `?${new URLSearchParams(given)}`
const urls = (search: string) => contentsOf(search).pictures.map(({ title, url }) => [title, url])

describe('the page of chapter 5', () => {
  it('shows the picture before and after', () => {
    const { pictures, message } = contentsOf(query({ before: BEFORE, after: AFTER }))

    expect(pictures).to.deep.equal([
      { title: 'Before', alternative: 'The picture as it was given', url: BEFORE },
      { title: 'After', alternative: 'The same picture with a white rectangle around each face', url: AFTER },
    ])
    expect(message).to.equal('')
  })

  it('shows one picture where no face was found', () => {
    const { pictures, message } = contentsOf(query({ before: BEFORE, after: BEFORE }))

    expect(pictures.map(({ title }) => title)).to.deep.equal(['Before and after'])
    expect(message).to.equal('No face was found: the picture is the same before and after.')
  })

  it('shows one picture where one is named', () => {
    expect(urls(query({ before: BEFORE }))).to.deep.equal([['Before', BEFORE]])
    expect(urls(query({ after: AFTER }))).to.deep.equal([['After', AFTER]])
  })

  for (const search of ['', '?', '?before=&after=', '?other=1'])
    it(`says how it is used for "${search}"`, () => {
      const { pictures, message } = contentsOf(search)

      expect(pictures).to.deep.equal([])
      expect(message).to.match(/^This page shows the two pictures/)
    })

  for (const address of [
    'javascript:alert(1)',
    ' java\nscript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'data:image/svg+xml,<svg onload="alert(1)"/>',
    'blob:https://example.com/1',
    'file:///etc/passwd',
    'ftp://example.com/a.jpg',
    'view-source:https://example.com/',
    '//example.com/a.jpg',
    '/a.jpg',
    'a.jpg',
    'https://',
    '"><script>alert(1)</script>',
  ])
    it(`does not show ${JSON.stringify(address)}`, () => {
      const { pictures, message } = contentsOf(query({ before: address, after: AFTER }))

      expect(pictures.map(({ url }) => url)).to.deep.equal([AFTER])
      expect(message).to.equal('Not shown, as it is no http or https address: before.')
    })

  it('names both where neither is shown', () => {
    expect(contentsOf(query({ before: 'x', after: 'y' }))).to.deep.equal({
      pictures: [],
      message: 'Not shown, as it is no http or https address: before and after.',
    })
  })

  it('writes an address as a browser does: nothing in it ends an attribute', () => {
    expect(urls(query({ before: 'https://example.com/"><img src=x onerror=alert(1)>' }))).to.deep.equal([
      ['Before', 'https://example.com/%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E'],
    ])
  })
})
