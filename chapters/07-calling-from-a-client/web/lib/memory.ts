import type { Memory } from '../../lib/identity.ts'

/** The device's memory, or none where the person at the page has forbidden it: the browser throws then. */
export const memory = (): Memory | undefined => {
  try {
    return localStorage
  } catch {
    return undefined
  }
}
