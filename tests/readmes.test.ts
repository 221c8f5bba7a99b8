import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { root } from '../scripts/lib/application.ts'
import { blocksOf, type Command, fits } from '../scripts/lib/readme.ts'
import { toolPath } from './tools/tools.ts'

/** A copy of the project as a fresh clone has it, with the packages of this one: commands leave their traces there. */
const clone = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-readme-'))
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
  for (const file of files.split('\0').filter((name) => name && existsSync(join(root, name)))) {
    const to = join(folder, file)
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(join(root, file), to)
    const { atime, mtime } = statSync(join(root, file))
    utimesSync(to, atime, mtime)
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Runs the commands of one README, each as typed, in one copy of the project. */
class Terminal {
  readonly folder = clone()
  private started: ChildProcess[] = []
  private port: string | undefined

  async run({ command, output }: Command): Promise<string> {
    return /^npm start\b/.test(command) ? this.start(command) : this.shell(command, output)
  }

  private spawn(command: string): ChildProcess {
    const env = { ...process.env, npm_config_loglevel: 'silent', npm_config_update_notifier: 'false', NO_COLOR: '1' }
    const { PATH = '' } = process.env
    return spawn('bash', ['-c', command], {
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...env,
        PATH: [...toolPath(), PATH].join(':'),
        ...(this.port ? { AWS_ENDPOINT_URL: `http://127.0.0.1:${this.port}` } : {}),
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_DEFAULT_REGION: 'us-east-1',
      },
    })
  }

  /** `npm start` goes on until the end of the README, on a free port; what it prints until it is ready is compared. */
  private start(command: string): Promise<string> {
    const child = this.spawn(command.includes(' -- ') ? `${command} --port 0` : `${command} -- --port 0`)
    this.started.push(child)
    return new Promise((resolve, reject) => {
      let text = ''
      const hear = (part: Buffer) => {
        text += part
        if (!/In another terminal[\s\S]*\n\n/.test(text)) return
        this.port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1]
        resolve(text.replaceAll(`:${this.port}`, ':4566'))
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      child.on('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${text}`)))
    })
  }

  private shell(command: string, output: string): Promise<string> {
    const child = this.spawn(command)
    return new Promise((resolve) => {
      let text = ''
      const hear = (part: Buffer) => {
        text += part
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      child.on('close', () => resolve(this.port ? text.replaceAll(`:${this.port}`, ':4566') : text))
      // A command that goes on by itself (it follows a log) ends once it has printed what the README shows.
      const look = setInterval(() => fits(output, text) && child.pid && text !== '' && this.quiet(child), 500)
      child.on('close', () => clearInterval(look))
    })
  }

  private quiet(child: ChildProcess) {
    setTimeout(() => child.exitCode === null && this.end(child), 2000)
  }

  private end(child: ChildProcess) {
    try {
      process.kill(-(child.pid as number), 'SIGINT')
    } catch {
      // it has ended by itself
    }
  }

  async close() {
    for (const child of this.started) {
      child.removeAllListeners('exit')
      const ended = new Promise((resolve) => child.on('close', resolve))
      this.end(child)
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

for (const file of ['README.md', ...globSync('chapters/*/README.md', { cwd: root }).sort()]) {
  const blocks = blocksOf(join(root, file))
  describe(`the commands of ${file}`, function () {
    this.timeout(120_000)
    let terminal: Terminal
    before(() => {
      terminal = new Terminal()
    })
    after(() => terminal?.close())

    for (const { needs, commands } of blocks)
      for (const command of commands)
        it(`line ${command.line}: ${command.command.split('\n')[0]}`, async function () {
          const missing = needs.filter((tool) => toolPath(tool).length === 0)
          if (missing.length > 0 && process.env.REQUIRE_TOOLS) expect.fail(`${missing.join(', ')} must be there`)
          if (missing.length > 0) this.skip()

          const output = await terminal.run(command)

          if (!fits(command.output, output))
            expect(output.trim(), `the output of: ${command.command}`).to.equal(command.output.trim())
        })
  })
}
