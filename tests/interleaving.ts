import { AsyncLocalStorage } from 'node:async_hooks'

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** What happens to a call: it is made, it never arrives, or its answer is lost. */
export type Fate = 'made' | 'refused' | 'lost'

/** Work whose calls wait, each of them, until they are let through. */
export interface Thread {
  name: string
  /** Lets one waiting call through, and waits until the work waits again, or has ended. */
  step(fate?: Fate): Promise<void>
  readonly ended: boolean
  /** How it ended, if it failed. */
  readonly error: unknown
}

interface Waiting {
  let(fate: Fate): void
}

interface Running {
  waiting: Waiting[]
  underWay: number
  changed(): void
}

/** Several works at a time, of which only one goes on, call by call: an order that a seed repeats. */
export const createInterleaving = () => {
  const current = new AsyncLocalStorage<Running>()

  /** Around each call of a work: it waits for its turn. */
  const call = async <T>(make: () => Promise<T>): Promise<T> => {
    const running = current.getStore()
    if (!running) return make()
    const { promise, resolve } = Promise.withResolvers<Fate>()
    running.waiting.push({ let: resolve })
    running.changed()
    const fate = await promise
    try {
      if (fate === 'refused') throw new Error('the test lets this call fail')
      const answer = await make()
      if (fate === 'lost') throw new Error('the test loses the answer of this call')
      return answer
    } finally {
      running.underWay--
      running.changed()
    }
  }

  /** Begins a work; it has waited for its first call, or ended, when this resolves. */
  const start = async (name: string, work: () => Promise<unknown>): Promise<Thread> => {
    let wake = () => {}
    let ended = false
    let error: unknown
    const running: Running = { waiting: [], underWay: 0, changed: () => wake() }
    const rest = async () => {
      while (!ended && (running.underWay > 0 || running.waiting.length === 0))
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      // Calls that are made together all arrive before the next step.
      await new Promise((resolve) => setImmediate(resolve))
    }
    void current
      .run(running, work)
      .catch((reason: unknown) => {
        error = reason
      })
      .finally(() => {
        ended = true
        wake()
      })
    await rest()
    return {
      name,
      get ended() {
        return ended
      },
      get error() {
        return error
      },
      async step(fate = 'made') {
        const next = running.waiting.shift()
        if (!next) return
        running.underWay++
        next.let(fate)
        await rest()
      },
    }
  }
  return { call, start }
}
