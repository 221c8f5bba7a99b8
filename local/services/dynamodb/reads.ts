import { attributesOf, found, itemKeys, leadingKey, selectOf } from './access.ts'
import type { DynamoDBCall, Operations } from './calls.ts'
import { createMeter, readUnits } from './capacity.ts'
import { toJson } from './checks.ts'
import { invalid } from './dynalite.ts'
import type { Row } from './entries.ts'
import { holds, holdsLegacy } from './evaluate.ts'
import { partOf, projected } from './indexes.ts'
import { shownItem } from './items.ts'
import { namesOf } from './keys.ts'
import { nameArn, tableOf } from './names.ts'
import { planned } from './prepared.ts'
import { checkFilter, queryRange, scanRange } from './ranges.ts'
import { type ReadPlan, type ReadRequest, readPlan } from './readPlans.ts'
import { itemSize } from './sizes.ts'
import type { Index, Item, Table, Value } from './types.ts'
import { attribute, sdkItem } from './values.ts'

/** Bytes that one answer looks at. */
const LARGEST_PAGE = 1024 * 1024

const indexOf = (table: Table, { request }: ReadPlan): Index | undefined => {
  const { IndexName, ConsistentRead } = request
  if (IndexName === undefined) return undefined
  const index = table.indexes.find(({ name }) => name === IndexName)
  if (!index) throw invalid(`The table does not have the specified index: ${IndexName}`)
  if (index.kind === 'global' && ConsistentRead)
    throw invalid('Consistent reads are not supported on global secondary indexes')
  return index
}

/**
 * Whether items must be fetched from the table, because the index does not hold what is asked for. A global index never
 * does that. @throws ServiceError when it would have to
 */
const mustFetch = (table: Table, index: Index | undefined, { request, projection }: ReadPlan): boolean => {
  const held = index && projected(table, index)
  if (!index || !held) return false
  if (request.Select === 'ALL_ATTRIBUTES') {
    if (index.kind === 'local') return true
    throw invalid(
      `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    )
  }
  const missing = (projection ?? []).map(([name]) => name).filter((name) => !held.has(name))
  if (index.kind === 'local') return missing.length > 0
  if (missing.length)
    throw invalid(
      `One or more parameter values were invalid: Global secondary index ${index.name} does not project [${[...new Set(missing)].join(', ')}]`,
    )
  return false
}

/** The attributes that say where a page ended: the key of the table, and that of the index. */
const positionOf = (table: Table, index: Index | undefined, item: Item): Item =>
  Object.fromEntries(
    [...new Set([...namesOf(table.keys), ...namesOf(index?.keys ?? [])])].map((name) => [
      name as string,
      attribute(item, name as string) as Value,
    ]),
  )

/** One page of a query or scan. */
const page = (plan: ReadPlan, call: DynamoDBCall) => {
  const { request, expressions, projection, name, operation } = plan
  const { store } = call
  const table = tableOf(name, call)
  const index = indexOf(table, plan)
  const fetches = mustFetch(table, index, plan)
  checkFilter(table, index, plan)
  const part = partOf(table, index)
  const rows: Iterable<Row> =
    operation === 'Query'
      ? store.entries.partition(part, queryRange(table, index, plan))
      : store.entries.scan(part, scanRange(table, index, plan))

  const filter = request.QueryFilter ?? request.ScanFilter
  const fits = (item: Item) =>
    (!expressions.filter || holds(expressions.filter.condition, item)) &&
    (!filter || holdsLegacy(filter, request.ConditionalOperator, item))
  const limit = request.Limit ?? Number.POSITIVE_INFINITY
  const meter = createMeter(name.asked)
  const found: Item[] = []
  let scanned = 0
  let bytes = 0
  let last: Item | undefined
  let more = false
  for (const row of rows) {
    if (scanned >= limit || bytes >= LARGEST_PAGE) {
      more = true
      break
    }
    scanned++
    bytes += row.size
    last = row.item
    const item = fetches ? (store.item(table, row.item) as Item) : row.item
    if (fetches) meter.add(readUnits(itemSize(item), request.ConsistentRead))
    if (fits(item)) found.push(item)
  }
  // DynamoDB does not look beyond the limit: it ends the page there, even if nothing follows.
  more ||= scanned >= limit
  meter.add(readUnits(bytes, request.ConsistentRead), index)
  return {
    Items: request.Select === 'COUNT' ? undefined : found.map((item) => shownItem(item, projection)),
    Count: found.length,
    ScannedCount: scanned,
    LastEvaluatedKey: more && last ? sdkItem(positionOf(table, index, last)) : undefined,
    ConsumedCapacity: meter.answer(request.ReturnConsumedCapacity),
  }
}

const read = (operation: ReadPlan['operation']) =>
  planned({
    plan: (input: object, call) => readPlan(operation, toJson(input) as ReadRequest, call),
    access(plan, call) {
      const { name, request, expressions, projection, keyConditions } = plan
      const table = found(name, call)
      const index = table?.indexes.find((one) => one.name === request.IndexName)
      const keys = index?.keys ?? table?.keys
      const asked = keys && keyConditions[namesOf(keys)[0]]?.AttributeValueList?.[0]
      return [
        `dynamodb:${operation}`,
        nameArn(name, request.IndexName),
        itemKeys(table, leadingKey(asked), attributesOf({ ...request, KeyConditions: keyConditions }, expressions), {
          'dynamodb:Select': selectOf(request.Select, projection !== undefined, request.IndexName),
          'dynamodb:ReturnConsumedCapacity': request.ReturnConsumedCapacity ?? 'NONE',
        }),
      ]
    },
    run: page,
  })

export const reads = { Query: read('Query'), Scan: read('Scan') } satisfies Operations
