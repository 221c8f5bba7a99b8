import type { AttributeValue, DynamoDB, StreamViewType } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { ACCOUNT, withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, invalid, simple } from './fixture.ts'

const PLACE = { account: ACCOUNT, region: 'us-east-1' }
const DAY = 24 * 3600 * 1000

describe('DynamoDB: streams and time to live', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  const TableName = 'changing'
  const begin = async (StreamViewType: StreamViewType = 'NEW_AND_OLD_IMAGES') => {
    dynamodb = test.client()
    await anew(dynamodb, { ...simple(TableName), StreamSpecification: { StreamEnabled: true, StreamViewType } })
  }
  beforeEach(() => begin())
  const put = (id: string, more: Record<string, AttributeValue> = {}) =>
    dynamodb.putItem({ TableName, Item: { id: { S: id }, ...more } })
  const arn = () => test.store.streams.list(PLACE, TableName).at(-1)?.arn ?? ''
  const records = () => test.store.streams.read(arn(), 0, 1000)
  const advance = (ms: number) => {
    test.clock.advance(ms)
    dynamodb = test.client()
  }

  describe('streams', () => {
    it('record every change of an item in its order, with the images before and after', async () => {
      await put('a', { n: { N: '1' } })
      await put('a', { n: { N: '2' } })
      await dynamodb.updateItem({ TableName, Key: { id: { S: 'b' } } })
      await dynamodb.deleteItem({ TableName, Key: { id: { S: 'a' } } })
      await dynamodb.deleteItem({ TableName, Key: { id: { S: 'gone' } } })

      const a = { id: { S: 'a' } }
      expect(
        records().map(({ event, keys, oldImage, newImage }) => ({ event, keys, oldImage, newImage })),
      ).to.deep.equal([
        { event: 'INSERT', keys: a, oldImage: undefined, newImage: { ...a, n: { N: '1' } } },
        { event: 'MODIFY', keys: a, oldImage: { ...a, n: { N: '1' } }, newImage: { ...a, n: { N: '2' } } },
        { event: 'INSERT', keys: { id: { S: 'b' } }, oldImage: undefined, newImage: { id: { S: 'b' } } },
        { event: 'REMOVE', keys: a, oldImage: { ...a, n: { N: '2' } }, newImage: undefined },
      ])
      const [first] = records()
      expect(first?.at).to.be.closeTo(test.clock.now(), 5000)
      expect(first?.size).to.equal(3 + 3 + 3)
      expect(first?.expired).to.equal(false)
    })

    it('record nothing when nothing changes', async () => {
      await put('a', { s: { SS: ['a', 'b'] }, m: { M: { x: { N: '1' }, y: { N: '2' } } } })
      await put('a', { m: { M: { y: { N: '2.0' }, x: { N: '1' } } }, s: { SS: ['b', 'a'] } })
      await dynamodb.updateItem({
        TableName,
        Key: { id: { S: 'a' } },
        UpdateExpression: 'SET m.x = :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      })

      expect(records()).to.have.length(1)
    })

    it('record nothing of a transaction that is cancelled, all of one that is not', async () => {
      const Put = { TableName, Item: { id: { S: 'a' } } }
      const ConditionCheck = { TableName, Key: { id: { S: 'b' } }, ConditionExpression: 'attribute_exists(id)' }
      await refusalOf(dynamodb.transactWriteItems({ TransactItems: [{ Put }, { ConditionCheck }] }))
      expect(records()).to.deep.equal([])

      await dynamodb.transactWriteItems({
        TransactItems: [{ Put }, { Put: { TableName, Item: { id: { S: 'b' } } } }],
      })

      expect(records().map(({ keys }) => keys.id)).to.deep.equal([{ S: 'a' }, { S: 'b' }])
    })

    for (const [view, oldImage, newImage] of [
      ['KEYS_ONLY', false, false],
      ['NEW_IMAGE', false, true],
      ['OLD_IMAGE', true, false],
    ] as const)
      it(`show what their view shows: ${view}`, async () => {
        await begin(view)
        await put('a', { n: { N: '1' } })
        await put('a', { n: { N: '2' } })

        const [, change] = records()

        expect([change?.oldImage !== undefined, change?.newImage !== undefined]).to.deep.equal([oldImage, newImage])
      })

    it('are read from a sequence on, and forget what is older than a day', async () => {
      for (const id of ['a', 'b', 'c']) await put(id)
      const [first, second] = records()
      const rest = test.store.streams.read(arn(), first?.sequence ?? 0, 1)
      advance(DAY + 31_000)
      await put('d')
      advance(31_000)

      expect(rest).to.deep.equal([second])
      expect(records().map(({ keys }) => keys.id)).to.deep.equal([{ S: 'd' }])
    })

    it('stay to be read when their table is deleted', async () => {
      await put('a')
      const before = arn()
      await dynamodb.deleteTable({ TableName })

      expect(test.store.streams.read(before, 0, 10)).to.have.length(1)
      expect(test.store.streams.get(before)).to.include({ table: TableName, label: before.split('/').at(-1) })
      expect(test.store.streams.get(before)?.disabled).to.be.a('number')
    })
  })

  describe('time to live', () => {
    const seconds = () => Math.floor(test.clock.now() / 1000)
    const enable = (Enabled = true, AttributeName = 'expires') =>
      dynamodb.updateTimeToLive({ TableName, TimeToLiveSpecification: { Enabled, AttributeName } })
    const ids = async () => (await dynamodb.scan({ TableName })).Items?.map((item) => item.id?.S).sort()
    const at = (time: number) => ({ expires: { N: String(time) } })

    it('deletes items within a minute of their time, as the service itself', async () => {
      await enable()
      await put('soon', at(seconds() + 100))
      await put('later', at(seconds() + 100_000))
      await put('never')
      await put('text', { expires: { S: '1' } })
      await put('ancient', at(seconds() - 6 * 365 * 24 * 3600))
      advance(61_000)
      const before = await ids()

      advance(60_000)
      advance(40_000)

      expect(before).to.include('soon')
      expect(await ids()).to.deep.equal(['ancient', 'later', 'never', 'text'])
      expect(records().at(-1)).to.deep.include({ event: 'REMOVE', keys: { id: { S: 'soon' } }, expired: true })
    })

    it('holds for items that were there before it was switched on, and ends when it is switched off', async () => {
      await put('a', at(seconds() + 10))
      await enable()
      advance(60_000)
      const first = await ids()
      await put('b', at(seconds() + 10))
      await enable(false)
      advance(60_000)

      expect([first, await ids()]).to.deep.equal([[], ['b']])
    })

    it('takes an item out of indexes too', async () => {
      await dynamodb.updateTable({
        TableName,
        AttributeDefinitions: [{ AttributeName: 'day', AttributeType: 'S' }],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: 'by-day',
              KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
            },
          },
        ],
      })
      await enable()
      for (let n = 0; n < 450; n++) await put(`${n}`, { ...at(seconds() + 5), day: { S: 'x' } })
      await put('stays', { day: { S: 'x' } })

      advance(60_000)

      expect((await dynamodb.scan({ TableName, IndexName: 'by-day' })).Count).to.equal(1)
      expect((await dynamodb.describeTable({ TableName })).Table?.ItemCount).to.equal(1)
    })

    it('is described, and refuses what is so already', async () => {
      const off = await dynamodb.describeTimeToLive({ TableName })
      const already = await refusalOf(enable(false))
      const answer = await enable()
      const on = await dynamodb.describeTimeToLive({ TableName })

      expect(off.TimeToLiveDescription).to.deep.equal({ TimeToLiveStatus: 'DISABLED' })
      expect(already).to.deep.equal(invalid('TimeToLive is already disabled'))
      expect(answer.TimeToLiveSpecification).to.deep.equal({ Enabled: true, AttributeName: 'expires' })
      expect(on.TimeToLiveDescription).to.deep.equal({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' })
      expect(await refusalOf(enable())).to.deep.equal(invalid('TimeToLive is already enabled'))
      expect(await refusalOf(enable(true, 'other'))).to.deep.equal(
        invalid('TimeToLive is active on a different AttributeName: current AttributeName is expires'),
      )
    })
  })
})
