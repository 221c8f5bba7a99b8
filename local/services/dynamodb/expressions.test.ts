import { expect } from 'chai'
import * as fc from 'fast-check'
import { holds } from './evaluate.ts'
import { ITEM, read } from './expressionFixture.ts'
import { readExpressions } from './expressions.ts'
import { project } from './paths.ts'

const meets = (text: string, names = {}, item = ITEM) => {
  const { condition } = read('ConditionExpression', text, names)
  return condition !== undefined && holds(condition.condition, item)
}

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
