/** A line that the cloud says about itself. */
export interface LogLine {
  level: 'info' | 'warn' | 'error'
  /** Which part speaks: `s3`, `lambda`, `door`, `stack`… */
  from: string
  text: string
  /** For faults: what was thrown. Never shown to a client. */
  cause?: unknown
}

/** Where the cloud says what it does: the terminal, a test's list. */
export type Log = (line: LogLine) => void
