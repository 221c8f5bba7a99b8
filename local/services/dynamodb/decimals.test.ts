import { expect } from 'chai'
import * as fc from 'fast-check'
import { compareNumbers, isNumber, minus, normalise, numberSize, plus } from './decimals.ts'

/** Whole numbers of up to 30 digits, and where the point stands. */
const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: -60, max: 60 }))
const text = ([whole, exponent]: [bigint, number]) => `${whole}e${exponent}`

describe('numbers', () => {
  it('have one spelling: plain digits, without zeros in front or behind', () => {
    const spellings = ['1.50', '-0', '007', '1E3', '1.23e-3', '+5', '.5', '5.', '-12.0e1', '0.000', '1e125', '1e-130']

    expect(spellings.map(normalise)).to.deep.equal([
      '1.5',
      '0',
      '7',
      '1000',
      '0.00123',
      '5',
      '0.5',
      '5',
      '-120',
      '0',
      `1${'0'.repeat(125)}`,
      `0.${'0'.repeat(129)}1`,
    ])
  })

  it('are told from other texts', () => {
    const texts = ['1', '-1.5e+10', '.5', '', ' 1', '1 ', 'abc', '1e', '0x10', 'NaN', 'Infinity', '1.2.3', '--1', '.']

    expect(texts.filter(isNumber)).to.deep.equal(['1', '-1.5e+10', '.5'])
  })

  it('have 38 digits and magnitudes from 1e-130 to 9.9e125', () => {
    expect(normalise('9'.repeat(38))).to.equal('9'.repeat(38))
    expect(() => normalise('1'.repeat(39))).to.throw('Attempting to store more than 38 significant digits in a Number')
    expect(() => normalise('1e126')).to.throw('Number overflow. Attempting to store a number with magnitude larger')
    expect(() => normalise('-1e99999999999')).to.throw('Number overflow')
    expect(() => normalise('1e-131')).to.throw('Number underflow. Attempting to store a number with magnitude smaller')
    expect(normalise('0e99999999999')).to.equal('0')
  })

  it('are added and subtracted exactly', () => {
    expect(plus('0.1', '0.2')).to.equal('0.3')
    expect(plus('9007199254740993', '1')).to.equal('9007199254740994')
    expect(minus('1', '1')).to.equal('0')
    expect(minus('1', '-1')).to.equal('2')
    expect(() => plus('1e100', '1')).to.throw('38 significant digits')
    expect(() => plus('9e125', '9e125')).to.throw('Number overflow')
  })

  it('keep to the laws of addition', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const [x, y] = [normalise(text(a)), normalise(text(b))]
        fc.pre(Math.abs(a[1] - b[1]) < 6)

        expect(plus(x, y)).to.equal(plus(y, x))
        expect(minus(plus(x, y), y)).to.equal(x)
      }),
    )
  })

  it('sort by their value', () => {
    const rising = [
      '-1e125',
      '-100',
      '-99.1',
      '-2',
      '-1.5',
      '-1',
      '-0.1',
      '-1e-130',
      '0',
      '1e-130',
      '0.1',
      '0.12',
      '1',
      '1.5',
      '2',
      '10',
      '99.9',
      '1e125',
    ]

    expect([...rising].reverse().sort(compareNumbers)).to.deep.equal(rising)
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const least = Math.min(a[1], b[1])
        const scaled = ([whole, exponent]: [bigint, number]) => whole * 10n ** BigInt(exponent - least)
        const [x, y] = [scaled(a), scaled(b)]

        expect(Math.sign(compareNumbers(text(a), text(b)))).to.equal(x < y ? -1 : x > y ? 1 : 0)
      }),
    )
  })

  it('count for a byte, and one for two digits', () => {
    expect(['0', '1', '12', '123', '100', '-1', '0.01'].map(numberSize)).to.deep.equal([1, 2, 2, 3, 2, 3, 2])
  })
})
