import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type Asked, withPictures } from '../../../tests/dynamodbPictures.ts'
import { all, anew, KEYS, PICTURES, simple } from './fixture.ts'

describe('DynamoDB: Query and Scan', () => {
  const { TableName, dynamodb, query } = withPictures()
  /** The keys of the pictures that are found; `and` is a condition on `key`. */
  const keys = async (and: string, values: Record<string, AttributeValue>, more: Asked = {}) => {
    const asked = {
      KeyConditionExpression: `#owner = :owner and ${and}`,
      ExpressionAttributeNames: { '#owner': 'owner', '#key': 'key' },
    }
    const { Items = [] } = await dynamodb.query({
      TableName,
      ...asked,
      ...more,
      ExpressionAttributeValues: { ':owner': { S: 'me' }, ...values },
    })
    return Items.map((item) => item.key?.S)
  }
  describe('Query', () => {
    it('finds a partition in the order of its sort keys, which is that of their bytes', async () => {
      const { Items = [], Count, ScannedCount } = await query({})

      expect(Items.map((item) => item.key?.S)).to.deep.equal(KEYS)
      expect([Count, ScannedCount]).to.deep.equal([7, 7])
      expect((await query({ ScanIndexForward: false })).Items?.map((item) => item.key?.S)).to.deep.equal(
        [...KEYS].reverse(),
      )
    })

    it('asks a sort key everything that it can answer', async () => {
      const b = { ':b': { S: 'b' } }

      expect(await keys('#key = :b', b)).to.deep.equal(['b'])
      expect(await keys('#key < :b', b)).to.deep.equal(['a', 'a/1', 'a/2'])
      expect(await keys('#key <= :b', b)).to.deep.equal(['a', 'a/1', 'a/2', 'b'])
      expect(await keys('#key > :b', b)).to.deep.equal(['c', 'é', '\u{1f600}'])
      expect(await keys(':b <= #key', b)).to.deep.equal(['b', 'c', 'é', '\u{1f600}'])
      expect(await keys('begins_with(#key, :p)', { ':p': { S: 'a/' } })).to.deep.equal(['a/1', 'a/2'])
      expect(await keys('#key between :a and :b', { ...b, ':a': { S: 'a/2' } })).to.deep.equal(['a/2', 'b'])
      expect(await keys('#key < :b', b, { ScanIndexForward: false, Limit: 2 })).to.deep.equal(['a/2', 'a/1'])
    })

    it('sorts numbers by their value and bytes by their bytes, in both directions', async () => {
      await anew(dynamodb, {
        ...simple('sorted'),
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'n', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'B' },
          { AttributeName: 'n', AttributeType: 'N' },
        ],
      })
      const id = { B: new Uint8Array([255]) }
      for (const n of ['10', '9', '-1.5', '0', '1e2', '-100', '0.001'])
        await dynamodb.putItem({ TableName: 'sorted', Item: { id, n: { N: n } } })
      const asked = { TableName: 'sorted', KeyConditionExpression: 'id = :id' }

      const { Items } = await dynamodb.query({ ...asked, ExpressionAttributeValues: { ':id': id } })
      const some = await dynamodb.query({
        ...asked,
        KeyConditionExpression: 'id = :id and n between :from and :to',
        ExpressionAttributeValues: { ':id': id, ':from': { N: '-1.5' }, ':to': { N: '9.0' } },
        ScanIndexForward: false,
      })

      expect(Items?.map((item) => item.n?.N)).to.deep.equal(['-100', '-1.5', '0', '0.001', '9', '10', '100'])
      expect(some.Items?.map((item) => item.n?.N)).to.deep.equal(['9', '0.001', '0', '-1.5'])
    })

    it('filters what it has read, and counts both', async () => {
      const values = { ':n': { N: '4' } }
      const asked = { FilterExpression: 'more >= :n' }

      const found = await query(asked, values)
      const counted = await query({ ...asked, Select: 'COUNT', ReturnConsumedCapacity: 'TOTAL' }, values)

      expect(found.Items?.map((item) => item.more?.N)).to.deep.equal(['4', '5', '6'])
      expect([found.Count, found.ScannedCount]).to.deep.equal([3, 7])
      expect([counted.Items, counted.Count, counted.ScannedCount]).to.deep.equal([undefined, 3, 7])
      expect(counted.ConsumedCapacity).to.deep.equal({ TableName, CapacityUnits: 0.5 })
    })

    it('reads on page by page, forward and backward, and ends a page at its limit', async () => {
      for (const ScanIndexForward of [true, false]) {
        const { found, pages } = await all((ExclusiveStartKey) =>
          query({ Limit: 3, ScanIndexForward, ExclusiveStartKey }),
        )

        const order = ScanIndexForward ? KEYS : [...KEYS].reverse()
        expect(found.map((item) => item.key?.S)).to.deep.equal(order)
        expect(pages).to.equal(3)
      }
      const whole = await query({ Limit: 7 })
      expect(whole.LastEvaluatedKey).to.deep.equal({ owner: { S: 'me' }, key: { S: '\u{1f600}' } })
    })

    it('ends a page at 1 MB', async () => {
      await anew(dynamodb, { ...PICTURES, TableName: 'large' })
      const padding = { S: 'x'.repeat(300_000) }
      for (let n = 0; n < 6; n++)
        await dynamodb.putItem({ TableName: 'large', Item: { owner: { S: 'me' }, key: { S: `${n}` }, padding } })

      const counts: (number | undefined)[] = []
      await all(async (ExclusiveStartKey) => {
        const page = await query({
          TableName: 'large',
          ExclusiveStartKey,
          ConsistentRead: true,
          ReturnConsumedCapacity: 'TOTAL',
        })
        counts.push(page.Count, page.ConsumedCapacity?.CapacityUnits)
        return page
      })

      expect(counts).to.deep.equal([4, Math.ceil((4 * 300_020) / 4096), 2, Math.ceil((2 * 300_020) / 4096)])
    })

    it('takes KeyConditions and QueryFilter, the form before expressions', async () => {
      const { Items } = await dynamodb.query({
        TableName,
        KeyConditions: {
          owner: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'me' }] },
          key: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{ S: 'a' }] },
        },
        QueryFilter: {
          more: { ComparisonOperator: 'EQ', AttributeValueList: [{ N: '9' }] },
          title: { ComparisonOperator: 'CONTAINS', AttributeValueList: [{ S: '2' }] },
        },
        ConditionalOperator: 'OR',
        AttributesToGet: ['key'],
      })

      expect(Items).to.deep.equal([{ key: { S: 'a/2' } }])
    })
  })

  describe('Scan', () => {
    it('finds every item once, page by page', async () => {
      const { found } = await all((ExclusiveStartKey) => dynamodb.scan({ TableName, Limit: 4, ExclusiveStartKey }))

      expect(found.length).to.equal(15)
      expect(new Set(found.map((item) => `${item.owner?.S} ${item.key?.S}`)).size).to.equal(15)
    })

    it('in segments finds every item once, of tables and indexes', async () => {
      await anew(dynamodb, simple('many'))
      for (let n = 0; n < 100; n += 25)
        await dynamodb.batchWriteItem({
          RequestItems: {
            many: Array.from({ length: 25 }, (_, m) => ({ PutRequest: { Item: { id: { S: `${n + m}` } } } })),
          },
        })
      const TotalSegments = 4

      const segments = await Promise.all(
        Array.from({ length: TotalSegments }, (_, Segment) =>
          all((ExclusiveStartKey) =>
            dynamodb.scan({ TableName: 'many', Segment, TotalSegments, Limit: 10, ExclusiveStartKey }),
          ),
        ),
      )

      const ids = segments.map(({ found }) => found.map((item) => item.id?.S))
      expect(new Set(ids.flat()).size).to.equal(100)
      expect(ids.flat().length).to.equal(100)
      expect(Math.min(...ids.map((one) => one.length))).to.be.greaterThan(5)
    })

    it('filters, projects and counts', async () => {
      const asked = {
        TableName,
        FilterExpression: '#owner = :me and contains(title, :t)',
        ExpressionAttributeNames: { '#owner': 'owner', '#key': 'key' },
        ExpressionAttributeValues: { ':me': { S: 'me' }, ':t': { S: '5' } },
      }

      const { Items, Count, ScannedCount } = await dynamodb.scan({ ...asked, ProjectionExpression: '#key' })

      expect([Items, Count, ScannedCount]).to.deep.equal([[{ key: { S: 'é' } }], 1, 15])
      const legacy = await dynamodb.scan({
        TableName,
        ScanFilter: { more: { ComparisonOperator: 'GT', AttributeValueList: [{ N: '4' }] } },
        Select: 'COUNT',
      })
      expect(legacy.Count).to.equal(4)
    })
  })
})
