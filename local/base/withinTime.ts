import { createContext, Script } from 'node:vm'

/** Work that was given up: it took longer than it may. */
export class TooLong extends Error {
  override name = 'TooLong'
}

/** Made when it is first needed: a context takes longer than most work. */
const place = () => ({
  sandbox: createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } }),
  script: new Script('work()'),
})
let made: ReturnType<typeof place> | undefined

/**
 * Does work of one turn that others determine the length of, and that would stop the whole cloud.
 * @throws TooLong after `ms` milliseconds; whatever the work throws
 */
export const withinTime = <T>(ms: number, work: () => T): T => {
  made ??= place()
  const { sandbox, script } = made
  const outer = sandbox.work
  sandbox.work = work
  try {
    return script.runInContext(sandbox, { timeout: ms }) as T
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new TooLong(`It takes longer than ${ms} ms`)
  } finally {
    sandbox.work = outer
  }
}
