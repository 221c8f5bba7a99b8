import { createHash } from 'node:crypto'
import { ServiceError } from '../../base/errors.ts'
import type { Access } from '../../iam/types.ts'
import { keep, length, oneOf } from '../constraints.ts'
import type { DynamoDBCall, Operations } from './calls.ts'
import { createMeter, type Meter, readUnits, told } from './capacity.ts'
import { toJson } from './checks.ts'
import { invalid } from './dynalite.ts'
import { type Get, type GetRequest, getItem, getKeys, meterWrite, readGet, shownItem } from './items.ts'
import { checkKeyFilled, keyBytes } from './keys.ts'
import { nameArn, type TableName, tableOf } from './names.ts'
import { planned } from './prepared.ts'
import { itemSize } from './sizes.ts'
import type { Item } from './types.ts'
import { attribute } from './values.ts'
import {
  carryOut,
  collectionMetrics,
  readWrite,
  type Write,
  type WriteKind,
  type WriteRequest,
  type Written,
  writeKeys,
} from './writes.ts'

/** Most actions of a transaction, and most bytes of their items together ("DynamoDB transactions"). */
const MOST = 100
const LARGEST = 4 * 1024 * 1024

const KINDS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
} as const

interface TransactWriteRequest {
  TransactItems: { [Kind in keyof typeof KINDS]?: WriteRequest }[]
  ClientRequestToken?: string
  ReturnConsumedCapacity?: string
  ReturnItemCollectionMetrics?: string
}

const readAction = (entry: TransactWriteRequest['TransactItems'][number], call: DynamoDBCall): Write => {
  const [kind, ...others] = Object.keys(entry) as (keyof typeof KINDS)[]
  const request = kind && entry[kind]
  if (!kind || !request || others.length)
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete')
  const missing = (member: string) =>
    keep(
      'ValidationException',
      `Value null at 'transactItems.member.${kind}.${member}' failed to satisfy constraint: Member must not be null`,
    )
  if (kind === 'ConditionCheck' && request.ConditionExpression === undefined) missing('conditionExpression')
  if (kind === 'Update' && request.UpdateExpression === undefined) missing('updateExpression')
  return readWrite(KINDS[kind], request, call)
}

const checkCount = (items: readonly unknown[]) =>
  keep('ValidationException', length('transactItems', items as { length: number }, 1, MOST))

/** What tells apart the items that a transaction names. */
const identity = (name: TableName, key: Item, call: DynamoDBCall): string => {
  const table = tableOf(name, call)
  const pieces = table.keys.map(({ AttributeName: one }) => {
    const value = attribute(key, one)
    return value ? Buffer.from(keyBytes(value)).toString('hex') : ''
  })
  return `${table.id}/${pieces.join('/')}`
}

/** Refuses a transaction that names one item twice, or one with an empty key. */
const checkDistinct = (keys: readonly (readonly [TableName, Item])[], call: DynamoDBCall) => {
  for (const [name, key] of keys) checkKeyFilled(tableOf(name, call), key)
  const all = new Set(keys.map(([name, key]) => identity(name, key, call)))
  if (all.size < keys.length) throw invalid('Transaction request cannot include multiple operations on one item')
}

interface Reason {
  Code: string
  Message?: string
  Item?: unknown
}

/** Faults of one action that cancel the transaction, instead of refusing the request. */
const REASONS: Record<string, string> = {
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  ValidationException: 'ValidationError',
  ItemCollectionSizeLimitExceededException: 'ItemCollectionSizeLimitExceeded',
}

/** Runs each action; what one of them is refused for is its reason. */
const attempt = <T>(run: () => T): { value?: T; reason: Reason } => {
  try {
    return { value: run(), reason: { Code: 'None' } }
  } catch (error) {
    const code = error instanceof ServiceError ? REASONS[error.code] : undefined
    if (code === undefined || !(error instanceof ServiceError)) throw error
    return { reason: { Code: code, Message: error.message, ...error.fields } }
  }
}

const cancelUnlessAll = (reasons: readonly Reason[]) => {
  if (reasons.every(({ Code }) => Code === 'None')) return
  throw new ServiceError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    { CancellationReasons: reasons },
  )
}

const tooLarge = () => invalid('Collective size of items in the transaction exceeds the limit of 4 MB')

interface Plan {
  request: TransactWriteRequest
  writes: Write[]
}

/** What was consumed, table by table. */
const consumed = (all: readonly Written[], { request, writes }: Plan, kind: 'Read' | 'Write') => {
  const meters = new Map<string, Meter>()
  all.forEach((written, index) => {
    const asked = (writes[index] as Write).name.asked
    const meter = meters.get(asked) ?? createMeter(asked, kind)
    meters.set(asked, meter)
    if (kind === 'Write') meterWrite(meter, written)
    else meter.add(readUnits(written.after ? itemSize(written.after) : 0, true))
  })
  return told(meters.values(), request.ReturnConsumedCapacity)
}

/** The request without what an equal one may differ in: its token, and what it wants to be told. */
const fingerprint = ({ TransactItems }: TransactWriteRequest) =>
  createHash('sha256').update(JSON.stringify(TransactItems)).digest('base64')

