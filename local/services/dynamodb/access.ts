import type { ConditionKeys } from '../../iam/types.ts'
import type { DynamoDBCall } from './calls.ts'
import type { Expressions } from './expressions.ts'
import { namesOf } from './keys.ts'
import type { TableName } from './names.ts'
import type { Path } from './paths.ts'
import type { Item, Table, Value } from './types.ts'
import { attribute } from './values.ts'

/** Members of a request that name attributes by the keys of a map. */
const MAPS = [
  'Item',
  'Key',
  'Expected',
  'AttributeUpdates',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
  'ExclusiveStartKey',
] as const

/** Members of a request that condition keys look at. */
export interface Named extends Partial<Record<(typeof MAPS)[number], object>> {
  AttributesToGet?: string[]
  ReturnValues?: string
  ReturnConsumedCapacity?: string
}

/** Every attribute that a request names: keys, conditions, updates, projections (`dynamodb:Attributes`). */
export const attributesOf = (request: Named, expressions: Expressions = {}): string[] => {
  const names = new Set<string>(request.AttributesToGet)
  for (const member of MAPS) for (const name of Object.keys(request[member] ?? {})) names.add(name)
  const add = (paths: readonly Path[] = []) => {
    for (const [name] of paths) names.add(name)
  }
  const { condition, filter, keyCondition, update, projection } = expressions
  for (const one of [condition, filter, keyCondition, update]) add(one?.paths)
  add(projection)
  return [...names]
}

/** How a key stands in `dynamodb:LeadingKeys`. */
export const leadingKey = (value: Value | undefined): string[] => {
  const text = value?.S ?? value?.N ?? value?.B
  return text === undefined ? [] : [text]
}

/** The partition keys of items or of keys (`dynamodb:LeadingKeys`). */
export const leadingKeys = (table: Table | undefined, items: readonly Item[]): string[] => {
  if (!table) return []
  const [hash] = namesOf(table.keys)
  return [...new Set(items.flatMap((item) => leadingKey(attribute(item, hash))))]
}

/** The condition keys of a table's tags. */
export const tableKeys = (table: Table | undefined): ConditionKeys =>
  Object.fromEntries(Object.entries(table?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))

/** The condition keys of a request that carries tags. */
export const tagKeys = (tags: Record<string, string>): ConditionKeys => ({
  'aws:TagKeys': Object.keys(tags),
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
})

/** The table that a request names, if it is there. */
export const found = (name: TableName, { store }: DynamoDBCall): Readonly<Table> | undefined =>
  store.tables.known(name, name.name)

/**
 * The condition keys of a request for items ("Actions, resources, and condition keys for Amazon DynamoDB"), without those
 * that are not there. What a parameter is by default counts as given: a policy can only so demand it.
 */
export const itemKeys = (
  table: Table | undefined,
  keys: readonly string[],
  attributes: readonly string[],
  more: ConditionKeys = {},
): ConditionKeys => ({
  'dynamodb:LeadingKeys': keys.length ? [...keys] : undefined,
  'dynamodb:Attributes': attributes.length ? [...attributes] : undefined,
  ...more,
  ...tableKeys(table),
})

/** What a read gives back, unless the request says it. */
export const selectOf = (select: string | undefined, projects: boolean, index: string | undefined): string =>
  select ?? (projects ? 'SPECIFIC_ATTRIBUTES' : index === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES')
