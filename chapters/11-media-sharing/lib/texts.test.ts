import { expect } from 'chai'
import { assert, property, string } from 'fast-check'
import { metadataOf, textsIn } from './texts.ts'

describe('the texts of a picture', () => {
  it('come back as they went, in any language', () => {
    assert(
      property(
        string({ unit: 'grapheme', maxLength: 60 }),
        string({ unit: 'binary', maxLength: 60 }),
        (title, text) => {
          const texts = { title, description: text.toWellFormed() }

          const metadata = metadataOf(texts)

          expect(metadata.data).to.match(/^[\x20-\x7e]*$/)
          expect(textsIn(metadata)).to.deep.equal(texts)
        },
      ),
    )
  })

  for (const data of [undefined, '', '%', '%7B', 'null', '[]', '"text"', '{"title":5,"description":{"a":1}}', '5'])
    it(`are empty where the metadata is ${data}`, () => {
      expect(textsIn(data === undefined ? undefined : { data })).to.deep.equal({ title: '', description: '' })
    })

  it('take no isPublic', () => {
    expect(textsIn({ data: '{"isPublic":true,"title":"a","description":"b","__proto__":{"c":1}}' })).to.deep.equal({
      title: 'a',
      description: 'b',
    })
  })

  it('are refused when they do not fit', () => {
    expect(() => metadataOf({ title: 'ü'.repeat(400), description: '' })).to.throw(
      "title and description together take 2455 bytes in the picture's metadata, of 2048 at most",
    )
  })
})
