import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { root } from './application.ts'

/** A file of the project and the files of the project that it imports, types too; paths from the root, with `/`. */
export interface Imports {
  file: string
  imports: string[]
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\{[^}]*\}[^'"\n;]*?)?from\s*['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"](\.[^'"]+)['"]/g

const slashed = (path: string) => path.split(sep).join('/')

/** The relative imports of every TypeScript file in the folders. */
export const importsOf = (folders: string[]): Imports[] =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,mjs}`, { cwd: root }))
    .map(slashed)
    .sort()
    .map((file) => ({
      file,
      imports: [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map((match) =>
        slashed(relative(root, join(root, dirname(file), match[1] ?? match[2] ?? match[3] ?? ''))),
      ),
    }))

const isTest = (file: string) => /\.test\.ts$/.test(file) || file.endsWith('/exercise/check.ts')

/** Which floor of the local cloud a file stands on (local/README.md), or nothing outside of it. */
export const floorOf = (file: string): number | undefined => {
  const [local, room] = file.split('/')
  if (local !== 'local') return undefined
  if (room === 'base') return 0
  if (room === 'wire' || room === 'iam' || room === 'execution') return 1
  if (room === 'services') return 2
  if (room === 'door' || room === 'sources' || room === 'stack' || room === 'console') return 3
  if (room === 'cloud.ts') return 4
  if (room === 'main.ts') return 5
  throw new Error(`${file} stands on no floor: see "The floors" in local/README.md`)
}

/** A room that its neighbours on the floor must not import: one service, one part of the third floor. */
const roomOf = (file: string): string | undefined =>
  /^local\/(services\/[^/]+|door|sources|stack|console)\//.exec(file)?.[1]

/** What is wrong with one import, or nothing. */
const fault = (from: string, to: string): string | undefined => {
  if (isTest(from)) return undefined
  const [below, above] = [floorOf(from), floorOf(to)]
  if (from.startsWith('chapters/') && !to.startsWith('chapters/')) return 'code of a chapter imports chapters only'
  if (from.startsWith('chapters/') && to.slice(9, 11) > from.slice(9, 11))
    return 'an earlier chapter imports a later one'
  if (
    from.startsWith('chapters/') &&
    to.slice(9, 11) < from.slice(9, 11) &&
    !/^chapters\/[^/]+\/(web\/)?lib\//.test(to)
  )
    return 'of another chapter only what lies in its lib/ or web/lib/ is imported'
  if (below === undefined) return undefined
  if (above === undefined) return 'local/ imports nothing from outside itself'
  if (above > below) return 'imports go down only'
  const [one, other] = [roomOf(from), roomOf(to)]
  if (above === below && one !== other && other !== undefined && to !== 'local/services/catalogue.ts')
    if (from !== 'local/services/catalogue.ts')
      return `${one ?? from} and ${other} are neighbours: they do not import each other`
  return undefined
}

/** Every import that breaks a rule of the floors, and every circle, each in a sentence. */
export const faultsOf = (all: Imports[]): string[] => [
  ...all.flatMap(({ file, imports }) =>
    imports.flatMap((to) => {
      const wrong = fault(file, to)
      return wrong ? [`${file} → ${to}: ${wrong}`] : []
    }),
  ),
  ...circlesOf(all).map((circle) => `${circle.join(' → ')}: a circle`),
]

/** Each circle of imports once, as the files on it. */
export const circlesOf = (all: Imports[]): string[][] => {
  const edges = new Map(all.map(({ file, imports }) => [file, imports]))
  const done = new Set<string>()
  const circles: string[][] = []
  const visit = (file: string, path: string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) circles.push([...path.slice(at), file])
    if (at >= 0 || done.has(file)) return
    for (const next of edges.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const { file } of all) visit(file, [])
  return circles
}
