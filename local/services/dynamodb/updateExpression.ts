import { type Fault, type Placeholders, type Reader, readExpression, shown } from './expressionText.ts'
import type { Path } from './paths.ts'
import type { Value, ValueType } from './types.ts'
import { typeOf } from './values.ts'

/** What SET gives an attribute. */
export type Source =
  | { is: 'path'; path: Path }
  | { is: 'value'; value: Value }
  | { is: '+' | '-' | 'list_append'; a: Source; b: Source }
  | { is: 'if_not_exists'; path: Path; otherwise: Source }

export type Update =
  | { action: 'SET'; path: Path; source: Source }
  | { action: 'REMOVE'; path: Path }
  | { action: 'ADD' | 'DELETE'; path: Path; value: Value }

/** Updates, and every path that they name, those of operands too. */
export interface ParsedUpdate {
  updates: Update[]
  paths: Path[]
}

const ORDER: Fault[] = [
  'reserved',
  'unknownFunction',
  'section',
  'placeholder',
  'overlap',
  'conflict',
  'operands',
  'type',
]
const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const

const TYPE_NAMES: Partial<Record<ValueType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
}

/** Notes two paths of which one lies within the other, or that take one value for a list and for a map. */
export const checkPaths = (reader: Reader, paths: readonly Path[], path: Path): void => {
  for (const other of paths) {
    const until = Math.min(other.length, path.length)
    const differs = path.slice(0, until).findIndex((piece, index) => piece !== other[index])
    const both = `path one: ${shown(other)}, path two: ${shown(path)}`
    if (differs < 0)
      reader.fault(
        'overlap',
        `Two document paths overlap with each other; must remove or rewrite one of these paths; ${both}`,
      )
    else if (typeof path[differs] !== typeof other[differs])
      reader.fault(
        'conflict',
        `Two document paths conflict with each other; must remove or rewrite one of these paths; ${both}`,
      )
  }
}

const checkOperand = (reader: Reader, name: string, wanted: ValueType, operand: Source) => {
  const type = operand.is === 'value' ? typeOf(operand.value) : wanted
  if (type !== wanted)
    reader.fault(
      'type',
      `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
    )
}

/** Reads an `UpdateExpression` ("Update expressions" in the developer guide). @throws ServiceError ValidationException */
export const parseUpdate = (text: string, placeholders: Placeholders): ParsedUpdate => {
  const reader = readExpression('UpdateExpression', text, placeholders)
  const targets: Path[] = []
  let depth = 0

  const call = (name: string): Source => {
    const args: Source[] = []
    do args.push(operand())
    while (reader.take(','))
    reader.expect(')')
    const [a, b] = args
    const none: Source = { is: 'value', value: { NULL: true } }
    if (name !== 'if_not_exists' && name !== 'list_append') {
      reader.fault('unknownFunction', `Invalid function name; function: ${name}`)
      return none
    }
    if (args.length !== 2 || !a || !b) {
      reader.fault(
        'type',
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
      )
      return none
    }
    if (name === 'if_not_exists') {
      if (a.is === 'path') return { is: name, path: a.path, otherwise: b }
      reader.fault('type', `Operator or function requires a document path; operator or function: ${name}`)
      return none
    }
    for (const one of [a, b]) checkOperand(reader, name, 'L', one)
    return { is: name, a, b }
  }
  const operand = (): Source => {
    if (++depth > 100) reader.operator()
    try {
      if (reader.take('(')) {
        const inner = sum()
        reader.expect(')')
        return inner
      }
      if (reader.peek().startsWith(':')) return { is: 'value', value: reader.value() }
      const name = reader.call()
      return name === undefined ? { is: 'path', path: reader.path() } : call(name)
    } finally {
      depth--
    }
  }
  const sum = (): Source => {
    const a = operand()
    const sign = reader.peek()
    if (sign !== '+' && sign !== '-') return a
    reader.take(sign)
    reader.operator()
    const b = operand()
    for (const one of [a, b]) checkOperand(reader, sign, 'N', one)
    return { is: sign, a, b }
  }
  const target = (): Path => {
    const path = reader.path()
    checkPaths(reader, targets, path)
    targets.push(path)
    return path
  }
  const clause = (action: (typeof SECTIONS)[number]): Update => {
    reader.operator()
    const path = target()
    if (action === 'REMOVE') return { action, path }
    if (action === 'SET') {
      reader.expect('=')
      return { action, path, source: sum() }
    }
    const value = reader.value()
    const type = typeOf(value)
    const name = TYPE_NAMES[type]
    if (name && !(action === 'ADD' && type === 'N'))
      reader.fault(
        'operands',
        `Incorrect operand type for operator or function; operator: ${action}, operand type: ${name}`,
      )
    return { action, path, value }
  }

  const updates: Update[] = []
  const seen = new Set<string>()
  do {
    const action = SECTIONS.find((section) => reader.take(section)) ?? reader.unexpected()
    if (seen.has(action))
      reader.fault('section', `The "${action}" section can only be used once in an update expression;`)
    seen.add(action)
    do updates.push(clause(action))
    while (reader.take(','))
  } while (reader.peek())
  reader.end(ORDER)
  return { updates, paths: reader.paths }
}
