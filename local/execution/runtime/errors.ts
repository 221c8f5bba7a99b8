import type { ErrorDocument } from '../frames.ts'

/** The runtime's own files are those of Lambda. */
const runtimeAsOnAws = (text: string): string =>
  text.replaceAll(process.env.LAMBDA_RUNTIME_DIR ?? '/var/runtime', '/var/runtime')

/** The paths of this machine, under the names that they have on AWS. */
const asOnAws = (text: string): string =>
  runtimeAsOnAws(text)
    .replaceAll(process.env.LAMBDA_TASK_ROOT ?? '/var/task', '/var/task')
    .replaceAll('\x7F', '%7F')

/** What a caller gets to see of something that was thrown. */
export const errorDocument = (thrown: unknown): ErrorDocument => {
  try {
    if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] }
    return {
      errorType: asOnAws(String(thrown.name)),
      errorMessage: asOnAws(String(thrown.message)),
      trace: thrown.stack === undefined ? [] : asOnAws(String(thrown.stack)).split('\n'),
    }
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
      trace: [],
    }
  }
}

/** An error for the log: its type, message, code and stack, and whatever else it carries. */
const forLog = (_key: string, value: unknown): unknown => {
  if (!(value instanceof Error)) return value
  const shown: Record<string, unknown> = {
    errorType: value.name,
    errorMessage: value.message,
    code: (value as Error & { code?: unknown }).code,
    ...value,
  }
  if (typeof value.stack === 'string') shown.stack = runtimeAsOnAws(value.stack).split('\n')
  return shown
}

/** The text that stands behind `Invoke Error` in a log of format Text. */
export const errorText = (error: Error): string => {
  try {
    return `\t${JSON.stringify(error, forLog)}`
  } catch {
    return `\t${JSON.stringify(errorDocument(error))}`
  }
}

export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
