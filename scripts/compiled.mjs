// `node compiled.mjs <script.ts> …` runs a script as one file, which esbuild makes of it and of all that it imports:
// Node takes longer to find, read and strip four hundred modules than to run them. The file is kept in node_modules and
// made anew when one of its sources has changed; where it cannot be made, Node runs the sources and says what is wrong.
// Plain JavaScript, so that nothing has to be stripped to run it.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cache = join(root, 'node_modules', '.cache', 'lambda-in-action', 'scripts')
/** Loaded as they are: models, at a service's first request, and what looks for files of its own. */
const EXTERNAL = ['@aws-sdk/client-*', 'dynalite', 'esbuild']
/** Packages change only when npm installs them, which it notes here. */
const INSTALLED = 'node_modules/.package-lock.json'
const SELF = 'scripts/compiled.mjs'

/** A file as it is now: when it was changed, in whole ms, and its bytes. Copies of the project may keep both. */
const look = (path) => {
  const now = statSync(join(root, path), { throwIfNoEntry: false })
  return now ? [path, Math.round(now.mtimeMs), now.size] : [path, 0, 0]
}

const isFresh = (note) => {
  try {
    const inputs = JSON.parse(readFileSync(note, 'utf8'))
    return inputs.every(([path, modified, size]) => {
      const [, now, bytes] = look(path)
      return now === modified && bytes === size
    })
  } catch {
    return false // not there, or cut short
  }
}

/** Writes all of a file or nothing: others may read it, or write it too. */
const write = (file, contents) => {
  const whole = `${file}.${process.pid}`
  writeFileSync(whole, contents)
  renameSync(whole, file)
}

/** Packages that are imported later are loaded as they are: models at a service's first request, and the like. */
const laterOnes = {
  name: 'later',
  setup: (build) =>
    build.onResolve({ filter: /^[^.]/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    ),
}

/** Where a source of ours lies is said at run time: copies of the project share what was made. */
const whereabouts = {
  name: 'whereabouts',
  setup: (build) =>
    build.onLoad({ filter: /[\\/](local|scripts|tests|bench)[\\/].*\.ts$/ }, ({ path }) => {
      const folder = JSON.stringify(relative(root, dirname(path)).split(sep).join('/'))
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', `__in(${folder})`)
        .replaceAll('import.meta.url', `__urlOf(${folder}, ${JSON.stringify(basename(path))})`)
      return { loader: 'ts', contents }
    }),
}
const BANNER = `import { createRequire as __createRequire } from 'node:module'
import { join as __join } from 'node:path'
import { pathToFileURL as __pathToFileURL } from 'node:url'
const __root = new URL(import.meta.url).searchParams.get('root')
const __in = (folder) => __join(__root, folder)
const __urlOf = (folder, file) => __pathToFileURL(__join(__root, folder, file)).href
const require = __createRequire(import.meta.url)
const __later = (load) => {
  let loaded
  const of = (name) => (_, ...rest) => Reflect[name]((loaded ??= load()), ...rest)
  return new Proxy({}, { get: (_, name) => (loaded ??= load())[name], has: of('has'), ownKeys: of('ownKeys') })
}`
/**
 * A package in CommonJS is run when something of it is first used, so that no start waits for what few requests need.
 * Node's own modules are asked for as they are: to import one reads all its members, and a few of them load much more
 * (WebSocket of `node:http` a whole HTTP client).
 */
const later = (code) =>
  code
    .replace(/^(var import_\w+ = )(__toESM\(require_\w+\(\)(?:, 1)?\));$/gm, '$1__later(() => $2);')
    .replace(
      /^import \{([^}]*)\} from "(node:[^"]+)";$/gm,
      (_, names, module) => `var {${names.replaceAll(' as ', ': ')}} = process.getBuiltinModule("${module}");`,
    )

const make = async (script, file, note) => {
  const began = Date.now()
  const { build } = await import('esbuild')
  const { outputFiles, metafile } = await build({
    entryPoints: [script],
    absWorkingDir: root,
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    mainFields: ['main'],
    external: EXTERNAL,
    plugins: [laterOnes, whereabouts],
    banner: { js: BANNER },
    tsconfigRaw: '{}',
    sourcemap: 'linked', // read with NODE_OPTIONS=--enable-source-maps
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const sources = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'))
  // Saved while it was read: what was made may be of the older one, so the next look must find a difference.
  const inputs = [...sources, SELF, INSTALLED].map(look).map((one) => (one[1] >= began ? [one[0], -1, 0] : one))
  mkdirSync(cache, { recursive: true })
  for (const { path, text } of outputFiles) write(path, path === file ? later(text) : text)
  write(note, JSON.stringify(inputs))
}

process.argv.splice(1, 1)
const script = resolve(process.argv[1] ?? '')
const name = relative(root, script).replace(/\W+/g, '-')
const file = join(cache, `${name}.mjs`)
const note = join(cache, `${name}.json`)
const fresh = isFresh(note)
const made =
  fresh ||
  (await make(script, file, note).then(
    () => true,
    () => false,
  ))
const url = pathToFileURL(made ? file : script)
if (made) url.searchParams.set('root', root)
await import(url.href)
// What V8 compiled so far is what each start needs; at the end of a process that is killed nothing would be kept.
if (!fresh) flushCompileCache()
