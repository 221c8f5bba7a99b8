import { createHash } from 'node:crypto'
import { existsSync, type Stats, statSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { BuildContext, BuildFailure, BuildOptions, BuildResult, OutputFile } from 'esbuild'
import { parseHandler, RuntimeError } from './errors.ts'
import { esbuildOptions } from './options.ts'
import type { Bundle, Code } from './types.ts'

export interface Bundler {
  /** The code that a handler's sources make, built where they changed. Throws `RuntimeError` when they do not build. */
  bundle(code: Code, handler: string): Promise<Bundle>
  /** The same at once, if nothing has to be built. */
  ready(code: Code, handler: string): Bundle | undefined
  stop(): Promise<void>
}

/** What a bundle was made from: path, modification time, size and SHA-256 of each file (`null`: it was not there). */
type Input = [path: string, modified: number, size: number, sha256: string | null]

interface Known {
  bundle: Bundle
  inputs: Input[]
}

/** A bundle that was made or found: its sources are looked at each time, what steers the build once in a while. */
interface Watched {
  bundle: Bundle
  sources: Input[]
  settings: Input[]
  /** When the settings were last seen unchanged, by `performance.now`. */
  seen: number
}
const SETTINGS = new Set(['tsconfig.json', 'package.json', '.package-lock.json'])
/** Settings that change are noticed after so many ms. */
const SOON = 1000

const watch = ({ bundle, inputs }: Known): Watched => ({
  bundle,
  sources: inputs.filter(([path]) => !SETTINGS.has(basename(path))),
  settings: inputs.filter(([path]) => SETTINGS.has(basename(path))),
  seen: Number.NEGATIVE_INFINITY,
})

/** So many functions that are being edited keep esbuild's memory of their sources: a rebuild takes less than half. */
const CONTEXTS = 3

const sha256 = (data: Uint8Array | string, encoding: 'hex' | 'base64' = 'hex') =>
  createHash('sha256').update(data).digest(encoding)

const stat = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false })
const hash = async (path: string) => sha256(await readFile(path)).slice(0, 32)

const unchanged = ([path, modified, size, sha]: Input): boolean => {
  const now = stat(path)
  return now ? sha !== null && now.mtimeMs === modified && now.size === size : sha === null
}

/** Files inside `node_modules` change only when packages are installed, which npm notes in one file. */
const installed = (path: string): string | undefined => {
  const at = path.lastIndexOf(`${sep}node_modules${sep}`)
  const note = at < 0 ? undefined : join(path.slice(0, path.indexOf(`${sep}node_modules${sep}`)), 'node_modules')
  const file = note && join(note, '.package-lock.json')
  return file && existsSync(file) ? file : undefined
}

/** The files that steer a build without being part of it: they are asked for in each folder above the entry. */
const settings = (entry: string): string[] => {
  const found: string[] = []
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    found.push(join(folder, 'tsconfig.json'), join(folder, 'package.json'))
    if (folder === dirname(folder) || existsSync(join(folder, 'node_modules'))) return found
  }
}

const sentence = (failure: BuildFailure, folder: string): string => {
  const first = failure.errors[0]
  if (!first?.location) return first?.text ?? failure.message
  const { file, line, column } = first.location
  return `${resolve(folder, file)}:${line}:${column + 1}: ${first.text}`
}

