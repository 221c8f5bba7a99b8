import { expect } from 'chai'
import fc from 'fast-check'
import { matches, pattern } from './patterns.ts'

/** What a pattern means, said as simply as can be. */
const naive = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === ''
  const [head, rest] = [pattern[0], pattern.slice(1)]
  if (head === '*') return naive(rest, text) || (text !== '' && naive(pattern, text.slice(1)))
  return text !== '' && (head === '?' || head === text[0]) && naive(rest, text.slice(1))
}

describe('patterns', () => {
  for (const [wanted, text, expected] of [
    ['*', '', true],
    ['*', 'anything:at/all', true],
    ['', '', true],
    ['', 'a', false],
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['abc', 'ab', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a?c', 'a?c', true],
    ['?', '', false],
    ['s3:get*', 's3:getobject', true],
    ['s3:get*', 's3:get', true],
    ['s3:*object', 's3:putobject', true],
    ['s3:*object*', 's3:putobjectacl', true],
    ['a*b*c', 'aXbXc', true],
    ['a*b*c', 'aXcXb', false],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['a**b', 'ab', true],
    ['*?', '', false],
    ['*?', 'x', true],
    ['?*?', 'x', false],
    ['a.c', 'abc', false],
    ['a[b]c', 'abc', false],
    ['a\\*', 'a\\x', true],
    ['ä*', 'äö', true],
  ] as const)
    it(`${JSON.stringify(wanted)} ${expected ? 'fits' : 'does not fit'} ${JSON.stringify(text)}`, () => {
      expect(matches(pattern(wanted), text)).to.equal(expected)
    })

  it('agree with a naive model', () => {
    const alphabet = fc.constantFrom('a', 'b', '*', '?')
    const wanted = fc.array(alphabet, { maxLength: 8 }).map((parts) => parts.join(''))
    const text = fc.array(fc.constantFrom('a', 'b', '?', '*'), { maxLength: 9 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(wanted, text, (one, other) => {
        expect(matches(pattern(one), other)).to.equal(naive(one, other))
      }),
      { numRuns: 2000 },
    )
  })

  // Tried one way after the other they would take longer than anybody can wait.
  for (const [name, wanted, text] of [
    ['many stars', `${'a*'.repeat(1000)}b`, 'a'.repeat(2000)],
    ['stars and question marks', `${'*?'.repeat(500)}x`, 'y'.repeat(2000)],
    ['one long piece', `*${'a'.repeat(1000)}b*`, 'a'.repeat(2000)],
    ['one long piece with a question mark', `*${'a'.repeat(500)}?${'a'.repeat(500)}b*`, 'a'.repeat(2000)],
  ] as const)
    it(`come to an end with ${name}`, () => {
      expect(matches(pattern(wanted), text)).to.equal(false)
    })
})
