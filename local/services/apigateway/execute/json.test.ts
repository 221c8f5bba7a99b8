import { expect } from 'chai'
import fc from 'fast-check'
import { isDecimal, type Json, parseJson, printJson } from './json.ts'
import { readPath } from './jsonPath.ts'
import { TemplateError } from './vtl/nodes.ts'

describe('JSON of bodies', () => {
  it('reads and writes what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(printJson(parseJson(text)))).to.deep.equal(JSON.parse(text))
      }),
    )
  })

  it('refuses what JSON.parse refuses, and nothing else', () => {
    const part = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '1',
      '-',
      '.5',
      '1e',
      'true',
      'nul',
      ' ',
      '\n',
      '\\u00',
      '00',
      '\t',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join('')
        const read = (run: (text: string) => unknown) => {
          try {
            run(text)
            return 'read'
          } catch (error) {
            return (error as Error).name
          }
        }
        expect(read(parseJson), text).to.equal(read(JSON.parse))
      }),
      { numRuns: 3000 },
    )
  })

  it('keeps numbers and keys as they were sent', () => {
    const text = '{"b":1.0,"10":-0.50,"2":123456789012345678901234567890,"__proto__":{"a":1e5},"constructor":null}'
    const read = parseJson(text)

    expect(printJson(read)).to.equal(text)
    expect(read instanceof Map && isDecimal(read.get('b'))).to.equal(true)
  })

  it('refuses too many levels and digits at once', () => {
    expect(() => parseJson('['.repeat(1_000_000))).to.throw(SyntaxError)
    expect(() => parseJson('{"a":'.repeat(200_000))).to.throw(SyntaxError)
    expect(() => parseJson('1'.repeat(1_000_000))).to.throw(SyntaxError)
  })
})

describe('JSONPath', () => {
  const store = parseJson('{"book":[{"t":"A","p":1},{"t":"B","p":2,"a b":{"c.d":3}},{"t":"C"}],"n":null,"x":{"t":"D"}}')
  const at = (path: string) => {
    const found = readPath(store, path)
    return found === undefined ? undefined : printJson(found as Json)
  }

  for (const [path, wanted] of [
    ['$.book[0].t', '"A"'],
    ["$['book'][1]['a b']['c.d']", '3'],
    ['$.book[-1].t', '"C"'],
    ['$.book[*].t', '["A","B","C"]'],
    ['$.book[0,2].t', '["A","C"]'],
    ['$.book[1:].t', '["B","C"]'],
    ['$.book[:1].t', '["A"]'],
    ['$..t', '["A","B","C","D"]'],
    ['$.x.*', '["D"]'],
    ["$.book[0]['t','p']", '{"t":"A","p":1}'],
    ['book[0].t', '"A"'],
    ['$.n', 'null'],
    ['$.book[?(@.p)].t', '["A","B"]'],
    ["$.book[?(@.t == 'B' || @.p < 2)].t", '["A","B"]'],
    ["$.book[?(@.p >= 1 && @.t != 'A')].t", '["B"]'],
    ['$.book[?(@.p > 5)]', '[]'],
    ['$.none', undefined],
    ['$.book[9]', undefined],
    ['$.book.t', undefined],
    ['$.constructor', undefined],
    ['$.book.length', undefined],
  ] as const)
    it(path, () => {
      expect(at(path)).to.equal(wanted)
    })

  it('refuses what it does not know, and what finds too much', () => {
    for (const path of ['$.book[?(p)]', '$.book[?(@.p = 1)]', '$.', '$[', '$.a b', '$.book[(@.length-1)]'])
      expect(() => at(path), path).to.throw(TemplateError)
    const deep = parseJson('['.repeat(100) + ']'.repeat(100))
    expect(() => readPath(deep, `$${'..*'.repeat(30)}`)).to.throw(TemplateError)
  })
})
