import { compareNumbers } from './decimals.ts'
import type { Item, Value } from './types.ts'
import { equal, typeOf } from './values.ts'

const decode = (base64: string) => Buffer.from(base64, 'base64')

/** Less than, equal to, greater than zero for two strings, numbers or binaries; nothing for other types or two types. */
const order = (a: Value, b: Value): number | undefined => {
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S))
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N)
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(decode(a.B), decode(b.B))
  return undefined
}

export type Operand = Value | undefined
const ordered = (a: Operand, b: Operand, fits: (order: number) => boolean): boolean => {
  const found = a && b && order(a, b)
  return found !== undefined && fits(found)
}

/** Whether both are there and equal. */
export const same = (a: Operand, b: Operand): boolean => a !== undefined && b !== undefined && equal(a, b)
export const less = (a: Operand, b: Operand): boolean => ordered(a, b, (order) => order < 0)
export const lessOrSame = (a: Operand, b: Operand): boolean => ordered(a, b, (order) => order <= 0)
export const between = (a: Operand, low: Operand, high: Operand): boolean => lessOrSame(low, a) && lessOrSame(a, high)

/** A string or binary that begins with another one. */
export const beginsWith = (a: Operand, prefix: Operand): boolean => {
  if (a?.S !== undefined && prefix?.S !== undefined) return a.S.startsWith(prefix.S)
  if (a?.B === undefined || prefix?.B === undefined) return false
  const start = decode(prefix.B)
  return decode(a.B).subarray(0, start.length).equals(start)
}

/** A string within a string, bytes within bytes, an element of a set or list. */
export const contains = (a: Operand, part: Operand): boolean => {
  if (!a || !part) return false
  if (a.S !== undefined) return part.S !== undefined && a.S.includes(part.S)
  if (a.B !== undefined) return part.B !== undefined && decode(a.B).includes(decode(part.B))
  if (a.SS) return part.S !== undefined && a.SS.includes(part.S)
  if (a.NS) return part.N !== undefined && a.NS.includes(part.N)
  if (a.BS) return part.B !== undefined && a.BS.includes(part.B)
  return a.L?.some((one) => equal(one, part)) ?? false
}

/** The function `size` of expressions; nothing for numbers, booleans and null. */
export const sizeOf = (a: Operand): Operand => {
  if (!a) return undefined
  const size =
    a.S?.length ??
    (a.B === undefined ? undefined : decode(a.B).length) ??
    (a.SS ?? a.NS ?? a.BS ?? a.L)?.length ??
    (a.M && Object.keys(a.M as Item).length)
  return size === undefined ? undefined : { N: String(size) }
}

export const isOfType = (a: Operand, type: Operand): boolean => a !== undefined && typeOf(a) === type?.S
