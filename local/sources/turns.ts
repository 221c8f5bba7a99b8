/** Who wants to run waits for a turn, in order, where too many of its kind run. */
export interface Turns {
  /** Resolves when fewer than `most` of `kind` run; call what it gives when done. */
  take(kind: string, most: number): Promise<() => void>
}

export const createTurns = (): Turns => {
  const running = new Map<string, number>()
  const waiting = new Map<string, (() => void)[]>()

  const leave = (kind: string) => {
    const next = waiting.get(kind)?.shift()
    // A turn is handed on as it is: nobody who comes in between takes it.
    if (next) return next()
    const left = (running.get(kind) ?? 1) - 1
    if (left > 0) running.set(kind, left)
    else {
      running.delete(kind)
      waiting.delete(kind)
    }
  }
  return {
    async take(kind, most) {
      const now = running.get(kind) ?? 0
      if (now < most) running.set(kind, now + 1)
      else {
        const { promise, resolve } = Promise.withResolvers<void>()
        const queue = waiting.get(kind) ?? []
        waiting.set(kind, queue)
        queue.push(resolve)
        await promise
      }
      return () => leave(kind)
    },
  }
}
