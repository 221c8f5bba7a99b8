import { AsyncLocalStorage } from 'node:async_hooks'
import type { Writable } from 'node:stream'
import { frame, writeFrame } from '../frames.ts'
import { asError, errorText } from './errors.ts'

const { format } = process.getBuiltinModule('node:util')

/** CloudWatch Logs takes events of at most 1 MB, 26 bytes of which are its own. */
const LONGEST_EVENT = 1_048_576 - 26

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const
type Level = (typeof LEVELS)[number]

/** Whose code is running: work that outlives its invocation still logs under its own request id. */
export const invocation = new AsyncLocalStorage<string>()
let current: string | undefined

/** From now on lines without a context of their own belong to `requestId`. */
export const logFor = (requestId: string | undefined): void => {
  current = requestId
}

const owner = () => invocation.getStore() ?? current

const send = (line: string) => {
  const id = owner()
  const bytes = Buffer.from(line)
  const whole = bytes.length <= LONGEST_EVENT ? bytes : bytes.subarray(0, LONGEST_EVENT)
  writeFrame(id !== undefined && id === current ? frame.log : frame.otherLog, whole)
}

const inJson = (_key: string, value: unknown): unknown =>
  value instanceof Error
    ? {
        errorType: value.constructor?.name ?? 'UnknownError',
        errorMessage: value.message,
        stackTrace: typeof value.stack === 'string' ? value.stack.split('\n') : value.stack,
        ...value,
      }
    : value

const json = (level: Level, message: unknown, params: unknown[]): string => {
  const line: Record<string, unknown> = { timestamp: new Date().toISOString(), level, requestId: owner() ?? '-' }
  if (params.length === 0) {
    try {
      return JSON.stringify({ ...line, message }, inJson)
    } catch {
      return JSON.stringify({ ...line, message: format(message) })
    }
  }
  line.message = format(message, ...params)
  const error = params.find((param) => param instanceof Error)
  if (error) {
    line.errorType = error.constructor?.name ?? 'UnknownError'
    line.errorMessage = error.message
    line.stackTrace = typeof error.stack === 'string' ? error.stack.split('\n') : []
  }
  return JSON.stringify(line)
}

const text = (level: Level, message: unknown, params: unknown[]): string =>
  `${[new Date().toISOString(), owner() ?? '-', level, format(message, ...params)].join('\t')}\n`

const inText = () => process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() !== 'JSON'

/** Logs an error that the runtime caught, under a heading such as `Invoke Error`. */
export const logError = (heading: string, thrown: unknown): void => {
  const error = asError(thrown)
  send(inText() ? text('ERROR', heading, [errorText(error)]) : json('ERROR', error, []))
}

/** A stream whose lines are events of the log, in order with those of the console. */
const rawStream = (fd: 1 | 2): Writable & { fd: number } => {
  const { Writable } = process.getBuiltinModule('node:stream')
  let rest = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) send(`${line}\n`)
      if (rest.length > LONGEST_EVENT) flush()
      done()
    },
  })
  const flush = () => {
    if (rest) send(`${rest}\n`)
    rest = ''
  }
  flushes.push(flush)
  return Object.assign(stream, { fd })
}

const flushes: (() => void)[] = []

/** What was written without a line feed becomes a line of its own. */
export const flushRaw = (): void => {
  for (const flush of flushes) flush()
}

/** Makes `console` and the standard streams write to the log as Lambda's Node.js runtime does. */
export const patchConsole = (): void => {
  const asText = inText()
  const lowest = LEVELS.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase() ?? 'TRACE') as Level)
  const logger = (level: Level) =>
    LEVELS.indexOf(level) < lowest
      ? () => {}
      : (message?: unknown, ...params: unknown[]) => send((asText ? text : json)(level, message, params))
  const info = logger('INFO')
  Object.assign(console, {
    trace: logger('TRACE'),
    debug: logger('DEBUG'),
    info,
    log: info,
    warn: logger('WARN'),
    error: logger('ERROR'),
    fatal: logger('FATAL'),
  })
  for (const [name, fd] of [
    ['stdout', 1],
    ['stderr', 2],
  ] as const) {
    let stream: Writable | undefined
    Object.defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get() {
        stream ??= rawStream(fd)
        return stream
      },
    })
  }
}
