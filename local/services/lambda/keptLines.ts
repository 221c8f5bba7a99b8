import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FunctionLogLine } from '../../execution/types.ts'

/** Lines of one log stream. */
export interface KeptLines {
  arn: string
  logGroup: string
  logStream: string
  lines: FunctionLogLine[]
}

/** Lines that wait to be sent, where a kill does not take them. */
export interface LineKeeper {
  /** What is left of an earlier run. */
  readonly left: readonly KeptLines[]
  add(kept: KeptLines): void
  /** What is added from now on is kept apart. Gives a function that forgets what was added before. */
  turn(): () => void
  clear(): void
  close(): void
}

/** What a file holds. A line that a kill has cut short was not accepted, and goes. */
const read = (file: number, path: string): KeptLines[] => {
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf('\n') + 1
  if (end < bytes.length) ftruncateSync(file, end)
  const lines = bytes.toString('utf8', 0, end).split('\n')
  return lines.filter(Boolean).map((line) => JSON.parse(line))
}

/**
 * Two files, JSON line by line, filled in turns: what is added to the one while the other is sent. To append to a file
 * takes a tenth of what a row of the state takes, and each invocation waits for it.
 */
export const createLineKeeper = (folder: string): LineKeeper => {
  const paths = ['lambda.lines.0', 'lambda.lines.1'].map((name) => join(folder, name))
  const files = paths.map((path) => openSync(path, 'a'))
  const left = paths.flatMap((path, index) => read(files[index] as number, path))
  let now = 0
  const filled = new Set(files.keys())
  const forget = (index: number) => {
    if (filled.delete(index)) ftruncateSync(files[index] as number)
  }
  return {
    left,
    add(kept) {
      filled.add(now)
      writeFileSync(files[now] as number, `${JSON.stringify(kept)}\n`)
    },
    turn() {
      const before = now
      now = 1 - now
      return () => forget(before)
    },
    clear() {
      for (const index of files.keys()) forget(index)
    },
    close() {
      for (const file of files) closeSync(file)
    },
  }
}
