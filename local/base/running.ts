import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a running cloud tells the commands in other terminals, in `.local/running/<selection>.json`. */
export interface Running {
  url: string
  pid: number
  /** The chapters that it runs: `all`, `05`, `empty`. */
  selection: string
  /** When it was ready, in ms since 1970. */
  since: number
  /** Where containers reach it; missing when it was started without --containers. */
  containers?: string
}

/** Where the states of a project's local clouds lie, one folder for each selection. */
export const statesOf = (root: string): string => join(root, '.local')

const recordsOf = (root: string): string => join(statesOf(root), 'running')

/** Where the cloud of a selection says that it runs; the lock of its state lets one run at a time. */
export const runningFile = (root: string, selection: string): string => join(recordsOf(root), `${selection}.json`)

/** The local clouds of a project that run now, the one started last first. */
export const runningClouds = (root: string): Running[] => {
  let files: string[]
  try {
    files = readdirSync(recordsOf(root))
  } catch {
    return []
  }
  return files.flatMap((file) => runningOf(join(recordsOf(root), file))).sort((a, b) => b.since - a.since)
}

const runningOf = (file: string): Running[] => {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Running
    process.kill(found.pid, 0) // throws when it ended without a word
    return [found]
  } catch {
    return []
  }
}
