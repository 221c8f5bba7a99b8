import { decimal, isDecimal, whole } from '../json.ts'
import type { Budget } from './budget.ts'
import { TemplateError } from './nodes.ts'
import { stringMethods } from './strings.ts'
import { isEntry, isNumber, isSame, toNumber, toText, type Value } from './values.ts'

/** A method of Java's class; undefined: there is none of this name for these arguments. */
export type Method<Self> = (self: Self, args: readonly Value[], budget: Budget) => Value | undefined
export type Methods<Self> = ReadonlyMap<string, Method<Self>>

/** A method by its name and its number of arguments: `substring/2`. */
export const methods = <Self>(table: Record<string, Method<Self>>): Methods<Self> => new Map(Object.entries(table))

/** What a method without a result gives: nothing is printed. */
const VOID = ''

/** A place in a list. @throws TemplateError where Java throws IndexOutOfBoundsException */
const at = (list: readonly Value[], index: Value | undefined, most = list.length - 1): number => {
  const place = isNumber(index) ? toNumber(index) : Number.NaN
  if (Number.isInteger(place) && place >= 0 && place <= most) return place
  throw new TemplateError(`Index ${String(place)} out of bounds for length ${list.length}`)
}
/** A method whose first argument is a place: with anything else, there is no such method. */
const placed =
  (run: Method<Value[]>): Method<Value[]> =>
  (list, args, budget) =>
    isNumber(args[0]) ? run(list, args, budget) : undefined
const find = (list: readonly Value[], item: Value | undefined, budget: Budget) =>
  list.findIndex((other) => isSame(other, item ?? null, budget))
const findLast = (list: readonly Value[], item: Value | undefined, budget: Budget) =>
  list.findLastIndex((other) => isSame(other, item ?? null, budget))

const grow = (list: Value[], index: number, items: readonly Value[], budget: Budget): true => {
  budget.size(list.length + items.length)
  budget.spend(items.length + (list.length - index))
  // Not a spread: as arguments, a long list would not fit.
  const rest = list.splice(index)
  for (const part of [items, rest]) for (const item of part) list.push(item)
  return true
}

const LIST = methods<Value[]>({
  'size/0': (list) => list.length,
  'isEmpty/0': (list) => list.length === 0,
  'get/1': placed((list, [index]) => list[at(list, index)]),
  'set/2': placed((list, [index, item = null]) => {
    const place = at(list, index)
    const before = list[place] ?? null
    list[place] = item
    return before
  }),
  'add/1': (list, [item = null], budget) => grow(list, list.length, [item], budget),
  'add/2': placed((list, [index, item = null], budget) => {
    grow(list, at(list, index, list.length), [item], budget)
    return VOID
  }),
  'addAll/1': (list, [items], budget) =>
    Array.isArray(items) ? items.length > 0 && grow(list, list.length, [...items], budget) : undefined,
  'remove/1': (list, [item], budget) => {
    if (typeof item === 'number') return list.splice(at(list, item), 1)[0]
    const place = find(list, item, budget)
    if (place >= 0) list.splice(place, 1)
    return place >= 0
  },
  'clear/0': (list) => {
    list.length = 0
    return VOID
  },
  'contains/1': (list, [item], budget) => find(list, item, budget) >= 0,
  'containsAll/1': (list, [items], budget) =>
    Array.isArray(items) ? items.every((item) => find(list, item, budget) >= 0) : undefined,
  'indexOf/1': (list, [item], budget) => find(list, item, budget),
  'lastIndexOf/1': (list, [item], budget) => findLast(list, item, budget),
  'subList/2': placed((list, [from, to]) => list.slice(at(list, from, list.length), at(list, to, list.length))),
})

