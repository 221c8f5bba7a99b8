import { attributesOf, found, itemKeys, leadingKeys, selectOf } from './access.ts'
import type { DynamoDBCall, Operations } from './calls.ts'
import { createMeter, type Meter, readUnits, writeUnits } from './capacity.ts'
import { checkValues, toJson } from './checks.ts'
import { checkRequest, duplicate, invalid, type Request } from './dynalite.ts'
import { type ExpressionMembers, type Expressions, readExpressions } from './expressions.ts'
import { checkKey } from './keys.ts'
import { nameArn, type TableName, tableName, tableOf } from './names.ts'
import { type Path, project } from './paths.ts'
import { planned } from './prepared.ts'
import { itemSize } from './sizes.ts'
import type { Item } from './types.ts'
import { sdkItem } from './values.ts'
import type { WriteRequest } from './writes.ts'
import {
  carryOut,
  collectionOf,
  enveloped,
  readWrite,
  type Write,
  type WriteKind,
  type Written,
  writeKeys,
} from './writes.ts'

const size = (item: Item | undefined) => (item ? itemSize(item) : 0)

/** Counts what a write consumed: the larger of before and after, and what it changed in indexes. */
export const meterWrite = (meter: Meter, { before, after, changes }: Written): void => {
  meter.add(writeUnits(Math.max(size(before), size(after))))
  for (const { index, sizes } of changes) for (const bytes of sizes) meter.add(writeUnits(bytes), index)
}

/** The attributes that an answer shows of a write. */
const returned = ({ request, expressions }: Write, { before, after }: Written): Item | undefined => {
  const updated: Path[] =
    expressions.update?.updates.map(({ path }) => path) ??
    Object.keys(request.AttributeUpdates ?? {}).map((name): Path => [name])
  switch (request.ReturnValues) {
    case 'ALL_OLD':
      return before
    case 'ALL_NEW':
      return after
    case 'UPDATED_OLD':
      return before && project(updated, before)
    case 'UPDATED_NEW':
      return after && project(updated, after)
    default:
      return undefined
  }
}

const write = (kind: WriteKind) =>
  planned({
    plan: (input: object, call) => readWrite(kind, toJson(input) as WriteRequest, call, enveloped),
    access: (plan, call) => [`dynamodb:${kind}`, nameArn(plan.name), writeKeys(plan, call)],
    run(plan, call) {
      const written = call.store.transaction(() => carryOut(plan, call))
      const attributes = returned(plan, written)
      const meter = createMeter(plan.name.asked)
      meterWrite(meter, written)
      return {
        Attributes: attributes && Object.keys(attributes).length ? sdkItem(attributes) : undefined,
        ConsumedCapacity: meter.answer(plan.request.ReturnConsumedCapacity),
        ItemCollectionMetrics: collectionOf(written, plan, call),
      }
    },
  })

/** The members of a request that reads one item, as JSON. */
export interface GetRequest extends ExpressionMembers {
  TableName: string
  Key: Item
  AttributesToGet?: string[]
  ConsistentRead?: boolean
  ReturnConsumedCapacity?: string
}

/** What an answer shows of an item: all of it, or what the request asks for. */
export const shownItem = (item: Item, projection: readonly Path[] | undefined) =>
  sdkItem(projection ? project(projection, item) : item)

/** The paths that a read asks for. @throws ServiceError when one stands there twice */
export const projectionOf = (
  request: { AttributesToGet?: string[] },
  { projection }: Expressions,
): Path[] | undefined => {
  const names = request.AttributesToGet
  const twice = names && duplicate(names)
  if (twice) throw invalid(`One or more parameter values were invalid: Duplicate value in attribute name: ${twice}`)
  return projection ?? names?.map((name): Path => [name])
}

/** A read of one item, as it was asked for. */
export interface Get {
  name: TableName
  request: GetRequest
  expressions: Expressions
  projection: Path[] | undefined
}

/** Reads the members of a get. @throws ServiceError ValidationException */
export const readGet = (asked: GetRequest, call: DynamoDBCall): Get => {
  const name = tableName(asked.TableName, call)
  const request = { ...asked, TableName: name.name }
  checkRequest('GetItem', request as unknown as Request)
  const expressions = readExpressions(request, ['ProjectionExpression'], ['AttributesToGet'])
  checkValues(request.Key)
  return { name, request, expressions, projection: projectionOf(request, expressions) }
}

/** The condition keys of a get. */
export const getKeys = ({ name, request, expressions, projection }: Get, call: DynamoDBCall, more = {}) => {
  const table = found(name, call)
  return itemKeys(table, leadingKeys(table, [request.Key]), attributesOf(request, expressions), {
    'dynamodb:Select': selectOf(undefined, projection !== undefined, undefined),
    'dynamodb:ReturnConsumedCapacity': request.ReturnConsumedCapacity ?? 'NONE',
    ...more,
  })
}

/** Finds the item of a get. */
export const getItem = ({ name, request }: Get, call: DynamoDBCall): Item | undefined => {
  const table = tableOf(name, call)
  checkKey(table, request.Key)
  return call.store.item(table, request.Key)
}

export const items = {
  PutItem: write('PutItem'),
  UpdateItem: write('UpdateItem'),
  DeleteItem: write('DeleteItem'),
  GetItem: planned({
    plan: (input: object, call) => readGet(toJson(input) as GetRequest, call),
    access: (plan, call) => ['dynamodb:GetItem', nameArn(plan.name), getKeys(plan, call)],
    run(plan, call) {
      const item = getItem(plan, call)
      const meter = createMeter(plan.name.asked)
      meter.add(readUnits(size(item), plan.request.ConsistentRead))
      return {
        Item: item && shownItem(item, plan.projection),
        ConsumedCapacity: meter.answer(plan.request.ReturnConsumedCapacity),
      }
    },
  }),
} satisfies Operations
