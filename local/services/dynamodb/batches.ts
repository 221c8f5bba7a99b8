import type { Access } from '../../iam/types.ts'
import { attributesOf, found, itemKeys, leadingKeys, selectOf } from './access.ts'
import type { DynamoDBCall, Operations } from './calls.ts'
import { createMeter, readUnits, told } from './capacity.ts'
import { checkValues, toJson } from './checks.ts'
import { checkRequest, invalid } from './dynalite.ts'
import { type Get, type GetRequest, getItem, meterWrite, readGet, shownItem } from './items.ts'
import { checkItemKeys, checkKey, placeInTable } from './keys.ts'
import { nameArn, type TableName, tableName, tableOf } from './names.ts'
import { planned } from './prepared.ts'
import { itemSize } from './sizes.ts'
import type { Item, Table } from './types.ts'
import { sdkItem } from './values.ts'
import { carryOut, checkItem, collectionMetrics, type Write } from './writes.ts'

/** Most items of a batch that is written, and of one that is read; most bytes that one answers with. */
const MOST_WRITES = 25
const MOST_GETS = 100
const LARGEST_ANSWER = 16 * 1024 * 1024

type SdkItem = ReturnType<typeof sdkItem>

/** What tells an item apart within its table. */
const identity = (table: Table, key: Item): string => {
  const { hash, sort } = placeInTable(table, key)
  return `${Buffer.from(hash).toString('hex')}/${Buffer.from(sort).toString('hex')}`
}

/** Refuses keys that stand twice in a batch. */
const checkDistinct = (table: Table, keys: readonly Item[]) => {
  if (new Set(keys.map((key) => identity(table, key))).size < keys.length)
    throw invalid('Provided list of item keys contains duplicates')
}

interface BatchWriteRequest {
  RequestItems: Record<string, { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]>
  ReturnConsumedCapacity?: string
  ReturnItemCollectionMetrics?: string
}

const readBatchWrite = (request: BatchWriteRequest, call: DynamoDBCall) => {
  const byName = Object.entries(request.RequestItems ?? {}).map(
    ([asked, requests]) => [tableName(asked, call), requests] as const,
  )
  checkRequest('BatchWriteItem', {
    ...request,
    RequestItems: request.RequestItems && Object.fromEntries(byName.map(([{ name }, requests]) => [name, requests])),
  })
  if (byName.reduce((sum, [, requests]) => sum + requests.length, 0) > MOST_WRITES)
    throw invalid('Too many items requested for the BatchWriteItem call')
  const tables = byName.map(([name, requests]) => ({
    name,
    writes: requests.map(({ PutRequest, DeleteRequest }): Write => {
      if (!PutRequest === !DeleteRequest)
        throw invalid(
          'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
        )
      checkValues(PutRequest?.Item ?? DeleteRequest?.Key)
      if (PutRequest) checkItem(PutRequest.Item)
      return {
        kind: PutRequest ? 'PutItem' : 'DeleteItem',
        name,
        request: { TableName: name.name, Item: PutRequest?.Item, Key: DeleteRequest?.Key },
        expressions: {},
      }
    }),
  }))
  return { request, tables }
}

interface BatchGetRequest {
  RequestItems: Record<string, Omit<GetRequest, 'TableName' | 'Key'> & { Keys: Item[] }>
  ReturnConsumedCapacity?: string
}

interface TableGets {
  name: TableName
  gets: Get[]
}

const readBatchGet = (request: BatchGetRequest, call: DynamoDBCall) => {
  const byName = Object.entries(request.RequestItems ?? {}).map(
    ([asked, one]) => [tableName(asked, call), one] as const,
  )
  checkRequest('BatchGetItem', {
    ...request,
    RequestItems: request.RequestItems && Object.fromEntries(byName.map(([{ name }, one]) => [name, one])),
  })
  if (byName.reduce((sum, [, { Keys }]) => sum + Keys.length, 0) > MOST_GETS)
    throw invalid('Too many items requested for the BatchGetItem call')
  const tables = byName.map(([name, { Keys, ...rest }]): TableGets => {
    const [first, ...others] = Keys
    const get = readGet({ ...rest, TableName: name.asked, Key: first ?? {} }, call)
    for (const key of others) checkValues(key)
    return { name, gets: Keys.map((Key) => ({ ...get, request: { ...get.request, Key } })) }
  })
  return { request, tables }
}

