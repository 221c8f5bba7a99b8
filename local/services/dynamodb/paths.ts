import type { Item, Value } from './types.ts'
import { attribute, emptyItem } from './values.ts'

/** A document path: `a.b[1]` is `['a', 'b', 1]`; the first is an attribute of the item. */
export type Path = readonly [string, ...(string | number)[]]

/** The value within another one, or nothing. */
export const member = (value: Value | undefined, piece: string | number): Value | undefined => {
  if (!value) return undefined
  if (typeof piece === 'number') return value.L?.[piece]
  return value.M && attribute(value.M, piece)
}

/** The value at a path of an item, or nothing. */
export const at = (item: Item, path: readonly (string | number)[]): Value | undefined => {
  let value: Value | undefined = { M: item }
  for (const piece of path) value = member(value, piece)
  return value
}

/** A tree of the paths that are asked for; `true` is a value whole. */
type Wanted = Map<string | number, Wanted | true>

const wantedOf = (paths: readonly Path[]): Wanted => {
  const all: Wanted = new Map()
  for (const path of paths) {
    let within = all
    for (const [index, piece] of path.entries()) {
      const there = within.get(piece)
      if (there === true) break
      if (index === path.length - 1) within.set(piece, true)
      else {
        const next: Wanted = there ?? new Map()
        within.set(piece, next)
        within = next
      }
    }
  }
  return all
}

const pick = (value: Value, wanted: Wanted | true): Value | undefined => {
  if (wanted === true) return value
  if (value.L) {
    const indexes = [...wanted.keys()].filter((key) => typeof key === 'number').sort((a, b) => a - b)
    const list = indexes.flatMap((index) => {
      const inner = value.L?.[index]
      return (inner && pick(inner, wanted.get(index) as Wanted | true)) ?? []
    })
    return list.length ? { L: list } : undefined
  }
  if (!value.M) return undefined
  const map = pickMembers(value.M, wanted)
  return Object.keys(map).length ? { M: map } : undefined
}

const pickMembers = (item: Item, wanted: Wanted): Item => {
  const result = emptyItem()
  for (const [name, inner] of wanted) {
    const value = typeof name === 'string' ? attribute(item, name) : undefined
    const picked = value && pick(value, inner)
    if (picked) result[name] = picked
  }
  return result
}

/** What an item has at some paths, in its own structure; elements of lists move together. */
export const project = (paths: readonly Path[], item: Item): Item => pickMembers(item, wantedOf(paths))
