import type { Exit } from './child.ts'
import type { Status } from './report.ts'

/** What the runtime said about a failure before its process ended. */
export interface Said {
  /** The error document. */
  payload: Uint8Array
  errorType: string
}

/** How the process of an environment ended. */
export interface Ending {
  kind: 'ended'
  /** Who ended it: the clock, the memory limit, the cloud, or it did so itself. */
  why: 'timeout' | 'memory' | 'stop' | 'exit'
  exit: Exit
  said?: Said
}

/** An ending as the caller and the log get to hear it. */
export interface Failure {
  payload: Uint8Array
  status: Status
  errorType: string
  /** Lambda's own message, where the runtime said nothing. */
  message?: string
}

/** The names that Go, in which Lambda's supervisor is written, gives to signals. */
const SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
}

const reason = ({ status, signal }: Exit): string => {
  if (signal) return `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal.toLowerCase().replace('sig', '')}`
  return status ? `Runtime exited with error: exit status ${status}` : 'Runtime exited without providing a reason'
}

/** The type of the error that an ending is. */
export const errorTypeOf = ({ why, said }: Ending): string => {
  if (said) return said.errorType
  if (why === 'timeout') return 'Sandbox.Timedout'
  return why === 'memory' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError'
}

/** Says why an environment ended, in AWS's words. `timeout`: of the function, in seconds. */
export const explain = (ending: Ending, requestId: string, timeout: number): Failure => {
  const errorType = errorTypeOf(ending)
  if (ending.said) return { payload: ending.said.payload, status: 'error', errorType }
  const text = {
    timeout: `Task timed out after ${timeout.toFixed(2)} seconds`,
    memory: 'Runtime exited with error: signal: killed',
    exit: reason(ending.exit),
    stop: reason(ending.exit),
  }[ending.why]
  const message = `RequestId: ${requestId} Error: ${text}`
  return {
    payload: Buffer.from(JSON.stringify({ errorType, errorMessage: message })),
    status: ending.why === 'timeout' ? 'timeout' : 'error',
    errorType,
    message,
  }
}
