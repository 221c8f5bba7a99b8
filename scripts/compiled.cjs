// `node compiled.cjs <script.ts> …` runs a script as one file, which esbuild makes of it and of all that it imports, with
// what V8 made of it: Node takes longer to find, read and strip four hundred modules, and to compile what of them runs,
// than to run it. Both are kept in node_modules and made anew when a source has changed; where they cannot be made, Node
// runs the sources and says what is wrong. Plain JavaScript in CommonJS, so that neither stripping nor the loader of
// modules is waited for.
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs')
const { isBuiltin } = require('node:module')
const { basename, dirname, join, relative, resolve, sep } = require('node:path')
const { pathToFileURL } = require('node:url')
const { constants, Script } = require('node:vm')
const { crc32 } = require('node:zlib')

const root = dirname(__dirname)
const cache = join(root, 'node_modules', '.cache', 'lambda-in-action', 'scripts')
/** Loaded as they are: models, at a service's first request, and what looks for files of its own. */
const EXTERNAL = ['@aws-sdk/client-*', 'dynalite', 'esbuild']
/** Packages change only when npm installs them, which it notes here. */
const INSTALLED = 'node_modules/.package-lock.json'
const SELF = 'scripts/compiled.cjs'

/** A file as it is now: when it was changed, in whole ms, and its bytes. Copies of the project may keep both. */
const look = (path) => {
  const now = statSync(`${root}/${path}`, { throwIfNoEntry: false })
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
        .replaceAll('import.meta.build', '__build')
        .replaceAll('import.meta.url', `__urlOf(${folder}, ${JSON.stringify(basename(path))})`)
      return { loader: 'ts', contents }
    }),
}
/** The whole file is one function of the project's folder and of a `require` that finds its packages. */
const headOf = (code) => `(async function (__root, require) {
'use strict'
const __build = '${require('node:crypto').createHash('sha256').update(code).digest('hex')}'
const __in = (folder) => require('node:path').join(__root, folder)
const __urlOf = (folder, file) => require('node:url').pathToFileURL(__in(folder + '/' + file)).href
const __later = (load) => {
  let loaded
  const of = (name) => (_, ...rest) => Reflect[name]((loaded ??= load()), ...rest)
  return new Proxy({}, { get: (_, name) => (loaded ??= load())[name], has: of('has'), ownKeys: of('ownKeys') })
}
`
/**
 * One import at the top of the file, as a function can have it. Node's own modules are asked for as they are: to import
 * one reads all its members, and a few of them load much more (WebSocket of `node:http` a whole HTTP client).
 */
const asVariables = (_, own, all, names, module) => {
  const builtin = isBuiltin(module)
  const from = builtin ? `process.getBuiltinModule("${module}")` : `(await import("${module}"))`
  return [
    own && `var ${own} = ${from}${builtin ? '' : '.default'};`,
    all && `var ${all} = ${from};`,
    names && `var {${names.replaceAll(' as ', ': ')}} = ${from};`,
  ]
    .filter(Boolean)
    .join(' ')
}
/** A package in CommonJS is run when something of it is first used: no start waits for what few requests need. */
const asFunction = (code) =>
  `${headOf(code)}${code
    .replace(/^(var import_\w+ = )(__toESM\(require_\w+\(\)(?:, 1)?\));$/gm, '$1__later(() => $2);')
    .replace(/^import (?:([\w$]+)(?:, )?)?(?:\* as ([\w$]+)|\{([^}]*)\})? from "([^"]+)";$/gm, asVariables)}
})`

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
    tsconfigRaw: '{}',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  // With one byte for each character it is read, and kept in memory, at half the size: esbuild leaves regular expressions.
  const code = asFunction(outputFiles[0].text).replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt().toString(16).padStart(4, '0')}`)
  new Script(code) // what cannot be run is not kept
  const sources = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'))
  // Saved while it was read: what was made may be of the older one, so the next look must find a difference.
  const inputs = [...sources, SELF, INSTALLED].map(look).map((one) => (one[1] >= began ? [one[0], -1, 0] : one))
  mkdirSync(cache, { recursive: true })
  write(file, code)
  write(note, JSON.stringify(inputs))
}

/** What V8 made of a file before: behind the sums of the file and of itself, as V8 checks neither. */
const compiledBefore = (file, sum) => {
  try {
    const kept = readFileSync(file)
    const data = kept.subarray(8)
    return kept.readUInt32LE(0) === sum && kept.readUInt32LE(4) === crc32(data) ? data : undefined
  } catch {
    return undefined // not there, or cut short
  }
}

/** Runs the file. What V8 has compiled when the script is done is what each start needs: it is kept beside the file. */
const run = async (file) => {
  const bytes = readFileSync(file)
  const sum = crc32(bytes)
  const kept = file.replace(/js$/, 'v8')
  const cachedData = compiledBefore(kept, sum)
  const script = new Script(bytes.toString('latin1'), {
    filename: file,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  let done = cachedData !== undefined && !script.cachedDataRejected
  const keep = () => {
    if (done) return
    done = true
    const data = script.createCachedData()
    const sums = Buffer.alloc(8)
    sums.writeUInt32LE(sum, 0)
    sums.writeUInt32LE(crc32(data), 4)
    try {
      write(kept, Buffer.concat([sums, data]))
    } catch {
      // A folder that cannot be written: it is compiled anew the next time, too.
    }
  }
  process.once('exit', keep)
  await script.runInThisContext()(root, require('node:module').createRequire(file))
  keep()
}

process.argv.splice(1, 1)
const script = resolve(process.argv[1] ?? '')
const file = join(cache, `${relative(root, script).replace(/\W+/g, '-')}.js`)
const note = file.replace(/js$/, 'json')
const begin = async () => {
  // Whoever wants to see in the sources where an error comes from runs them.
  const made =
    !process.sourceMapsEnabled &&
    (isFresh(note) ||
      (await make(script, file, note).then(
        () => true,
        () => false,
      )))
  await (made ? run(file) : import(pathToFileURL(script).href))
}
begin().catch((error) => {
  // As an error at the top of a module: Node prints it and ends with 1.
  setImmediate(() => {
    throw error
  })
})
