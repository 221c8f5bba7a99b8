/** Watches over one piece of work after the other: how long it takes, and what it does meanwhile. */
export interface Watch {
  /** Work begins that may take `limit` ms. */
  begin(limit: number): void
  end(): void
  /** Ends the timers, too: what was watched is gone. */
  stop(): void
}

export interface Watchers {
  /** The work takes longer than it may. */
  timeout(): void
  /** Asked again and again while something works. */
  look(): void
}

/** How often the memory of a busy environment is looked at, in ms. */
const LOOK = 50

/**
 * Timers outlive the work for which they were set and are then used for the next one: to set and clear two of them costs
 * as much as a small function takes.
 */
export const createWatch = ({ timeout, look }: Watchers): Watch => {
  let busy = false
  /** By `performance.now`; when the work must have ended. */
  let deadline = 0
  let timer: NodeJS.Timeout | undefined
  /** When `timer` fires. */
  let due = Number.POSITIVE_INFINITY
  let looking: NodeJS.Timeout | undefined

  const arm = (ms: number) => {
    clearTimeout(timer)
    due = deadline
    timer = setTimeout(fire, Math.max(0, ms)).unref()
  }
  const fire = () => {
    timer = undefined
    due = Number.POSITIVE_INFINITY
    const left = deadline - performance.now()
    if (!busy) return
    // Timers are as exact as a millisecond.
    if (left < 1) timeout()
    else arm(left)
  }
  const tick = () => {
    if (busy) return look()
    clearInterval(looking)
    looking = undefined
  }
  return {
    begin(limit) {
      busy = true
      deadline = performance.now() + limit
      if (deadline < due) arm(limit)
      looking ??= setInterval(tick, LOOK).unref()
    },
    end() {
      busy = false
    },
    stop() {
      busy = false
      clearTimeout(timer)
      due = Number.POSITIVE_INFINITY
      clearInterval(looking)
      looking = undefined
    },
  }
}
