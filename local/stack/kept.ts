import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

/** So many are kept in a folder: those of a few copies of the project, and of what was just saved. */
const KEPT = 12

/** The hash of some texts, of where each ends, too. */
export const hashOf = (...texts: (string | Buffer)[]): string => {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex')
}

/** What is kept under a name. A file is a hash, a new line, and JSON; undefined where it is not as it was written. */
export const readKept = (folder: string, name: string): unknown => {
  try {
    const bytes = readFileSync(join(folder, name))
    const json = bytes.subarray(65)
    return bytes.toString('latin1', 0, 64) === hashOf(json) ? JSON.parse(json.toString()) : undefined
  } catch {
    return undefined
  }
}

/** Writes all of a file or nothing, and removes the oldest; a folder that cannot be written keeps nothing. */
export const keep = (folder: string, name: string, value: unknown): void => {
  const json = JSON.stringify(value)
  // JSON has no -0: what would come back as something else is not kept.
  if (!isDeepStrictEqual(JSON.parse(json), value)) return
  try {
    mkdirSync(folder, { recursive: true })
    const whole = join(folder, `${name}.${process.pid}`)
    writeFileSync(whole, `${hashOf(json)}\n${json}`)
    renameSync(whole, join(folder, name))
    const age = (one: string) => statSync(join(folder, one), { throwIfNoEntry: false })?.mtimeMs ?? 0
    const all = readdirSync(folder).toSorted((a, b) => age(b) - age(a))
    for (const old of all.slice(KEPT)) rmSync(join(folder, old), { force: true })
  } catch {
    // It is read anew the next time, too.
  }
}
