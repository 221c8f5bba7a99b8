import { readFileSync, statSync } from 'node:fs'

/** What a template means depends on its text, on its parameters and on this: what lies beside it, and the time. */
export interface Outside {
  /** ms since the epoch, for what is to be deployed each time. */
  now(): number
  /** The text of a file. @throws when it cannot be read */
  textOf(path: string): string
  isFolder(path: string): boolean
}

/** The files of this machine. */
export const outsideAt = (now: number): Outside => ({
  now: () => now,
  textOf: (path) => readFileSync(path, 'utf8'),
  isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
})
