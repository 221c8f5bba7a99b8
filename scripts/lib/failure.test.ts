import { expect } from 'chai'
import { failureOf } from './failure.ts'

const README = `# Exercise: a title

| event | result |
| ----- | ------ |

1. The first point, which
   goes on here.
2. The second.

## Hint
`
const FILE = '/somewhere/exercise/starter.ts'

/** What an expectation that fails becomes. */
const failure = (expectation: () => unknown) => {
  try {
    expectation()
  } catch (error) {
    return failureOf('a test', error as Error, README, FILE)
  }
  throw new Error('it did not fail')
}
const where = (point: string) => `look at README.md beside your file, ${point}`

describe('failureOf', () => {
  for (const [name, expectation, sides] of [
    ['equal', () => expect('a').to.equal('b'), { expected: "'b'", came: "'a'" }],
    ['deep equal', () => expect([1]).to.deep.equal([1, 2]), { expected: '[ 1, 2 ]', came: '[ 1 ]' }],
    [
      'not equal',
      () => expect(undefined).not.to.equal(undefined),
      { expected: 'anything but undefined', came: 'undefined' },
    ],
    ['include', () => expect('abc').to.contain('x'), { expected: "to include 'x'", came: "'abc'" }],
    ['a length', () => expect([]).to.have.length(2), { expected: '[] to have a length of 2', came: '+0' }],
    [
      'a property',
      () => expect({ a: 1 }).to.include({ a: 2 }),
      { expected: "{ a: 1 } to have property 'a' of 2", came: '1' },
    ],
  ] as const)
    it(`says what was expected and what came: ${name}`, () => {
      expect(failure(expectation)).to.deep.include(sides)
    })

  it('says what was looked at', () => {
    const { about, expected } = failure(() => expect(1, `the log: its lines; ${where('point 1')}`).to.equal(2))

    expect({ about, expected }).to.deep.equal({ about: 'the log: its lines', expected: '2' })
  })

  it('takes an error of the check apart', () => {
    const error = new Error(
      'expected an error for {}, but got the result 30\nLook at: README.md beside your file, point 2',
    )

    expect(failureOf('a test', error, README, FILE)).to.deep.equal({
      title: 'a test',
      expected: 'an error for {}',
      came: 'the result 30',
      read: [{ line: 8, text: '2. The second.' }],
    })
  })

  it('says which line of the reader’s file threw', () => {
    const error = new TypeError('x is not a function')
    error.stack = `TypeError: x is not a function\n    at other (/lib/other.ts:1:2)\n    at handler (file://${FILE}:12:7)`

    expect(failureOf('a test', error, README, FILE)).to.deep.include({
      expected: 'no error',
      came: 'TypeError: x is not a function (starter.ts:12)',
    })
  })

  for (const [pointer, read] of [
    [where('point 1'), [{ line: 6, text: '1. The first point, which goes on here.' }]],
    [
      where('points 1 and 2'),
      [
        { line: 6, text: '1. The first point, which goes on here.' },
        { line: 8, text: '2. The second.' },
      ],
    ],
    [where('the table'), [{ line: 3, text: 'the table' }]],
    [where('point 7'), [{ line: 1, text: '# Exercise: a title' }]],
    ['', [{ line: 1, text: '# Exercise: a title' }]],
  ] as const)
    it(`names the lines to read for "${pointer}"`, () => {
      expect(failure(() => expect(1, pointer).to.equal(2)).read).to.deep.equal(read)
    })
})
