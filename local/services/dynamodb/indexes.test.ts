import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type Asked, withPictures } from '../../../tests/dynamodbPictures.ts'
import { all, anew, KEYS, PICTURES, picture } from './fixture.ts'

describe('DynamoDB: Query and Scan', () => {
  const { TableName, dynamodb, query } = withPictures()

  describe('indexes', () => {
    const byDay = {
      IndexName: 'by-day',
      KeyConditionExpression: '#day = :day',
      ExpressionAttributeNames: { '#day': 'day' },
    }
    const ask = (asked: Asked, values: Record<string, AttributeValue>) =>
      dynamodb.query({ TableName, ...asked, ExpressionAttributeValues: values })

    it('hold the items that have their keys, in the order of theirs', async () => {
      const { Items = [] } = await ask(byDay, { ':day': { S: 'day 0' } })

      expect(Items.map((item) => [item.bytes?.N, item.key?.S])).to.deep.equal(
        ['-30', '-30', '-10', '-10', '10', '10', '30', '30'].map((bytes, n) => [bytes, KEYS[Math.floor(n / 2) * 2]]),
      )
      expect((await dynamodb.scan({ TableName, IndexName: 'by-day' })).Count).to.equal(14)
    })

    it('hold what they project', async () => {
      const byFormat = { IndexName: 'by-format', KeyConditionExpression: 'format = :f' }
      const format = { B: new Uint8Array([2]) }

      const { Items = [] } = await ask(
        { ...byFormat, KeyConditionExpression: '#format = :f', ExpressionAttributeNames: { '#format': 'format' } },
        { ':f': format },
      )

      expect(Items.length).to.equal(4)
      expect(Object.keys(Items[0] ?? {}).sort()).to.deep.equal(['format', 'key', 'owner'])
    })

    it('of one partition fetch from the table what they do not hold', async () => {
      const byBytes = (more: Asked) => query({ IndexName: 'by-bytes', Limit: 1, ...more })

      const projected = await byBytes({ ReturnConsumedCapacity: 'INDEXES' })
      const everything = await byBytes({ Select: 'ALL_ATTRIBUTES', ReturnConsumedCapacity: 'INDEXES' })
      const some = await byBytes({ ProjectionExpression: 'more', ConsistentRead: true })

      expect(Object.keys(projected.Items?.[0] ?? {}).sort()).to.deep.equal(['bytes', 'key', 'owner', 'title'])
      expect(projected.ConsumedCapacity).to.deep.equal({
        TableName,
        CapacityUnits: 0.5,
        Table: { CapacityUnits: 0 },
        LocalSecondaryIndexes: { 'by-bytes': { CapacityUnits: 0.5 } },
      })
      expect(everything.Items?.[0]).to.deep.equal(picture('me', 0))
      expect(everything.ConsumedCapacity?.Table).to.deep.equal({ CapacityUnits: 0.5 })
      expect(some.Items).to.deep.equal([{ more: { N: '0' } }])
    })

    it('are read page by page, although many entries have the same key', async () => {
      const { found, pages } = await all((ExclusiveStartKey) =>
        ask({ ...byDay, Limit: 1, ExclusiveStartKey }, { ':day': { S: 'day 1' } }),
      )

      expect(pages).to.equal(7)
      expect(new Set(found.map((item) => `${item.owner?.S} ${item.key?.S}`)).size).to.equal(6)
    })

    it('tell apart as many items of one key as there are', async () => {
      await anew(dynamodb, { ...PICTURES, TableName: 'crowd' })
      const item = (n: number) => ({
        owner: { S: `o${n % 7}` },
        key: { S: `k${n}` },
        format: { B: new Uint8Array([1]) },
      })
      for (let n = 0; n < 2000; n += 25)
        await dynamodb.batchWriteItem({
          RequestItems: { crowd: Array.from({ length: 25 }, (_, m) => ({ PutRequest: { Item: item(n + m) } })) },
        })

      expect((await dynamodb.scan({ TableName: 'crowd', IndexName: 'by-format', Select: 'COUNT' })).Count).to.equal(
        2000,
      )
    })

    it('follow their items: changed keys move, keys taken away remove', async () => {
      const Key = { owner: { S: 'mover' }, key: { S: 'a' } }
      const day = async (name: string) => (await ask(byDay, { ':day': { S: name } })).Count
      await dynamodb.putItem({ TableName, Item: { ...Key, day: { S: 'here' }, bytes: { N: '1' } } })
      const before = [await day('here'), await day('there')]
      await dynamodb.updateItem({
        TableName,
        Key,
        UpdateExpression: 'SET #day = :d',
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: { ':d': { S: 'there' } },
      })
      const moved = [await day('here'), await day('there')]
      await dynamodb.updateItem({ TableName, Key, UpdateExpression: 'REMOVE bytes' })

      expect([before, moved, await day('there')]).to.deep.equal([[1, 0], [0, 1], 0])
      await dynamodb.deleteItem({ TableName, Key })
    })
  })
})
