import { sorted } from './checks.ts'
import { minus, plus } from './decimals.ts'
import { invalid } from './dynalite.ts'
import { at, type Path } from './paths.ts'
import type { Item, Value } from './types.ts'
import type { Source, Update } from './updateExpression.ts'
import { attribute, bare, typeOf } from './values.ts'

const wrongOperand = () => invalid('An operand in the update expression has an incorrect data type')

/** What SET gives an attribute, computed from the item before the update. */
const compute = (source: Source, item: Item): Value => {
  switch (source.is) {
    case 'value':
      return source.value
    case 'path': {
      const value = at(item, source.path)
      if (!value) throw invalid('The provided expression refers to an attribute that does not exist in the item')
      return value
    }
    case 'if_not_exists':
      return at(item, source.path) ?? compute(source.otherwise, item)
    case 'list_append': {
      const [a, b] = [compute(source.a, item).L, compute(source.b, item).L]
      if (!a || !b) throw wrongOperand()
      return { L: [...a, ...b] }
    }
    default: {
      const [a, b] = [compute(source.a, item).N, compute(source.b, item).N]
      if (a === undefined || b === undefined) throw wrongOperand()
      return { N: source.is === '+' ? plus(a, b) : minus(a, b) }
    }
  }
}

const setOf = (value: Value) => (value.SS && 'SS') || (value.NS && 'NS') || (value.BS && 'BS') || undefined

/** The sum, or the union of two sets. @throws ServiceError when the types differ, with `message` */
export const add = (existing: Value | undefined, value: Value, message: string): Value => {
  if (existing && typeOf(existing) !== typeOf(value)) throw invalid(message)
  if (value.N !== undefined) return { N: plus(existing?.N ?? '0', value.N) }
  const type = setOf(value)
  if (!type) throw invalid(message)
  return { [type]: sorted(type, [...new Set([...(existing?.[type] ?? []), ...(value[type] as string[])])]) }
}

/** A set without some elements; nothing when none is left. @throws ServiceError when the types differ, with `message` */
export const subtract = (existing: Value | undefined, value: Value, message: string): Value | undefined => {
  const type = setOf(value)
  if (!type || (existing && !existing[type])) throw invalid(message)
  const without = new Set(value[type])
  const left = (existing?.[type] ?? []).filter((one) => !without.has(one))
  return left.length ? { [type]: left } : undefined
}

/** Lists while they are changed: indexes are those from before the update until {@link close} moves elements together. */
const changes = (before: Item) => {
  const item = bare(before)
  const lists = new Set<Value[]>()
  /** Copies what lies on the way to a path, so that nothing that is shared changes. */
  const copies = new Map<Value, Value>()
  const own = (value: Value, replace: (copy: Value) => void): Value => {
    const known = copies.get(value)
    if (known) return known
    const copy: Value = value.L ? { L: [...value.L] } : value.M ? { M: bare(value.M) } : value
    copies.set(copy, copy)
    replace(copy)
    return copy
  }
  const child = (parent: Value, piece: string | number): Value | undefined =>
    typeof piece === 'number' ? parent.L?.[piece] : parent.M && attribute(parent.M, piece)
  const parentOf = (path: Path): Value => {
    let parent: Value = { M: item }
    for (const piece of path.slice(0, -1)) {
      const holder = parent
      const value = child(holder, piece)
      if (!value) throw invalidPath()
      parent = own(value, (copy) => put(holder, piece, copy))
    }
    const last = path.at(-1)
    if (typeof last === 'number' ? !parent.L : !parent.M) throw invalidPath()
    return parent
  }
  const put = (parent: Value, piece: string | number, value: Value | undefined) => {
    if (typeof piece === 'number') {
      const list = parent.L as Value[]
      lists.add(list)
      if (value) list[piece] = value
      else delete list[piece]
    } else if (value) (parent.M as Item)[piece] = value
    else delete (parent.M as Item)[piece]
  }
  return {
    item,
    change(path: Path, next: (existing: Value | undefined) => Value | undefined) {
      const parent = parentOf(path)
      const last = path.at(-1) as string | number
      const existing = child(parent, last)
      put(parent, last, next(existing))
    },
    close() {
      for (const list of lists) {
        const left = Object.values(list) // in the order of the indexes, without holes
        list.length = 0
        for (const value of left) list.push(value)
      }
    },
  }
}
const invalidPath = () => invalid('The document path provided in the update expression is invalid for update')

/** The item after an update expression; every operand is the item's before it. @throws ServiceError ValidationException */
export const applyUpdates = (updates: readonly Update[], before: Item): Item => {
  const sources = updates.map((update) => (update.action === 'SET' ? compute(update.source, before) : undefined))
  const { item, change, close } = changes(before)
  const message = wrongOperand().message
  updates.forEach((update, index) => {
    change(update.path, (existing) => {
      switch (update.action) {
        case 'SET':
          return sources[index]
        case 'REMOVE':
          return undefined
        case 'ADD':
          return add(existing, update.value, message)
        case 'DELETE':
          return subtract(existing, update.value, message)
      }
    })
  })
  close()
  return item
}

/** `AttributeUpdates`, the form before update expressions. */
export type AttributeUpdates = Record<string, { Action?: string; Value?: Value }>

/** The item after `AttributeUpdates`. @throws ServiceError ValidationException */
export const applyAttributeUpdates = (updates: AttributeUpdates, before: Item): Item => {
  const item = bare(before)
  const message = 'Type mismatch for attribute to update'
  for (const [name, { Action = 'PUT', Value: value }] of Object.entries(updates)) {
    const existing = attribute(item, name)
    let next: Value | undefined
    if (Action === 'PUT') next = value
    else if (Action === 'ADD' && value) next = value.L ? appended(existing, value.L) : add(existing, value, message)
    else if (value) next = subtract(existing, value, message)
    if (next) item[name] = next
    else delete item[name]
  }
  return item
}

const appended = (existing: Value | undefined, list: Value[]): Value => {
  if (existing && !existing.L) throw invalid('Type mismatch for attribute to update')
  return { L: [...(existing?.L ?? []), ...list] }
}
