import { byteOrder, compareNumbers, isNumber, normalise } from './decimals.ts'
import { invalid, type LegacyConditions } from './dynalite.ts'
import type { Item, Value } from './types.ts'
import { typeOf } from './values.ts'

/** A request nested deeper than this is not even looked at: each level of an item is two of its JSON. */
const DEEPEST_REQUEST = 150
/** Levels of maps and lists within each other, the attribute itself counted ("Quotas in Amazon DynamoDB", Nested attribute depth). */
const DEEPEST = 32

const wrong = (what: string) => invalid(`One or more parameter values were invalid: ${what}`)

const tooDeep = () =>
  invalid(
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  )

const number = (text: string): string => {
  if (isNumber(text)) return normalise(text)
  throw invalid(`The parameter cannot be converted to a numeric value: ${text}`)
}

/** The order of a set's elements: strings and binary by their bytes, numbers by their value. */
const ORDERS = {
  SS: (a: string, b: string) => byteOrder(Buffer.from(a), Buffer.from(b)),
  NS: compareNumbers,
  BS: (a: string, b: string) => byteOrder(Buffer.from(a, 'base64'), Buffer.from(b, 'base64')),
}
export type SetType = keyof typeof ORDERS

/** Elements in the order in which DynamoDB gives them back. */
export const sorted = (type: SetType, elements: readonly string[]): string[] => [...elements].sort(ORDERS[type])

const EMPTY: Record<SetType, string> = {
  SS: 'An string set  may not be empty',
  NS: 'An number set  may not be empty',
  BS: 'Binary sets should not be empty',
}

const checkSet = (type: SetType, value: Value) => {
  let elements = value[type] as string[]
  if (!elements.length) throw wrong(EMPTY[type])
  if (type === 'NS') elements = elements.map(number)
  if (new Set(elements).size < elements.length) {
    if (type === 'NS') throw wrong('Input collection contains duplicates.')
    throw wrong(
      `Input collection [${elements.join(', ')}]${type === 'BS' ? 'of type BS contains duplicates.' : ' contains duplicates.'}`,
    )
  }
  value[type] = sorted(type, elements)
}

/**
 * Checks a value, and brings it into the one form in which it is stored, in place: numbers in plain digits, sets sorted.
 * @throws ServiceError ValidationException
 */
export const checkValue = (value: Value, level = 1): void => {
  const types = Object.keys(value)
  if (!types.length)
    throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
  if (types.length > 1)
    throw invalid(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    )
  if (level > DEEPEST) throw tooDeep()
  const type = typeOf(value)
  switch (type) {
    case 'N':
      value.N = number(value.N as string)
      break
    case 'NULL':
      if (!value.NULL) throw wrong('Null attribute value types must have the value of true')
      break
    case 'SS':
    case 'NS':
    case 'BS':
      checkSet(type, value)
      break
    case 'L':
      for (const one of value.L as Value[]) checkValue(one, level + 1)
      break
    case 'M':
      checkValues(value.M, level + 1)
  }
}

/** Checks every name and value of an item, key or map, see {@link checkValue}. @throws ServiceError ValidationException */
export const checkValues = (item: Item | undefined, level = 1): void => {
  for (const name of Object.keys(item ?? {})) {
    checkName(name)
    checkValue(item?.[name] ?? {}, level)
  }
}

/** Largest attribute name, in bytes. */
const LONGEST_NAME = 65_535

/** @throws ServiceError ValidationException for a name that is too long for an attribute */
export const checkName = (name: string): void => {
  if (name.length > LONGEST_NAME / 4 && Buffer.byteLength(name) > LONGEST_NAME)
    throw invalid('Attribute name is too large, must be less than 65536 bytes')
}

/** Checks the values of conditions in the form before expressions. @throws ServiceError ValidationException */
export const checkConditionValues = (conditions: LegacyConditions | undefined): void => {
  for (const { Value: value, AttributeValueList: list = [] } of Object.values(conditions ?? {}))
    for (const one of value ? [value, ...list] : list) checkValue(one)
}

/** @throws ServiceError ValidationException when a value of an item lies deeper than DynamoDB stores it */
export const checkDepth = (item: Item): void => {
  const check = (value: Value, level: number) => {
    if (level > DEEPEST) throw tooDeep()
    for (const one of value.L ?? Object.values(value.M ?? {})) check(one, level + 1)
  }
  for (const name of Object.keys(item)) check(item[name] as Value, 1)
}

/**
 * Anything that an SDK or the wire hands in, as JSON: binary as base64, absent members left out, maps without a prototype.
 * @throws ServiceError ValidationException for a request that is nested beyond reason
 */
export const toJson = (value: unknown, level = 0): unknown => {
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  if (typeof value !== 'object' || value === null) return value
  if (level > DEEPEST_REQUEST) throw tooDeep()
  if (Array.isArray(value)) return value.map((one) => toJson(one, level + 1))
  const result: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key]
    if (member !== undefined && member !== null) result[key] = toJson(member, level + 1)
  }
  return result
}
