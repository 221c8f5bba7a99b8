import { expect } from 'chai'
import { applyUpdates } from './applyUpdate.ts'
import { ITEM, read } from './expressionFixture.ts'
import type { Item } from './types.ts'

const update = (text: string, item = ITEM) => applyUpdates(read('UpdateExpression', text).update?.updates ?? [], item)

describe('update expressions', () => {
  const NONE: Item = {}
  for (const [text, before, after] of [
    ['SET a = :n', NONE, { a: { N: '1' } }],
    ['SET n = n + :n', ITEM, { ...ITEM, n: { N: '11' } }],
    ['SET n = (n - :n)', ITEM, { ...ITEM, n: { N: '9' } }],
    ['SET n = if_not_exists(n, :n) + :n', NONE, { n: { N: '2' } }],
    ['SET a = b, b = a', { a: { N: '1' }, b: { N: '2' } }, { a: { N: '2' }, b: { N: '1' } }],
    ['SET l = list_append(:l, l)', { l: { L: [{ S: 'y' }] } }, { l: { L: [{ S: 'x' }, { S: 'y' }] } }],
    ['SET l = list_append(if_not_exists(l, :l), :l)', NONE, { l: { L: [{ S: 'x' }, { S: 'x' }] } }],
    ['SET l[1] = :n, l[9] = :s', { l: { L: [{ S: 'a' }] } }, { l: { L: [{ S: 'a' }, { N: '1' }, { S: 'abc' }] } }],
    ['SET m.a.b = :n', { m: { M: { a: { M: {} } } } }, { m: { M: { a: { M: { b: { N: '1' } } } } } }],
    // Developer guide, "Update expressions", REMOVE: indexes are those from before the update.
    [
      'REMOVE l[1], l[2]',
      { l: { L: ['a', 'b', 'c', 'd'].map((S) => ({ S })) } },
      { l: { L: [{ S: 'a' }, { S: 'd' }] } },
    ],
    ['REMOVE a, gone, m.gone', { a: { N: '1' }, m: { M: {} } }, { m: { M: {} } }],
    ['SET l[2] = :n REMOVE l[0]', { l: { L: [{ S: 'a' }, { S: 'b' }] } }, { l: { L: [{ S: 'b' }, { N: '1' }] } }],
    ['ADD n :n, k :n, tags :set', { n: { N: '1' } }, { n: { N: '2' }, k: { N: '1' }, tags: { SS: ['a', 'b'] } }],
    ['ADD tags :set', { tags: { SS: ['a', 'z'] } }, { tags: { SS: ['a', 'b', 'z'] } }],
    ['DELETE tags :set', { tags: { SS: ['a', 'c'] } }, { tags: { SS: ['c'] } }],
    ['DELETE tags :set, gone :set', { tags: { SS: ['a', 'b'] } }, {}],
    ['set a = :n remove b', { b: { N: '1' } }, { a: { N: '1' } }],
  ] satisfies [string, Item, Item][])
    it(text, () => expect({ ...update(text, before) }).to.deep.equal(after))

  it('leaves the item before it as it was, and what was copied apart', () => {
    const before: Item = { m: { M: { kept: { L: [{ N: '1' }] } } } }
    const copy = structuredClone(before)

    const after = update('SET k = m, m.kept[0] = :s', before)

    expect(before).to.deep.equal(copy)
    expect({ ...after }).to.deep.equal({ k: copy.m, m: { M: { kept: { L: [{ S: 'abc' }] } } } })
  })

  for (const [text, message] of [
    ['', 'The expression can not be empty;'],
    ['INVALID SYNTAX HERE', 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'],
    ['ADD hits : incr', 'Syntax error; token: ":", near: "hits : incr"'],
    ['SET a = ', 'Syntax error; token: "<EOF>", near: "="'],
    ['SET a = :n,', 'Syntax error; token: "<EOF>", near: ","'],
    ['SET a = :n + :n + :n', 'Syntax error; token: "+", near: ":n + :n"'],
    ['SET :n = a', 'Syntax error; token: ":n", near: "SET :n ="'],
    ['ADD a b', 'Syntax error; token: "b", near: "a b"'],
    ['SET a = :n SET b = :n', 'The "SET" section can only be used once in an update expression;'],
    ['SET a = foo(:n)', 'Invalid function name; function: foo'],
    [
      'SET a = :n, a = :s',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]',
    ],
    [
      'SET a.b = :n REMOVE a',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]',
    ],
    [
      'SET a[0] = :n, a.b = :n',
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [0]], path two: [a, b]',
    ],
    ['ADD a :s', 'Incorrect operand type for operator or function; operator: ADD, operand type: STRING'],
    ['DELETE a :n', 'Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER'],
    [
      'SET a = list_append(a, :s)',
      'Incorrect operand type for operator or function; operator or function: list_append, operand type: S',
    ],
    ['SET a = :s + :n', 'Incorrect operand type for operator or function; operator or function: +, operand type: S'],
    [
      'SET a = if_not_exists(:n, :n)',
      'Operator or function requires a document path; operator or function: if_not_exists',
    ],
    ['SET name = :n', 'Attribute name is a reserved keyword; reserved keyword: name'],
  ] as const)
    it(`refuses: ${text}`, () =>
      expect(() => read('UpdateExpression', text)).to.throw(`Invalid UpdateExpression: ${message}`))

  for (const [text, message] of [
    ['SET a = gone', 'The provided expression refers to an attribute that does not exist in the item'],
    ['SET a = s + :n', 'An operand in the update expression has an incorrect data type'],
    ['SET a = list_append(s, :l)', 'An operand in the update expression has an incorrect data type'],
    ['ADD s :n', 'An operand in the update expression has an incorrect data type'],
    ['SET gone.b = :n', 'The document path provided in the update expression is invalid for update'],
    ['SET s.b = :n', 'The document path provided in the update expression is invalid for update'],
    ['SET m[0] = :n', 'The document path provided in the update expression is invalid for update'],
    ['REMOVE gone.b', 'The document path provided in the update expression is invalid for update'],
  ] as const)
    it(`refuses for the item that is there: ${text}`, () => expect(() => update(text)).to.throw(message))

  it('takes a list index far behind the end without making room for it', () => {
    const start = performance.now()

    const { l } = update('SET l[2147483647] = :n', { l: { L: [] } })

    expect(l).to.deep.equal({ L: [{ N: '1' }] })
    expect(performance.now() - start).to.be.lessThan(500)
  })
})
