import type { PatchOperation } from '@aws-sdk/client-api-gateway'
import { invalid } from './errors.ts'

/**
 * What one path of a PATCH does to a thing. `names` are the parts of the path that stood for `{…}`, `value` is the text
 * that was sent; for `remove` there may be none.
 */
export interface Patch<T> {
  ops: readonly ('add' | 'remove' | 'replace')[]
  run(thing: T, names: string[], value: string, op: string): void
}

/** The paths that a thing can be patched at: `/variables/{name}` (API reference, "PatchOperation"). */
export type Patches<T> = Record<string, Patch<T>>

/** A part of a JSON pointer: `~1` is a slash. */
const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

/**
 * Changes a thing as PATCH operations say, in their order. @throws ServiceError `BadRequestException`
 */
export const patched = <T>(thing: T, patches: Patches<T>, operations: readonly PatchOperation[] | undefined): T => {
  const copy = structuredClone(thing)
  const patterns = Object.entries(patches).map(([path, patch]) => ({
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)').replaceAll('*', '\\*')}$`),
    path,
    patch,
  }))
  for (const { op = '', path = '', value } of operations ?? []) {
    if (!['add', 'remove', 'replace'].includes(op)) {
      const known = ['add', 'remove', 'replace', 'move', 'copy', 'test']
      throw invalid(
        known.includes(op) ? `Unsupported patch operation '${op}'` : `Invalid patch operation specified: ${op}`,
      )
    }
    const found = patterns.find(({ pattern }) => pattern.test(path))
    if (!found?.patch.ops.includes(op as 'add')) {
      const able = patterns.filter(({ patch }) => patch.ops.includes(op as 'add')).map((one) => one.path)
      throw invalid(
        able.length
          ? `Invalid patch path  '${path}' specified for op '${op}'. Must be one of: [${able.join(', ')}]`
          : `Invalid patch path  '${path}' specified for op '${op}'. Please choose supported operations`,
      )
    }
    const names = (found.pattern.exec(path) ?? []).slice(1).map(unescaped)
    if (op === 'replace' && value === undefined)
      throw invalid(`Value is required for the patch operation replace at ${path}`)
    found.patch.run(copy, names, value ?? '', op)
  }
  return copy
}

type Of<T, V> = { [K in keyof T]-?: V extends Exclude<T[K], undefined> ? K : never }[keyof T] & string

const REPLACE = ['replace'] as const
/** `/description`: a text. */
export const text = <T>(name: keyof T & string, check: (value: string) => void = () => {}): Patch<T> => ({
  ops: REPLACE,
  run(thing, _, value) {
    check(value)
    ;(thing as Record<string, unknown>)[name] = value
  },
})
/** @throws ServiceError `BadRequestException` for what is no truth. */
export const truthOf = (value: string, path: string): boolean => {
  const lower = value.toLowerCase()
  if (lower !== 'true' && lower !== 'false') throw invalid(`Invalid boolean value '${value}' for ${path}`)
  return lower === 'true'
}
/** @throws ServiceError `BadRequestException` for what is no number. */
export const numberOf = (value: string, path: string): number => {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number)) throw invalid(`Invalid number value '${value}' for ${path}`)
  return number
}
export const truth = <T>(name: Of<T, boolean>): Patch<T> => ({
  ops: REPLACE,
  run: (thing, _, value) => {
    ;(thing as Record<string, unknown>)[name] = truthOf(value, `/${name}`)
  },
})
export const number = <T>(name: Of<T, number>, check: (value: number) => void = () => {}): Patch<T> => ({
  ops: REPLACE,
  run: (thing, _, value) => {
    const given = numberOf(value, `/${name}`)
    check(given)
    ;(thing as Record<string, unknown>)[name] = given
  },
})
/** `/variables/{name}`: a member of a map, its values read by `read`. */
export const entry = <T>(name: keyof T & string, read: (value: string) => unknown = (value) => value): Patch<T> => ({
  ops: ['add', 'replace', 'remove'],
  run(thing, [key = ''], value, op) {
    const holder = thing as Record<string, Record<string, unknown> | undefined>
    const map = { ...holder[name] }
    if (op === 'remove') delete map[key]
    else Object.defineProperty(map, key, { value: read(value), enumerable: true, configurable: true, writable: true })
    if (Object.keys(map).length) holder[name] = map
    else delete holder[name]
  },
})
/** `/binaryMediaTypes/{type}`: a member of a list. */
export const member = <T>(name: keyof T & string): Patch<T> => ({
  ops: ['add', 'replace', 'remove'],
  run(thing, [one = ''], value, op) {
    const holder = thing as Record<string, string[] | undefined>
    const rest = (holder[name] ?? []).filter((other) => other !== one)
    holder[name] = op === 'remove' ? rest : [...rest, op === 'replace' && value !== '' ? value : one]
  },
})
