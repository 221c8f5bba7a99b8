import { checkBounds, checkCall, checkDistinct, checkOrdered, checkValue, misused } from './conditionChecks.ts'
import type { Comparator, Condition, Operand } from './conditions.ts'
import { type Fault, type Placeholders, readExpression } from './expressionText.ts'
import type { Path } from './paths.ts'

/** A condition, and the paths that it names. */
export interface ParsedCondition {
  condition: Condition
  paths: Path[]
}

/** A condition, or an operand that stands where one is expected and may be the left side of a comparison: `(a) = :b`. */
type Part = Condition | { is: 'operand'; operand: Operand; followed: number }

const COMPARATORS: readonly string[] = ['=', '<>', '<', '<=', '>', '>='] satisfies Comparator[]
/** Operands that IN takes. */
const MOST_IN = 100
/** Parentheses and NOT within each other; further levels count as operators, which have an end. */
const DEEP = 100
const ORDER: Fault[] = [
  'parentheses',
  'unknownFunction',
  'misusedFunction',
  'reserved',
  'placeholder',
  'operands',
  'distinct',
  'type',
]

/**
 * Reads a condition: `ConditionExpression`, `FilterExpression`, `KeyConditionExpression` ("Condition and filter
 * expressions, operators, and functions" in the developer guide). Takes time linear in its length.
 * @throws ServiceError ValidationException
 */
export const parseCondition = (kind: string, text: string, placeholders: Placeholders): ParsedCondition => {
  const reader = readExpression(kind, text, placeholders)
  /** What stands between parentheses already: another pair around it is too much. */
  const grouped = new WeakSet<object>()
  let depth = 0
  const nested = <T extends object>(read: () => T): T => {
    if (++depth > DEEP) reader.operator()
    const result = read()
    depth--
    return result
  }
  const group = <T extends object>(read: () => T): T => {
    const inner = nested(read)
    reader.expect(')')
    if (grouped.has(inner) && kind !== 'KeyConditionExpression')
      reader.fault('parentheses', 'The expression has redundant parentheses;')
    grouped.add(inner)
    return inner
  }

  const operand = (): Operand => {
    if (reader.take('(')) return group(operand)
    if (reader.peek().startsWith(':')) return { is: 'value', value: reader.value() }
    const name = reader.call()
    if (name === undefined) return { is: 'path', path: reader.path() }
    const args: Operand[] = []
    do args.push(checkValue(reader, nested(operand)))
    while (reader.take(','))
    reader.expect(')')
    checkCall(reader, name, args)
    return { is: 'call', name, args }
  }
  const value = () => checkValue(reader, operand())

  /** What follows an operand: a comparison, or nothing after a function. */
  const compared = (a: Operand): Part => {
    const word = reader.peek().toUpperCase()
    if (COMPARATORS.includes(word)) {
      reader.take(word)
      reader.operator()
      const b = value()
      checkDistinct(reader, word, checkValue(reader, a), b)
      if (word !== '=' && word !== '<>') checkOrdered(reader, word, [a, b])
      return { is: 'compare', comparator: word as Comparator, a, b }
    }
    if (reader.take('BETWEEN')) {
      reader.operator()
      const low = value()
      reader.expect('AND')
      const high = value()
      checkOrdered(reader, 'BETWEEN', [a, low, high])
      checkBounds(reader, low, high)
      return { is: 'between', a: checkValue(reader, a), low, high }
    }
    if (reader.take('IN')) {
      reader.operator()
      reader.expect('(')
      const list: Operand[] = []
      do list.push(value())
      while (reader.take(','))
      reader.expect(')')
      if (list.length > MOST_IN)
        reader.fault(
          'operands',
          `The IN operator is provided with too many operands; number of operands: ${list.length}`,
        )
      return { is: 'in', a: checkValue(reader, a), list }
    }
    if (a.is === 'call' && a.name !== 'size') return a
    return { is: 'operand', operand: a, followed: reader.position() }
  }
  /** Refuses an operand that stands alone. */
  const whole = (part: Part): Condition => {
    if (part.is !== 'operand') return part
    if (part.operand.is !== 'call') reader.unexpected(part.followed)
    else misused(reader, part.operand.name)
    return { is: 'call', name: 'size', args: [] }
  }
  const simple = (): Part => {
    if (reader.take('NOT')) {
      reader.operator()
      return { is: 'not', one: whole(nested(simple)) }
    }
    if (!reader.take('(')) return compared(operand())
    const inner = group(any)
    if (inner.is !== 'operand') return inner
    const again = compared(inner.operand)
    if (again.is === 'operand') grouped.add(again)
    return again
  }
  const joined = (word: 'and' | 'or', part: () => Part) => (): Part => {
    let all = part()
    while (reader.take(word.toUpperCase())) {
      reader.operator()
      all = { is: word, all: [whole(all), whole(part())] }
    }
    return all
  }
  const any = joined('or', joined('and', simple))

  const part = any()
  const condition = whole(part)
  reader.end(ORDER)
  return { condition, paths: reader.paths }
}
