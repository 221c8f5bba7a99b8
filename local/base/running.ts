import { join } from 'node:path'

/** What a running cloud tells the commands in other terminals, in `.local/running.json`. */
export interface Running {
  url: string
  pid: number
  /** The chapters that it runs: `all`, `05`, `empty`. */
  selection: string
}

/** Where the states of a project's local clouds lie, one folder for each selection. */
export const statesOf = (root: string): string => join(root, '.local')

export const runningFile = (root: string): string => join(statesOf(root), 'running.json')
