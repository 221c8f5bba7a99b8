import { sortable } from './decimals.ts'
import { invalid, placeOf } from './dynalite.ts'
import type { Index, Item, KeyElement, KeyType, Table, Value } from './types.ts'
import { attribute, typeOf } from './values.ts'

/** Where an item or an index entry stands: in the order of a scan, of its partition, and among equals. */
export interface Place {
  /** The place of the partition in a scan; two partitions may share one. */
  place: number
  hash: Uint8Array
  sort: Uint8Array
  /** In an index: the key of the item in the table, which tells apart entries of one index key. */
  owner: Uint8Array
}

export const NO_BYTES = new Uint8Array()
const LARGEST_HASH = 2048
export const LARGEST_SORT = 1024

/** The names of a key's attributes: partition key, then sort key if there is one. */
export const namesOf = (keys: readonly KeyElement[]): [hash: string, sort?: string] =>
  keys.map((key) => key.AttributeName) as [string, string?]

/** The type that a table defines for a key attribute. */
export const typeOfKey = (table: Pick<Table, 'definitions'>, name: string): KeyType =>
  table.definitions.find((one) => one.AttributeName === name)?.AttributeType ?? 'S'

/** The bytes of a key value: they sort as the values do. */
export const keyBytes = (value: Value): Uint8Array => {
  if (value.S !== undefined) return Buffer.from(value.S)
  if (value.B !== undefined) return Buffer.from(value.B, 'base64')
  return sortable(value.N ?? '0')
}

const mismatch = () => invalid('The provided key element does not match the schema')

const checkPiece = (name: string, value: Value, isHash: boolean) => {
  checkFilled(name, value)
  checkSize(keyBytes(value), isHash)
}
/** @throws ServiceError ValidationException for a key attribute that is empty */
export const checkFilled = (name: string, value: Value | undefined) => {
  if (value?.S === '' || value?.B === '')
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${value.S === '' ? 'string' : 'binary'} value. Key: ${name}`,
    )
}
/** @throws ServiceError ValidationException for a key, or the key of an item, that is empty */
export const checkKeyFilled = (table: Table, item: Item): void => {
  for (const { AttributeName: name } of table.keys) checkFilled(name, attribute(item, name))
}

const checkSize = (bytes: Uint8Array, isHash: boolean) => {
  if (isHash && bytes.length > LARGEST_HASH)
    throw invalid(
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    )
  if (!isHash && bytes.length > LARGEST_SORT)
    throw invalid(
      'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    )
}

/** @throws ServiceError when `key` is not exactly a key of the table or, with `keys`, of one of its indexes */
export const checkKey = (table: Table, key: Item, keys: readonly KeyElement[] = table.keys): void => {
  if (Object.keys(key).length !== keys.length) throw mismatch()
  keys.forEach(({ AttributeName: name }, index) => {
    const type = typeOfKey(table, name)
    const value = attribute(key, name)
    if (value?.[type] === undefined) throw mismatch()
    checkPiece(name, value, index === 0)
  })
}

/** @throws ServiceError when an item lacks a key, or has one of another type, or index keys that cannot be indexed */
export const checkItemKeys = (table: Table, item: Item): void => {
  table.keys.forEach(({ AttributeName: name }, index) => {
    const type = typeOfKey(table, name)
    const value = attribute(item, name)
    if (!value) throw invalid(`One or more parameter values were invalid: Missing the key ${name} in the item`)
    if (value[type] === undefined)
      throw invalid(
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
      )
    checkPiece(name, value, index === 0)
  })
  checkIndexKeys(table, item)
}

/** @throws ServiceError when an item has an attribute of another type, or size, than its index wants. Absent is well. */
export const checkIndexKeys = (table: Table, item: Item): void => {
  for (const index of table.indexes)
    index.keys.forEach(({ AttributeName: name }, position) => {
      const type = typeOfKey(table, name)
      const value = attribute(item, name)
      if (!value) return
      if (value[type] === undefined)
        throw invalid(
          `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
        )
      if (value[type] === '')
        throw invalid(
          `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. IndexName: ${index.name}, IndexKey: ${name}`,
        )
      checkSize(keyBytes(value), position === 0)
    })
}

const partition = (table: Table, item: Item, keys: readonly KeyElement[]): Omit<Place, 'owner'> => {
  const [hashName, sortName] = namesOf(keys)
  const hash = attribute(item, hashName) as Value
  return {
    place: placeOf(hash, typeOfKey(table, hashName)),
    hash: keyBytes(hash),
    sort: sortName === undefined ? NO_BYTES : keyBytes(attribute(item, sortName) as Value),
  }
}

/** Where an item, or its key, stands in its table. */
export const placeInTable = (table: Table, item: Item): Place => ({
  ...partition(table, item, table.keys),
  owner: NO_BYTES,
})

/** Whether a value can be a key: of its type, not empty, not too large. */
const fits = (value: Value | undefined, type: KeyType, isHash: boolean): boolean =>
  value?.[type] !== undefined && value[type] !== '' && keyBytes(value).length <= (isHash ? LARGEST_HASH : LARGEST_SORT)

/**
 * Where an item, or the key of its entry, stands in an index. Nothing when it lacks a key of the index, or has another
 * type there, as items may have that were there before the index.
 */
export const placeInIndex = (table: Table, index: Index, item: Item): Place | undefined => {
  const whole = index.keys.every(({ AttributeName: name }, position) =>
    fits(attribute(item, name), typeOfKey(table, name), position === 0),
  )
  if (!whole) return undefined
  const { hash, sort } = partition(table, item, table.keys)
  const length = Uint8Array.of(hash.length >> 8, hash.length & 255)
  return { ...partition(table, item, index.keys), owner: Buffer.concat([length, hash, sort]) }
}

export const samePlace = (a: Place, b: Place): boolean =>
  Buffer.compare(a.hash, b.hash) === 0 && Buffer.compare(a.sort, b.sort) === 0 && Buffer.compare(a.owner, b.owner) === 0

/** The key of an item. */
export const keyOf = (table: Table, item: Item): Item =>
  Object.fromEntries(namesOf(table.keys).map((name) => [name as string, attribute(item, name as string) as Value]))
