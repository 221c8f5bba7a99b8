import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { root } from '../scripts/lib/application.ts'

/** A server that was started for the benchmark, in processes of its own. */
export interface Server {
  url: string
  pid: number
  stop(): Promise<void>
}

/** What runs now: ended with the benchmark, however that ends. */
const running = new Set<Server>()

export const stopAll = async (): Promise<void> => {
  for (const server of running) await server.stop()
}

/** A process's descendants, which some start in groups of their own. */
const below = (pid: number): number[] => {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const children = lines.map((line) => line.trim().split(/\s+/).map(Number)).filter(([, parent]) => parent === pid)
  return children.flatMap(([child = 0]) => [child, ...below(child)])
}

const end = (pid: number) => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended already
  }
}

/** Takes charge of a process: `stop` ends it with all it started and removes its folder. */
const kept = (child: ChildProcess, url: string, folder?: string): Server => {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const pid = child.pid ?? 0
  const server = {
    url,
    pid,
    async stop() {
      running.delete(server)
      const all = [pid, ...below(pid)]
      for (const one of all) end(one)
      if (child.exitCode === null && child.signalCode === null) await exited
      if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    },
  }
  running.add(server)
  return server
}

/** The first number that a process prints: its port. */
const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.stdout?.once('data', (part) => resolve(Number(part)))
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ready`)))
  })

/** A local cloud with every chapter on a fresh state, in a process of its own, started as `npm start` does. */
export const startCloud = async (): Promise<Server> => {
  const state = mkdtempSync(join(tmpdir(), 'lambda-in-action-bench-'))
  const child = spawn(
    process.execPath,
    [
      ...['--disable-warning=ExperimentalWarning', '--min-semi-space-size=4', '--max-semi-space-size=4'],
      ...[join(root, 'scripts/compiled.cjs'), join(root, 'tests/tools/serve.ts'), state],
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile') },
    },
  )
  return kept(child, `http://127.0.0.1:${await portOf(child)}`, state)
}

const startHere = async (file: string, folder?: string): Promise<Server> => {
  const given = folder === undefined ? [] : [folder]
  const child = fork(join(import.meta.dirname, file), given, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  return kept(child, `http://127.0.0.1:${await portOf(child)}`, folder)
}

/** A server that answers a constant. */
export const startFloor = (): Promise<Server> => startHere('floor.ts')

/** An emulator of DynamoDB from npm. */
export const startDynalite = (): Promise<Server> =>
  startHere('dynalite.ts', mkdtempSync(join(tmpdir(), 'lambda-in-action-bench-')))

/** MiniStack's program, where `bench/install-peers` has installed it. */
const miniStack = (): string | undefined => {
  const requirements = readFileSync(join(import.meta.dirname, 'requirements.txt'))
  const hash = createHash('sha256').update(requirements).digest('hex').slice(0, 16)
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lambda-in-action', `peers-${hash}`)
  return existsSync(join(folder, 'complete')) ? join(folder, 'bin/ministack') : undefined
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** Why rows have no peer. */
export const NOT_INSTALLED = 'MiniStack, which is not installed (`bench/install-peers`)'

/** Starts MiniStack under this Node; undefined where it is not installed. */
export const startMiniStack = async (): Promise<Server | undefined> => {
  const program = miniStack()
  if (!program) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-bench-'))
  const port = await freePort()
  const child = spawn(program, {
    cwd: folder,
    stdio: 'ignore',
    env: {
      ...{ PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), HOME: folder, TMPDIR: folder },
      ...{ BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port), LOG_LEVEL: 'ERROR' },
    },
  })
  const url = `http://127.0.0.1:${port}`
  const server = kept(child, url, folder)
  while (child.exitCode === null) {
    const ready = await fetch(`${url}/_ministack/health`).catch(() => undefined)
    await ready?.arrayBuffer()
    if (ready?.ok) return server
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await server.stop()
  throw new Error('MiniStack ended before it was ready')
}
