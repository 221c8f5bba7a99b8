import { expect } from 'chai'
import { assert, constantFrom, property, string, stringMatching } from 'fast-check'
import { failDuring, isOutage, outageOf, PARTS } from './outage.ts'
import { partsOf, thumbnailOf, uploadsIn } from './uploads.ts'

const created = (key: string) => ({ Records: [{ s3: { bucket: { name: 'uploads' }, object: { key } } }] }) as never

describe('uploadsIn', () => {
  it('takes a call, and an event that tells of a picture or of its thumbnail, for the same', () => {
    assert(
      property(
        constantFrom('synchronous', 'asynchronous', 'events'),
        stringMatching(/^\w[\w.-]{0,99}$/),
        (style, name) => {
          const upload = { bucket: 'uploads', key: `${style}/${name}` }

          expect(uploadsIn(upload)).to.deep.equal([upload])
          expect(uploadsIn(created(upload.key))).to.deep.equal([upload])
          expect(uploadsIn(created(thumbnailOf(upload.key)))).to.deep.equal([upload])
          expect(partsOf(upload.key)).to.deep.equal({ style, name })
        },
      ),
    )
  })

  it('refuses every other key by a TypeError that shows it', () => {
    assert(
      property(string(), (text) => {
        expect(() => partsOf(`${text}/`)).to.throw(TypeError, 'the key must be <style>/<name>, but is ')
        expect(() => uploadsIn(created(`elsewhere/${text}`))).to.throw(TypeError)
      }),
    )
  })

  for (const event of [null, {}, { bucket: 'uploads' }, { bucket: 5, key: 'events/a' }, { Records: 'events/a' }])
    it(`refuses ${JSON.stringify(event)}`, () => {
      expect(() => uploadsIn(event as never)).to.throw(
        TypeError,
        'the event must be { "bucket": "…", "key": "…" }, or one of S3',
      )
    })
})

describe('an outage', () => {
  for (const part of PARTS)
    it(`fails the ${part}, no other part, and until its end only`, () => {
      const soon = new Date(Date.now() + 60_000)
      const outage = outageOf(part, soon)

      expect(isOutage(outage)).to.equal(true)
      for (const other of PARTS) {
        const run = () => failDuring(other, 'events/a.jpg', outage)
        if (other === part)
          expect(run).to.throw(`events/a.jpg: the ${part} is out of order until ${soon.toISOString()}`)
        else run()
      }
      failDuring(part, 'events/a.jpg', outageOf(part, new Date(Date.now() - 1)))
      failDuring(part, 'events/a.jpg', undefined)
    })

  for (const text of [undefined, '', 'index', 'queue 2099-01-01T00:00:00.000Z', 'index tomorrow'])
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(isOutage(text)).to.equal(false)
      for (const part of PARTS) failDuring(part, 'events/a.jpg', text)
    })
})
