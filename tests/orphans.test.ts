import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { Clone } from './clone.ts'
import { alive, below, until } from './processes.ts'

/** The command of a process, with its arguments. */
const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')

describe('the local cloud that npm start has started', function () {
  this.timeout(60_000)
  let clone: Clone
  before(function () {
    if (process.platform !== 'linux') this.skip()
    clone = new Clone()
  })
  beforeEach(() => {
    clone.port = undefined
  })
  after(() => clone?.remove())

  for (const [signal, victim] of [
    ['SIGTERM', 'npm'],
    ['SIGKILL', 'npm'],
    ['SIGTERM', 'node scripts/setup.mjs'],
    ['SIGKILL', 'node scripts/setup.mjs'],
    // npx, whose script is npm
    ['SIGTERM', 'npm exec'],
    ['SIGKILL', 'npm exec'],
  ] as const)
    it(`ends with all that it has started at ${signal} to ${victim} alone`, async () => {
      const { child } = await clone.start(
        victim === 'npm exec'
          ? 'start() { npx -c "npm start $*"; }; start -- --chapter 02'
          : 'npm start -- --chapter 02',
      )
      const first = child.pid as number
      const all = [first, ...below(first)]
      const one = all.find((pid) => commandOf(pid).startsWith(`${victim} `))
      expect(one, all.map(commandOf).join('\n')).to.be.a('number')

      process.kill(one as number, signal)

      await until(() => !all.some((pid) => alive(pid)))
      expect(existsSync(join(clone.folder, '.local/running/02.json'))).to.equal(false)
    })

  /** Starts it with a function that does not end, without npm, and ends it. Gives the exit code. */
  const ended = async (end: (child: ChildProcess) => Promise<void>): Promise<number | null> => {
    const handler = join(clone.folder, 'chapters/02-first-function/greetingsOnDemand.ts')
    writeFileSync(handler, 'export const handler = async () => { for (;;) {} }\n')
    const { child, later } = await clone.start(
      'start() { shift; exec node scripts/setup.mjs start "$@"; }; start -- --chapter 02',
    )
    const busy = clone.run('npm run invoke -- greetingsOnDemand john')
    await until(() => later().includes('START RequestId'))
    const all = below(child.pid as number)

    await end(child)
    await busy

    await until(() => !all.some((pid) => alive(pid)))
    return child.exitCode
  }

  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    it(`ends in its own way at ${signal} to all at once, as of a shell or a terminal that is closed`, async () => {
      expect(await ended((child) => clone.end(child, signal))).to.equal(0)
    })

  it('ends in its own way at a Ctrl-C that comes twice, of the terminal and of what runs several commands', async () => {
    const code = await ended(async (child) => {
      clone.signal(child, 'SIGINT')
      await setTimeout(20)
      await clone.end(child)
    })

    expect(code).to.equal(0)
  })

  it('goes on when the shell ends that a script of npm has opened, and in whose background it runs', async () => {
    const printed = join(clone.folder, 'printed')
    const terminal = clone.spawn(
      `bash -c 'node scripts/setup.mjs start --chapter 02 --port 0 > ${printed} 2>&1 < /dev/null &
      until grep -q "is ready" ${printed}; do sleep 0.1; done'`,
      { npm_node_execpath: '/usr/bin/env' },
    )
    await new Promise((resolve) => terminal.on('close', resolve))
    const { pid } = JSON.parse(readFileSync(join(clone.folder, '.local/running/02.json'), 'utf8'))
    await setTimeout(2500)

    expect(alive(pid)).to.equal(true)
    clone.signal(terminal, 'SIGTERM')
    await until(() => !alive(pid))
  })

  it('goes on when the terminal is closed in whose background it runs', async () => {
    const printed = join(clone.folder, 'printed')
    const terminal = clone.spawn(`npm start -- --chapter 02 --port 0 > ${printed} 2>&1 < /dev/null &
      until grep -q 'is ready' ${printed}; do sleep 0.1; done`)
    await new Promise((resolve) => terminal.on('close', resolve))
    const { url, pid } = JSON.parse(readFileSync(join(clone.folder, '.local/running/02.json'), 'utf8'))
    // Longer than setup.mjs takes to see that somebody is gone.
    await setTimeout(2500)

    const { status } = await fetch(url, { headers: { accept: 'text/html' } })
    clone.signal(terminal, 'SIGTERM')

    expect(status).to.equal(200)
    await until(() => !alive(pid))
  })

  it('goes on when the terminal is closed that it prints to', async () => {
    const terminal = clone.spawn(
      `script -qc 'set -m; npm start -- --chapter 02 --port 0 &
      until [ -s .local/running/02.json ]; do sleep 0.1; done' /dev/null`,
      { SHELL: '/bin/bash' },
    )
    await new Promise((resolve) => terminal.on('close', resolve))
    const { pid } = JSON.parse(readFileSync(join(clone.folder, '.local/running/02.json'), 'utf8'))

    // Each prints some lines.
    const first = await clone.run('npm run invoke -- customGreetingsOnDemand')
    const second = await clone.run('npm run invoke -- customGreetingsOnDemand')

    expect([first.code, second.code, alive(pid)]).to.deep.equal([0, 0, true])
    process.kill(pid, 'SIGTERM')
    await until(() => !alive(pid))
    expect(existsSync(join(clone.folder, '.local/running/02.json'))).to.equal(false)
  })
})
