import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Bundle } from './types.ts'

/** So many source maps stay in memory. */
const KEPT = 4

interface Loaded {
  map: SourceMap
  /** What the map's paths are relative to. */
  folder: string
}

/**
 * Shows positions of bundles as positions of the sources they were made from, for the log: what a function answers
 * keeps the bundle's positions, as on AWS. A map is read when the first error needs it.
 */
export const createSources = () => {
  const loaded = new Map<string, Loaded | undefined>()

  const load = (path: string, file: string): Loaded | undefined => {
    try {
      const map = new SourceMap(JSON.parse(readFileSync(path, 'utf8')))
      return { map, folder: dirname(join(dirname(path), 'out', file)) }
    } catch {
      return undefined // lost from the cache: the bundle's positions will do
    }
  }

  const mapOf = (path: string, file: string): Loaded | undefined => {
    const found = loaded.has(path) ? loaded.get(path) : load(path, file)
    loaded.delete(path)
    loaded.set(path, found)
    for (const oldest of [...loaded.keys()].slice(0, -KEPT)) loaded.delete(oldest)
    return found
  }

  return (bundle: Bundle): ((text: string) => string) => {
    const { map, folder, file } = bundle
    if (!map) return (text) => text
    const url = pathToFileURL(join(folder, file)).href
    return (text) => {
      const [first, ...rest] = text.split(`${url}:`)
      if (rest.length === 0) return text
      const sources = mapOf(map, file)
      const shown = rest.map((part) => {
        const [position, line, column] = /^(\d+):(\d+)/.exec(part) ?? []
        if (!position || !sources) return `${url}:${part}`
        const entry = sources.map.findEntry(Number(line) - 1, Number(column) - 1)
        if (!('originalSource' in entry)) return `${url}:${part}`
        const path = resolve(sources.folder, entry.originalSource)
        return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}${part.slice(position.length)}`
      })
      return [first, ...shown].join('')
    }
  }
}
