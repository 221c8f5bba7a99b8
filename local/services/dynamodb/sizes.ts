import { numberSize } from './decimals.ts'
import type { Item, Value } from './types.ts'
import { typeOf } from './values.ts'

/** Largest item, names and values together ("Quotas in Amazon DynamoDB", Items). */
export const LARGEST_ITEM = 400 * 1024

const utf8 = (text: string) => Buffer.byteLength(text)
const binary = (base64: string) => Buffer.byteLength(base64, 'base64')
const sum = <T>(list: readonly T[], size: (one: T) => number) => list.reduce((total, one) => total + size(one), 0)

/** How many bytes a value counts for ("Item sizes and formats"): UTF-8, two digits a byte, 3 for a list or map and 1 a member. */
const valueSize = (value: Value): number => {
  switch (typeOf(value)) {
    case 'S':
      return utf8(value.S as string)
    case 'N':
      return numberSize(value.N as string)
    case 'B':
      return binary(value.B as string)
    case 'SS':
      return sum(value.SS as string[], utf8)
    case 'NS':
      return sum(value.NS as string[], numberSize)
    case 'BS':
      return sum(value.BS as string[], binary)
    case 'L':
      return 3 + sum(value.L as Value[], (one) => 1 + valueSize(one))
    case 'M':
      return 3 + Object.keys(value.M as Item).length + itemSize(value.M as Item)
    default:
      return 1
  }
}

/** How many bytes an item counts for. */
export const itemSize = (item: Item): number =>
  sum(Object.keys(item), (name) => utf8(name) + valueSize(item[name] as Value))
