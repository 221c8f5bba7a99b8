import { lowerFirst } from './faults.ts'
import type { Structure } from './shapes.ts'
import type { Model } from './types.ts'

/** How deep a request may nest; AWS's deepest, an item of DynamoDB with 32 levels, takes 70. */
export const DEEPEST = 200
/** How many missing members a refusal lists. */
const MOST_LISTED = 100

/** A request that is being read: for which model, and which required members it lacks. */
export interface Reading {
  readonly model: Model
  readonly missing: string[]
}

/** Notes the required members that a structure lacks; they stand first. */
export const noteMissing = (reading: Reading, { members }: Structure, read: Record<string, unknown>): void => {
  for (const { required, name } of members) {
    if (!required) return
    if (read[name] === undefined) noteOne(reading, lowerFirst(name))
  }
}

export const noteOne = ({ missing }: Reading, path: string): void => {
  if (missing.length < MOST_LISTED) missing.push(path)
}

/** Puts the name of a member before what was noted within it. `before` is how many had been noted until then. */
export const within = ({ missing }: Reading, before: number, name: string): void => {
  for (let i = before; i < missing.length; i++) missing[i] = `${name}.${missing[i]}`
}

/** A map with keys of the client's choice: `__proto__` and `constructor` are keys like all others. */
export const emptyMap = (): Record<string, unknown> => Object.create(null)
