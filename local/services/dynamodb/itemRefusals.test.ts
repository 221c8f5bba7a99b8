import type { AttributeValue, DynamoDB, PutItemCommandInput } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, INVALID, invalid, NO_TABLE, PICTURES, simple } from './fixture.ts'

/** How the validation of a single write reports its first fault. */
const one = (message: string) => invalid(`1 validation error detected: ${message}`)
const wraps = (depth: number): AttributeValue =>
  Array.from({ length: depth }).reduce<AttributeValue>((inner) => ({ M: { n: inner } }), { S: 'leaf' })

describe('DynamoDB: items', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  const TableName = 'things'
  before(async () => {
    dynamodb = test.client()
    await anew(dynamodb, simple(TableName))
    await anew(dynamodb, PICTURES)
  })
  const put = (item: Record<string, AttributeValue>, more: Partial<PutItemCommandInput> = {}) =>
    dynamodb.putItem({ TableName, Item: { id: { S: 'a' }, ...item }, ...more })

  describe('refuse', () => {
    const key = (name: string, value: AttributeValue) => dynamodb.getItem({ TableName, Key: { [name]: value } })
    const cases: [what: string, call: () => Promise<unknown>, refusal: object][] = [
      ['a table that is not there', () => put({}, { TableName: 'nothing' }), NO_TABLE],
      [
        'an item without its key',
        () => dynamodb.putItem({ TableName, Item: { a: { S: 'x' } } }),
        invalid(`${INVALID}Missing the key id in the item`),
      ],
      [
        'a key of another type',
        () => put({ id: { N: '1' } }),
        invalid(`${INVALID}Type mismatch for key id expected: S actual: N`),
      ],
      [
        'an empty key',
        () => put({ id: { S: '' } }),
        invalid(
          'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id',
        ),
      ],
      [
        'a key of too many bytes',
        () => put({ id: { S: 'é'.repeat(1025) } }),
        invalid(`${INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes`),
      ],
      [
        'a key of another name',
        () => key('other', { S: 'a' }),
        invalid('The provided key element does not match the schema'),
      ],
      [
        'a key with more attributes',
        () => dynamodb.getItem({ TableName, Key: { id: { S: 'a' }, b: { S: 'b' } } }),
        invalid('The provided key element does not match the schema'),
      ],
      [
        'a number that is none',
        () => put({ n: { N: 'abc' } }),
        one('The parameter cannot be converted to a numeric value: abc'),
      ],
      [
        'a number that is none, of a read',
        () => key('id', { N: 'abc' }),
        invalid('The parameter cannot be converted to a numeric value: abc'),
      ],
      ['an empty set', () => put({ s: { SS: [] } }), one(`${INVALID}An string set  may not be empty`)],
      [
        'a set with a value twice',
        () => put({ s: { SS: ['a', 'b', 'a'] } }),
        one(`${INVALID}Input collection [a, b, a] contains duplicates.`),
      ],
      [
        'a set with a number twice',
        () => put({ s: { NS: ['1', '1.0'] } }),
        one(`${INVALID}Input collection contains duplicates.`),
      ],
      [
        'a set with bytes twice',
        () => put({ s: { BS: [new Uint8Array([1]), new Uint8Array([1])] } }),
        one(`${INVALID}Input collection [AQ==, AQ==]of type BS contains duplicates.`),
      ],
      [
        'null that is false',
        () => put({ s: { NULL: false as true } }),
        one(`${INVALID}Null attribute value types must have the value of true`),
      ],
      [
        '33 levels',
        () => put({ deep: wraps(32) }),
        one(
          'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
        ),
      ],
      [
        'a name of more than 65,535 bytes',
        () => put({ map: { M: { ['x'.repeat(65_536)]: { S: '' } } } }),
        one('Attribute name is too large, must be less than 65536 bytes'),
      ],
      ['a name of nothing', () => put({ '': { S: 'x' } }), one('Attribute names must be at least one character long')],
      [
        'more than 400 KB',
        () => put({ big: { S: 'x'.repeat(409_600) } }),
        invalid('Item size has exceeded the maximum allowed size'),
      ],
      [
        'more than 400 KB in UTF-8',
        () => put({ big: { S: 'é'.repeat(204_800) } }),
        invalid('Item size has exceeded the maximum allowed size'),
      ],
      [
        'another way to return values',
        () => put({}, { ReturnValues: 'ALL_NEW' }),
        invalid('ReturnValues can only be ALL_OLD or NONE'),
      ],
      [
        'a condition that is none',
        () => put({}, { ConditionExpression: 'a =' }),
        one('Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="'),
      ],
    ]
    for (const [what, call, refusal] of cases)
      it(what, async () => expect(await refusalOf(call())).to.deep.equal(refusal))

    it('keys that an index cannot hold', async () => {
      const picture = (more: Record<string, AttributeValue>) =>
        refusalOf(dynamodb.putItem({ TableName: 'pictures', Item: { owner: { S: 'me' }, key: { S: 'a' }, ...more } }))

      expect(await picture({ bytes: { S: '1' } })).to.deep.equal(
        invalid(`${INVALID}Type mismatch for Index Key bytes Expected: N Actual: S IndexName: by-day`),
      )
      expect(await picture({ day: { S: '' } })).to.deep.equal(
        invalid(
          'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-day, IndexKey: day',
        ),
      )
      expect(await picture({ key: { S: 'x'.repeat(1025) } })).to.deep.equal(
        invalid(`${INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`),
      )
    })

    it('nothing at the limits: 32 levels, 400 KB, keys of 2,048 and 1,024 bytes', async () => {
      await put({ deep: wraps(31) })
      await put({ big: { S: 'x'.repeat(409_600 - 'id'.length - 'a'.length - 'big'.length) } })
      await dynamodb.putItem({
        TableName: 'pictures',
        Item: { owner: { S: 'x'.repeat(2048) }, key: { S: 'y'.repeat(1024) } },
      })
    })
  })
})
