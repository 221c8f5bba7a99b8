/**
 * One thing for all tests of a `describe` block: opened before them, closed after them. What it gives is used inside `it`
 * and the hooks; `what` names it where it is used too early.
 */
export const shared = <T extends object>(what: string, open: () => Promise<T>, close: (opened: T) => unknown): T => {
  let opened: T | undefined
  before(async () => {
    opened = await open()
  })
  after(() => opened && close(opened))
  return new Proxy({} as T, {
    get: (_, key) => {
      if (!opened) throw new Error(`${what} runs inside \`it\` and the hooks only`)
      return Reflect.get(opened, key)
    },
  })
}
