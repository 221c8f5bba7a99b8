import { namesOf, type Place, placeInIndex } from './keys.ts'
import type { Index, Item, Table } from './types.ts'
import { attribute, emptyItem } from './values.ts'

/** An item as an index holds it. */
export interface Entry {
  at: Place
  item: Item
}

/** The attributes that an index holds of an item; nothing where it holds all. */
export const projected = (table: Table, { projection, keys }: Index): Set<string> | undefined =>
  projection.ProjectionType === 'ALL'
    ? undefined
    : new Set([...namesOf(table.keys), ...namesOf(keys), ...(projection.NonKeyAttributes ?? [])] as string[])

/** What an index holds of an item; nothing when the item lacks a key of the index. */
export const entryOf = (table: Table, index: Index, item: Item | undefined): Entry | undefined => {
  const at = item && placeInIndex(table, index, item)
  if (!at) return undefined
  const names = projected(table, index)
  if (!names) return { at, item }
  const part = emptyItem()
  for (const name of names) {
    const value = attribute(item, name)
    if (value) part[name] = value
  }
  return { at, item: part }
}

/** Where the entries of a table, or of one of its indexes, are kept. */
export const partOf = (table: Table, index?: Index): string => (index ? `${table.id}/${index.name}` : String(table.id))

/** The part of the ARN that names a table or one of its indexes. */
export const arnOf = ({ account, region, name }: Pick<Table, 'account' | 'region' | 'name'>, index?: string): string =>
  `arn:aws:dynamodb:${region}:${account}:table/${name}${index === undefined ? '' : `/index/${index}`}`
