import { createRequire, registerHooks } from 'node:module'
import { basename, delimiter, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseHandler, RuntimeError } from '../errors.ts'

export type Handler = (event: unknown, context: unknown) => unknown

/** From release 4 of the Lambda runtime interface client, which Node.js 24 came with. */
const CALLBACKS =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to ' +
  'modify this function to use a supported handler signature to use Node.js 24 or later. For more information see ' +
  'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.'

const load = async (root: string, module: string): Promise<unknown> => {
  const { existsSync } = process.getBuiltinModule('node:fs')
  const require = createRequire(import.meta.url)
  try {
    for (const end of ['', '.js', '.mjs', '.cjs']) {
      const file = resolve(root, module) + end
      if (existsSync(file)) return await import(pathToFileURL(file).href)
    }
    return require(require.resolve(basename(module), { paths: [root, join(root, dirname(module))] }))
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error), error.stack)
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND')
      throw new RuntimeError('Runtime.ImportModuleError', String(error))
    throw error
  }
}

const find = (path: string, module: unknown): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (found, key) => (found && typeof found === 'object' ? (found as Record<string, unknown>)[key] : undefined),
      module,
    )

/** NODE_PATH is for `require` alone; the runtimes of Lambda look there for what is imported as well, last. */
const followNodePath = () => {
  const folders = (process.env.NODE_PATH ?? '').split(delimiter).filter((folder) => basename(folder) === 'node_modules')
  if (folders.length === 0) return
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context)
      } catch (error) {
        if (/^(\.{0,2}\/|[a-z]+:)/.test(specifier)) throw error
        for (const folder of folders)
          try {
            return next(specifier, { ...context, parentURL: pathToFileURL(join(dirname(folder), 'layer.mjs')).href })
          } catch {
            // not in this one
          }
        throw error
      }
    },
  })
}

/** Loads the function that `_HANDLER` names. Throws what the runtime reports as the error of the init phase. */
export const loadHandler = async (root: string, name: string): Promise<Handler> => {
  const { module, export: path } = parseHandler(name)
  followNodePath()
  const loaded = await load(root, module)
  const handler = find(path, loaded) || find(path, (loaded as { default?: unknown } | undefined)?.default)
  if (!handler) throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`)
  if (typeof handler !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${name} is not a function`)
  if (handler.length >= 3) throw new RuntimeError('Runtime.CallbackHandlerDeprecated', CALLBACKS)
  return handler as Handler
}
