import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import yaml from 'yaml/package.json' with { type: 'json' }
import { hashOf, keep, readKept } from './kept.ts'
import { nodesOf, type Source } from './source.ts'
import { readYaml } from './yaml.ts'

/** A smaller text is read faster than it is looked for, in characters. */
const SMALL = 20_000

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
    const kept = readKept(folder, name)
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
