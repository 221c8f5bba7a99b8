import { OPERATORS, type Test } from './operators.ts'
import type { Request } from './request.ts'
import type { ConditionBlock } from './types.ts'

/** The name of a condition operator, taken apart. */
export interface OperatorName {
  qualifier?: 'ForAllValues' | 'ForAnyValue'
  /** `StringEquals`, `Null`… */
  base: string
  ifExists: boolean
}

const NAME = /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/s

/** Takes the name of an operator apart; nothing when there is no such operator. */
export const readOperator = (name: string): OperatorName | undefined => {
  const [, qualifier, base = '', ifExists] = NAME.exec(name) ?? []
  if (base === 'Null' ? ifExists || qualifier : !OPERATORS.has(base)) return undefined
  return { qualifier: qualifier as OperatorName['qualifier'], base, ifExists: ifExists !== undefined }
}

/** One key under one operator of a condition block. */
export interface Condition {
  operator: string
  key: string
  wanted: readonly string[]
  holds(request: Request): boolean
}

/**
 * The conditions of a block, which must all hold. One whose operator does not exist gives `unknown`: stored policies have
 * none, and whatever comes another way must not open a door, so it holds in a Deny and fails in an Allow.
 */
export const compileConditions = (
  block: ConditionBlock | undefined,
  variables: boolean,
  unknown: boolean,
): Condition[] =>
  Object.entries(block ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => {
      const wanted = (Array.isArray(values) ? values : [values]).map(String)
      return { operator, key, wanted, holds: compile(operator, key, wanted, variables) ?? (() => unknown) }
    }),
  )

const compile = (name: string, key: string, wanted: string[], variables: boolean): Condition['holds'] | undefined => {
  const read = readOperator(name)
  if (!read) return undefined
  const { qualifier, base, ifExists } = read
  if (base === 'Null') {
    const absent = wanted.map((one) => one.trim().toLowerCase() === 'true')
    return (request) => absent.includes(isAbsent(request.value(key)))
  }
  const operator = OPERATORS.get(base)
  if (!operator) return undefined
  const { negated } = operator
  const tests = wanted.map((one) => operator.test(one, variables))
  if (qualifier) {
    // "ForAllValues also returns true if there are no keys in the request, or if the key values resolve to a null data
    // set, such as an empty string"; ForAnyValue then returns false.
    const all = qualifier === 'ForAllValues'
    return (request) => {
      const value = request.value(key)
      if (isAbsent(value) || value === '') return all || (ifExists && value === undefined)
      const fits = (given: string) => anyFits(tests, given, request) !== negated
      return typeof value === 'string' ? fits(value) : all ? value.every(fits) : value.some(fits)
    }
  }
  return (request) => {
    const value = request.value(key)
    if (isAbsent(value)) return ifExists || negated
    const fits =
      typeof value === 'string' ? anyFits(tests, value, request) : value.some((one) => anyFits(tests, one, request))
    return fits !== negated
  }
}

const isAbsent = (value: string | readonly string[] | undefined): value is undefined => value === undefined

const anyFits = (tests: readonly Test[], given: string, request: Request): boolean => {
  for (const test of tests) if (test(given, request)) return true
  return false
}
