import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Ground } from '../base/ground.ts'

/** What a browser loads, each with its entity tag. */
export interface Asset {
  type: string
  bytes: Buffer
  etag: string
}

/** The pages of the console, made at the first request. */
export interface Assets {
  /** `main.js`, `style.css`, `icon.svg`, `index.html`; undefined for another name. */
  find(name: string): Promise<Asset | undefined>
}

const WEB = fileURLToPath(new URL('./web/', import.meta.url))
/** What the pages have in common with the server. */
const SHARED = ['./picture/', './types.ts'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
const LOCK = fileURLToPath(new URL('../../package-lock.json', import.meta.url))

const TYPES: Record<string, string> = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** A hash of all that the bundle is made from. */
const sourceHash = (): string => {
  const hash = createHash('sha256')
    .update(readFileSync(LOCK))
    .update(readFileSync(fileURLToPath(import.meta.url)))
  const within = (folder: string) =>
    (readdirSync(folder, { recursive: true }) as string[]).sort().map((name) => join(folder, name))
  for (const file of [WEB, ...SHARED].flatMap((path) => (path.endsWith('.ts') ? [path] : within(path))))
    if (/\.(?:tsx?|css|html|svg)$/.test(file)) hash.update(`\0${relative(WEB, file)}\0`).update(readFileSync(file))
  return hash.digest('hex').slice(0, 32)
}

/** Bundles scripts and styles into a folder that is there as a whole or not at all. */
const build = async (folder: string, draft: string): Promise<void> => {
  const { build: bundle } = await import('esbuild')
  const common = { absWorkingDir: WEB, bundle: true, minify: true, write: false, logLevel: 'silent' } as const
  const [script, style] = await Promise.all([
    bundle({
      ...common,
      entryPoints: ['main.tsx'],
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      define: { 'process.env.NODE_ENV': '"production"' },
    }),
    bundle({ ...common, entryPoints: ['style.css'] }),
  ])
  mkdirSync(draft, { recursive: true })
  writeFileSync(join(draft, 'main.js'), script.outputFiles[0]?.contents ?? '')
  writeFileSync(join(draft, 'style.css'), style.outputFiles[0]?.contents ?? '')
  for (const name of ['index.html', 'icon.svg']) writeFileSync(join(draft, name), readFileSync(join(WEB, name)))
  try {
    renameSync(draft, folder)
  } catch (error) {
    // Another cloud was first.
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

/** Keeps the bundle in the cloud's cache by the hash of its sources: a changed page is there at the next load. */
export const createAssets = ({ cache, ids }: Pick<Ground, 'cache' | 'ids'>): Assets => {
  const building = new Map<string, Promise<Map<string, Asset>>>()
  const made = async (hash: string): Promise<Map<string, Asset>> => {
    const folder = join(cache, `console-${hash}`)
    if (!existsSync(folder)) {
      mkdirSync(dirname(folder), { recursive: true })
      await build(folder, `${folder}.${ids.uuid()}`)
    }
    return new Map(
      Object.entries(TYPES).map(([name, type]) => {
        const bytes = readFileSync(join(folder, name))
        return [name, { type, bytes, etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"` }]
      }),
    )
  }
  return {
    async find(name) {
      if (!Object.hasOwn(TYPES, name)) return undefined
      const hash = sourceHash()
      let assets = building.get(hash)
      if (!assets) {
        building.clear()
        assets = made(hash)
        building.set(hash, assets)
        assets.catch(() => building.delete(hash))
      }
      return (await assets).get(name)
    },
  }
}
