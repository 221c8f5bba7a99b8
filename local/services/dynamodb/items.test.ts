import type { AttributeValue, DynamoDB, PutItemCommandInput } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, PICTURES, simple } from './fixture.ts'

const CHECK_FAILED = {
  name: 'ConditionalCheckFailedException',
  status: 400,
  message: 'The conditional request failed',
}
describe('DynamoDB: items', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  const TableName = 'things'
  before(async () => {
    dynamodb = test.client()
    await anew(dynamodb, simple(TableName))
    await anew(dynamodb, simple('numbers', 'N'))
    await anew(dynamodb, simple('bytes', 'B'))
    await anew(dynamodb, PICTURES)
  })
  const put = (item: Record<string, AttributeValue>, more: Partial<PutItemCommandInput> = {}) =>
    dynamodb.putItem({ TableName, Item: { id: { S: 'a' }, ...item }, ...more })
  const get = async (id = 'a') => (await dynamodb.getItem({ TableName, Key: { id: { S: id } } })).Item

  describe('PutItem and GetItem', () => {
    it('keep values of every type', async () => {
      const Item: Record<string, AttributeValue> = {
        id: { S: 'types' },
        text: { S: 'Grüße 👋 \u0000' },
        emptyText: { S: '' },
        number: { N: '-12.5' },
        bytes: { B: new Uint8Array([0, 1, 255]) },
        noBytes: { B: new Uint8Array() },
        yes: { BOOL: true },
        nothing: { NULL: true },
        texts: { SS: ['', 'a', 'é'] },
        numbers: { NS: ['-1', '2', '10'] },
        bytess: { BS: [new Uint8Array([1]), new Uint8Array([2, 3])] },
        list: { L: [{ S: 'a' }, { L: [] }, { M: {} }] },
        map: { M: { '': { S: 'no name' }, 'a.b': { N: '1' }, __proto__x: { S: 'x' } } },
        toString: { S: 'a method elsewhere' },
        constructor: { M: { valueOf: { S: 'x' } } } as AttributeValue,
      }
      await dynamodb.putItem({ TableName, Item })

      expect(await get('types')).to.deep.equal(Item)
    })

    it('bring numbers into one spelling and sets into their order', async () => {
      await put({ n: { N: '1.50e2' }, texts: { SS: ['b', 'a', 'Z'] }, numbers: { NS: ['10', '9', '-1.0'] } })

      expect(await get()).to.deep.equal({
        id: { S: 'a' },
        n: { N: '150' },
        texts: { SS: ['Z', 'a', 'b'] },
        numbers: { NS: ['-1', '9', '10'] },
      })
    })

    it('replace an item whole, and give the old one back if asked', async () => {
      await put({ a: { N: '1' }, b: { N: '1' } })

      const { Attributes } = await put({ a: { N: '2' } }, { ReturnValues: 'ALL_OLD' })

      expect(Attributes).to.deep.equal({ id: { S: 'a' }, a: { N: '1' }, b: { N: '1' } })
      expect(await get()).to.deep.equal({ id: { S: 'a' }, a: { N: '2' } })
    })

    it('give nothing for a key that is not there, and what a projection asks for', async () => {
      await put({ a: { M: { b: { N: '1' }, c: { N: '2' } } }, l: { L: [{ N: '0' }, { N: '1' }] } })
      const Key = { id: { S: 'a' } }

      expect(await get('nobody')).to.equal(undefined)
      expect((await dynamodb.getItem({ TableName, Key, ProjectionExpression: 'a.b, l[1]' })).Item).to.deep.equal({
        a: { M: { b: { N: '1' } } },
        l: { L: [{ N: '1' }] },
      })
      expect((await dynamodb.getItem({ TableName, Key, AttributesToGet: ['id'] })).Item).to.deep.equal(Key)
      expect((await dynamodb.getItem({ TableName, Key, ProjectionExpression: 'gone' })).Item).to.deep.equal({})
    })

    it('find keys of numbers and bytes by their value', async () => {
      await dynamodb.putItem({ TableName: 'numbers', Item: { id: { N: '1.0' }, v: { S: 'one' } } })
      await dynamodb.putItem({ TableName: 'bytes', Item: { id: { B: Buffer.from('x') }, v: { S: 'x' } } })

      const number = await dynamodb.getItem({ TableName: 'numbers', Key: { id: { N: '1e0' } } })
      const bytes = await dynamodb.getItem({ TableName: 'bytes', Key: { id: { B: new Uint8Array([120]) } } })

      expect(number.Item?.v).to.deep.equal({ S: 'one' })
      expect(bytes.Item?.v).to.deep.equal({ S: 'x' })
    })

    it('keep any document that the document client writes', async () => {
      const documents = DynamoDBDocument.from(dynamodb)
      const leaf = fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.constant(null),
        fc.integer(),
        fc.double({ noNaN: true, min: -1e15, max: 1e15 }).map((n) => (Math.abs(n) < 1e-100 ? 0 : n)),
      )
      const { tree } = fc.letrec((tie) => ({
        tree: fc.oneof(
          { maxDepth: 4 },
          leaf,
          fc.array(tie('tree'), { maxLength: 4 }),
          fc.dictionary(
            fc.string({ minLength: 1 }).filter((name) => !(name in {})),
            tie('tree'),
            { maxKeys: 4, noNullPrototype: true },
          ),
        ),
      }))
      await fc.assert(
        fc.asyncProperty(tree, async (value) => {
          const plain = JSON.parse(JSON.stringify(value))
          await documents.put({ TableName, Item: { id: 'document', value: plain } })

          expect((await documents.get({ TableName, Key: { id: 'document' } })).Item?.value).to.deep.equal(plain)
        }),
        { numRuns: 60 },
      )
    })

    it('say what capacity they took', async () => {
      const Item = { owner: { S: 'me' }, key: { S: 'capacity' }, day: { S: 'x' }, bytes: { N: '1' } }
      const title = { S: 'x'.repeat(2000) }
      const units = async (item: Record<string, AttributeValue>) =>
        (await dynamodb.putItem({ TableName: 'pictures', Item: item, ReturnConsumedCapacity: 'INDEXES' }))
          .ConsumedCapacity
      const read = async (ConsistentRead: boolean) => {
        const Key = { owner: Item.owner, key: Item.key }
        const asked = { TableName: 'pictures', Key, ConsistentRead, ReturnConsumedCapacity: 'TOTAL' as const }
        return (await dynamodb.getItem(asked)).ConsumedCapacity
      }

      expect(await units({ ...Item, title })).to.deep.equal({
        TableName: 'pictures',
        CapacityUnits: 6,
        Table: { CapacityUnits: 2 },
        GlobalSecondaryIndexes: { 'by-day': { CapacityUnits: 2 } },
        LocalSecondaryIndexes: { 'by-bytes': { CapacityUnits: 2 } },
      })
      expect(await units({ ...Item, title })).to.deep.equal({
        TableName: 'pictures',
        CapacityUnits: 2,
        Table: { CapacityUnits: 2 },
      })
      expect(await read(true)).to.deep.equal({ TableName: 'pictures', CapacityUnits: 1 })
      expect(await read(false)).to.deep.equal({ TableName: 'pictures', CapacityUnits: 0.5 })
      expect((await units({ ...Item, day: { S: 'y' } }))?.GlobalSecondaryIndexes).to.deep.equal({
        'by-day': { CapacityUnits: 3 }, // the large entry goes, a small one comes
      })
    })

    it('tell the size of a collection, for tables with local indexes', async () => {
      const Item = { owner: { S: 'collector' }, key: { S: 'a' } }
      const asked = { ReturnItemCollectionMetrics: 'SIZE' as const }

      const { ItemCollectionMetrics } = await dynamodb.putItem({ TableName: 'pictures', Item, ...asked })

      expect(ItemCollectionMetrics).to.deep.equal({
        ItemCollectionKey: { owner: { S: 'collector' } },
        SizeEstimateRangeGB: [0, 1],
      })
      expect((await put({}, asked)).ItemCollectionMetrics).to.equal(undefined)
    })
  })

  describe('DeleteItem', () => {
    it('takes an item away, and gives it back if asked', async () => {
      await put({ a: { N: '1' } })
      const asked = { TableName, Key: { id: { S: 'a' } }, ReturnValues: 'ALL_OLD' as const }

      const first = await dynamodb.deleteItem(asked)
      const second = await dynamodb.deleteItem(asked)

      expect(first.Attributes).to.deep.equal({ id: { S: 'a' }, a: { N: '1' } })
      expect(second.Attributes).to.equal(undefined)
      expect(await get()).to.equal(undefined)
      const conditional = dynamodb.deleteItem({ ...asked, ConditionExpression: 'attribute_exists(id)' })
      expect(await refusalOf(conditional)).to.deep.equal(CHECK_FAILED)
    })
  })
})
