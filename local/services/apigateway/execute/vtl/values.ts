import { type Decimal, decimal, isDecimal, whole } from '../json.ts'
import type { Budget } from './budget.ts'

/** What a template works with. Nothing of it is a JavaScript object whose prototype could be reached. */
export type Value = null | boolean | string | number | bigint | Decimal | Value[] | Map<string, Value> | Entry | Host

/** One entry of a map, as `entrySet()` gives it. */
export interface Entry {
  readonly entry: readonly [key: string, value: Value]
}

/** An object of API Gateway, `$input` and `$util`: what it offers and nothing else. */
export interface Host {
  /** Undefined: there is no such method. */
  readonly call: (method: string, args: readonly Value[], budget: Budget) => Value | undefined
  readonly property: (name: string) => Value
}

export const isEntry = (value: Value): value is Entry => typeof value === 'object' && value !== null && 'entry' in value
export const isHost = (value: Value): value is Host => typeof value === 'object' && value !== null && 'call' in value
export const isNumber = (value: Value | undefined): value is number | bigint | Decimal =>
  typeof value === 'number' || typeof value === 'bigint' || (value !== undefined && isDecimal(value))

export const toNumber = (value: number | bigint | Decimal): number => (isDecimal(value) ? value.decimal : Number(value))

/** As Java's toString: `{a=1}`, `[1, 2]`. */
export const toText = (value: Value, budget: Budget, level = 0): string => {
  budget.spend(1)
  if (typeof value === 'string') return value
  if (value === null || typeof value !== 'object') return String(value)
  if (isDecimal(value)) return value.text
  budget.level(level)
  const inner = (item: Value) => budget.text(toText(item, budget, level + 1))
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${key}=${inner(item)}`).join(', ')}}`
  if (isEntry(value)) return `${value.entry[0]}=${inner(value.entry[1])}`
  return ''
}

/** `#if`: what is there and is not false. Empty text and 0 are there. */
export const isTrue = (value: Value): boolean => value !== null && value !== false

/** Java's equals. */
export const isSame = (left: Value, right: Value, budget: Budget, level = 0): boolean => {
  budget.spend(1)
  if (left === right) return true
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false
  budget.level(level)
  const inner = (one: Value | undefined, other: Value | undefined) =>
    one !== undefined && other !== undefined && isSame(one, other, budget, level + 1)
  if (isDecimal(left) && isDecimal(right)) return left.decimal === right.decimal
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => inner(item, right[index]))
  if (left instanceof Map && right instanceof Map)
    return left.size === right.size && [...left].every(([key, item]) => inner(item, right.get(key)))
  if (isEntry(left) && isEntry(right)) return left.entry[0] === right.entry[0] && inner(left.entry[1], right.entry[1])
  return false
}

/** `==`: numbers by their value, values of one kind by equals, of two kinds by their text. */
export const isEqual = (left: Value, right: Value, budget: Budget): boolean => {
  if (left === null || right === null) return left === right
  if (isNumber(left) && isNumber(right)) return toNumber(left) === toNumber(right)
  if (kindOf(left) === kindOf(right)) return isSame(left, right, budget)
  return toText(left, budget) === toText(right, budget)
}

const kindOf = (value: Value): string => {
  if (typeof value !== 'object') return typeof value
  if (Array.isArray(value)) return 'list'
  return value instanceof Map ? 'map' : 'other'
}

/** Arithmetic; null where it has no result: a division by zero, or what is no number. */
export const calculate = (operator: string, left: Value, right: Value, budget: Budget): Value => {
  if (!isNumber(left) || !isNumber(right)) return null
  if (isDecimal(left) || isDecimal(right)) {
    const result = fractions(operator, toNumber(left), toNumber(right))
    return result === undefined ? null : decimal(result)
  }
  const [one, other] = [BigInt(left), BigInt(right)]
  budget.spend(1 + String(left).length * String(right).length)
  switch (operator) {
    case '+':
      return whole(one + other)
    case '-':
      return whole(one - other)
    case '*':
      return whole(one * other)
    case '/':
      return other === 0n ? null : whole(one / other)
    default:
      return other === 0n ? null : whole(one % other)
  }
}

const fractions = (operator: string, left: number, right: number): number | undefined => {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return right === 0 ? undefined : left / right
    default:
      return right === 0 ? undefined : left % right
  }
}

/** `<`, `<=`, `>`, `>=`: of numbers; of anything else they are false. */
export const compare = (operator: string, left: Value, right: Value): boolean => {
  if (!isNumber(left) || !isNumber(right)) return false
  const [one, other] = [toNumber(left), toNumber(right)]
  switch (operator) {
    case '<':
      return one < other
    case '<=':
      return one <= other
    case '>':
      return one > other
    default:
      return one >= other
  }
}