export const batches = {
  BatchWriteItem: planned({
    plan: (input: object, call) => readBatchWrite(toJson(input) as BatchWriteRequest, call),
    access: ({ request, tables }, call) =>
      tables.map(({ name, writes }): Access => {
        const table = found(name, call)
        const all = writes.map((write) => write.request.Item ?? write.request.Key ?? {})
        const keys = itemKeys(table, leadingKeys(table, all), [...new Set(all.flatMap(Object.keys))], {
          'dynamodb:ReturnConsumedCapacity': request.ReturnConsumedCapacity ?? 'NONE',
        })
        return ['dynamodb:BatchWriteItem', nameArn(name), keys]
      }),
    run({ request, tables }, call) {
      const { store } = call
      return store.transaction(() => {
        for (const { name, writes } of tables) {
          const table = tableOf(name, call)
          for (const one of writes)
            if (one.request.Item) checkItemKeys(table, one.request.Item)
            else checkKey(table, one.request.Key ?? {})
          checkDistinct(
            table,
            writes.map((write) => write.request.Item ?? (write.request.Key as Item)),
          )
        }
        const collections: Record<string, NonNullable<ReturnType<typeof collectionMetrics>>[]> = {}
        const meters = tables.map(({ name, writes }) => {
          const meter = createMeter(name.asked)
          for (const one of writes) {
            const written = carryOut(one, call)
            meterWrite(meter, written)
            const { Item: item, Key: key } = one.request
            if (request.ReturnItemCollectionMetrics !== 'SIZE') continue
            const metrics = collectionMetrics(written.table, item ?? key ?? {}, call)
            if (metrics) collections[name.asked] = [...(collections[name.asked] ?? []), metrics]
          }
          return meter
        })
        return {
          UnprocessedItems: {},
          ItemCollectionMetrics: Object.keys(collections).length ? collections : undefined,
          ConsumedCapacity: told(meters, request.ReturnConsumedCapacity),
        }
      })
    },
  }),
  BatchGetItem: planned({
    plan: (input: object, call) => readBatchGet(toJson(input) as BatchGetRequest, call),
    access: ({ request, tables }, call) =>
      tables.map(({ name, gets }): Access => {
        const table = found(name, call)
        const attributes = gets.flatMap((get) => attributesOf(get.request, get.expressions))
        const all = leadingKeys(
          table,
          gets.map((get) => get.request.Key),
        )
        const keys = itemKeys(table, all, [...new Set(attributes)], {
          'dynamodb:Select': selectOf(undefined, gets[0]?.projection !== undefined, undefined),
          'dynamodb:ReturnConsumedCapacity': request.ReturnConsumedCapacity ?? 'NONE',
        })
        return ['dynamodb:BatchGetItem', nameArn(name), keys]
      }),
    run({ request, tables }, call) {
      const Responses: Record<string, SdkItem[]> = Object.create(null)
      const UnprocessedKeys: Record<string, { Keys: SdkItem[] }> = Object.create(null)
      let bytes = 0
      for (const { name, gets } of tables) {
        const table = tableOf(name, call)
        for (const { request } of gets) checkKey(table, request.Key)
        checkDistinct(
          table,
          gets.map((get) => get.request.Key),
        )
      }
      const meters = tables.map(({ name, gets }) => {
        const meter = createMeter(name.asked)
        const answered: SdkItem[] = []
        const left: SdkItem[] = []
        for (const get of gets) {
          const item = bytes < LARGEST_ANSWER ? getItem(get, call) : undefined
          const size = item ? itemSize(item) : 0
          if (bytes + size > LARGEST_ANSWER || bytes >= LARGEST_ANSWER) {
            bytes = LARGEST_ANSWER // whatever comes after the first that finds no room is left too
            left.push(sdkItem(get.request.Key))
            continue
          }
          bytes += size
          meter.add(readUnits(size, get.request.ConsistentRead))
          if (item) answered.push(shownItem(item, get.projection))
        }
        Responses[name.asked] = answered
        const { Keys: _, ...rest } = request.RequestItems[name.asked] as { Keys: Item[] }
        if (left.length) UnprocessedKeys[name.asked] = { ...rest, Keys: left }
        return meter
      })
      return {
        Responses,
        UnprocessedKeys,
        ConsumedCapacity: told(meters, request.ReturnConsumedCapacity),
      }
    },
  }),
} satisfies Operations
