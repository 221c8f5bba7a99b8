import { ServiceError } from '../../base/errors.ts'
import type { ConditionKeys } from '../../iam/types.ts'
import { keep, oneOf } from '../constraints.ts'
import { attributesOf, found, itemKeys, leadingKeys } from './access.ts'
import { type AttributeUpdates, applyAttributeUpdates, applyUpdates } from './applyUpdate.ts'
import type { DynamoDBCall } from './calls.ts'
import { checkConditionValues, checkDepth, checkValue, checkValues } from './checks.ts'
import { checkRequest, expectedFault, invalid, type LegacyConditions, type Request } from './dynalite.ts'
import { holds, holdsLegacy } from './evaluate.ts'
import { type ExpressionMembers, type Expressions, readExpressions } from './expressions.ts'
import { checkIndexKeys, checkItemKeys, checkKey, namesOf } from './keys.ts'
import { type TableName, tableName, tableOf } from './names.ts'
import { itemSize, LARGEST_ITEM } from './sizes.ts'
import type { IndexChange } from './store.ts'
import type { Item, Table } from './types.ts'
import { attribute, emptyItem, sdkItem } from './values.ts'

/** The members of a request that writes one item, as JSON. */
export interface WriteRequest extends ExpressionMembers {
  TableName: string
  Item?: Item
  Key?: Item
  Expected?: LegacyConditions
  ConditionalOperator?: string
  AttributeUpdates?: AttributeUpdates
  ReturnValues?: string
  ReturnConsumedCapacity?: string
  ReturnItemCollectionMetrics?: string
  ReturnValuesOnConditionCheckFailure?: string
}

export type WriteKind = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem'

/** A write that was read and checked, as far as that goes without its table. */
export interface Write {
  kind: WriteKind
  name: TableName
  request: WriteRequest
  expressions: Expressions
}

/** What a write did: the item before and after it, and its entries in indexes. */
export interface Written {
  table: Table
  before: Item | undefined
  after: Item | undefined
  changes: IndexChange[]
}

/** @throws ServiceError for an item that is larger than DynamoDB stores */
export const checkItem = (item: Item, message = 'Item size has exceeded the maximum allowed size'): void => {
  if (itemSize(item) > LARGEST_ITEM) throw invalid(message)
}

const checkUpdates = (updates: AttributeUpdates = {}) => {
  const refuse = (what: string) => invalid(`One or more parameter values were invalid: ${what}`)
  for (const { Action: action, Value: value } of Object.values(updates)) {
    keep('ValidationException', oneOf('attributeUpdates', action, ['ADD', 'PUT', 'DELETE']))
    if (!value) {
      if (action !== 'DELETE') throw refuse('Only DELETE action is allowed when no attribute value is specified')
      continue
    }
    checkValue(value)
    const type = Object.keys(value)[0] as string
    if (action === 'DELETE' && !['SS', 'NS', 'BS'].includes(type))
      throw refuse(`DELETE action with value is not supported for the type ${type}`)
    if (action === 'ADD' && !['L', 'SS', 'NS', 'BS', 'N'].includes(type))
      throw refuse(`ADD action is not supported for the type ${type}`)
  }
}

/** How AWS reports what is wrong with the values and expressions of a single write; those of a batch or transaction stand alone. */
export const enveloped = <T>(check: () => T): T => {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof ServiceError) || /^\d+ validation error/.test(error.message)) throw error
    throw invalid(`1 validation error detected: ${error.message}`)
  }
}

const readParts = (kind: WriteKind, request: WriteRequest): Expressions => {
  const update = kind === 'UpdateItem'
  const expressions = readExpressions(
    request,
    update ? ['UpdateExpression', 'ConditionExpression'] : ['ConditionExpression'],
    update ? ['AttributeUpdates', 'Expected', 'ConditionalOperator'] : ['Expected', 'ConditionalOperator'],
  )
  checkValues(request.Item ?? request.Key)
  if (request.Item && Object.hasOwn(request.Item, ''))
    throw invalid('Attribute names must be at least one character long')
  checkUpdates(request.AttributeUpdates)
  checkConditionValues(request.Expected)
  const fault = expectedFault(request.Expected)
  if (fault) throw invalid(fault)
  return expressions
}

/** Reads a write from its members; `report` words what is wrong with its parts. @throws ServiceError ValidationException */
export const readWrite = (
  kind: WriteKind,
  request: WriteRequest,
  call: DynamoDBCall,
  report: typeof enveloped = (check) => check(),
): Write => {
  const name = tableName(request.TableName, call)
  const checked: WriteRequest = { ...request, TableName: name.name }
  checkRequest(kind === 'ConditionCheckItem' ? 'DeleteItem' : kind, checked as unknown as Request)
  keep(
    'ValidationException',
    oneOf('returnValuesOnConditionCheckFailure', request.ReturnValuesOnConditionCheckFailure, ['ALL_OLD', 'NONE']),
  )
  const expressions = report(() => readParts(kind, checked))
  if (kind !== 'UpdateItem' && !['NONE', 'ALL_OLD'].includes(checked.ReturnValues ?? 'NONE'))
    throw invalid('ReturnValues can only be ALL_OLD or NONE')
  if (checked.Item) checkItem(checked.Item)
  if (checked.ConditionalOperator !== undefined && !Object.keys(checked.Expected ?? {}).length)
    throw invalid('ConditionalOperator cannot be used without Filter or Expected')
  return { kind, name, request: checked, expressions }
}

