/**
 * One thing for all tests of a `describe` block, or another one for each of them: opened before, closed after. What it
 * gives is used inside `it` and the hooks; `what` names it where it is used too early.
 */
export const shared = <T extends object>(
  what: string,
  open: () => Promise<T> | T,
  close: (opened: T) => unknown,
  by: 'all tests' | 'each test' = 'all tests',
): T => {
  const [first, last] = by === 'each test' ? [beforeEach, afterEach] : [before, after]
  let opened: T | undefined
  first(async () => {
    opened = await open()
  })
  last(() => opened && close(opened))
  return new Proxy({} as T, {
    get: (_, key) => {
      if (!opened) throw new Error(`${what} runs inside \`it\` and the hooks only`)
      return Reflect.get(opened, key)
    },
  })
}
