import { invalid, PLACES, placeOf } from './dynalite.ts'
import { afterPrefix, next, type PartitionRange, type ScanRange } from './entries.ts'
import { meets } from './evaluate.ts'
import type { KeyConditions } from './keyConditions.ts'
import {
  checkFilled,
  checkKey,
  keyBytes,
  keyOf,
  namesOf,
  type Place,
  placeInIndex,
  placeInTable,
  typeOfKey,
} from './keys.ts'
import type { ReadPlan } from './readPlans.ts'
import type { Index, Item, Table, Value } from './types.ts'
import { attribute, equal } from './values.ts'

/** Operators that no sorted index can answer. */
const NOT_INDEXABLE = ['NULL', 'NOT_NULL', 'NE', 'CONTAINS', 'NOT_CONTAINS', 'IN']

const badStart = (why = '') => invalid(`The provided starting key is invalid${why}`)

/** Refuses what a query asks of attributes that are not its keys, or of its keys in a way that they cannot answer. */
const checkKeyConditions = (table: Table, [hash, sort]: [string, string?], conditions: KeyConditions) => {
  const count = Object.keys(conditions).length
  const most = sort === undefined ? 1 : 2
  if (count > most)
    throw invalid(
      `The number of query conditions (${count}) exceeds the number of key attributes defined in the schema (${most})`,
    )
  for (const name of [hash, sort]) {
    if (name === undefined) continue
    const condition = conditions[name]
    if (!condition) {
      if (name === hash || count > 1) throw invalid(`Query condition missed key schema element: ${name}`)
      continue
    }
    const { ComparisonOperator: operator = '', AttributeValueList: values = [] } = condition
    if (NOT_INDEXABLE.includes(operator))
      throw invalid('Attempted conditional constraint is not an indexable operation')
    const type = typeOfKey(table, name)
    if (values.some((value) => value[type] === undefined))
      throw invalid('One or more parameter values were invalid: Condition parameter type does not match schema type')
    if (name === hash && operator !== 'EQ') throw invalid('Query key condition not supported')
    if (name === hash) checkFilled(name, values[0])
  }
}

/** Where a page begins: behind the item that `ExclusiveStartKey` names. @throws ServiceError when it cannot be one */
const startOf = (table: Table, index: Index | undefined, key: Item): Place => {
  const names = new Set([...namesOf(table.keys), ...namesOf(index?.keys ?? [])] as string[])
  if (Object.keys(key).length !== names.size)
    throw badStart(index ? '' : ': The provided key element does not match the schema')
  if ([...names].some((name) => !attribute(key, name)))
    throw badStart(index ? '' : ': The provided key element does not match the schema')
  const check = (part: Item, keys = table.keys) => {
    try {
      checkKey(table, part, keys)
    } catch (error) {
      throw badStart(`: ${(error as Error).message}`)
    }
  }
  check(keyOf(table, key))
  if (!index) return placeInTable(table, key)
  check(keyOf({ ...table, keys: index.keys }, key), index.keys)
  return placeInIndex(table, index, key) as Place
}

/** The bounds that a condition on the sort key sets. */
const bounds = (operator: string, [value, other]: Value[]): Pick<PartitionRange, 'from' | 'to'> => {
  const bytes = keyBytes(value as Value)
  switch (operator) {
    case 'EQ':
      return { from: bytes, to: next(bytes) }
    case 'LT':
      return { to: bytes }
    case 'LE':
      return { to: next(bytes) }
    case 'GT':
      return { from: next(bytes) }
    case 'GE':
      return { from: bytes }
    case 'BEGINS_WITH':
      return { from: bytes, to: afterPrefix(bytes) }
    default:
      return { from: bytes, to: next(keyBytes(other as Value)) }
  }
}

/** What a query reads. @throws ServiceError ValidationException */
export const queryRange = (table: Table, index: Index | undefined, plan: ReadPlan): PartitionRange => {
  const { keyConditions, request } = plan
  const names = namesOf(index?.keys ?? table.keys)
  const [hash, sort] = names
  checkKeyConditions(table, names, keyConditions)
  const value = keyConditions[hash]?.AttributeValueList?.[0] as Value
  const condition = sort === undefined ? undefined : keyConditions[sort]
  const start = request.ExclusiveStartKey
  const after = start && startOf(table, index, start)
  if (start && condition && sort !== undefined) {
    if (!meets(attribute(start, sort), condition))
      throw invalid('The provided starting key does not match the range key predicate')
    if (!equal(start[hash] as Value, value))
      throw invalid('The query can return at most one row and cannot be restarted')
  } else if (start && !equal(start[hash] as Value, value))
    throw invalid('The provided starting key is outside query boundaries based on provided conditions')
  return {
    place: placeOf(value, typeOfKey(table, hash)),
    hash: keyBytes(value),
    ...(condition && bounds(condition.ComparisonOperator ?? '', condition.AttributeValueList ?? [])),
    after,
    reverse: request.ScanIndexForward === false,
  }
}

/** What a scan, or one segment of it, reads. @throws ServiceError ValidationException */
export const scanRange = (table: Table, index: Index | undefined, { request }: ReadPlan): ScanRange => {
  const { Segment: segment = 0, TotalSegments: segments = 1, ExclusiveStartKey: start } = request
  const from = Math.ceil((PLACES * segment) / segments)
  const to = Math.ceil((PLACES * (segment + 1)) / segments)
  const after = start && startOf(table, index, start)
  if (after && (after.place < from || after.place >= to))
    throw badStart(
      `: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${segments} Segment: ${segment}`,
    )
  return { from, to, after }
}

/** Refuses filters on a query's own keys, and paths within keys. @throws ServiceError ValidationException */
export const checkFilter = (table: Table, index: Index | undefined, plan: ReadPlan): void => {
  const { operation, request, expressions, projection } = plan
  const keys = namesOf(index?.keys ?? table.keys)
  const filtered = expressions.filter?.paths.map(([name]) => name) ?? Object.keys(request.QueryFilter ?? {})
  if (operation === 'Query')
    for (const key of keys)
      if (key !== undefined && filtered.includes(key))
        throw invalid(
          `${expressions.filter ? 'Filter Expression' : 'QueryFilter'} can only contain non-primary key attributes: Primary key attribute: ${key}`,
        )
  const nested = new Set(
    [...(projection ?? []), ...(expressions.filter?.paths ?? [])]
      .filter((path) => path.length > 1)
      .map(([name]) => name),
  )
  for (const key of namesOf(table.keys))
    if (key !== undefined && nested.has(key))
      throw invalid(
        `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: ${key}`,
      )
}
