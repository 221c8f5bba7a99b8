import { expect } from 'chai'
import { holds } from './fixture.ts'
import type { ConditionKeys, Statement } from './types.ts'

type Wanted = string | number | boolean | (string | number | boolean)[]
type Row = [wanted: Wanted, given: string | string[] | undefined, expected: boolean]

const KEY = 'aws:SomeKey'

/** A table of one operator: value of the policy, value of the request, whether the condition holds. */
const table = (operator: string, rows: Row[]) => {
  describe(operator, () => {
    for (const [wanted, given, expected] of rows)
      it(`${JSON.stringify(wanted)} ${expected ? 'holds' : 'fails'} for ${JSON.stringify(given) ?? 'no value'}`, () => {
        expect(holds({ [operator]: { [KEY]: wanted } }, { [KEY]: given })).to.equal(expected)
      })
  })
}

/** IAM user guide, "IAM JSON policy elements: Condition operators". */
describe('condition operators', () => {
  table('StringEquals', [
    ['a', 'a', true],
    ['a', 'A', false],
    ['a*', 'abc', false],
    ['a*', 'a*', true],
    [['a', 'b'], 'b', true],
    [['a', 'b'], 'c', false],
    ['', '', true],
    ['a', undefined, false],
    [10, '10', true],
    [true, 'true', true],
  ])
  table('StringNotEquals', [
    ['a', 'b', true],
    ['a', 'a', false],
    [['a', 'b'], 'b', false],
    [['a', 'b'], 'c', true],
    ['a', undefined, true],
  ])
  table('StringEqualsIgnoreCase', [
    ['MiXed', 'mIxED', true],
    ['a', 'b', false],
    ['a', undefined, false],
  ])
  table('StringNotEqualsIgnoreCase', [
    ['MiXed', 'mIxED', false],
    ['a', 'b', true],
    ['a', undefined, true],
  ])
  table('StringLike', [
    ['priv/*', 'priv/a/b.txt', true],
    ['priv/*', 'private', false],
    ['priv/*', 'Priv/a', false],
    ['a?c', 'abc', true],
    ['a?c', 'abbc', false],
    [['x/*', 'y/*'], 'y/1', true],
    ['', '', true],
    ['*', '', true],
    ['*', undefined, false],
  ])
  table('StringNotLike', [
    ['priv/*', 'priv/a', false],
    ['priv/*', 'pub/a', true],
    ['priv/*', undefined, true],
  ])
  table('NumericEquals', [
    ['10', '10', true],
    [10, '10.0', true],
    ['10', '1e1', true],
    ['10', '11', false],
    ['10', 'ten', false],
    ['ten', 'ten', false],
    ['0', '', false],
    ['10', undefined, false],
  ])
  table('NumericNotEquals', [
    ['10', '11', true],
    ['10', '10', false],
    ['10', undefined, true],
  ])
  table('NumericLessThan', [
    ['10', '9.99', true],
    ['10', '10', false],
    ['10', '-1', true],
    ['10', 'x', false],
    ['10', undefined, false],
  ])
  table('NumericLessThanEquals', [
    ['10', '10', true],
    ['10', '10.01', false],
  ])
  table('NumericGreaterThan', [
    ['10', '10', false],
    ['10', '100', true],
    ['9', '10', true],
  ])
  table('NumericGreaterThanEquals', [
    ['10', '10', true],
    ['10', '9', false],
  ])
  table('DateEquals', [
    ['2020-01-01T00:00:01Z', '2020-01-01T00:00:01Z', true],
    ['2020-01-01T01:00:00+01:00', '2020-01-01T00:00:00Z', true],
    ['2020-01-01', '2020-01-01T00:00:00.000Z', true],
    ['1577836800', '2020-01-01T00:00:00Z', true],
    [1577836800, '1577836800', true],
    ['2020-01-01', 'yesterday', false],
    ['2020-01-01', undefined, false],
  ])
  table('DateNotEquals', [
    ['2020-01-01', '2020-01-02', true],
    ['2020-01-01', '2020-01-01', false],
    ['2020-01-01', undefined, true],
  ])
  table('DateLessThan', [
    ['2016-02-01T00:00:00Z', '2016-01-31T23:59:59.999Z', true],
    ['2016-02-01T00:00:00Z', '2016-02-01T00:00:00Z', false],
    ['2016-02-01T00:00:00Z', undefined, false],
  ])
  table('DateLessThanEquals', [
    ['2016-02-01T00:00:00Z', '2016-02-01T00:00:00Z', true],
    ['2016-02-01T00:00:00Z', '2016-02-01T00:00:00.001Z', false],
  ])
  table('DateGreaterThan', [
    ['2016-01-01T00:00Z', '2016-01-01T00:00:00Z', false],
    ['2016-01-01T00:00Z', '2016-01-01T00:00:01Z', true],
  ])
  table('DateGreaterThanEquals', [
    ['2016-01-01T00:00:00Z', '2016-01-01T00:00:00Z', true],
    ['2016-01', '2015-12-31T23:59:59Z', false],
  ])
  table('Bool', [
    ['true', 'true', true],
    [true, 'true', true],
    ['True', 'true', true],
    [false, 'false', true],
    ['true', 'false', false],
    ['true', undefined, false],
    ['false', undefined, false],
  ])
  table('BinaryEquals', [
    ['QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', true],
    ['QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWVJbkJhc2U2NA', true],
    ['QmluYXJ5', 'QmluYXJZ', false],
    ['QmluYXJ5', undefined, false],
  ])
  table('IpAddress', [
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.77/24', '203.0.113.1', true],
    ['203.0.113.5', '203.0.113.5', true],
    ['203.0.113.5', '203.0.113.6', false],
    ['0.0.0.0/0', '1.2.3.4', true],
    ['2001:DB8:1234:5678::/64', '2001:db8:1234:5678::1', true],
    ['2001:DB8:1234:5678::/64', '2001:db8:1234:5679::1', false],
    ['2001:db8::1', '2001:db8:0:0::1', true],
    ['::/0', '1.2.3.4', false],
    ['0.0.0.0/0', '::1', false],
    [['203.0.113.0/24', '2001:DB8:1234:5678::/64'], '2001:db8:1234:5678::1', true],
    ['203.0.113.0/24', '::ffff:203.0.113.9', true],
    ['203.0.113.0/33', '203.0.113.0', false],
    ['203.0.113.0/x', '203.0.113.0', false],
    ['203.0.113', '203.0.113.0', false],
    ['203.0.113.0/24', 'not an address', false],
    ['203.0.113.0/24', undefined, false],
  ])
  table('NotIpAddress', [
    ['192.168.0.0/16', '192.168.1.1', false],
    ['192.168.0.0/16', '10.0.0.1', true],
    ['192.168.0.0/16', undefined, true],
  ])
  const ARN_ROWS: Row[] = [
    ['arn:aws:sns:us-east-1:123456789012:topic', 'arn:aws:sns:us-east-1:123456789012:topic', true],
    ['arn:aws:sns:*:123456789012:topic', 'arn:aws:sns:eu-west-1:123456789012:topic', true],
    ['arn:aws:sns:us-east-?:*:t*', 'arn:aws:sns:us-east-2:123456789012:topic', true],
    ['arn:aws:sns:us-east-1:123456789012:Topic', 'arn:aws:sns:us-east-1:123456789012:topic', false],
    // The example of the user guide: each star stays between its colons.
    [
      'arn:aws:someservice:*:111122223333:finance/*',
      'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
      false,
    ],
    ['arn:aws:lambda:*:*:function:*', 'arn:aws:lambda:us-east-1:123456789012:function:f:1', true],
    ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket', true],
    ['arn:aws:s3:::bucket*', 'arn:aws:s3:::bucket/a:b', true],
    ['*', 'arn:aws:s3:::bucket', false],
    ['arn:aws:s3:::bucket', 'bucket', false],
    ['arn:aws:s3:::bucket', undefined, false],
  ]
  table('ArnEquals', ARN_ROWS)
  table('ArnLike', ARN_ROWS)
  const negated = ARN_ROWS.map(([wanted, given, expected]): Row => [wanted, given, !expected])
  table('ArnNotEquals', negated)
  table('ArnNotLike', negated)
  table('Null', [
    ['true', undefined, true],
    ['true', 'x', false],
    ['false', undefined, false],
    ['false', 'x', true],
    ['false', '', true],
    [true, undefined, true],
    [['true', 'false'], 'x', true],
  ])

  it('an operator that does not exist never lets anything through', () => {
    expect(holds({ StringEqual: { [KEY]: 'a' } }, { [KEY]: 'a' })).to.equal(false)
    expect(holds({ NullIfExists: { [KEY]: 'true' } }, {})).to.equal(false)
  })
})