const writeAll = (plan: Plan, call: DynamoDBCall) => {
  const { request, writes } = plan
  const { store, ground } = call
  const keyed = writes.map(({ name, request: one }) => [name, one.Item ?? one.Key ?? {}] as const)
  checkDistinct(keyed, call)
  const now = ground.clock.now()
  const token = request.ClientRequestToken
  const known = token === undefined ? undefined : store.tokens.get(call, token, now)
  if (known !== undefined) {
    if (known !== fingerprint(request))
      throw new ServiceError(
        'IdempotentParameterMismatchException',
        'The provided client token was used with other parameters',
      )
    // It was carried out before: nothing is written, the items are only read.
    const read = keyed.map(([name, key]) => {
      const table = tableOf(name, call)
      const item = store.item(table, key)
      return { table, before: item, after: item, changes: [] }
    })
    return { ConsumedCapacity: consumed(read, plan, 'Read') }
  }
  const attempts = writes.map((write) => attempt(() => carryOut(write, call)))
  cancelUnlessAll(attempts.map(({ reason }) => reason))
  const written = attempts.map(({ value }) => value as Written)
  if (written.reduce((sum, { before, after }) => sum + itemSize(after ?? before ?? {}), 0) > LARGEST) throw tooLarge()
  if (token !== undefined) store.tokens.note(call, token, fingerprint(request), now)
  const metrics: Record<string, NonNullable<ReturnType<typeof collectionMetrics>>[]> = {}
  if (request.ReturnItemCollectionMetrics === 'SIZE')
    written.forEach(({ table, after, before }, index) => {
      const one = collectionMetrics(table, after ?? before ?? {}, call)
      const asked = (writes[index] as Write).name.asked
      if (one) metrics[asked] = [...(metrics[asked] ?? []), one]
    })
  return {
    ConsumedCapacity: consumed(written, plan, 'Write'),
    ItemCollectionMetrics: Object.keys(metrics).length ? metrics : undefined,
  }
}

interface TransactGetRequest {
  TransactItems: { Get?: GetRequest }[]
  ReturnConsumedCapacity?: string
}

const checkReturns = (request: { ReturnConsumedCapacity?: string; ReturnItemCollectionMetrics?: string }) =>
  keep(
    'ValidationException',
    oneOf('returnConsumedCapacity', request.ReturnConsumedCapacity, ['INDEXES', 'TOTAL', 'NONE']),
    oneOf('returnItemCollectionMetrics', request.ReturnItemCollectionMetrics, ['SIZE', 'NONE']),
  )

export const transactions = {
  TransactWriteItems: planned({
    plan(input: object, call): Plan {
      const request = toJson(input) as TransactWriteRequest
      checkCount(request.TransactItems)
      checkReturns(request)
      keep('ValidationException', length('clientRequestToken', request.ClientRequestToken, 1, 36))
      return { request, writes: request.TransactItems.map((entry) => readAction(entry, call)) }
    },
    access: ({ writes, request }, call) =>
      writes.map((write): Access => {
        const keys = writeKeys(write, call, {
          'dynamodb:EnclosingOperation': 'TransactWriteItems',
          'dynamodb:ReturnConsumedCapacity': request.ReturnConsumedCapacity ?? 'NONE',
        })
        return [`dynamodb:${write.kind satisfies WriteKind}`, nameArn(write.name), keys]
      }),
    run: (plan, call) => call.store.transaction(() => writeAll(plan, call)),
  }),
  TransactGetItems: planned({
    plan(input: object, call) {
      const request = toJson(input) as TransactGetRequest
      checkCount(request.TransactItems)
      checkReturns(request)
      const gets = request.TransactItems.map(({ Get }): Get => {
        if (!Get)
          keep(
            'ValidationException',
            "Value null at 'transactItems.member.get' failed to satisfy constraint: Member must not be null",
          )
        return readGet({ ...(Get as GetRequest), ConsistentRead: true }, call)
      })
      return { request, gets }
    },
    access: ({ gets }, call) =>
      gets.map((get): Access => {
        const keys = getKeys(get, call, { 'dynamodb:EnclosingOperation': 'TransactGetItems' })
        return ['dynamodb:GetItem', nameArn(get.name), keys]
      }),
    run({ request, gets }, call) {
      checkDistinct(
        gets.map((get) => [get.name, get.request.Key] as const),
        call,
      )
      const attempts = gets.map((get) => attempt(() => getItem(get, call)))
      cancelUnlessAll(attempts.map(({ reason }) => reason))
      const found = attempts.map(({ value }) => value)
      if (found.reduce((sum, item) => sum + (item ? itemSize(item) : 0), 0) > LARGEST) throw tooLarge()
      const meters = new Map<string, Meter>()
      found.forEach((item, index) => {
        const { asked } = (gets[index] as Get).name
        const meter = meters.get(asked) ?? createMeter(asked, 'Read')
        meters.set(asked, meter)
        meter.add(readUnits(item ? itemSize(item) : 0, true))
      })
      return {
        Responses: found.map((item, index) => ({ Item: item && shownItem(item, (gets[index] as Get).projection) })),
        ConsumedCapacity: told(meters.values(), request.ReturnConsumedCapacity),
      }
    },
  }),
} satisfies Operations
