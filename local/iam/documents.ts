import { readOperator } from './conditions.ts'
import { readDate } from './operators.ts'

/** A policy document as JSON gives it, before anything of it is known. */
export type Dict = Record<string, unknown>

/** Refuses a document, with AWS's message. */
export type Fail = (message: string) => never

export const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a value is a text, or a list of texts. */
export const isTexts = (value: unknown): value is string | string[] =>
  typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'))

/** One or many as many; none of nothing. */
export const listOf = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

/** The texts of an element that is there as text or list. */
export const textsOf = (value: unknown): string[] => listOf(value as string | string[] | undefined)

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]/g

/** Whether an object of a JSON text has the same key twice: JSON.parse takes the last one, AWS none. */
export const hasDoubleKeys = (json: string): boolean => {
  const open: (Set<string> | undefined)[] = []
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else {
      const keys = open.at(-1)
      if (!keys || !/^\s*:/.test(json.slice(index + token.length, index + token.length + 64))) continue
      const key = JSON.parse(token) as string
      if (keys.has(key)) return true
      keys.add(key)
    }
  }
  return false
}

/** The document, when it is an object of JSON without double keys. */
export const parseDocument = (document: string): Dict | undefined => {
  try {
    const parsed: unknown = JSON.parse(document)
    return isDict(parsed) && !hasDoubleKeys(document) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** What is wrong with a condition block. */
export type ConditionFault =
  | { kind: 'shape' }
  | { kind: 'operator'; operator: string }
  | { kind: 'key'; key: string }
  | { kind: 'date' }

const isScalar = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** The first fault of a condition block. */
export const conditionFault = (block: unknown): ConditionFault | undefined => {
  if (!isDict(block)) return { kind: 'shape' }
  for (const [operator, keys] of Object.entries(block)) {
    const read = readOperator(operator)
    if (!read) return { kind: 'operator', operator }
    if (!isDict(keys)) return { kind: 'shape' }
    for (const [key, wanted] of Object.entries(keys)) {
      if (!listOf(wanted).every(isScalar)) return { kind: 'shape' }
      if (!key.includes(':')) return { kind: 'key', key }
      if (read.base.startsWith('Date') && listOf(wanted).some((one) => Number.isNaN(readDate(String(one)))))
        return { kind: 'date' }
    }
  }
  return undefined
}

/** The size of a document as IAM counts it: white space does not count. */
export const sizeOf = (document: string): number => document.replace(/\s/g, '').length
