import type { AttributeValue, DynamoDB } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { ACCOUNT, withDynamoDB } from '../../../tests/dynamodb.ts'
import { anew, PICTURES } from './fixture.ts'

/** A picture as the model keeps it: text and numbers, nothing else. */
interface Picture {
  owner: string
  key: string
  day?: string
  bytes?: number
  title?: string
}
type Model = Map<string, Picture>

const TableName = 'pictures'
const OWNERS = ['a', 'b']
const KEYS = ['', '/', '/1', '/2', 'é'].map((end) => `k${end}`)
const DAYS = ['mon', 'tue']

const idOf = ({ owner, key }: Picture) => `${owner} ${key}`
const itemOf = (picture: Picture): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(picture)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'number' ? { N: String(value) } : { S: value }]),
  )
const pictureOf = (item: Record<string, AttributeValue>): Picture =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, value.N === undefined ? value.S : Number(value.N)]),
  ) as unknown as Picture
const byId = (a: Picture, b: Picture) => (idOf(a) < idOf(b) ? -1 : 1)
const order = <T>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0)

const place = { owner: fc.constantFrom(...OWNERS), key: fc.constantFrom(...KEYS) }
const rest = {
  day: fc.option(fc.constantFrom(...DAYS), { nil: undefined }),
  bytes: fc.option(fc.constantFrom(-10, -1.5, 0, 2, 100), { nil: undefined }),
  title: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
}
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), ...place, ...rest }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), ...place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), ...place, by: fc.constantFrom(-1, 2.5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), ...place, day: fc.constantFrom(...DAYS) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('swap' as const), ...place, other: fc.constantFrom(...OWNERS) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

