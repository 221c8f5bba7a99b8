/** An error of Lambda's runtime itself, under the name that AWS gives it: `Runtime.ImportModuleError`, … */
export class RuntimeError extends Error {
  constructor(name: string, message: string, stack?: string) {
    super(message)
    this.name = name
    this.stack = stack ?? `${name}: ${message}\n${(this.stack ?? '').split('\n').slice(1).join('\n')}`
  }
}

/** The parts of a handler's name: `folder/file.export`. */
export interface HandlerName {
  /** Path without extension, relative to the code. */
  module: string
  /** What the module exports; with dots for what lies deeper. */
  export: string
}

/** Takes a handler's name apart as Lambda's Node.js runtime does: at the first dot after the last slash. */
export const parseHandler = (handler: string): HandlerName => {
  if (handler.includes('..'))
    throw new RuntimeError(
      'Runtime.MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    )
  const dot = handler.indexOf('.', handler.lastIndexOf('/') + 1)
  if (dot < 0) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler')
  return { module: handler.slice(0, dot), export: handler.slice(dot + 1) }
}
