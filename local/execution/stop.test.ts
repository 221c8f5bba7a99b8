import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { childrenOf, createWorkbench, running, sleep, until } from './testing.ts'

describe('The end of the execution environments', () => {
  it('ends idle, busy and spare processes, and those that ignore SIGTERM, with all that they started', async () => {
    const bench = createWorkbench()
    const before = childrenOf(process.pid)
    const stubborn = bench.fn(
      'stubborn',
      `import { spawn } from 'node:child_process'
      process.on('SIGTERM', () => {})
      export const handler = async (event: string) => {
        if (event === 'loop') for (;;) {}
        return [process.pid, spawn('sleep', ['60'], { stdio: 'ignore', env: { PATH: '/bin:/usr/bin' } }).pid]
      }`,
      { timeout: 60 },
    )
    const { value: pids } = await bench.call(stubborn)
    const busy = bench.call(stubborn, 'loop').then(
      () => 'answered',
      (error: Error) => error.message,
    )
    await sleep(400)

    await bench.stop()

    expect(await until(() => pids.filter(running).length === 0)).to.equal(true)
    expect(await busy).to.equal('The execution environment was ended while its function ran.')
    // esbuild's own process serves whoever bundles next.
    expect(await until(() => childrenOf(process.pid).length <= before.length + 1)).to.equal(true)
    expect(await bench.call(stubborn).catch((error: Error) => error.message)).to.equal(
      'The execution environments were ended.',
    )
  })

  it('comes by itself when the cloud is killed, even to a busy loop', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'execution-'))
    const script = `
      import { createWorkbench } from ${JSON.stringify(join(import.meta.dirname, 'testing.ts'))}
      const { call, fn } = createWorkbench()
      const idle = await call(fn('idle', 'export const handler = async () => process.pid'))
      const loops = fn('loops', 'export const handler = async () => { for (;;) {} }', { timeout: 60 })
      void call(loops).catch(() => {})
      await new Promise((r) => setTimeout(r, 700))
      console.log(JSON.stringify(idle.value))
      setInterval(() => {}, 1000)`
    const cloud: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder },
    })
    let said = ''
    cloud.stdout?.on('data', (text) => {
      said += text
    })
    await until(() => said.includes('\n'), 10_000)
    const children = childrenOf(cloud.pid ?? 0)
    expect(children.length).to.be.greaterThan(2)
    expect(children).to.include(Number(said))

    cloud.kill('SIGKILL')

    expect(await until(() => children.filter(running).length === 0, 3000)).to.equal(true)
    rmSync(folder, { recursive: true })
  })
})