describe('…IfExists', () => {
  const operators: [string, string, string][] = [
    ['StringEquals', 'a', 'b'],
    ['StringNotEquals', 'a', 'a'],
    ['StringEqualsIgnoreCase', 'a', 'b'],
    ['StringNotEqualsIgnoreCase', 'a', 'A'],
    ['StringLike', 'a*', 'b'],
    ['StringNotLike', 'a*', 'ab'],
    ['NumericEquals', '1', '2'],
    ['NumericNotEquals', '1', '1'],
    ['NumericLessThan', '1', '1'],
    ['NumericLessThanEquals', '1', '2'],
    ['NumericGreaterThan', '1', '1'],
    ['NumericGreaterThanEquals', '1', '0'],
    ['DateEquals', '2020-01-01', '2020-01-02'],
    ['DateNotEquals', '2020-01-01', '2020-01-01'],
    ['DateLessThan', '2020-01-01', '2020-01-01'],
    ['DateLessThanEquals', '2020-01-01', '2020-01-02'],
    ['DateGreaterThan', '2020-01-01', '2020-01-01'],
    ['DateGreaterThanEquals', '2020-01-01', '2019-01-01'],
    ['Bool', 'true', 'false'],
    ['BinaryEquals', 'QQ==', 'Qg=='],
    ['IpAddress', '10.0.0.0/8', '11.0.0.1'],
    ['NotIpAddress', '10.0.0.0/8', '10.0.0.1'],
    ['ArnEquals', 'arn:aws:s3:::a', 'arn:aws:s3:::b'],
    ['ArnLike', 'arn:aws:s3:::a', 'arn:aws:s3:::b'],
    ['ArnNotEquals', 'arn:aws:s3:::a', 'arn:aws:s3:::a'],
    ['ArnNotLike', 'arn:aws:s3:::a*', 'arn:aws:s3:::ab'],
  ]
  for (const [operator, wanted, misfit] of operators)
    it(`${operator}IfExists holds without the key, and is ${operator} with it`, () => {
      const condition = { [`${operator}IfExists`]: { [KEY]: wanted } }

      expect(holds(condition, {})).to.equal(true)
      expect(holds(condition, { [KEY]: misfit })).to.equal(false)
    })
})