const MAP = methods<Map<string, Value>>({
  'size/0': (map) => map.size,
  'isEmpty/0': (map) => map.size === 0,
  'get/1': (map, [key = null], budget) => map.get(toText(key, budget)) ?? null,
  'getOrDefault/2': (map, [key = null, other = null], budget) => {
    const name = toText(key, budget)
    return map.has(name) ? (map.get(name) ?? null) : other
  },
  'put/2': (map, [key = null, item = null], budget) => {
    budget.size(map.size + 1)
    const name = toText(key, budget)
    const before = map.get(name) ?? null
    map.set(name, item)
    return before
  },
  'putAll/1': (map, [other], budget) => {
    if (!(other instanceof Map)) return undefined
    budget.size(map.size + other.size)
    budget.spend(other.size)
    for (const [key, item] of [...other]) map.set(key, item)
    return VOID
  },
  'remove/1': (map, [key = null], budget) => {
    const name = toText(key, budget)
    const before = map.get(name) ?? null
    map.delete(name)
    return before
  },
  'clear/0': (map) => {
    map.clear()
    return VOID
  },
  'containsKey/1': (map, [key = null], budget) => map.has(toText(key, budget)),
  'containsValue/1': (map, [item], budget) => find([...map.values()], item, budget) >= 0,
  'keySet/0': (map, _, budget) => listed(map, [...map.keys()], budget),
  'values/0': (map, _, budget) => listed(map, [...map.values()], budget),
  'entrySet/0': (map, _, budget) =>
    listed(
      map,
      [...map].map((entry) => ({ entry })),
      budget,
    ),
})

const listed = ({ size }: Map<string, Value>, items: Value[], budget: Budget): Value[] => {
  budget.spend(size)
  return items
}

type Numeric = Extract<Value, number | bigint | { decimal: number }>

const NUMBER = methods<Numeric>({
  'intValue/0': (number) => whole(BigInt(Math.trunc(toNumber(number)) || 0)),
  'longValue/0': (number) => whole(BigInt(Math.trunc(toNumber(number)) || 0)),
  'doubleValue/0': (number) => decimal(toNumber(number)),
  'floatValue/0': (number) => decimal(Math.fround(toNumber(number))),
  'compareTo/1': (number, [other]) => (isNumber(other) ? Math.sign(toNumber(number) - toNumber(other)) : undefined),
  // Static methods of Integer and Double: templates reach them through any number.
  'parseInt/1': (_, [text], budget) => parseInteger(text, budget),
  'parseLong/1': (_, [text], budget) => parseInteger(text, budget),
  'parseDouble/1': (_, [text], budget) => parseDouble(text, budget),
  'parseFloat/1': (_, [text], budget) => parseDouble(text, budget),
  'valueOf/1': (number, [text], budget) => (isDecimal(number) ? parseDouble(text, budget) : parseInteger(text, budget)),
  'toString/1': (_, [other], budget) => (isNumber(other) ? toText(other, budget) : undefined),
  'max/2': (_, [one, other]) =>
    isNumber(one) && isNumber(other) ? (toNumber(one) < toNumber(other) ? other : one) : undefined,
  'min/2': (_, [one, other]) =>
    isNumber(one) && isNumber(other) ? (toNumber(one) > toNumber(other) ? other : one) : undefined,
})

const parseInteger = (text: Value | undefined, budget: Budget): Value => {
  const digits = toText(text ?? null, budget)
  if (!/^[+-]?\d{1,19}$/.test(digits)) throw new TemplateError(`Not a whole number: ${digits}`)
  return whole(BigInt(digits.replace(/^\+/, '')))
}
const parseDouble = (text: Value | undefined, budget: Budget): Value => {
  const digits = toText(text ?? null, budget).trim()
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(digits)) throw new TemplateError(`Not a number: ${digits}`)
  return decimal(Number(digits))
}

const BOOLEAN = methods<boolean>({
  'booleanValue/0': (truth) => truth,
  'parseBoolean/1': (_, [text], budget) => toText(text ?? null, budget).toLowerCase() === 'true',
})

const ANY = methods<Value>({
  'equals/1': (self, [other = null], budget) => isSame(self, other, budget),
  'toString/0': (self, _, budget) => budget.text(toText(self, budget)),
})

/** Calls a method of a value as Java has it; undefined where there is none: nothing else can be reached. */
export const callMethod = (self: Value, name: string, args: readonly Value[], budget: Budget): Value | undefined => {
  const key = `${name}/${args.length}`
  const found = (table: Methods<never>) => table.get(key) as Method<Value> | undefined
  const own =
    typeof self === 'string'
      ? found(stringMethods)
      : Array.isArray(self)
        ? found(LIST)
        : self instanceof Map
          ? found(MAP)
          : isNumber(self)
            ? found(NUMBER)
            : typeof self === 'boolean'
              ? found(BOOLEAN)
              : undefined
  if (self === null) return undefined
  if (isEntry(self) && key === 'getKey/0') return self.entry[0]
  if (isEntry(self) && key === 'getValue/0') return self.entry[1]
  return (own ?? found(ANY))?.(self, args, budget)
}
