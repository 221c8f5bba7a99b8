/** How many resources of a stack are worked on at the same time. */
export const PARALLEL = 8

/**
 * Runs `run` for each key once all that it depends on is done, several at a time. After the first that throws no other
 * begins; those under way are waited for.
 * @returns what was thrown, by key, in the order it happened.
 */
export const inOrder = async (
  graph: ReadonlyMap<string, readonly string[]>,
  parallel: number,
  run: (key: string) => Promise<void>,
): Promise<Map<string, unknown>> => {
  const failures = new Map<string, unknown>()
  const waiting = new Map([...graph].map(([key, on]) => [key, new Set(on.filter((one) => graph.has(one)))]))
  const dependents = new Map<string, string[]>()
  for (const [key, on] of waiting) for (const one of on) dependents.set(one, [...(dependents.get(one) ?? []), key])
  const ready = [...waiting].filter(([, on]) => on.size === 0).map(([key]) => key)
  const running = new Set<Promise<void>>()

  const begin = (key: string) => {
    const one = run(key)
      .then(
        () => {
          for (const dependent of dependents.get(key) ?? []) {
            const on = waiting.get(dependent)
            on?.delete(key)
            if (on?.size === 0) ready.push(dependent)
          }
        },
        (error) => void failures.set(key, error),
      )
      .finally(() => running.delete(one))
    running.add(one)
  }
  for (;;) {
    while (ready.length && running.size < parallel && failures.size === 0) begin(ready.shift() as string)
    if (running.size === 0) return failures
    await Promise.race(running)
  }
}
