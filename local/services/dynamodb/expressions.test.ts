import { expect } from 'chai'
import * as fc from 'fast-check'
import { applyUpdates } from './applyUpdate.ts'
import { holds } from './evaluate.ts'
import { readExpressions } from './expressions.ts'
import { project } from './paths.ts'
import type { Item } from './types.ts'

const VALUES: Item = {
  ':s': { S: 'abc' },
  ':n': { N: '1' },
  ':b': { B: Buffer.from([1, 2, 3]).toString('base64') },
  ':t': { BOOL: true },
  ':l': { L: [{ S: 'x' }] },
  ':set': { SS: ['a', 'b'] },
  ':type': { S: 'SS' },
  ':null': { NULL: true },
}
const ITEM: Item = {
  s: { S: 'abcdef' },
  same: { S: 'abc' },
  n: { N: '10' },
  b: { B: Buffer.from([1, 2, 3, 4]).toString('base64') },
  t: { BOOL: true },
  nothing: { NULL: true },
  blank: { S: '' },
  l: { L: [{ S: 'x' }, { M: { y: { N: '1' } } }, { SS: ['a', 'b'] }] },
  m: { M: { n: { N: '1' }, deep: { M: { l: { L: [{ N: '5' }] } } } } },
  tags: { SS: ['a', 'b', 'c'] },
  '#odd name.with[signs]': { S: 'found' },
}

/** Only the placeholders that a text uses: others would be refused as unused. */
const used = <T>(all: Record<string, T>, ...texts: string[]) => {
  const some = Object.entries(all).filter(([key]) => new RegExp(`${key}\\b`).test(texts.join(' ')))
  return some.length ? Object.fromEntries(some) : undefined
}
const read = (name: 'ConditionExpression' | 'UpdateExpression' | 'ProjectionExpression', text: string, names = {}) =>
  readExpressions(
    {
      [name]: text,
      ExpressionAttributeValues: used(structuredClone(VALUES), text),
      ExpressionAttributeNames: used(names, text),
    },
    [name],
    [],
  )
const meets = (text: string, names = {}, item = ITEM) => {
  const { condition } = read('ConditionExpression', text, names)
  return condition !== undefined && holds(condition.condition, item)
}
const update = (text: string, item = ITEM) => applyUpdates(read('UpdateExpression', text).update?.updates ?? [], item)

