import { isDecimal, type Json, parseJson } from './json.ts'
import { TemplateError } from './vtl/nodes.ts'

type Selector =
  | { readonly kind: 'name'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'deep' }
  | { readonly kind: 'filter'; readonly test: (value: Json) => boolean }

const NAME = /\.?([A-Za-z0-9_$\u0080-\uffff-]+)/y
const QUOTED = /\[\s*((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:\s*,\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))*)\s*\]/y
const INDEXES = /\[\s*(-?\d{1,9}(?:\s*,\s*-?\d{1,9})*)\s*\]/y
const SLICE = /\[\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*\]/y
const FILTER = /\[\s*\?\s*\(((?:[^'"()]|'[^']*'|"[^"]*")*)\)\s*\]/y
const CONDITION =
  /^\s*@((?:\.[\w-]+|\[\d+\]|\['[^']*'\])*)\s*(?:(==|!=|<=|>=|<|>)\s*('[^']*'|"[^"]*"|-?\d+(?:\.\d+)?|true|false|null)\s*)?$/
const ALL = /\.\*|\[\s*\*\s*\]/y

/** Values that one path may come by. */
const MOST = 200_000

const parsePath = (path: string): Selector[] => {
  const selectors: Selector[] = []
  let at = path.startsWith('$') ? 1 : 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at
    const found = pattern.exec(path)
    if (found) at = pattern.lastIndex
    return found
  }
  while (at < path.length) {
    if (path.startsWith('..', at)) {
      selectors.push({ kind: 'deep' })
      at += path[at + 2] === '[' ? 2 : 1
    }
    const all = take(ALL)
    const filter = all ? null : take(FILTER)
    if (filter) {
      selectors.push({ kind: 'filter', test: filterOf(filter[1] ?? '', path) })
      continue
    }
    const quoted = all ? null : take(QUOTED)
    const indexes = all || quoted ? null : take(INDEXES)
    const slice = all || quoted || indexes ? null : take(SLICE)
    const name = all || quoted || indexes || slice || (at > 0 && path[at] !== '.') ? null : take(NAME)
    if (all) selectors.push({ kind: 'all' })
    else if (quoted) selectors.push({ kind: 'name', names: quotedNames(quoted[1] ?? '') })
    else if (indexes) selectors.push({ kind: 'index', indexes: (indexes[1] ?? '').split(',').map(Number) })
    else if (slice) selectors.push({ kind: 'slice', ...bounds(slice) })
    else if (name) selectors.push({ kind: 'name', names: [name[1] ?? ''] })
    else throw new TemplateError(`Not a JSONPath that API Gateway takes: ${path}`)
  }
  return selectors
}

const bounds = ([, from, to]: RegExpExecArray) => ({
  ...(from === undefined ? {} : { from: Number(from) }),
  ...(to === undefined ? {} : { to: Number(to) }),
})

const quotedNames = (list: string): string[] =>
  (list.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g) ?? []).map((name) =>
    name.slice(1, -1).replace(/\\(.)/g, (_, character: string) => character),
  )

/** `@.price < 10 && @.title`: alternatives of conditions that all must hold. */
const filterOf = (text: string, path: string): ((value: Json) => boolean) => {
  const alternatives = text.split('||').map((part) => part.split('&&').map((condition) => conditionOf(condition, path)))
  return (value) => alternatives.some((conditions) => conditions.every((holds) => holds(value)))
}

const conditionOf = (text: string, path: string): ((value: Json) => boolean) => {
  const [found, at = '', operator, literal = ''] = CONDITION.exec(text) ?? []
  if (found === undefined) throw new TemplateError(`Not a JSONPath that API Gateway takes: ${path}`)
  const selectors = parsePath(`$${at}`)
  const wanted = literal.startsWith("'") ? literal.slice(1, -1) : literal && parseJson(literal)
  return (value) => {
    const actual = valueAt(value, selectors)
    if (operator === undefined) return actual !== undefined
    return actual !== undefined && holds(operator, comparable(actual), comparable(wanted))
  }
}

const comparable = (value: Json) => (isDecimal(value) ? value.decimal : value)

const holds = (operator: string, one: Json, other: Json): boolean => {
  if (operator === '==') return one === other
  if (operator === '!=') return one !== other
  const both = typeof one === typeof other && (typeof one === 'number' || typeof one === 'string')
  if (!both || one === null || other === null) return false
  if (operator === '<') return one < other
  if (operator === '<=') return one <= other
  return operator === '>' ? one > other : one >= other
}

const isMany = (selector: Selector) =>
  selector.kind === 'all' ||
  selector.kind === 'filter' ||
  selector.kind === 'deep' ||
  selector.kind === 'slice' ||
  (selector.kind === 'index' && selector.indexes.length > 1)

const children = (value: Json): Json[] =>
  Array.isArray(value) ? value : value instanceof Map ? [...value.values()] : []

const select = (value: Json, selector: Selector, budget: { left: number }): Json[] => {
  switch (selector.kind) {
    case 'name':
      if (!(value instanceof Map)) return []
      if (selector.names.length > 1)
        return [new Map(selector.names.flatMap((name) => (value.has(name) ? [[name, value.get(name) ?? null]] : [])))]
      return value.has(selector.names[0] ?? '') ? [value.get(selector.names[0] ?? '') ?? null] : []
    case 'index':
      if (!Array.isArray(value)) return []
      return selector.indexes.flatMap((index) => value.slice(index, index === -1 ? undefined : index + 1))
    case 'slice':
      return Array.isArray(value) ? value.slice(selector.from, selector.to) : []
    case 'all':
      return children(value)
    case 'filter':
      return children(value).filter(selector.test)
    case 'deep': {
      const found: Json[] = []
      const visit = (item: Json) => {
        if (--budget.left < 0) throw new TemplateError('A JSONPath that finds too much')
        if (Array.isArray(item) || item instanceof Map) found.push(item)
        for (const child of children(item)) visit(child)
      }
      visit(value)
      return found
    }
  }
}

/** What selectors find: a list where they may find several values. */
const valueAt = (json: Json, selectors: readonly Selector[], budget = { left: MOST }): Json | undefined => {
  let found: Json[] = [json]
  for (const selector of selectors) {
    found = found.flatMap((value) => select(value, selector, budget))
    budget.left -= found.length
    if (budget.left < 0) throw new TemplateError('A JSONPath that finds too much')
  }
  return selectors.some(isMany) ? found : found[0]
}

/**
 * Reads a JSONPath (goessner.net) as API Gateway takes it: names, indexes, slices, `*`, `..`, filters `[?(@.a == 1)]`. A
 * path that may find several values gives a list, another one the value itself, or undefined.
 * @throws TemplateError for a path that is none; scripts and functions are left out
 */
export const readPath = (json: Json, path: string): Json | undefined => valueAt(json, parsePath(path.trim()))
