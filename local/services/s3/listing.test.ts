import { expect } from 'chai'
import fc from 'fast-check'
import { after, following, type Page, pageOf } from './listing.ts'

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** What a list must hold, straight from S3's description: shared beginnings and keys, merged, in order. */
const model = (keys: readonly string[], prefix: string, delimiter: string): string[] => {
  const shown = new Set<string>()
  for (const key of keys.filter((one) => one.startsWith(prefix))) {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    shown.add(at < 0 ? `key ${key}` : `prefix ${key.slice(0, at + delimiter.length)}`)
  }
  return [...shown].sort((a, b) => compare(a.slice(a.indexOf(' ') + 1), b.slice(b.indexOf(' ') + 1)))
}

// Few letters, so that keys share beginnings; some of them where UTF-16 and UTF-8 have another order.
const letter = fc.constantFrom('a', 'b', '/', '-', '\u0001', 'é', '\ud7ff', '\uffee', '\u{1f600}', '\u{10ffff}')
const text = (longest: number) => fc.string({ unit: letter, maxLength: longest })

describe('after', () => {
  it('is the smallest text behind all with a beginning', () => {
    fc.assert(
      fc.property(text(4), text(4), text(4), (prefix, rest, other) => {
        const end = after(prefix)

        if (end === undefined) {
          expect(prefix).to.match(/^\u{10ffff}*$/u)
          return
        }
        expect(compare(prefix + rest, end)).to.be.below(0)
        if (!other.startsWith(prefix)) expect(compare(other, prefix) < 0).to.equal(compare(other, end) < 0)
      }),
    )
  })
})

describe('pageOf', () => {
  it('pages through all that S3 would list, once, in the order of UTF-8', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(text(5), { maxLength: 30 }),
        text(2),
        fc.oneof(fc.constantFrom('', '/'), text(2)),
        fc.integer({ min: 1, max: 7 }),
        (keys, prefix, delimiter, most) => {
          const items = [...keys].sort(compare).map((key) => ({ key }))
          const from = (start: string, end: string | undefined) =>
            items.filter(({ key }) => compare(key, start) >= 0 && (end === undefined || compare(key, end) < 0))
          const shown: string[] = []
          let start: string | undefined = ''

          while (start !== undefined) {
            const page: Page<{ key: string }> = pageOf(from, { prefix, delimiter, start, most })
            const merged = [
              ...page.items.map(({ key }) => `key ${key}`),
              ...page.prefixes.map((one) => `prefix ${one}`),
            ].sort((a, b) => compare(a.slice(a.indexOf(' ') + 1), b.slice(b.indexOf(' ') + 1)))
            expect(merged.length).to.be.at.most(most)
            if (page.next !== undefined) expect(merged.length).to.equal(most)
            shown.push(...merged)
            start = page.next
          }

          expect(shown).to.deep.equal(model(keys, prefix, delimiter))
        },
      ),
      { numRuns: 400 },
    )
  })

  it('reads nothing behind a shared beginning', () => {
    let read = 0
    const keys = ['a', 'b'].flatMap((folder) => Array.from({ length: 5000 }, (_, i) => `${folder}/${10_000 + i}`))
    const from = function* (start: string) {
      for (const key of keys.filter((one) => one >= start)) {
        read++
        yield { key }
      }
    }

    const page = pageOf(from, { prefix: '', delimiter: '/', start: '', most: 1000 })

    expect(page.prefixes).to.deep.equal(['a/', 'b/'])
    expect(read).to.equal(2)
  })

  it('begins behind a key', () => {
    const from = (start: string) => ['a', 'a\0', 'b'].map((key) => ({ key })).filter(({ key }) => key >= start)

    const page = pageOf(from, { prefix: '', delimiter: '', start: following('a'), most: 10 })

    expect(page.items.map(({ key }) => key)).to.deep.equal(['a\0', 'b'])
  })
})
