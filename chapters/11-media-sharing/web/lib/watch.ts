/** How often the lists are asked for, in ms, from one answer to the next question. */
export const EVERY = 3_000
/** The longest pause between two tries when the network fails, in ms. */
const LONGEST = 60_000

export interface Watch {
  /** Looks at once, or once more after the look that is on. */
  now(): void
}

/**
 * Looks every three seconds, never twice at a time, and not while nobody sees the page. When a look fails the pauses
 * become longer.
 * @param told gets the failure and the time until the next try in ms, nothing when all is well again
 */
export const watch = (look: () => Promise<void>, told: (failure?: { error: unknown; wait: number }) => void): Watch => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let looking = false
  let again = false
  let failures = 0
  const once = async () => {
    clearTimeout(timer)
    if (looking) {
      again = true
      return
    }
    looking = true
    again = false
    let wait = EVERY
    try {
      await look()
      if (failures > 0) told()
      failures = 0
    } catch (error) {
      failures++
      wait = Math.min(LONGEST, EVERY * 2 ** failures)
      told({ error, wait })
    }
    looking = false
    if (again) once()
    else if (!document.hidden) timer = setTimeout(once, wait)
  }
  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : once()))
  addEventListener('online', once)
  return { now: once }
}
