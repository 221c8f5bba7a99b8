import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Mistake } from './errors.ts'

/**
 * Takes a folder for this process; the system gives it free when the process ends, however it ends.
 * @throws Mistake when another process has it.
 */
export const lockFolder = (folder: string): (() => void) => {
  mkdirSync(folder, { recursive: true })
  const lock = new DatabaseSync(join(folder, 'lock.db'))
  try {
    lock.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== 5 /* SQLITE_BUSY */) throw error
    throw new Mistake(`Another local cloud already runs on ${folder}: stop that one first, or use it.`)
  }
  return () => lock.close()
}
