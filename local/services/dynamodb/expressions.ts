import { checkName, checkValue } from './checks.ts'
import { type ParsedCondition, parseCondition } from './conditionExpression.ts'
import { invalid } from './dynalite.ts'
import { type Placeholders, readExpression } from './expressionText.ts'
import type { Path } from './paths.ts'
import type { Item } from './types.ts'
import { checkPaths, type ParsedUpdate, parseUpdate } from './updateExpression.ts'

/** The members of a request that hold expressions and their placeholders. */
export interface ExpressionMembers {
  UpdateExpression?: string
  ConditionExpression?: string
  KeyConditionExpression?: string
  FilterExpression?: string
  ProjectionExpression?: string
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Item
}
export type ExpressionName = Exclude<keyof ExpressionMembers, `ExpressionAttribute${string}`>

export interface Expressions {
  update?: ParsedUpdate
  condition?: ParsedCondition
  keyCondition?: ParsedCondition
  filter?: ParsedCondition
  projection?: Path[]
}

/** All names, and all values, that the placeholders of a request stand for together. */
const LARGEST_PLACEHOLDERS = 2 * 1024 * 1024
const LARGEST_PLACEHOLDER = 255

/** Reads a `ProjectionExpression`. @throws ServiceError ValidationException */
export const parseProjection = (text: string, placeholders: Placeholders): Path[] => {
  const reader = readExpression('ProjectionExpression', text, placeholders)
  const paths: Path[] = []
  do {
    const path = reader.path()
    checkPaths(reader, paths, path)
    paths.push(path)
  } while (reader.take(','))
  reader.end(['reserved', 'placeholder', 'type', 'overlap', 'conflict'])
  return paths
}

const checkPlaceholders = (kind: string, sign: '#' | ':', placeholders: object | undefined) => {
  if (!placeholders) return
  const keys = Object.keys(placeholders)
  if (!keys.length) throw invalid(`${kind} must not be empty`)
  for (const key of keys) {
    if (!key.startsWith(sign) || !/^\w+$/.test(key.slice(1)))
      throw invalid(`${kind} contains invalid key: Syntax error; key: "${key.slice(0, 300)}"`)
    if (Buffer.byteLength(key) > LARGEST_PLACEHOLDER)
      throw invalid(`${kind} contains invalid key: The expression attribute map contains a key that is too long`)
  }
  if (Buffer.byteLength(JSON.stringify(placeholders)) > LARGEST_PLACEHOLDERS) throw invalid(`${kind} exceeds max size`)
}

/** Refuses placeholders without an expression that could use them, and expressions beside older parameters. */
const checkTogether = (
  request: ExpressionMembers,
  expressions: readonly ExpressionName[],
  older: readonly string[],
) => {
  const used = expressions.filter((name) => request[name] !== undefined)
  const olderUsed = older.filter((name) => (request as Record<string, unknown>)[name] !== undefined)
  if (used.length && olderUsed.length)
    throw invalid(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${olderUsed.join(', ')}} Expression parameters: {${used.join(', ')}}`,
    )
  if (request.ExpressionAttributeNames && !used.length)
    throw invalid('ExpressionAttributeNames can only be specified when using expressions')
  const withValues = expressions.filter((name) => name !== 'ProjectionExpression')
  if (request.ExpressionAttributeValues && withValues.every((name) => request[name] === undefined))
    throw invalid(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(' and ')} ${withValues.length > 1 ? 'are' : 'is'} null`,
    )
}

/**
 * Reads the expressions of a request; `older` are the parameters from before expressions, which cannot stand beside them.
 * @throws ServiceError ValidationException
 */
export const readExpressions = (
  request: ExpressionMembers,
  expressions: readonly ExpressionName[],
  older: readonly string[],
): Expressions => {
  checkTogether(request, expressions, older)
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = request
  checkPlaceholders('ExpressionAttributeNames', '#', names)
  checkPlaceholders('ExpressionAttributeValues', ':', values)
  for (const [key, name] of Object.entries(names ?? {})) {
    if (name === '')
      throw invalid(`ExpressionAttributeNames contains invalid value: Empty attribute name for key ${key}`)
    checkName(name)
  }
  for (const value of Object.values(values ?? {})) checkValue(value)
  const placeholders: Placeholders = {
    names: names ?? {},
    values: values ?? {},
    unusedNames: new Set(Object.keys(names ?? {})),
    unusedValues: new Set(Object.keys(values ?? {})),
  }
  const condition = (name: 'ConditionExpression' | 'KeyConditionExpression' | 'FilterExpression') => {
    const text = request[name]
    return text === undefined ? undefined : parseCondition(name, text, placeholders)
  }
  const read: Expressions = {}
  if (request.UpdateExpression !== undefined) read.update = parseUpdate(request.UpdateExpression, placeholders)
  read.condition = condition('ConditionExpression')
  read.keyCondition = condition('KeyConditionExpression')
  read.filter = condition('FilterExpression')
  if (request.ProjectionExpression !== undefined)
    read.projection = parseProjection(request.ProjectionExpression, placeholders)
  for (const [kind, unused] of [
    ['Names', placeholders.unusedNames],
    ['Values', placeholders.unusedValues],
  ] as const)
    if (unused.size)
      throw invalid(
        `Value provided in ExpressionAttribute${kind} unused in expressions: keys: {${[...unused].join(', ')}}`,
      )
  return read
}
