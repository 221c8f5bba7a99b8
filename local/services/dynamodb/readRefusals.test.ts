import type { AttributeValue, DynamoDB, QueryCommandInput, ScanCommandInput } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, INVALID, invalid, NO_TABLE, PICTURES, simple } from './fixture.ts'

describe('DynamoDB: Query and Scan refuse', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  before(async () => {
    dynamodb = test.client()
    await anew(dynamodb, PICTURES)
    await anew(dynamodb, simple('simple'))
  })
  const S = (text: string): AttributeValue => ({ S: text })
  /** A query whose condition names attributes with `#` and values with `:`, each standing for itself. */
  const query = (KeyConditionExpression: string | undefined, more: Partial<QueryCommandInput> = {}) => {
    const text = [KeyConditionExpression, more.FilterExpression, more.ProjectionExpression].join(' ')
    const names = Object.fromEntries((text.match(/#\w+/g) ?? []).map((name) => [name, name.slice(1)]))
    const values = Object.fromEntries((text.match(/:\w+/g) ?? []).map((name) => [name, S(name)]))
    return dynamodb.query({
      TableName: 'pictures',
      KeyConditionExpression,
      ExpressionAttributeNames: Object.keys(names).length ? names : undefined,
      ...more,
      ExpressionAttributeValues: Object.keys(values).length
        ? { ...values, ...more.ExpressionAttributeValues }
        : undefined,
    })
  }
  const scan = (more: Partial<ScanCommandInput>) => dynamodb.scan({ TableName: 'pictures', ...more })
  const me = '#owner = :me'
  const start = { owner: S(':me'), key: S('a') }

  const cases: [what: string, call: () => Promise<unknown>, refusal: object][] = [
    ['a table that is not there', () => query(me, { TableName: 'nothing' }), NO_TABLE],
    [
      'an index that is not there',
      () => query(me, { IndexName: 'by-name' }),
      invalid('The table does not have the specified index: by-name'),
    ],
    [
      'no key condition',
      () => query(undefined),
      invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.'),
    ],
    [
      'an empty key condition',
      () => query(''),
      invalid('Invalid KeyConditionExpression: The expression can not be empty;'),
    ],
    [
      'a condition without the partition key',
      () => query('#key = :k'),
      invalid('Query condition missed key schema element: owner'),
    ],
    [
      'a condition on another attribute',
      () => query('#owner = :me and #title = :t'),
      invalid('Query condition missed key schema element: key'),
    ],
    [
      'three conditions',
      () => query('#owner = :me and #key = :k and #title = :t'),
      invalid('The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)'),
    ],
    [
      'two conditions on a key',
      () => query('#owner = :me and #key > :a and #key < :b'),
      invalid('Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key'),
    ],
    ['a range of partition keys', () => query('#owner > :me'), invalid('Query key condition not supported')],
    ['OR', () => query('#owner = :me or #key = :k'), invalid('Invalid operator used in KeyConditionExpression: OR')],
    [
      'a function that no index answers',
      () => query('#owner = :me and contains(#key, :k)'),
      invalid('Invalid operator used in KeyConditionExpression: contains'),
    ],
    [
      'a path within a key',
      () => query('#owner = :me and #key.a = :k'),
      invalid('KeyConditionExpressions cannot have conditions on nested attributes'),
    ],
    [
      'a value of another type than the key',
      () => query(me, { ExpressionAttributeValues: { ':me': { N: '1' } } }),
      invalid(`${INVALID}Condition parameter type does not match schema type`),
    ],
    [
      'begins_with a number',
      () => query('#owner = :me and begins_with(#key, :k)', { ExpressionAttributeValues: { ':k': { N: '1' } } }),
      invalid(
        'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
      ),
    ],
    [
      'an empty partition key',
      () => query(me, { ExpressionAttributeValues: { ':me': S('') } }),
      invalid(
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: owner',
      ),
    ],
    [
      'a filter on its keys',
      () => query(me, { FilterExpression: '#key = :k' }),
      invalid('Filter Expression can only contain non-primary key attributes: Primary key attribute: key'),
    ],
    [
      'a consistent read of a global index',
      () => query('#day = :d', { IndexName: 'by-day', ConsistentRead: true }),
      invalid('Consistent reads are not supported on global secondary indexes'),
    ],
    [
      'a limit of 0',
      () => query(me, { Limit: 0 }),
      invalid(
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ),
    ],
    [
      'an unknown Select',
      () => query(me, { Select: 'MOST' as 'COUNT' }),
      invalid(
        "1 validation error detected: Value 'MOST' at 'select' failed to satisfy constraint: Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
      ),
    ],
    [
      'all attributes, and some',
      () => query(me, { Select: 'ALL_ATTRIBUTES', ProjectionExpression: '#key' }),
      invalid(`${INVALID}Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES`),
    ],
    [
      'the count, and some attributes',
      () => query(me, { Select: 'COUNT', ProjectionExpression: '#key' }),
      invalid(`${INVALID}Cannot specify the ProjectionExpression when choosing to get only the Count`),
    ],
    [
      'specific attributes, but none',
      () => query(me, { Select: 'SPECIFIC_ATTRIBUTES' }),
      invalid(
        `${INVALID}Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES`,
      ),
    ],
    [
      'projected attributes without an index',
      () => query(me, { Select: 'ALL_PROJECTED_ATTRIBUTES' }),
      invalid(`${INVALID}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName`),
    ],
    [
      'all attributes of a global index of some',
      () => scan({ IndexName: 'by-format', Select: 'ALL_ATTRIBUTES' }),
      invalid(
        `${INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index by-format because its projection type is not ALL`,
      ),
    ],
    [
      'attributes that a global index does not have',
      () => scan({ IndexName: 'by-format', ProjectionExpression: 'title' }),
      invalid(`${INVALID}Global secondary index by-format does not project [title]`),
    ],
    [
      'expressions beside older parameters',
      () => query(me, { AttributesToGet: ['key'] }),
      invalid(
        'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {KeyConditionExpression}',
      ),
    ],
    [
      'a start elsewhere',
      () => query(me, { ExclusiveStartKey: { owner: S('you'), key: S('a') } }),
      invalid('The provided starting key is outside query boundaries based on provided conditions'),
    ],
    [
      'a start outside the range',
      () => query('#owner = :me and #key > :k', { ExclusiveStartKey: { owner: S(':me'), key: S('') } }),
      invalid(
        'The provided starting key is invalid: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: key',
      ),
    ],
    [
      'a start that the range does not reach',
      () => query('#owner = :me and #key > :k', { ExclusiveStartKey: { owner: S(':me'), key: S(' ') } }),
      invalid('The provided starting key does not match the range key predicate'),
    ],
    [
      'a start that is no key',
      () => query(me, { ExclusiveStartKey: { owner: S(':me') } }),
      invalid('The provided starting key is invalid: The provided key element does not match the schema'),
    ],
    [
      'a start without the keys of the index',
      () => scan({ IndexName: 'by-day', ExclusiveStartKey: start }),
      invalid('The provided starting key is invalid'),
    ],
    [
      'a segment without their number',
      () => scan({ Segment: 1 }),
      invalid(
        'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
      ),
    ],
    [
      'a number of segments without one',
      () => scan({ TotalSegments: 2 }),
      invalid(
        'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
      ),
    ],
    [
      'a segment too many',
      () => scan({ Segment: 2, TotalSegments: 2 }),
      invalid(
        'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2',
      ),
    ],
    [
      'more than a million segments',
      () => scan({ Segment: 0, TotalSegments: 1_000_001 }),
      invalid(
        "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy constraint: Member must have value less than or equal to 1000000",
      ),
    ],
  ]
  for (const [what, call, refusal] of cases)
    it(what, async () => expect(await refusalOf(call())).to.deep.equal(refusal))

  it('nothing with redundant parentheses in a key condition, which it takes', async () => {
    expect((await query('((#owner = :me)) and ((#key = :k))')).Count).to.equal(0)
  })

  it('a start in another segment', async () => {
    const TotalSegments = 2
    const other = async (Segment: number) =>
      refusalOf(scan({ Segment, TotalSegments, ExclusiveStartKey: start })).catch(() => undefined)

    const refusals = [await other(0), await other(1)].filter((one) => one !== undefined)

    expect(refusals).to.have.length(1)
    expect(refusals[0]?.message).to.contain(
      'Please use ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: ',
    )
  })
})
