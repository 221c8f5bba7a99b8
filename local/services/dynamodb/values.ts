import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Item, Value, ValueType } from './types.ts'

/** The type of a value: the name of its one member. */
export const typeOf = (value: Value): ValueType => Object.keys(value)[0] as ValueType

/** A map without a prototype: attributes may be called `__proto__` or `constructor`. */
export const emptyItem = (): Item => Object.create(null) as Item

/** An attribute, or nothing when the map has none of this name. */
export const attribute = (item: Item, name: string): Value | undefined =>
  Object.hasOwn(item, name) ? item[name] : undefined

/** A map with the same members and without a prototype. */
export const bare = (item: Item): Item => Object.assign(emptyItem(), item)

const bytes = (base64: string): Uint8Array => {
  const buffer = Buffer.from(base64, 'base64')
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

/** A value in the SDK's form: binary as bytes. */
export const sdkValue = (value: Value): AttributeValue => {
  if (value.B !== undefined) return { B: bytes(value.B) }
  if (value.BS) return { BS: value.BS.map(bytes) }
  if (value.L) return { L: value.L.map(sdkValue) }
  if (value.M) return { M: sdkItem(value.M) }
  return value as AttributeValue
}

/** An item in the SDK's form. */
export const sdkItem = (item: Item): Record<string, AttributeValue> => {
  const result: Record<string, AttributeValue> = Object.create(null)
  for (const name of Object.keys(item)) result[name] = sdkValue(item[name] as Value)
  return result
}

const sameElements = (a: readonly string[], b: readonly string[]) => {
  if (a.length !== b.length) return false
  const all = new Set(a)
  return b.every((one) => all.has(one))
}

/** Whether two values are equal: of one type; sets whatever their order; maps and lists through and through. */
export const equal = (a: Value, b: Value): boolean => {
  const type = typeOf(a)
  if (type !== typeOf(b)) return false
  switch (type) {
    case 'SS':
    case 'NS':
    case 'BS':
      return sameElements(a[type] as string[], b[type] as string[])
    case 'L': {
      const [left, right] = [a.L as Value[], b.L as Value[]]
      return left.length === right.length && left.every((value, index) => equal(value, right[index] as Value))
    }
    case 'M':
      return equalItems(a.M as Item, b.M as Item)
    default:
      return a[type] === b[type] // numbers stand in one spelling, see `normalise`
  }
}

export const equalItems = (a: Item, b: Item): boolean => {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const other = attribute(b, name)
      return other !== undefined && equal(a[name] as Value, other)
    })
  )
}
