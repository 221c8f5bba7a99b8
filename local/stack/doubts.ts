import { isDeepStrictEqual } from 'node:util'
import type { Dict } from './source.ts'
import type { ResourceRecord, Stable } from './store.ts'

/** What to go back to from the resource that replaces this one. */
export const stableOf = ({ physicalId, properties, pending }: ResourceRecord, stable: Stable): Stable => {
  if (physicalId !== stable.physicalId) return stable
  const doubts = pending?.step === 'update' ? pending.doubts : []
  if (doubts.length === 0 && isDeepStrictEqual(properties, stable.properties)) return stable
  return { ...stable, doubts: [properties, ...doubts] }
}

/**
 * What a resource was before a change, where several states may be: of each property a value that differs from the one
 * wanted, if there may be any, so that the property is set.
 */
export const before = (wanted: Dict, states: Dict[]): Dict => {
  const names = [...new Set(states.flatMap((state) => Object.keys(state)).concat(Object.keys(wanted)))]
  const members = names.map((name) => {
    const other = states.find((state) => !isDeepStrictEqual(state[name], wanted[name]))
    return [name, (other ?? wanted)[name]] as const
  })
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}
