import { expect } from 'chai'
import { lzwLength } from './lzw.ts'

/** Walks through these codes, however many bits are asked for. */
const lengthOf = (codes: number[], most = 1000): number => {
  const left = [...codes]
  return lzwLength(() => left.shift(), 2, 0, most)
}
const [CLEAR, END] = [4, 5]

describe('lzwLength', () => {
  it('counts what codes stand for: single values, pairs that came before, and the pair that is just made', () => {
    expect(lengthOf([CLEAR, 1, 1, 6, 8, END])).to.equal(1 + 1 + 2 + 3)
  })

  it('forgets all at a clear code, and ends where the data end', () => {
    expect(lengthOf([CLEAR, 1, 1, 6, CLEAR, 2, 3])).to.equal(4 + 2)
  })

  it('refuses a code that nothing was said of', () => {
    for (const codes of [
      [CLEAR, 6],
      [CLEAR, 1, 7],
      [CLEAR, 1, 1, 6, CLEAR, 6],
    ])
      expect(() => lengthOf(codes), codes.join()).to.throw(RangeError, 'a code is unknown')
  })

  it('asks for longer codes as the table grows, one sooner for TIFF', () => {
    const widths = (early: 0 | 1) => {
      const asked: number[] = []
      const left = [CLEAR, 1, 1, 1, 1, 1, END]
      lzwLength(
        (bits) => {
          asked.push(bits)
          return left.shift()
        },
        2,
        early,
        1000,
      )
      return asked
    }

    expect(widths(0)).to.deep.equal([3, 3, 3, 3, 4, 4, 4])
    expect(widths(1)).to.deep.equal([3, 3, 3, 4, 4, 4, 4])
  })

  it('asks for longer codes than it begins with as soon as values of one bit are paired', () => {
    const asked: number[] = []
    const left = [2, 1, 1, 3]

    lzwLength(
      (bits) => {
        asked.push(bits)
        return left.shift()
      },
      1,
      0,
      1000,
    )

    expect(asked).to.deep.equal([2, 2, 2, 3])
  })

  it('walks no further than the most that is wanted', () => {
    expect(lengthOf([CLEAR, 1, 1, 1, 1, 1, 99], 3)).to.equal(4)
  })
})