/** IAM user guide, "Set operators for multivalued context keys". */
describe('set operators', () => {
  table('ForAllValues:StringEquals', [
    [['PostDateTime', 'Message', 'Tags'], ['PostDateTime', 'Message'], true],
    [['PostDateTime', 'Message', 'Tags'], ['PostDateTime', 'UserName'], false],
    ['a', 'a', true],
    ['a', 'b', false],
    ['a', undefined, true],
    ['a', [], true],
    ['a', '', true],
  ])
  table('ForAnyValue:StringEquals', [
    [['ID', 'PostDateTime'], ['UserName', 'Message', 'PostDateTime'], true],
    [['ID', 'PostDateTime'], ['UserName'], false],
    ['a', undefined, false],
    ['a', [], false],
    ['', '', false],
  ])
  table('ForAllValues:StringNotEquals', [
    [['secret', 'admin'], ['a', 'b'], true],
    [['secret', 'admin'], ['a', 'admin'], false],
    ['a', undefined, true],
  ])
  table('ForAnyValue:StringNotEquals', [
    [['secret', 'admin'], ['secret', 'b'], true],
    [['secret', 'admin'], ['secret', 'admin'], false],
    ['a', undefined, false],
  ])
  table('ForAnyValue:StringLike', [
    ['unauth*', ['authenticated', 'unauthenticated'], true],
    ['authenticated', ['unauthenticated'], false],
  ])
  table('ForAllValues:StringLike', [
    ['a*', ['ab', 'ac'], true],
    ['a*', ['ab', 'b'], false],
  ])
  table('ForAnyValue:StringEqualsIfExists', [
    ['a', undefined, true],
    ['a', ['b'], false],
    ['a', ['b', 'a'], true],
  ])
  table('ForAllValues:ArnLike', [
    ['arn:aws:s3:::a*', ['arn:aws:s3:::ab', 'arn:aws:s3:::ac'], true],
    ['arn:aws:s3:::a*', ['arn:aws:s3:::ab', 'arn:aws:s3:::c'], false],
  ])
  table('ForAnyValue:IpAddress', [['10.0.0.0/8', ['11.0.0.1', '10.1.1.1'], true]])

  it('without one, a key with several values fits if one of them does, and a negated operator if none does', () => {
    const keys = { [KEY]: ['a', 'b'] }

    expect(holds({ StringEquals: { [KEY]: 'b' } }, keys)).to.equal(true)
    expect(holds({ StringEquals: { [KEY]: 'c' } }, keys)).to.equal(false)
    expect(holds({ StringNotEquals: { [KEY]: 'b' } }, keys)).to.equal(false)
    expect(holds({ StringNotEquals: { [KEY]: 'c' } }, keys)).to.equal(true)
  })
})

describe('condition blocks', () => {
  const cases: [string, Statement['Condition'], ConditionKeys, boolean][] = [
    [
      'all keys of an operator must fit',
      { StringEquals: { 'a:x': '1', 'a:y': '2' } },
      { 'a:x': '1', 'a:y': '2' },
      true,
    ],
    ['one key that does not fit is enough', { StringEquals: { 'a:x': '1', 'a:y': '2' } }, { 'a:x': '1' }, false],
    ['all operators must fit', { StringEquals: { 'a:x': '1' }, Bool: { 'a:y': 'true' } }, { 'a:x': '1' }, false],
    ['keys are compared without case', { StringEquals: { 'AWS:SourceArn': 'x' } }, { 'aws:sourcearn': 'x' }, true],
    [
      'also those of tags',
      { StringEquals: { 'aws:ResourceTag/Team': 'red' } },
      { 'aws:ResourceTag/team': 'red' },
      true,
    ],
    ['an empty block asks nothing', {}, {}, true],
    ['a key named like a member of every object is absent', { Null: { constructor: 'true' } }, {}, true],
  ]
  for (const [name, condition, keys, expected] of cases)
    it(name, () => {
      expect(holds(condition, keys)).to.equal(expected)
    })
})
