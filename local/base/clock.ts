/** Ends a timer before it fires; harmless afterwards. */
export type Cancel = () => void

/** The one source of time of a cloud. Milliseconds since the epoch, as in `Date.now()`. */
export interface Clock {
  now(): number
  /** Runs `run` once, `ms` from now in this clock's time. The timer never keeps the process alive. */
  after(ms: number, run: () => void): Cancel
}

/** A clock that tests push forward; between two pushes it runs as fast as real time. */
export interface MovableClock extends Clock {
  /** Moves the clock forward by `ms` and fires, in their order, the timers that became due. */
  advance(ms: number): void
}

/** `setTimeout` takes at most this many milliseconds; a longer wait is made of several. */
const LONGEST = 2 ** 31 - 1

interface Timer {
  due: number
  run: () => void
  handle?: NodeJS.Timeout
}

/** A clock that tests can push forward. */
export const movableClock = (): MovableClock => {
  let offset = 0
  const timers = new Set<Timer>()
  const now = () => Date.now() + offset
  const fire = (timer: Timer) => {
    if (!timers.delete(timer)) return
    clearTimeout(timer.handle)
    timer.run()
  }
  const arm = (timer: Timer) => {
    clearTimeout(timer.handle)
    const left = Math.max(0, timer.due - now())
    timer.handle = setTimeout(() => (timer.due <= now() ? fire(timer) : arm(timer)), Math.min(left, LONGEST)).unref()
  }
  return {
    now,
    after(ms, run) {
      const timer: Timer = { due: now() + ms, run }
      timers.add(timer)
      arm(timer)
      return () => {
        clearTimeout(timer.handle)
        timers.delete(timer)
      }
    },
    advance(ms) {
      offset += ms
      for (const timer of [...timers].sort((a, b) => a.due - b.due)) timer.due <= now() ? fire(timer) : arm(timer)
    },
  }
}

/** The machine's own time. */
export const systemClock = (): Clock => movableClock()
