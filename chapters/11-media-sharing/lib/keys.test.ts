import { expect } from 'chai'
import { changesIn } from './changes.ts'
import { contentAt, contentKeyOf, thumbnailAt } from './keys.ts'

const owner = 'us-east-1:0a1b2c3d-0000-4000-8000-000000000001'

describe('contentKeyOf', () => {
  for (const [key, side, name] of [
    [`public/content/${owner}/photo.jpg`, 'public', 'photo.jpg'],
    [`private/content/${owner}/2026/a b.jpg`, 'private', '2026/a b.jpg'],
    [`public/content/${owner}/line\nbreak.gif`, 'public', 'line\nbreak.gif'],
    [`public/content/${owner}/..photo..jpg`, 'public', '..photo..jpg'],
    [`public/content/${owner}/${'ü'.repeat(479)}`, 'public', 'ü'.repeat(479)],
  ] as const)
    it(`takes ${JSON.stringify(key)} apart`, () => {
      const parts = contentKeyOf(key)

      expect(parts).to.deep.equal({ side, identityId: owner, name })
      expect(parts && contentAt(parts)).to.equal(key)
      expect(parts && thumbnailAt(parts)).to.equal(`${side}/thumbnail/${owner}/${name}`)
    })

  for (const key of [
    ...['photo.jpg', 'public/content/photo.jpg', `public/content/${owner}/`, `public/thumbnail/${owner}/photo.jpg`],
    ...['public/content//photo.jpg', `Public/content/${owner}/photo.jpg`, `x/public/content/${owner}/photo.jpg`],
    ...['../another/photo.jpg', 'a/../b.jpg', './a.jpg', 'a/.', '..', 'ü'.repeat(480)].map(
      (name) => `public/content/${owner}/${name}`,
    ),
  ])
    it(`knows that ${key} is no picture's`, () => {
      expect(contentKeyOf(key)).to.equal(undefined)
    })
})

describe('changesIn', () => {
  it('decodes the colon of an identity, and makes sequencers comparable', () => {
    const record = (sequencer: string, eTag?: string) => ({
      eventTime: '2026-11-21T10:00:00.000Z',
      s3: { bucket: { name: 'media' }, object: { key: 'public/content/us-east-1%3A0a/a+b%2B1.jpg', sequencer, eTag } },
    })

    const [first, second] = changesIn({
      Records: [record('0055AED6DCD9', 'abc'), record('0055AED6DCD90281E5')],
    } as never)

    expect(first).to.include({ bucket: 'media', key: 'public/content/us-east-1:0a/a b+1.jpg', etag: 'abc' })
    expect(second?.etag).to.equal(undefined)
    expect((first?.sequencer ?? '') < (second?.sequencer ?? '')).to.equal(true)
    expect(first?.sequencer).to.have.length(second?.sequencer.length ?? 0)
  })
})