/** The condition keys of a write. */
export const writeKeys = (write: Write, call: DynamoDBCall, more: ConditionKeys = {}): ConditionKeys => {
  const table = found(write.name, call)
  const { request, expressions } = write
  return itemKeys(table, leadingKeys(table, [request.Item ?? request.Key ?? {}]), attributesOf(request, expressions), {
    'dynamodb:ReturnValues': request.ReturnValues ?? 'NONE',
    'dynamodb:ReturnConsumedCapacity': request.ReturnConsumedCapacity ?? 'NONE',
    ...more,
  })
}

/** Refuses paths within a key, which is a scalar. */
const checkNested = (table: Table, { update, condition }: Expressions) => {
  const nested = new Set(
    [...(update?.paths ?? []), ...(condition?.paths ?? [])].filter((path) => path.length > 1).map(([name]) => name),
  )
  const refuse = (what: string) =>
    invalid(`Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${what}`)
  for (const name of namesOf(table.keys)) if (name && nested.has(name)) throw refuse(`Key: ${name}`)
  for (const index of table.indexes)
    for (const name of namesOf(index.keys)) if (name && nested.has(name)) throw refuse(`IndexKey: ${name}`)
}

const checkKeyUntouched = (table: Table, { request, expressions }: Write) => {
  const touched = new Set([
    ...(expressions.update?.updates.map(({ path }) => path[0]) ?? []),
    ...Object.keys(request.AttributeUpdates ?? {}),
  ])
  for (const name of namesOf(table.keys))
    if (name && touched.has(name))
      throw invalid(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      )
}

/** The item after an update. */
const updated = (table: Table, write: Write, before: Item | undefined): Item => {
  const { request, expressions } = write
  const item = before ?? Object.assign(emptyItem(), request.Key)
  const after = expressions.update
    ? applyUpdates(expressions.update.updates, item)
    : applyAttributeUpdates(request.AttributeUpdates ?? {}, item)
  checkDepth(after)
  checkItem(after, 'Item size to update has exceeded the maximum allowed size')
  checkIndexKeys(table, after)
  return after
}

const refused = (write: Write, before: Item | undefined) =>
  new ServiceError('ConditionalCheckFailedException', 'The conditional request failed', {
    ...(before && write.request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && { Item: sdkItem(before) }),
  })

/** Carries out a write; belongs into a transaction. @throws ServiceError */
export const carryOut = (write: Write, call: DynamoDBCall): Written => {
  const { kind, request, expressions } = write
  const table = tableOf(write.name, call)
  if (request.Item) checkItemKeys(table, request.Item)
  else checkKey(table, request.Key ?? {})
  if (kind === 'UpdateItem') checkKeyUntouched(table, write)
  checkNested(table, expressions)
  const key = request.Item ?? (request.Key as Item)
  const before = call.store.item(table, key)
  const { condition } = expressions
  const { Expected, ConditionalOperator } = request
  if (condition && !holds(condition.condition, before ?? {})) throw refused(write, before)
  if (Expected && !holdsLegacy(Expected, ConditionalOperator, before ?? {})) throw refused(write, before)
  if (kind === 'ConditionCheckItem') return { table, before, after: before, changes: [] }
  const after = kind === 'PutItem' ? request.Item : kind === 'UpdateItem' ? updated(table, write, before) : undefined
  return { table, before, after, changes: call.store.change(table, before, after) }
}

/** How large the partition of an item is, for a table with local indexes, when it was asked for. */
export const collectionOf = ({ table }: Written, { request }: Write, call: DynamoDBCall) => {
  if (request.ReturnItemCollectionMetrics !== 'SIZE') return undefined
  return collectionMetrics(table, request.Item ?? request.Key ?? {}, call)
}

const GIGABYTE = 1024 ** 3

/** The size of the collection that an item belongs to; only tables with local indexes have collections. */
export const collectionMetrics = (table: Table, item: Item, { store }: DynamoDBCall) => {
  if (!table.indexes.some(({ kind }) => kind === 'local')) return undefined
  const [hash] = namesOf(table.keys)
  const key = attribute(item, hash)
  if (!key) return undefined
  const size = store.collectionSize(table, item) / GIGABYTE
  return { ItemCollectionKey: sdkItem({ [hash]: key }), SizeEstimateRangeGB: [Math.floor(size), Math.floor(size) + 1] }
}
