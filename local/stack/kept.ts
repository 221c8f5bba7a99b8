import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import yaml from 'yaml/package.json' with { type: 'json' }
import type { Source } from './source.ts'
import { readYaml } from './yaml.ts'

/** A smaller text is read faster than it is looked for, in characters. */
const SMALL = 20_000
/** So many texts are kept: those of a few copies of the project, and of what was just saved. */
const KEPT = 12

const hashOf = (...texts: (string | Buffer)[]): string => {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex')
}

/** What is kept in a file: its hash, a new line, JSON. Undefined where it is not there or not as it was written. */
const readKept = (file: string): unknown => {
  try {
    const bytes = readFileSync(file)
    const json = bytes.subarray(65)
    return bytes.toString('latin1', 0, 64) === hashOf(json) ? JSON.parse(json.toString()) : undefined
  } catch {
    return undefined
  }
}

/** Writes all of a file or nothing, and removes the oldest; a folder that cannot be written keeps nothing. */
const keep = (folder: string, name: string, value: unknown): void => {
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

/** The maps and lists of a value, each before what it holds. */
const nodesOf = (value: unknown, found: object[] = []): object[] => {
  if (typeof value !== 'object' || value === null) return found
  found.push(value)
  for (const one of Object.values(value)) nodesOf(one, found)
  return found
}

/**
 * `readYaml` that keeps what it read in a folder, by the hash of the text and of the reader itself: reading takes a
 * third of a whole deployment. Lines and paths are not kept: the text is read again when a mistake has to name one.
 */
export const keptReader = (folder: string): typeof readYaml => {
  let reader: string | undefined
  return (text: string, source: Source): unknown => {
    if (text.length < SMALL) return readYaml(text, source)
    reader ??= hashOf(yaml.version, readFileSync(join(import.meta.dirname, 'yaml.ts')))
    const name = `${hashOf(reader, text)}.json`
    const kept = readKept(join(folder, name))
    if (kept === undefined) {
      const value = readYaml(text, source)
      keep(folder, name, value)
      return value
    }
    const nodes = nodesOf(kept)
    source.placeLater(nodes, () => {
      for (const [index, node] of nodesOf(readYaml(text, source)).entries()) source.carry(node, nodes[index])
    })
    return kept
  }
}
