import type { AttributeValue, DynamoDB, PutItemCommandInput } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, INVALID, invalid, simple } from './fixture.ts'

const CHECK_FAILED = {
  name: 'ConditionalCheckFailedException',
  status: 400,
  message: 'The conditional request failed',
}
/** How the validation of a single write reports its first fault. */
const one = (message: string) => invalid(`1 validation error detected: ${message}`)
const wraps = (depth: number): AttributeValue =>
  Array.from({ length: depth }).reduce<AttributeValue>((inner) => ({ M: { n: inner } }), { S: 'leaf' })

describe('DynamoDB: conditions and updates', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  const TableName = 'things'
  before(async () => {
    dynamodb = test.client()
    await anew(dynamodb, simple(TableName))
  })
  const put = (item: Record<string, AttributeValue>, more: Partial<PutItemCommandInput> = {}) =>
    dynamodb.putItem({ TableName, Item: { id: { S: 'a' }, ...item }, ...more })
  const get = async (id = 'a') => (await dynamodb.getItem({ TableName, Key: { id: { S: id } } })).Item

  describe('conditions', () => {
    it('let a write through, or refuse it', async () => {
      await put({ version: { N: '1' } })
      const next = { ConditionExpression: 'version = :v', ExpressionAttributeValues: { ':v': { N: '1.0' } } }

      await put({ version: { N: '2' } }, next)

      expect(await refusalOf(put({ version: { N: '3' } }, next))).to.deep.equal(CHECK_FAILED)
      expect(await refusalOf(put({}, { ConditionExpression: 'attribute_not_exists(id)' }))).to.deep.equal(CHECK_FAILED)
      expect((await get())?.version).to.deep.equal({ N: '2' })
    })

    it('give the item that was there with the refusal, if asked', async () => {
      const bytes = { B: new Uint8Array([1, 2, 3]) }
      await put({ bytes })
      const failing = (ReturnValuesOnConditionCheckFailure: 'ALL_OLD' | 'NONE') =>
        put({}, { ConditionExpression: 'attribute_not_exists(id)', ReturnValuesOnConditionCheckFailure }).then(
          () => expect.fail('should have been refused'),
          (error) => error.Item,
        )

      expect(await failing('ALL_OLD')).to.deep.equal({ id: { S: 'a' }, bytes })
      expect(await failing('NONE')).to.equal(undefined)
      const wrong = put({}, { ReturnValuesOnConditionCheckFailure: 'SOME' as 'NONE' })
      expect(await refusalOf(wrong)).to.deep.equal(
        one(
          "Value 'SOME' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]",
        ),
      )
    })

    it('stand in the form before expressions too', async () => {
      await put({ n: { N: '1' }, s: { S: 'abc' } })
      const meets = (Expected: PutItemCommandInput['Expected'], ConditionalOperator?: 'AND' | 'OR') =>
        put({ n: { N: '1' }, s: { S: 'abc' } }, { Expected, ConditionalOperator }).then(
          () => true,
          (error) => (error.name === CHECK_FAILED.name ? false : error.message),
        )
      const wrong = { ComparisonOperator: 'EQ' as const, AttributeValueList: [{ N: '9' }] }
      const right = { ComparisonOperator: 'BEGINS_WITH' as const, AttributeValueList: [{ S: 'ab' }] }

      expect(await meets({ n: { Value: { N: '1.0' } } })).to.equal(true)
      expect(await meets({ n: { Exists: false } })).to.equal(false)
      expect(await meets({ gone: { Exists: false } })).to.equal(true)
      expect(await meets({ n: wrong, s: right })).to.equal(false)
      expect(await meets({ n: wrong, s: right }, 'OR')).to.equal(true)
      expect(await meets({ n: { ComparisonOperator: 'IN', AttributeValueList: [{ N: '2' }, { N: '1' }] } })).to.equal(
        true,
      )
      expect(
        await meets({ n: { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '0' }, { N: '2' }] } }),
      ).to.equal(true)
      expect(await meets({ n: { ComparisonOperator: 'NULL' } })).to.equal(false)
      expect(await meets({ n: { Exists: true } })).to.equal(
        `1 validation error detected: ${INVALID}Value must be provided when Exists is true for Attribute: n`,
      )
    })
  })

  describe('UpdateItem', () => {
    const Key = { id: { S: 'updated' } }
    const update = (UpdateExpression: string, values?: Record<string, AttributeValue>, more = {}) =>
      dynamodb.updateItem({ TableName, Key, UpdateExpression, ExpressionAttributeValues: values, ...more })
    beforeEach(() => dynamodb.deleteItem({ TableName, Key }))

    it('creates an item that is not there, with its key alone if nothing is to change', async () => {
      await dynamodb.updateItem({ TableName, Key })
      expect(await get('updated')).to.deep.equal(Key)
      await dynamodb.deleteItem({ TableName, Key })

      await update('SET a = :a', { ':a': { S: 'x' } })

      expect(await get('updated')).to.deep.equal({ ...Key, a: { S: 'x' } })
    })

    it('gives back what was asked for', async () => {
      await update('SET a = :n, m = :m', { ':n': { N: '1' }, ':m': { M: { x: { N: '1' }, y: { N: '1' } } } })
      const step = async (ReturnValues: string) =>
        (await update('SET a = a + :n, m.x = :n', { ':n': { N: '1' } }, { ReturnValues })).Attributes

      expect(await step('NONE')).to.equal(undefined)
      expect(await step('ALL_OLD')).to.deep.equal({ ...Key, a: { N: '2' }, m: { M: { x: { N: '1' }, y: { N: '1' } } } })
      expect(await step('UPDATED_OLD')).to.deep.equal({ a: { N: '3' }, m: { M: { x: { N: '1' } } } })
      expect(await step('UPDATED_NEW')).to.deep.equal({ a: { N: '5' }, m: { M: { x: { N: '1' } } } })
      expect(await step('ALL_NEW')).to.deep.equal({ ...Key, a: { N: '6' }, m: { M: { x: { N: '1' }, y: { N: '1' } } } })
      const removed = await update('REMOVE a', undefined, { ReturnValues: 'UPDATED_NEW' })
      expect(removed.Attributes).to.equal(undefined)
    })

    it('counts and gathers with AttributeUpdates, the form before expressions', async () => {
      const legacy = (AttributeUpdates: Parameters<DynamoDB['updateItem']>[0]['AttributeUpdates']) =>
        dynamodb.updateItem({ TableName, Key, AttributeUpdates })
      await legacy({
        n: { Action: 'ADD', Value: { N: '5' } },
        set: { Action: 'ADD', Value: { SS: ['b', 'a'] } },
        gone: { Value: { S: 'x' } },
      })
      await legacy({
        n: { Action: 'ADD', Value: { N: '-2' } },
        set: { Action: 'DELETE', Value: { SS: ['a'] } },
        gone: { Action: 'DELETE' },
        list: { Action: 'ADD', Value: { L: [{ S: 'x' }] } },
      })

      expect(await get('updated')).to.deep.equal({
        ...Key,
        n: { N: '3' },
        set: { SS: ['b'] },
        list: { L: [{ S: 'x' }] },
      })
      expect(await refusalOf(legacy({ n: { Action: 'ADD', Value: { SS: ['a'] } } }))).to.deep.equal(
        invalid('Type mismatch for attribute to update'),
      )
      expect(await refusalOf(legacy({ n: { Action: 'PUT' } }))).to.deep.equal(
        one(`${INVALID}Only DELETE action is allowed when no attribute value is specified`),
      )
      expect(await refusalOf(legacy({ id: { Value: { S: 'x' } } }))).to.deep.equal(
        invalid(`${INVALID}Cannot update attribute id. This attribute is part of the key`),
      )
    })

    it('refuses what an item cannot become', async () => {
      await update('SET big = :v, s = :s', { ':v': { S: 'x'.repeat(409_000) }, ':s': { S: 'x' } })

      expect(await refusalOf(update('SET id = :v', { ':v': { S: 'x' } }))).to.deep.equal(
        invalid(`${INVALID}Cannot update attribute id. This attribute is part of the key`),
      )
      expect(await refusalOf(update('SET more = :v', { ':v': { S: 'x'.repeat(600) } }))).to.deep.equal(
        invalid('Item size to update has exceeded the maximum allowed size'),
      )
      expect(await refusalOf(update('SET s = s + :v', { ':v': { N: '1' } }))).to.deep.equal(
        invalid('An operand in the update expression has an incorrect data type'),
      )
      expect(await refusalOf(update('SET a = :v', { ':v': wraps(32) }))).to.deep.equal(
        one(
          'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
        ),
      )
      expect(await refusalOf(update('SET id.x = :v', { ':v': { S: 'x' } }))).to.deep.equal(
        invalid(`${INVALID}Cannot update attribute id. This attribute is part of the key`),
      )
      expect(await refusalOf(update('INVALID SYNTAX HERE'))).to.deep.equal(
        one('Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"'),
      )
    })
  })
})
