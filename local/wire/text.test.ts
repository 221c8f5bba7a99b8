import { expect } from 'chai'
import fc from 'fast-check'
import { parseForm } from './form.ts'
import type { Simple, TimeFormat } from './shapes.ts'
import { bytesOf, fromText, toBase64, toText } from './text.ts'
import { escapeXml, parseXml } from './xml.ts'

describe('simple values as text', () => {
  it('come back from their text', () => {
    const comesBack = (shape: Simple, value: unknown, format: TimeFormat = 'iso') =>
      expect(fromText(shape, toText(shape, value, format), format)).to.deep.equal(value)
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
        fc.uint8Array(),
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T23:59:59Z') }),
        (number, bytes, date) => {
          comesBack({ kind: 'number' }, number === 0 ? 0 : number)
          comesBack({ kind: 'blob', streaming: false }, bytes)
          for (const format of ['iso', 'epoch'] as const)
            comesBack({ kind: 'timestamp', format: undefined }, date, format)
          comesBack({ kind: 'timestamp', format: 'http' }, new Date(Math.floor(date.getTime() / 1000) * 1000))
        },
      ),
    )
  })
  it('takes the forms of ISO 8601 that clients send', () => {
    const time = (text: string) =>
      (fromText({ kind: 'timestamp', format: undefined }, text, 'iso') as Date | undefined)?.toISOString()

    expect(time('2026-01-02T03:04:05Z')).to.equal('2026-01-02T03:04:05.000Z')
    expect(time('2026-01-02T03:04:05.678901Z')).to.equal('2026-01-02T03:04:05.678Z')
    expect(time('2026-01-02T03:04:05+01:00')).to.equal('2026-01-02T02:04:05.000Z')
    expect(time('2026-01-02')).to.equal('2026-01-02T00:00:00.000Z')
    for (const none of [
      '',
      '2026',
      '2026-13-01',
      '2026-01-02T25:00:00Z',
      '2026-01-02T03:04:05',
      'now',
      '1',
      '2026-01-02T03:04:05ZZ',
    ])
      expect(time(none), none).to.equal(undefined)
  })
  it('takes base64 that is padded and of the standard alphabet, and no other', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesOf(toBase64(bytes))).to.deep.equal(bytes)
      }),
    )
    for (const none of ['a', 'ab', 'abc', 'abc-', 'ab_=', 'ab==cd==', '=abc', 'a b=', '\nabc', 'abcé'])
      expect(bytesOf(none), none).to.equal(undefined)
  })
})

describe('forms', () => {
  it('come back from what a browser or a client makes of them', () => {
    const fields = fc.array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'binary' })))
    fc.assert(
      fc.property(fields, (sent) => {
        expect(parseForm(new URLSearchParams(sent).toString())).to.deep.equal(sent)
        expect(parseForm(sent.map((field) => field.map(encodeURIComponent).join('=')).join('&'))).to.deep.equal(sent)
      }),
    )
  })
  it('may hold names without values, and nothing', () => {
    expect(parseForm('a&&b=&=c&d==')).to.deep.equal([
      ['a', ''],
      ['b', ''],
      ['', 'c'],
      ['d', '='],
    ])
    expect(parseForm('')).to.deep.equal([])
  })
})

describe('XML', () => {
  it('keeps any text, in elements and attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // No form of XML has this one.
        const sent = text.replaceAll('\0', '')
        const { text: element, attributes } = parseXml(`<a b="${escapeXml(sent)}">${escapeXml(sent)}</a>`)

        expect([element, attributes.get('b')]).to.deep.equal([sent, sent])
      }),
    )
  })
})
