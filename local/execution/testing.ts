import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createExecution } from './execution.ts'
import type { Execution, FunctionSpec, InvokeRequest, InvokeResult } from './types.ts'

/** The esbuild block of the template. */
export const BUILD = {
  Format: 'esm',
  OutExtension: ['.js=.mjs'],
  Target: 'node24',
  Minify: true,
  Sourcemap: false,
  MainFields: 'module,main',
  Banner: ["js=import { createRequire } from 'node:module';const require = createRequire(import.meta.url);"],
}

export interface Called extends InvokeResult {
  requestId: string
  /** The payload, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever its handler answers
  value: any
}

/** For tests: environments with a temporary folder of sources, and all that was logged. */
export interface Workbench {
  execution: Execution
  folder: string
  /** Every line, as it was handed up. */
  log: { stream: string; at: number; message: string }[]
  write(file: string, text: string): void
  /** A function of `file`, which is written first when its text is given. */
  fn(file: string, text?: string, changes?: Partial<FunctionSpec>): FunctionSpec
  call(spec: FunctionSpec, event?: unknown, request?: Partial<InvokeRequest>): Promise<Called>
  /** Lines that hold the request's id. */
  linesOf(called: { requestId: string }): string[]
  stop(): Promise<void>
}

export const createWorkbench = (): Workbench => {
  const folder = mkdtempSync(join(tmpdir(), 'execution-'))
  const log: Workbench['log'] = []
  const execution = createExecution({
    cache: join(folder, '.cache'),
    endpoint: () => 'http://127.0.0.1:4599',
    now: Date.now,
    uuid: randomUUID,
    onLog(_spec, stream, lines) {
      for (const line of lines) log.push({ stream, ...line })
    },
  })
  const write = (file: string, text: string) => {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return {
    execution,
    folder,
    log,
    write,
    fn(file, text, changes = {}) {
      if (text !== undefined) write(`${file}.ts`, text)
      return {
        name: file,
        arn: `arn:aws:lambda:us-east-1:123456789012:function:${file}`,
        version: '$LATEST',
        handler: `${file}.handler`,
        memory: 128,
        timeout: 3,
        environment: {},
        code: { kind: 'source', folder, build: BUILD },
        region: 'us-east-1',
        logGroup: `/aws/lambda/${file}`,
        logFormat: 'Text',
        revision: '1',
        concurrency: 10,
        credentials: async () => ({
          accessKeyId: 'ASIAEXAMPLE',
          secretAccessKey: 'secret',
          sessionToken: 'token',
          expiration: Date.now() + 3_600_000,
        }),
        ...changes,
      }
    },
    async call(spec, event = {}, request = {}) {
      const requestId = randomUUID()
      const payload = Buffer.from(JSON.stringify(event))
      const result = await execution.invoke(spec, { requestId, payload, ...request })
      return { ...result, requestId, value: JSON.parse(Buffer.from(result.payload).toString()) }
    },
    linesOf: ({ requestId }) => log.map(({ message }) => message).filter((message) => message.includes(requestId)),
    async stop() {
      await execution.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

interface Process {
  pid: number
  parent: number
  /** `R`, `S`, `Z`… */
  state: string
}

/** The processes of this machine: from /proc, or from `ps` where there is none. */
const processes = (): Process[] => {
  if (!existsSync('/proc/self/stat')) {
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n')
    return table
      .map((line) => line.trim().split(/\s+/))
      .map(([pid, parent, state]) => ({ pid: Number(pid), parent: Number(parent), state: state ?? '' }))
  }
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const [state, parent] = readFileSync(`/proc/${Number(pid)}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      return [{ pid: Number(pid), parent: Number(parent), state: state ?? '' }]
    } catch {
      return [] // no process, or none any more
    }
  })
}

/** Those that run: one that has ended and that nobody has asked about does not. */
const alive = () => processes().filter(({ state }) => !state.startsWith('Z'))

export const running = (pid: number): boolean => alive().some((process) => process.pid === pid)

/** The processes that `pid` has started and that still run. */
export const childrenOf = (pid: number): number[] =>
  alive().flatMap((process) => (process.parent === pid ? [process.pid] : []))

/** Waits until `done`, at most `limit` ms; says whether it came true. */
export const until = async (done: () => boolean, limit = 5000): Promise<boolean> => {
  for (const end = Date.now() + limit; Date.now() < end; await sleep(20)) if (done()) return true
  return done()
}
