import { expect } from 'chai'
import { Mistake } from '../../local/base/errors.ts'
import { pick } from './pick.ts'

const answer = {
  items: [
    { name: 'Bookstore', id: 'a1' },
    { name: 'My Utilities', id: 'b2', tags: { n: 5 } },
  ],
  none: null,
}

describe('pick', () => {
  for (const [path, value] of [
    ['items[0].id', 'a1'],
    ['items[name=My Utilities].id', 'b2'],
    ['items[1].tags.n', '5'],
    ['items[1].tags', '{"n":5}'],
  ] as const)
    it(`finds ${path}`, () => {
      expect(pick(answer, path)).to.equal(value)
    })

  for (const [path, message] of [
    ['items[2].id', 'The answer has no items[2].id.'],
    ['items[name=x].id', 'The answer has no items[name=x].id.'],
    ['none', 'The answer has no none.'],
    ['constructor', 'The answer has no constructor.'],
    ['none[0]', 'The answer has no none[0].'],
    ['items[', '"items[" is no path, from "[" on: items[0].id'],
    ['items[].id', '"items[].id" is no path, from "[].id" on: items[0].id'],
  ] as const)
    it(`says what is wrong with ${path}`, () => {
      expect(() => pick(answer, path)).to.throw(Mistake, message)
    })
})
