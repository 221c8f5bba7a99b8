import type { AttributeValue, DynamoDB, WriteRequest } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, INVALID, invalid, NO_TABLE, PICTURES, simple } from './fixture.ts'

describe('DynamoDB: batches', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  before(() => {
    dynamodb = test.client()
  })
  beforeEach(async () => {
    await anew(dynamodb, simple('things'))
    await anew(dynamodb, PICTURES)
  })
  const put = (id: string, more: Record<string, AttributeValue> = {}): WriteRequest => ({
    PutRequest: { Item: { id: { S: id }, ...more } },
  })
  const remove = (id: string): WriteRequest => ({ DeleteRequest: { Key: { id: { S: id } } } })
  const write = (things: WriteRequest[], more = {}) =>
    dynamodb.batchWriteItem({ RequestItems: { things, ...more }, ReturnConsumedCapacity: 'INDEXES' })
  const ids = async () => (await dynamodb.scan({ TableName: 'things' })).Items?.map((item) => item.id?.S).sort()

  it('write and delete in several tables', async () => {
    await write([put('a'), put('b')])
    const picture = { owner: { S: 'me' }, key: { S: 'k' }, day: { S: 'd' }, bytes: { N: '1' } }

    const answer = await write([remove('a'), put('c')], { pictures: [{ PutRequest: { Item: picture } }] })

    expect(await ids()).to.deep.equal(['b', 'c'])
    expect((await dynamodb.scan({ TableName: 'pictures', IndexName: 'by-day' })).Items).to.deep.equal([picture])
    expect(answer.UnprocessedItems).to.deep.equal({})
    expect(answer.ConsumedCapacity).to.deep.equal([
      { TableName: 'things', CapacityUnits: 2, Table: { CapacityUnits: 2 } },
      {
        TableName: 'pictures',
        CapacityUnits: 3,
        Table: { CapacityUnits: 1 },
        GlobalSecondaryIndexes: { 'by-day': { CapacityUnits: 1 } },
        LocalSecondaryIndexes: { 'by-bytes': { CapacityUnits: 1 } },
      },
    ])
  })

  it('get from several tables what is there, and what is asked for', async () => {
    await write([put('a', { n: { N: '1' } }), put('b', { n: { N: '2' } })])

    const { Responses, UnprocessedKeys } = await dynamodb.batchGetItem({
      RequestItems: {
        things: { Keys: [{ id: { S: 'a' } }, { id: { S: 'b' } }, { id: { S: 'gone' } }], ProjectionExpression: 'n' },
        pictures: { Keys: [{ owner: { S: 'me' }, key: { S: 'gone' } }] },
      },
    })

    expect(Responses).to.deep.equal({ things: [{ n: { N: '1' } }, { n: { N: '2' } }], pictures: [] })
    expect(UnprocessedKeys).to.deep.equal({})
  })

  it('leave keys for the next request when an answer would be larger than 16 MB', async () => {
    const padding = { S: 'x'.repeat(400_000) }
    for (let n = 0; n < 50; n += 10) await write(Array.from({ length: 10 }, (_, m) => put(`${n + m}`, { padding })))
    const Keys = Array.from({ length: 50 }, (_, n) => ({ id: { S: `${n}` } }))

    const { Responses, UnprocessedKeys } = await dynamodb.batchGetItem({
      RequestItems: { things: { Keys, ConsistentRead: true } },
    })

    expect(Responses?.things).to.have.length(41)
    expect(UnprocessedKeys).to.deep.equal({ things: { Keys: Keys.slice(41), ConsistentRead: true } })
  }).timeout(10_000)

  it('write nothing at all when one of them is refused', async () => {
    await refusalOf(write([put('a'), { PutRequest: { Item: { other: { S: 'x' } } } }]))

    expect(await ids()).to.deep.equal([])
  })

  describe('are refused', () => {
    const get = (Keys: Record<string, AttributeValue>[]) =>
      dynamodb.batchGetItem({ RequestItems: { things: { Keys } } })
    const key = (n: number | string) => ({ id: { S: `${n}` } })
    const many = (length: number) => Array.from({ length }, (_, n) => n)
    const cases: [what: string, call: () => Promise<unknown>, refusal: object][] = [
      [
        'for a table that is not there',
        () => dynamodb.batchWriteItem({ RequestItems: { nothing: [put('a')] } }),
        NO_TABLE,
      ],
      [
        'with a key twice',
        () => write([put('a'), remove('a')]),
        invalid('Provided list of item keys contains duplicates'),
      ],
      [
        'with a key twice, to get',
        () => get([key(1), key(1)]),
        invalid('Provided list of item keys contains duplicates'),
      ],
      [
        'with neither a put nor a delete',
        () => write([{}]),
        invalid(
          'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
        ),
      ],
      [
        'with more than 25 in all',
        () =>
          write(
            many(13).map((n) => put(`${n}`)),
            { pictures: many(13).map((n) => put(`${n}`)) },
          ),
        invalid('Too many items requested for the BatchWriteItem call'),
      ],
      [
        'with more than 100 in all, to get',
        () =>
          dynamodb.batchGetItem({
            RequestItems: { things: { Keys: many(60).map(key) }, pictures: { Keys: many(60).map(key) } },
          }),
        invalid('Too many items requested for the BatchGetItem call'),
      ],
      [
        'with an item that is too large',
        () => write([put('a', { b: { S: 'x'.repeat(410_000) } })]),
        invalid('Item size has exceeded the maximum allowed size'),
      ],
      [
        'with an item without its key',
        () => write([{ PutRequest: { Item: { other: { S: 'x' } } } }]),
        invalid(`${INVALID}Missing the key id in the item`),
      ],
      [
        'with another key',
        () => get([{ other: { S: 'x' } }]),
        invalid('The provided key element does not match the schema'),
      ],
      [
        'with a number that is none',
        () => write([put('a', { n: { N: 'abc' } })]),
        invalid('The parameter cannot be converted to a numeric value: abc'),
      ],
    ]
    for (const [what, call, refusal] of cases)
      it(what, async () => expect(await refusalOf(call())).to.deep.equal(refusal))

    it('with nothing, or too much for one table', async () => {
      const { message: nothing } = await refusalOf(dynamodb.batchWriteItem({ RequestItems: {} }))
      const { message: most } = await refusalOf(write(many(26).map((n) => put(`${n}`))))

      expect(nothing).to.contain(
        "at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
      )
      expect(most).to.match(
        /^1 validation error detected: Value .* at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less than or equal to 25, Member must have length greater than or equal to 1\]$/s,
      )
    })
  })
})
