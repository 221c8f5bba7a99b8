import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { root } from '../scripts/lib/application.ts'
import { type Figures, figuresOf, timed } from './figures.ts'

/** One line of the table: a figure of ours beside the same figure of a peer, measured in the same run. */
interface Row {
  what: string
  ours: Figures
  peer?: { name: string; figures: Figures }
}

const clientOf = (port: number) =>
  new LambdaClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })

const greet = new TextEncoder().encode('{"name":"John"}')
const invoke = (lambda: LambdaClient) =>
  lambda.send(new InvokeCommand({ FunctionName: 'GreetingsOnDemand', Payload: greet })).then(({ FunctionError }) => {
    if (FunctionError) throw new Error('the function failed')
  })

/** The first number that a process prints: its port. */
const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.stdout?.once('data', (part) => resolve(Number(part)))
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ready`)))
  })

const stopped = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.removeAllListeners('exit')
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })

/** A local cloud with every chapter on a fresh state, in a process of its own. */
const startCloud = async () => {
  const state = mkdtempSync(join(tmpdir(), 'lambda-in-action-bench-'))
  const child = spawn(process.execPath, [join(root, 'tests/tools/serve.ts'), state], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile') },
  })
  const port = await portOf(child)
  return {
    port,
    stop: async () => {
      await stopped(child)
      rmSync(state, { recursive: true, force: true })
    },
  }
}

const rows: Row[] = []

const starts = await timed(7, async () => (await startCloud()).stop())
rows.push({ what: 'start to ready, every chapter, new state', ours: figuresOf(starts) })

const cloud = await startCloud()
const floor = fork(join(root, 'bench/floor.ts'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
try {
  const ours = clientOf(cloud.port)
  const peer = clientOf(await portOf(floor))
  for (const lambda of [ours, peer]) await timed(300, () => invoke(lambda))
  const sums: Record<'ours' | 'peer', number[]> = { ours: [], peer: [] }
  // In turns, so that what else the machine does falls on both.
  for (let round = 0; round < 10; round++) {
    sums.ours.push(...(await timed(200, () => invoke(ours))))
    sums.peer.push(...(await timed(200, () => invoke(peer))))
  }
  rows.push({
    what: 'warm Invoke through the SDK',
    ours: figuresOf(sums.ours),
    peer: { name: 'a constant answer', figures: figuresOf(sums.peer) },
  })

  const cold: number[] = []
  for (let n = 0; n < 15; n++) {
    // Another configuration ends the environments of the function.
    await ours.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'GreetingsOnDemand', Timeout: 3 + (n % 2) }))
    await new Promise((resolve) => setTimeout(resolve, 300))
    cold.push(...(await timed(1, () => invoke(ours))))
  }
  rows.push({
    what: 'cold Invoke through the SDK',
    ours: figuresOf(cold),
    peer: { name: 'a constant answer', figures: figuresOf(sums.peer) },
  })
} finally {
  floor.kill()
  await cloud.stop()
}

const ms = (value: number) => value.toFixed(value < 10 ? 2 : 0)
console.log('| what | min | p50 | p95 | max | peer (p50) | ratio |\n|---|---|---|---|---|---|---|')
for (const { what, ours, peer } of rows) {
  const beside = peer ? `${peer.name}: ${ms(peer.figures.p50)} ms | ${(ours.p50 / peer.figures.p50).toFixed(2)} ×` : '|'
  console.log(
    `| ${what} | ${ms(ours.min)} ms | ${ms(ours.p50)} ms | ${ms(ours.p95)} ms | ${ms(ours.max)} ms | ${beside} |`,
  )
}