describe('condition expressions', () => {
  for (const text of [
    's <> :s',
    'same = :s',
    'n > :n AND NOT n < :n',
    'n BETWEEN :n AND n',
    'same IN (:n, :s)',
    'begins_with(s, :s)',
    'begins_with(b, :b)',
    'contains(s, :s)',
    'contains(tags, l[2]) OR contains(l, :set)',
    'attribute_type(tags, :type)',
    'attribute_exists(m.deep.l[0]) and attribute_not_exists(m.deep.l[1])',
    'size(s) > :n',
    'size(blank) < :n',
    'size(tags) > size(l[2])',
    'NOT size(n) = :n',
    'absent <> :s',
    'NOT absent = :s',
    'NOT absent = gone',
    'NOT absent < :n',
    'NOT s < :n',
    't = :t and nothing = :null',
    'l[1].y = m.n',
    'tags <> :set and :set = l[2]',
    '(same = :s)',
    '(same) = (:s)',
    'same = :s OR absent = :s AND absent = :n',
    'not (same <> :s or absent = :s)',
    'NOT NOT same = :s',
    '  same\n=\t:s ',
  ])
    it(`holds: ${text}`, () => expect(meets(text)).to.equal(true))

  it('names attributes by placeholders, whatever their names are', () => {
    expect(meets('#a = :s', { '#a': 'same' })).to.equal(true)
    expect(meets('attribute_exists(#a)', { '#a': '#odd name.with[signs]' })).to.equal(true)
    expect(meets('attribute_exists(#a)', { '#a': '__proto__' })).to.equal(false)
    expect(meets('attribute_exists(#a)', { '#a': 'constructor' })).to.equal(false)
  })

  it('compares strings by their bytes, not by their UTF-16', () => {
    const [high, private_] = ['\u{10000}', '\uffff']

    const { condition } = readExpressions(
      { ConditionExpression: 'a > :p', ExpressionAttributeValues: { ':p': { S: private_ } } },
      ['ConditionExpression'],
      [],
    )

    expect(condition && holds(condition.condition, { a: { S: high } })).to.equal(true)
  })

  for (const [text, message] of [
    ['', 'The expression can not be empty;'],
    ['same', 'Syntax error; token: "<EOF>", near: "same"'],
    ['same = ', 'Syntax error; token: "<EOF>", near: "="'],
    ['same = :s :s', 'Syntax error; token: ":s", near: ":s :s"'],
    ['same = :s AND', 'Syntax error; token: "<EOF>", near: "AND"'],
    ['attribute_exists(', 'Syntax error; token: "<EOF>", near: "("'],
    ['attribute_type()', 'Syntax error; token: ")", near: "()"'],
    ['same == :s', 'Syntax error; token: "=", near: "== :s"'],
    ['same in :s', 'Syntax error; token: ":s", near: "in :s"'],
    ['l[a] = :s', 'Syntax error; token: "a", near: "[a]"'],
    ['a-b = :s', 'Syntax error; token: "-", near: "a-b"'],
    ['m.0 = :s', 'Syntax error; token: "0", near: ".0 ="'],
    ['same AND same = :s', 'Syntax error; token: "AND", near: "same AND same"'],
    ['((same = :s))', 'The expression has redundant parentheses;'],
    ['((same)) = :s', 'The expression has redundant parentheses;'],
    ['name = :s', 'Attribute name is a reserved keyword; reserved keyword: name'],
    ['#a = :s', 'An expression attribute name used in the document path is not defined; attribute name: #a'],
    ['same = :zz', 'An expression attribute value used in expression is not defined; attribute value: :zz'],
    ['foo(same)', 'Invalid function name; function: foo'],
    ['size(same)', 'The function is not allowed to be used this way in an expression; function: size'],
    ['contains(s, :s) = :t', 'The function is not allowed to be used this way in an expression; function: contains'],
    [
      'attribute_exists(s, :s)',
      'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    ],
    ['attribute_exists(:s)', 'Operator or function requires a document path; operator or function: attribute_exists'],
    [
      'begins_with(s, :n)',
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    ['n < :t', 'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL'],
    [
      'attribute_type(s, :s)',
      'Invalid attribute type name found; type: abc, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    ],
    [
      'contains(s, s)',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [s]',
    ],
    [
      'n BETWEEN :n AND :s',
      'The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:abc}',
    ],
    ['l[99999999999] = :s', 'List index is not within the allowable range; index: [99999999999]'],
  ] as const)
    it(`refuses: ${text}`, () =>
      expect(() => read('ConditionExpression', text)).to.throw(`Invalid ConditionExpression: ${message}`))

  it('has an end: 4 KB, 300 operators, 100 operands of IN, and takes time linear in its length', () => {
    const deep = `${'(not '.repeat(800)}same = :s${')'.repeat(800)}`
    const nested = Array.from({ length: 60 }).reduce<string>((inner) => `(${inner} and n = :n)`, 'same = :s')
    const start = performance.now()

    expect(() => read('ConditionExpression', 'a'.repeat(4097))).to.throw(
      'Expression size has exceeded the maximum allowed size; expression size: 4097',
    )
    expect(() => read('ConditionExpression', Array(400).fill('a=:s').join(' or '))).to.throw('too many operators')
    expect(() => read('ConditionExpression', `same in (${Array(101).fill(':s').join(',')})`)).to.throw(
      'The IN operator is provided with too many operands; number of operands: 101',
    )
    expect(() => read('ConditionExpression', deep.slice(0, 4096))).to.throw()
    expect(() => read('ConditionExpression', '('.repeat(4096))).to.throw()
    read('ConditionExpression', nested)
    expect(performance.now() - start).to.be.lessThan(2000)
  })

  it('answers any text with a condition or with a refusal', () => {
    const word = fc.constantFrom(
      '(',
      ')',
      'a',
      '#a',
      ':s',
      ':n',
      '=',
      '<',
      'and',
      'or',
      'not',
      'in',
      'between',
      'size',
      ',',
      '.',
      '[',
      '0',
      ']',
      '\u{1f600}',
      '"',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        try {
          meets(words.join(' '), { '#a': 'a' })
        } catch (error) {
          expect((error as { code?: string }).code).to.equal('ValidationException')
        }
      }),
      { numRuns: 2000 },
    )
  })
})

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

describe('projection expressions', () => {
  const shown = (text: string, names = {}) =>
    JSON.parse(JSON.stringify(project(read('ProjectionExpression', text, names).projection ?? [], ITEM)))

  it('show what an item has at their paths, elements of lists together in their order', () => {
    expect(shown('same, absent, m.deep.l[0], m.n')).to.deep.equal({ same: ITEM.same, m: ITEM.m })
    expect(shown('l[1].y, l[0]')).to.deep.equal({ l: { L: [{ S: 'x' }, { M: { y: { N: '1' } } }] } })
    expect(shown('#a', { '#a': '#odd name.with[signs]' })).to.deep.equal({ '#odd name.with[signs]': { S: 'found' } })
    expect(shown('same.b, m[0], #a', { '#a': 'toString' })).to.deep.equal({})
  })

  for (const [text, message] of [
    ['', 'The expression can not be empty;'],
    ['a,', 'Syntax error; token: "<EOF>", near: ","'],
    ['a b', 'Syntax error; token: "b", near: "a b"'],
    [
      'a, a',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]',
    ],
    ['#z', 'An expression attribute name used in the document path is not defined; attribute name: #z'],
  ] as const)
    it(`refuses: ${text}`, () =>
      expect(() => read('ProjectionExpression', text)).to.throw(`Invalid ProjectionExpression: ${message}`))
})

