import { less } from './compare.ts'
import type { Operand } from './conditions.ts'
import { type Reader, shown } from './expressionText.ts'
import { typeOf } from './values.ts'

/** The functions of conditions, with the number of their operands. */
const FUNCTIONS = new Map([
  ['attribute_exists', 1],
  ['attribute_not_exists', 1],
  ['attribute_type', 2],
  ['begins_with', 2],
  ['contains', 2],
  ['size', 1],
])
const TYPES = ['S', 'N', 'B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'NS', 'M']

/** The type that an operand has whatever the item is. */
const typeOfOperand = (operand: Operand | undefined): string | undefined => {
  if (!operand || operand.is === 'path') return undefined
  if (operand.is === 'value') return typeOf(operand.value)
  return operand.name === 'size' ? 'N' : 'BOOL'
}

const wrongType = (reader: Reader, name: string, type: string) =>
  reader.fault(
    'type',
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  )

/** Notes operands that are the same path. */
export const checkDistinct = (reader: Reader, operator: string, a: Operand | undefined, b: Operand | undefined) => {
  if (a?.is === 'path' && b?.is === 'path' && shown(a.path) === shown(b.path))
    reader.fault(
      'distinct',
      `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${shown(a.path)}`,
    )
}

/** Notes what is wrong with the call of a function. */
export const checkCall = (reader: Reader, name: string, args: Operand[]): void => {
  const expected = FUNCTIONS.get(name)
  if (expected === undefined) reader.fault('unknownFunction', `Invalid function name; function: ${name}`)
  else if (expected !== args.length)
    reader.fault(
      'operands',
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
    )
  else checkOperands(reader, name, args)
}

const checkOperands = (reader: Reader, name: string, args: Operand[]): void => {
  const [first, second] = args
  checkDistinct(reader, name, first, second)
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      if (first?.is !== 'path')
        reader.fault('type', `Operator or function requires a document path; operator or function: ${name}`)
      break
    case 'begins_with':
      for (const type of args.map(typeOfOperand))
        if (type !== undefined && type !== 'S' && type !== 'B') wrongType(reader, name, type)
      break
    case 'attribute_type': {
      const type = second?.is === 'value' ? second.value.S : undefined
      if (type === undefined) wrongType(reader, name, typeOfOperand(second) ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}')
      else if (!TYPES.includes(type))
        reader.fault(
          'type',
          `Invalid attribute type name found; type: ${type}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
        )
      break
    }
    case 'size': {
      const type = typeOfOperand(first)
      if (type === 'N' || type === 'BOOL' || type === 'NULL') wrongType(reader, name, type)
    }
  }
}

const ORDERED = ['S', 'N', 'B']

/** Notes operands that have no order: only strings, numbers and binary do. */
export const checkOrdered = (reader: Reader, operator: string, operands: readonly Operand[]): void => {
  for (const operand of operands) {
    const type = typeOfOperand(operand)
    if (type !== undefined && !ORDERED.includes(type)) wrongType(reader, operator, type)
  }
}

/** Notes bounds of BETWEEN of two types, or the wrong way round. */
export const checkBounds = (reader: Reader, low: Operand, high: Operand): void => {
  if (low.is !== 'value' || high.is !== 'value') return
  const [from, to] = [low.value, high.value]
  const [lowType, highType] = [typeOf(from), typeOf(to)]
  const bounds = `lower bound operand: AttributeValue: {${lowType}:${from[lowType]}}, upper bound operand: AttributeValue: {${highType}:${to[highType]}}`
  if (lowType !== highType)
    reader.fault('type', `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`)
  else if (less(to, from))
    reader.fault(
      'type',
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
    )
}

export const misused = (reader: Reader, name: string): void =>
  reader.fault('misusedFunction', `The function is not allowed to be used this way in an expression; function: ${name}`)

/** As a value, of the functions only `size` may stand. */
export const checkValue = (reader: Reader, operand: Operand): Operand => {
  if (operand.is === 'call' && operand.name !== 'size' && FUNCTIONS.has(operand.name)) misused(reader, operand.name)
  return operand
}
