import { expect } from 'chai'
import { matches } from './eventMatching.ts'
import { readPattern } from './eventPatterns.ts'

const event = {
  source: 'shop',
  'detail-type': 'sold',
  resources: ['arn:a', 'arn:b'],
  detail: {
    price: 12.5,
    name: 'Hat.JPG',
    path: 'a/b/c.txt',
    none: null,
    empty: '',
    yes: true,
    address: '10.0.0.7',
    items: [
      { id: 1, color: 'red' },
      { id: 2, color: 'blue' },
    ],
    list: [],
  },
}
const fits = (pattern: unknown) => matches(readPattern(JSON.stringify(pattern)), event)

describe('event patterns', () => {
  // EventBridge user guide, "Comparison operators for use in event patterns".
  for (const [pattern, fitting] of [
    [{ source: ['shop'] }, true],
    [{ source: ['Shop'] }, false],
    [{ source: ['other', 'shop'], 'detail-type': ['sold'] }, true],
    [{ source: ['shop'], 'detail-type': ['bought'] }, false],
    [{ resources: ['arn:b'] }, true],
    [{ detail: { price: [12.5] } }, true],
    [{ detail: { price: ['12.5'] } }, false],
    [{ detail: { none: [null] } }, true],
    [{ detail: { missing: [null] } }, false],
    [{ detail: { empty: [''] } }, true],
    [{ detail: { yes: [true] } }, true],
    [{ detail: { name: [{ prefix: 'Hat' }] } }, true],
    [{ detail: { name: [{ prefix: 'hat' }] } }, false],
    [{ detail: { name: [{ prefix: { 'equals-ignore-case': 'hAT' } }] } }, true],
    [{ detail: { name: [{ suffix: '.JPG' }] } }, true],
    [{ detail: { name: [{ suffix: { 'equals-ignore-case': '.jpg' } }] } }, true],
    [{ detail: { name: [{ 'equals-ignore-case': 'hat.jpg' }] } }, true],
    [{ detail: { name: [{ 'anything-but': 'Hat.JPG' }] } }, false],
    [{ detail: { name: [{ 'anything-but': ['a', 'b'] }] } }, true],
    [{ detail: { missing: [{ 'anything-but': 'a' }] } }, false],
    [{ detail: { name: [{ 'anything-but': { prefix: 'Hat' } }] } }, false],
    [{ detail: { name: [{ 'anything-but': { suffix: ['.png', '.gif'] } }] } }, true],
    [{ detail: { name: [{ 'anything-but': { 'equals-ignore-case': 'HAT.jpg' } }] } }, false],
    [{ detail: { path: [{ 'anything-but': { wildcard: 'a/*.txt' } }] } }, false],
    [{ detail: { price: [{ numeric: ['>', 10, '<=', 12.5] }] } }, true],
    [{ detail: { price: [{ numeric: ['=', 12] }] } }, false],
    [{ detail: { name: [{ numeric: ['>', 0] }] } }, false],
    [{ detail: { price: [{ exists: true }], missing: [{ exists: false }] } }, true],
    [{ detail: { price: [{ exists: false }] } }, false],
    [{ detail: { list: [{ exists: true }] } }, false],
    [{ missing: { deep: [{ exists: false }] } }, true],
    [{ detail: { path: [{ wildcard: 'a/*/c.*' }] } }, true],
    [{ detail: { path: [{ wildcard: 'a/*/d.*' }] } }, false],
    [{ detail: { path: [{ wildcard: 'a/b' }] } }, false],
    [{ detail: { address: [{ cidr: '10.0.0.0/24' }] } }, true],
    [{ detail: { address: [{ cidr: '10.0.1.0/24' }] } }, false],
    [{ detail: { name: [{ cidr: '::/0' }] } }, false],
    [{ $or: [{ source: ['x'] }, { detail: { price: [12.5] } }] }, true],
    [{ detail: { $or: [{ price: [1] }, { name: ['x'] }] } }, false],
    [{ detail: { items: { id: [1], color: ['red'] } } }, true],
    [{ detail: { items: { id: [1], color: ['blue'] } } }, false],
  ] as const)
    it(`${fitting ? 'fits' : 'does not fit'} ${JSON.stringify(pattern)}`, () => {
      expect(fits(pattern)).to.equal(fitting)
    })

  for (const [text, reason] of [
    ['[]', 'Filter is not an object'],
    ['{}', 'Empty objects are not allowed'],
    ['{"a":[]}', 'Empty arrays are not allowed'],
    ['{"a":"b"}', '"a" must be an object or an array'],
    ['{"a":[["b"]]}', 'Match value must be String, number, true, false, or null'],
    ['{"a":[{"like":"b"}]}', 'Unrecognized match type like'],
    ['{"a":[{"prefix":"b","suffix":"c"}]}', 'Only one key allowed in match expression'],
    ['{"a":[{"prefix":1}]}', 'prefix match pattern must be a string'],
    ['{"a":[{"exists":"yes"}]}', 'exists match pattern must be either true or false.'],
    ['{"a":[{"numeric":["!",1]}]}', 'Unrecognized numeric range operator: !'],
    ['{"a":[{"numeric":[">",5,"<",5]}]}', 'Bottom must be less than top'],
    ['{"a":[{"wildcard":"a**"}]}', 'Consecutive wildcard characters at pos 1'],
    ['{"a":[{"cidr":"10.0.0.0"}]}', "Malformed CIDR, one '/' required"],
  ] as const)
    it(`refuses ${text}`, () => {
      expect(() => readPattern(text))
        .to.throw(`Event pattern is not valid. Reason: ${reason}`)
        .with.property('code', 'InvalidEventPatternException')
    })
})