/** Bundles functions as `sam build` does, into `cache/<hash>/`, by content: clouds and tests share it. */
export const createBundler = (cache: string, soon = SOON): Bundler => {
  const known = new Map<string, Watched>()
  const building = new Map<string, Promise<Bundle>>()
  const contexts = new Map<string, BuildContext>()

  /** A function's code is the same object from one invocation to the next. */
  const keys = new WeakMap<Code, { handler: string; key: string }>()
  const keyOf = (code: Code, handler: string) => {
    const last = keys.get(code)
    if (last?.handler === handler) return last.key
    const key = JSON.stringify([code, handler])
    keys.set(code, { handler, key })
    return key
  }

  const entryOf = (folder: string, module: string, build: Record<string, unknown>): string => {
    const declared = Array.isArray(build.EntryPoints) ? build.EntryPoints.map(String) : []
    const wanted = declared.find((entry) => entry.replace(/\.[^./]+$/, '') === module) ?? declared[0]
    const candidates = wanted ? [wanted, `${wanted}.ts`, `${wanted}.js`] : ['.ts', '.js'].map((end) => module + end)
    const found = candidates.map((path) => resolve(folder, path)).find((path) => stat(path)?.isFile())
    if (found) return found
    throw new RuntimeError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${module}': there is no ${candidates.join(' or ')} in ${folder}`,
    )
  }

  /** The first build is plain; one that follows, of sources that are being edited, keeps what esbuild knows of them. */
  const build = async (key: string, options: BuildOptions): Promise<BuildResult> => {
    const esbuild = await import('esbuild')
    if (!known.has(key)) return esbuild.build(options)
    const context = contexts.get(key) ?? (await esbuild.context(options))
    contexts.delete(key)
    contexts.set(key, context)
    for (const [oldest, old] of [...contexts].slice(0, -CONTEXTS)) {
      contexts.delete(oldest)
      await old.dispose()
    }
    return context.rebuild()
  }

  /** Puts the files under their hash. Another process may do the same at the same time: the first one wins. */
  const store = async (files: OutputFile[], out: string, name: string, withMap: boolean): Promise<Bundle> => {
    const code = files.filter((file) => withMap || !file.path.endsWith('.map'))
    const all = createHash('sha256')
    for (const file of code) all.update(relative(out, file.path)).update('\0').update(file.contents)
    const id = all.digest('hex').slice(0, 32)
    const folder = join(cache, id)
    const map = files.find((file) => file.path.endsWith(`${name}.map`))
    if (map) await writeFile(`${folder}.map`, map.contents)
    if (!existsSync(folder)) {
      const temporary = await mkdtemp(join(cache, '.new-'))
      for (const file of code) {
        const target = join(temporary, relative(out, file.path))
        await mkdir(dirname(target), { recursive: true })
        await writeFile(target, file.contents)
      }
      await rename(temporary, folder).catch(() => rm(temporary, { recursive: true, force: true }))
    }
    const digest = createHash('sha256')
    for (const file of code) digest.update(file.contents)
    return {
      folder,
      file: name,
      sha256: digest.digest('base64'),
      size: code.reduce((sum, file) => sum + file.contents.length, 0),
      ...(map && { map: `${folder}.map` }),
    }
  }

  const noteInputs = async (paths: string[], startedAt: number): Promise<Input[]> => {
    const inputs: Input[] = []
    for (const path of new Set(paths.map((path) => installed(path) ?? path))) {
      const now = stat(path)
      // Saved while it was read: what was built may be the older one, so the next look must find a difference.
      if (now) inputs.push([path, now.mtimeMs > startedAt ? -1 : now.mtimeMs, now.size, await hash(path)])
      else inputs.push([path, 0, 0, null])
    }
    return inputs
  }

  const make = async (code: Code & { kind: 'source' }, handler: string, key: string): Promise<Known> => {
    const { folder, build: properties } = code
    const { module } = parseHandler(handler)
    const entry = entryOf(folder, module, properties)
    const startedAt = Date.now()
    const out = join(cache, 'out')
    const theirMap = properties.Sourcemap === true || properties.Sourcemap === 'true'
    const options: BuildOptions = {
      ...(theirMap ? {} : { sourcesContent: false }),
      ...esbuildOptions(properties),
      entryPoints: [entry],
      absWorkingDir: folder,
      outbase: folder,
      outdir: out,
      // A map that nobody asked for lies outside the code, which stays byte for byte what `sam build` makes.
      sourcemap: theirMap ? 'linked' : 'external',
      metafile: true,
      write: false,
      logLevel: 'silent',
    }
    const result = await build(key, options).catch((failure: BuildFailure) => {
      const unfound = failure.errors[0]?.text.startsWith('Could not resolve')
      throw unfound
        ? new RuntimeError('Runtime.ImportModuleError', `Error: ${sentence(failure, folder)}`)
        : new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${sentence(failure, folder)}`)
    })
    const files = result.outputFiles ?? []
    const end = options.outExtension?.['.js'] ?? '.js'
    const name = relative(out, files.find((file) => file.path.endsWith(end))?.path ?? '')
    await mkdir(cache, { recursive: true })
    const bundle = await store(files, out, name, theirMap)
    const read = Object.keys(result.metafile?.inputs ?? {}).map((path) => resolve(folder, path))
    return { bundle, inputs: await noteInputs([...read, ...settings(entry)], startedAt) }
  }

  /** What an earlier process noted, if it still holds: by time and size, else by content. */
  const recall = async (note: string): Promise<Known | undefined> => {
    try {
      const noted = JSON.parse(await readFile(note, 'utf8')) as Known
      if (!existsSync(join(noted.bundle.folder, noted.bundle.file))) return undefined
      for (const input of noted.inputs) {
        if (unchanged(input)) continue
        const now = stat(input[0])
        if (!now || input[3] === null || (await hash(input[0])) !== input[3]) return undefined
        input[1] = now.mtimeMs
        input[2] = now.size
      }
      return noted
    } catch {
      return undefined // not there, or cut short by a kill: built anew
    }
  }

  const find = async (code: Code & { kind: 'source' }, handler: string): Promise<Bundle> => {
    const key = keyOf(code, handler)
    const note = join(cache, `${sha256(key).slice(0, 32)}.json`)
    let found = known.has(key) ? undefined : await recall(note)
    if (!found) {
      found = await make(code, handler, key)
      await writeFile(note, JSON.stringify(found))
    }
    known.set(key, watch(found))
    return found.bundle
  }

  /** A package runs where it lies. Whoever unpacks another one gives it another folder. */
  const unpacked = async (folder: string, handler: string): Promise<Bundle> => {
    const { module } = parseHandler(handler)
    const file = ['', '.js', '.mjs', '.cjs'].map((end) => module + end).find((name) => existsSync(join(folder, name)))
    if (!file) return { folder, file: module, sha256: sha256('', 'base64'), size: 0 }
    const path = join(folder, file)
    const contents = stat(path)?.isFile() ? await readFile(path) : Buffer.alloc(0)
    return { folder, file, sha256: sha256(contents, 'base64'), size: contents.length }
  }

  const bundler: Bundler = {
    ready(code, handler) {
      const found = known.get(keyOf(code, handler))
      if (!found?.sources.every(unchanged)) return undefined
      const now = performance.now()
      if (now - found.seen < soon) return found.bundle
      if (!found.settings.every(unchanged)) return undefined
      found.seen = now
      return found.bundle
    },
    async bundle(code, handler) {
      const ready = bundler.ready(code, handler)
      if (ready) return ready
      const key = keyOf(code, handler)
      if (code.kind === 'package') {
        const bundle = await unpacked(code.folder, handler)
        known.set(key, watch({ bundle, inputs: [] }))
        return bundle
      }
      const running = building.get(key) ?? find(code, handler).finally(() => building.delete(key))
      building.set(key, running)
      return running
    },
    async stop() {
      await Promise.all([...contexts.values()].map((context) => context.dispose()))
      contexts.clear()
    },
  }
  return bundler
}