describe('placeholders', () => {
  const ask = (request: object, older: string[] = []) => readExpressions(request, ['ConditionExpression'], older)

  it('must all be used, and stand beside an expression', () => {
    const text = 'attribute_exists(a)'

    expect(() => ask({ ConditionExpression: text, ExpressionAttributeNames: { '#b': 'b' } })).to.throw(
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}',
    )
    expect(() => ask({ ConditionExpression: text, ExpressionAttributeValues: { ':b': { S: 'b' } } })).to.throw(
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}',
    )
    expect(() => ask({ ExpressionAttributeNames: { '#b': 'b' } })).to.throw(
      'ExpressionAttributeNames can only be specified when using expressions',
    )
    expect(() => ask({ ExpressionAttributeValues: { ':b': { S: 'b' } } })).to.throw(
      'ExpressionAttributeValues can only be specified when using expressions',
    )
    expect(() => ask({ ConditionExpression: text, Expected: {} }, ['Expected'])).to.throw(
      'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
    )
  })

  it('are named by a sign and letters', () => {
    const refusal = (request: object) => () => ask({ ConditionExpression: 'attribute_exists(a)', ...request })

    expect(refusal({ ExpressionAttributeNames: {} })).to.throw('ExpressionAttributeNames must not be empty')
    expect(refusal({ ExpressionAttributeNames: { b: 'b' } })).to.throw(
      'ExpressionAttributeNames contains invalid key: Syntax error; key: "b"',
    )
    expect(refusal({ ExpressionAttributeValues: { '#b': { S: '' } } })).to.throw(
      'ExpressionAttributeValues contains invalid key: Syntax error; key: "#b"',
    )
  })
})
