import { expect } from 'chai'
import { copyRange, rangeOf } from './ranges.ts'

describe('rangeOf', () => {
  // An object of 10 bytes. What S3 does not read as one range of bytes it answers with the whole (RFC 9110, 14.2).
  const cases: [header: string | undefined, range: [number, number] | undefined | 'InvalidRange'][] = [
    ['bytes=0-0', [0, 0]],
    ['bytes=2-4', [2, 4]],
    ['bytes=0-9', [0, 9]],
    ['bytes=5-', [5, 9]],
    ['bytes=5-100', [5, 9]],
    ['bytes=-3', [7, 9]],
    ['bytes=-100', [0, 9]],
    ['bytes=9-9', [9, 9]],
    ['bytes=10-10', 'InvalidRange'],
    ['bytes=10-', 'InvalidRange'],
    ['bytes=-0', 'InvalidRange'],
    ['bytes=99999999999999999999-', 'InvalidRange'],
    [undefined, undefined],
    ['', undefined],
    ['bytes=', undefined],
    ['bytes=-', undefined],
    ['bytes=4-2', undefined],
    ['bytes=a-b', undefined],
    ['bytes=0-1,3-4', undefined],
    ['bytes 0-1', undefined],
    ['items=0-1', undefined],
    ['bytes=1.5-2', undefined],
    ['bytes=--1', undefined],
  ]
  for (const [header, expected] of cases)
    it(`reads ${header} as ${expected ?? 'the whole object'}`, () => {
      if (expected === 'InvalidRange') {
        expect(() => rangeOf(header, 10))
          .to.throw('The requested range is not satisfiable')
          .that.deep.includes({ code: 'InvalidRange', status: 416 })
        return
      }

      const range = rangeOf(header, 10)

      expect(range).to.deep.equal(expected && { start: expected[0], end: expected[1] })
    })

  it('has no range of an empty object', () => {
    expect(() => rangeOf('bytes=0-', 0))
      .to.throw()
      .that.has.property('code', 'InvalidRange')
    expect(() => rangeOf('bytes=-5', 0))
      .to.throw()
      .that.has.property('code', 'InvalidRange')
  })
})

describe('copyRange', () => {
  it('takes a whole range within the source', () => {
    expect(copyRange('bytes=0-9', 10)).to.deep.equal({ start: 0, end: 9 })
  })

  const refused: [header: string, code: string][] = [
    ['bytes=0-', 'InvalidArgument'],
    ['bytes=-5', 'InvalidArgument'],
    ['bytes=5-4', 'InvalidArgument'],
    ['0-4', 'InvalidArgument'],
    ['bytes=0-10', 'InvalidArgument'],
    ['bytes=10-11', 'InvalidRequest'],
  ]
  for (const [header, code] of refused)
    it(`refuses ${header} of 10 bytes with ${code}`, () => {
      expect(() => copyRange(header, 10))
        .to.throw()
        .that.has.property('code', code)
    })
})
