import { type Part, type Pattern, partsOf, patternOf } from './patterns.ts'
import type { Request } from './request.ts'

/**
 * Policy variables (IAM user guide, "IAM policy elements: Variables and tags"): `${aws:username}`, with a default
 * `${aws:userid, 'anonymous'}`, and the characters `${*}`, `${?}`, `${$}`.
 */

interface Variable {
  key: string
  fallback?: string
}

/** A text of a policy. Without variables its pattern is known at once. */
export interface Template {
  readonly text: string
  readonly parts: readonly (Part | Variable)[]
  readonly fixed?: Pattern
}

/** How a text is read: whether `*` and `?` are wildcards in it, and whether `${…}` is a variable (Version 2012-10-17). */
export interface Reading {
  wildcards: boolean
  variables: boolean
}

const isVariable = (part: Part | Variable): part is Variable => typeof part === 'object' && 'key' in part
const VARIABLE = /\$\{([^}]*)\}/
const WITH_DEFAULT = /^([^,]*),\s*'(.*)'$/s

const variable = (inner: string): Part | Variable => {
  if (inner === '*' || inner === '?' || inner === '$') return { text: inner }
  const [, key, fallback] = WITH_DEFAULT.exec(inner) ?? []
  return key === undefined ? { key: inner.trim() } : { key: key.trim(), fallback }
}

export const template = (text: string, { wildcards, variables }: Reading): Template => {
  const plain = (piece: string): Part[] => (wildcards ? partsOf(piece) : piece ? [{ text: piece }] : [])
  const parts = variables
    ? text.split(VARIABLE).flatMap((piece, index) => (index % 2 ? [variable(piece)] : plain(piece)))
    : plain(text)
  return parts.some(isVariable) ? { text, parts } : { text, parts, fixed: patternOf(parts as Part[]) }
}

/**
 * The parts of a template in a request, variables replaced: a value stands for itself, its stars and question marks are
 * no wildcards. Nothing when a variable has no value, or several: then nothing is like the template.
 */
export const resolve = ({ parts }: Template, request: Request): Part[] | undefined => {
  const resolved: Part[] = []
  for (const part of parts) {
    if (!isVariable(part)) {
      resolved.push(part)
      continue
    }
    const value = request.value(part.key) ?? part.fallback
    if (typeof value !== 'string') return undefined
    resolved.push({ text: value })
  }
  return resolved
}

/** The pattern of a template in a request; nothing when a variable has no value. */
export const patternIn = (template: Template, request: Request): Pattern | undefined => {
  if (template.fixed) return template.fixed
  const parts = resolve(template, request)
  return parts && patternOf(parts)
}

/** The text of a template in a request, for people: wildcards as they were written. */
export const textIn = (template: Template, request: Request): string | undefined =>
  resolve(template, request)
    ?.map((part) => (typeof part === 'string' ? part : part.text))
    .join('')
