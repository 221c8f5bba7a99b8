import * as compare from './compare.ts'
import type { Comparator, Condition, Operand } from './conditions.ts'
import type { LegacyCondition, LegacyConditions } from './dynalite.ts'
import { at } from './paths.ts'
import type { Item } from './types.ts'
import { attribute } from './values.ts'

type Found = compare.Operand

const find = (operand: Operand, item: Item): Found => {
  if (operand.is === 'value') return operand.value
  if (operand.is === 'path') return at(item, operand.path)
  const [of] = operand.args
  return of && compare.sizeOf(find(of, item))
}

const comparators: Record<Comparator, (a: Found, b: Found) => boolean> = {
  '=': compare.same,
  '<>': (a, b) => !compare.same(a, b),
  '<': compare.less,
  '<=': compare.lessOrSame,
  '>': (a, b) => compare.less(b, a),
  '>=': (a, b) => compare.lessOrSame(b, a),
}

const functions: Record<string, (a: Found, b: Found) => boolean> = {
  attribute_exists: (a) => a !== undefined,
  attribute_not_exists: (a) => a === undefined,
  attribute_type: compare.isOfType,
  begins_with: compare.beginsWith,
  contains: compare.contains,
}

/** Whether an item meets a condition; an item that is not there has no attribute. */
export const holds = (condition: Condition, item: Item): boolean => {
  const value = (operand: Operand) => find(operand, item)
  switch (condition.is) {
    case 'and':
      return condition.all.every((one) => holds(one, item))
    case 'or':
      return condition.all.some((one) => holds(one, item))
    case 'not':
      return !holds(condition.one, item)
    case 'compare':
      return comparators[condition.comparator](value(condition.a), value(condition.b))
    case 'between':
      return compare.between(value(condition.a), value(condition.low), value(condition.high))
    case 'in': {
      const a = value(condition.a)
      return condition.list.some((one) => compare.same(a, value(one)))
    }
    case 'call': {
      const [a, b] = condition.args.map(value)
      return functions[condition.name]?.(a, b) ?? false
    }
  }
}

type Test = (a: Found, list: readonly Found[]) => boolean

/** The operators of the time before expressions ("Legacy conditional parameters"). */
const legacy: Record<string, Test> = {
  EQ: (a, [b]) => compare.same(a, b),
  NE: (a, [b]) => !compare.same(a, b),
  LE: (a, [b]) => compare.lessOrSame(a, b),
  LT: (a, [b]) => compare.less(a, b),
  GE: (a, [b]) => compare.lessOrSame(b, a),
  GT: (a, [b]) => compare.less(b, a),
  NOT_NULL: (a) => a !== undefined,
  NULL: (a) => a === undefined,
  CONTAINS: (a, [b]) => compare.contains(a, b),
  NOT_CONTAINS: (a, [b]) => !compare.contains(a, b),
  BEGINS_WITH: (a, [b]) => compare.beginsWith(a, b),
  IN: (a, list) => list.some((one) => compare.same(a, one)),
  BETWEEN: (a, [low, high]) => compare.between(a, low, high),
}

/** Whether a value meets a condition of the form before expressions. */
export const meets = (
  a: Found,
  { ComparisonOperator, AttributeValueList, Exists, Value }: LegacyCondition,
): boolean => {
  const operator = ComparisonOperator ?? (Exists === false ? 'NULL' : 'EQ')
  return legacy[operator]?.(a, AttributeValueList ?? [Value]) ?? false
}

/** Whether an item meets `Expected`, `QueryFilter` or `ScanFilter`: all of it, or with `OR` any. */
export const holdsLegacy = (conditions: LegacyConditions, operator: string | undefined, item: Item): boolean => {
  const tests = Object.entries(conditions)
  const test = ([name, condition]: (typeof tests)[number]) => meets(attribute(item, name), condition)
  return operator === 'OR' && tests.length ? tests.some(test) : tests.every(test)
}
