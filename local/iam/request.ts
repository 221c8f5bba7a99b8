import type { Caller, ConditionKeys } from './types.ts'

/** A question as policies are held against it. */
export interface Request {
  readonly action: string
  /** Actions are compared without case. */
  readonly actionLower: string
  readonly resource: string
  readonly caller: Caller
  /** The value of a condition key; keys are compared without case, an empty list is no value. */
  value(key: string): string | readonly string[] | undefined
}

export const requestOf = (question: {
  action: string
  resource: string
  caller: Caller
  keys: ConditionKeys
}): Request => {
  const { action, resource, caller } = question
  let keys: ConditionKeys | undefined
  let lower: Map<string, string | string[]> | undefined
  return {
    action,
    actionLower: action.toLowerCase(),
    resource,
    caller,
    value(key) {
      // Most policies ask for no key; whoever asks the question may gather them only now.
      keys ??= question.keys
      // Most policies spell a key as AWS does; only for the others all keys are gone through.
      let found = Object.hasOwn(keys, key) ? keys[key] : undefined
      if (found === undefined) {
        lower ??= inLowerCase(keys)
        found = lower.get(key.toLowerCase())
      }
      return typeof found === 'object' && !found.length ? undefined : found
    },
  }
}

const inLowerCase = (keys: ConditionKeys) => {
  const lower = new Map<string, string | string[]>()
  for (const [key, value] of Object.entries(keys)) if (value !== undefined) lower.set(key.toLowerCase(), value)
  return lower
}
