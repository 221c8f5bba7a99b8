import { expect } from 'chai'
import fc from 'fast-check'
import { jsonFault, pretty } from './json.ts'

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('the fault of a text that should be JSON', () => {
  for (const [text, line, column, message] of [
    ['', 1, 1, 'Expected a value, but the text ends.'],
    ['{"a": 1,}', 1, 9, 'Expected a name in double quotes, but there is “}”.'],
    ["{'a': 1}", 1, 2, "Expected a name in double quotes, but there is “'a'”."],
    ['{"a" 1}', 1, 6, 'Expected a colon after the name, but there is “1”.'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'Expected a comma or }, but there is "b".'],
    ['[1,\n2,\n]', 3, 1, 'Expected a value, but there is “]”.'],
    ['{"a":\n\n\n  nope }', 4, 3, 'Expected a value, but there is “nope”.'],
    ['{"a": 1}}', 1, 9, 'Expected the end, but there is “}”.'],
    ['[', 1, 2, 'Expected a value, but the text ends.'],
  ] as const)
    it(`is found in ${JSON.stringify(text)}`, () => {
      expect(jsonFault(text)).to.deep.equal({ line, column, message })
    })

  it('is there exactly when JSON.parse throws', () => {
    const characters = fc.constantFrom(...'{}[]",:\\ \n\t0123.-+eEtruefalsn\u0001ü')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: characters, maxLength: 12 }), fc.json(), fc.string()), (text) => {
        expect(jsonFault(text) === undefined, text).to.equal(parses(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('is there for a damaged document', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:x'), (text, at, wrong) => {
        const damaged = text.slice(0, at % (text.length + 1)) + wrong + text.slice(at % (text.length + 1))
        expect(jsonFault(damaged) === undefined, damaged).to.equal(parses(damaged))
      }),
      { numRuns: 2000 },
    )
  })

  it('is said before the stack is used up', () => {
    expect(jsonFault('['.repeat(100_000))?.message).to.equal('There are more than 500 levels.')
  })

  it('leaves what cannot be laid out as it is', () => {
    expect(pretty('{"a":[1]}')).to.equal('{\n  "a": [\n    1\n  ]\n}')
    expect(pretty('{')).to.equal('{')
  })
})
