import type { Comparator, Condition, Operand } from './conditions.ts'
import { invalid, type LegacyCondition } from './dynalite.ts'
import type { Value } from './types.ts'
import { emptyItem } from './values.ts'

/** What a query asks of its keys, by attribute. */
export type KeyConditions = Record<string, LegacyCondition>

const OPERATORS: Partial<Record<Comparator, string>> = { '=': 'EQ', '<': 'LT', '<=': 'LE', '>': 'GT', '>=': 'GE' }
/** The operator that says the same with its sides exchanged. */
const MIRRORED: Record<string, string> = { EQ: 'EQ', LT: 'GT', LE: 'GE', GT: 'LT', GE: 'LE' }

const wrongOperator = (name: string) => invalid(`Invalid operator used in KeyConditionExpression: ${name}`)
const wrong = (what: string) => invalid(`Invalid condition in KeyConditionExpression: ${what}`)

const literal = (operand: Operand | undefined): Value => {
  if (operand?.is === 'value') return operand.value
  if (operand?.is === 'path') throw wrong('Multiple attribute names used in one condition')
  throw invalid('KeyConditionExpressions cannot contain nested operations')
}
const attributeOf = (operand: Operand | undefined, operator: string): string => {
  if (operand?.is === 'call') throw invalid('KeyConditionExpressions cannot contain nested operations')
  if (operand?.is !== 'path') throw wrong(`${operator} operator must have the key attribute as its first operand`)
  if (operand.path.length > 1) throw invalid('KeyConditionExpressions cannot have conditions on nested attributes')
  return operand.path[0]
}

/** One condition: its attribute, operator and values. */
const single = (condition: Condition): [name: string, operator: string, values: Value[]] => {
  switch (condition.is) {
    case 'compare': {
      const { a, b, comparator } = condition
      const operator = OPERATORS[comparator]
      if (!operator) throw wrongOperator(comparator)
      if (a.is === 'value' && b.is === 'value') throw wrong('No key attribute specified')
      return a.is === 'value'
        ? [attributeOf(b, comparator), MIRRORED[operator] as string, [a.value]]
        : [attributeOf(a, comparator), operator, [literal(b)]]
    }
    case 'between':
      return [attributeOf(condition.a, 'BETWEEN'), 'BETWEEN', [literal(condition.low), literal(condition.high)]]
    case 'call': {
      if (condition.name !== 'begins_with') throw wrongOperator(condition.name)
      const [a, b] = condition.args
      return [attributeOf(a, 'begins_with'), 'BEGINS_WITH', [literal(b)]]
    }
    default:
      throw wrongOperator(condition.is.toUpperCase())
  }
}

/** What a `KeyConditionExpression` asks. @throws ServiceError ValidationException for what no index can answer */
export const keyConditionsOf = (condition: Condition): KeyConditions => {
  const conditions = emptyItem() as unknown as KeyConditions
  const visit = (one: Condition): void => {
    if (one.is === 'and') {
      for (const part of one.all) visit(part)
      return
    }
    const [name, operator, values] = single(one)
    if (conditions[name])
      throw invalid('Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key')
    conditions[name] = { ComparisonOperator: operator, AttributeValueList: values }
  }
  visit(condition)
  return conditions
}