describe('DynamoDB: any sequence of writes', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  before(() => {
    dynamodb = test.client()
  })

  /** Does a step on both; a refusal of DynamoDB must be one that the model expects. */
  const run = async (one: Step, model: Model): Promise<void> => {
    const { owner, key } = one
    const id = idOf(one)
    const there = model.get(id)
    const Key = itemOf({ owner, key })
    const refused = (promise: Promise<unknown>) =>
      promise.then(
        () => false,
        (error) => {
          if (!/ConditionalCheckFailed|TransactionCanceled/.test(error.name)) throw error
          return true
        },
      )
    switch (one.do) {
      case 'put': {
        const { do: _, ...picture } = one
        await dynamodb.putItem({ TableName, Item: itemOf(picture) })
        model.set(id, pictureOf(itemOf(picture)))
        return
      }
      case 'delete': {
        const condition = {
          TableName,
          Key,
          ConditionExpression: 'attribute_exists(#k)',
          ExpressionAttributeNames: { '#k': 'key' },
        }
        expect(await refused(dynamodb.deleteItem(condition))).to.equal(!there)
        model.delete(id)
        return
      }
      case 'add': {
        const { Attributes } = await dynamodb.updateItem({
          TableName,
          Key,
          UpdateExpression: 'ADD #b :by',
          ExpressionAttributeNames: { '#b': 'bytes' },
          ExpressionAttributeValues: { ':by': { N: String(one.by) } },
          ReturnValues: 'ALL_NEW',
        })
        model.set(id, { ...(there ?? { owner, key }), bytes: (there?.bytes ?? 0) + one.by })
        expect(pictureOf(Attributes ?? {})).to.deep.equal(model.get(id))
        return
      }
      case 'move': {
        const update = dynamodb.updateItem({
          TableName,
          Key,
          UpdateExpression: 'SET #d = :d REMOVE title',
          ConditionExpression: '#d <> :d AND bytes > :none',
          ExpressionAttributeNames: { '#d': 'day' },
          ExpressionAttributeValues: { ':d': { S: one.day }, ':none': { N: '0' } },
        })
        const holds = there?.day !== one.day && (there?.bytes ?? 0) > 0
        expect(await refused(update)).to.equal(!holds)
        if (there && holds) {
          const { title: _, ...kept } = there
          model.set(id, { ...kept, day: one.day })
        }
        return
      }
      case 'swap': {
        const other = { owner: one.other, key: `${key}!` }
        const transaction = dynamodb.transactWriteItems({
          TransactItems: [
            { Put: { TableName, Item: itemOf({ ...there, ...other }) } },
            { Delete: { TableName, Key, ConditionExpression: 'attribute_exists(title)' } },
          ],
        })
        expect(await refused(transaction)).to.equal(there?.title === undefined)
        if (there?.title === undefined) return
        model.set(idOf(other), { ...there, ...other })
        model.delete(id)
      }
    }
  }
  const pages = async (read: (ExclusiveStartKey?: Record<string, AttributeValue>) => ReturnType<typeof query>) => {
    const found: Picture[] = []
    let start: Record<string, AttributeValue> | undefined
    do {
      const { Items, LastEvaluatedKey } = await read(start)
      found.push(...Items.map(pictureOf))
      start = LastEvaluatedKey
    } while (start)
    return found
  }
  const query = async (
    asked: { IndexName?: string; start?: Record<string, AttributeValue>; reverse?: boolean },
    name: string,
    value: string,
  ) => {
    const { Items = [], LastEvaluatedKey } = await dynamodb.query({
      TableName,
      IndexName: asked.IndexName,
      KeyConditionExpression: '#n = :v',
      ExpressionAttributeNames: { '#n': name },
      ExpressionAttributeValues: { ':v': { S: value } },
      ScanIndexForward: !asked.reverse,
      ExclusiveStartKey: asked.start,
      Limit: 2,
    })
    return { Items, LastEvaluatedKey }
  }
  /** Table, both kinds of index, counts and stream show what the model has. */
  const compare = async (model: Model) => {
    const all = [...model.values()]
    const scanned = await pages(async (ExclusiveStartKey) => {
      const { Items = [], LastEvaluatedKey } = await dynamodb.scan({ TableName, ExclusiveStartKey, Limit: 3 })
      return { Items, LastEvaluatedKey }
    })
    expect(scanned.sort(byId)).to.deep.equal([...all].sort(byId))
    for (const reverse of [false, true]) {
      const direction = reverse ? -1 : 1
      for (const owner of OWNERS) {
        const mine = all.filter((picture) => picture.owner === owner)
        const keys = (await pages((start) => query({ start, reverse }, 'owner', owner))).map(({ key }) => key)
        expect(keys).to.deep.equal(mine.map(({ key }) => key).sort((a, b) => direction * order(a, b)))
        const local = await pages((start) => query({ IndexName: 'by-bytes', start, reverse }, 'owner', owner))
        const sized = mine.filter(({ bytes }) => bytes !== undefined)
        expect(local.map(({ bytes }) => bytes)).to.deep.equal(
          sized.map(({ bytes }) => bytes as number).sort((a, b) => direction * (a - b)),
        )
        expect(local.sort(byId)).to.deep.equal(sized.map(({ day: _, ...held }) => held).sort(byId))
      }
      for (const day of DAYS) {
        const global = await pages((start) => query({ IndexName: 'by-day', start, reverse }, 'day', day))
        const ofDay = all.filter((picture) => picture.day === day && picture.bytes !== undefined)
        expect(global.map(({ bytes }) => bytes)).to.deep.equal(
          ofDay.map(({ bytes }) => bytes as number).sort((a, b) => direction * (a - b)),
        )
        expect(global.sort(byId)).to.deep.equal(ofDay.sort(byId))
      }
    }
    const { Table } = await dynamodb.describeTable({ TableName })
    expect(Table?.ItemCount).to.equal(all.length)
    const [stream] = test.store.streams.list({ account: ACCOUNT, region: 'us-east-1' }, TableName).slice(-1)
    const replayed: Model = new Map()
    for (const { keys, newImage } of test.store.streams.read(stream?.arn ?? '', 0, 10_000)) {
      const id = idOf(pictureOf(keys as never))
      if (newImage) replayed.set(id, pictureOf(newImage as never))
      else replayed.delete(id)
    }
    expect([...replayed.values()].sort(byId)).to.deep.equal([...all].sort(byId))
  }

  it('leaves table, indexes, counts and stream as a map would have them', async () => {
    const numRuns = process.env.TEST_FULL ? 200 : 15
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await anew(dynamodb, {
          ...PICTURES,
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        })
        const model: Model = new Map()
        for (const one of steps) await run(one, model)
        await compare(model)
      }),
      { numRuns },
    )
  }).timeout(process.env.TEST_FULL ? 300_000 : 60_000)
})
