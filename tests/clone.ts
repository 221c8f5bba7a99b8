import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../scripts/lib/application.ts'
import { toolPath } from './tools/tools.ts'

/** What a command printed, and how it ended. */
export interface Outcome {
  code: number | null
  output: string
}

/**
 * A copy of the project as a fresh clone has it, with the packages of this one: for tests of the commands, which leave
 * their traces in the project's folder. Its local cloud runs on a free port.
 */
export class Clone {
  readonly folder: string
  /** The port of the local cloud that `start` started. */
  port: string | undefined
  private cloud: ChildProcess | undefined
  private readonly children = new Set<ChildProcess>()

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-clone-'))
    const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
    for (const file of list.split('\0').filter((name) => name && existsSync(join(root, name)))) {
      const to = join(this.folder, file)
      mkdirSync(dirname(to), { recursive: true })
      copyFileSync(join(root, file), to)
      const { atime, mtime } = statSync(join(root, file))
      utimesSync(to, atime, mtime)
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'))
    // Older than what is installed, always: a command of the copy must not install anew, into the packages of this project.
    utimesSync(join(this.folder, 'package-lock.json'), 0, 0)
  }

  /** Starts a command in a shell, in a process group of its own. */
  spawn(command: string, env: Record<string, string> = {}): ChildProcess {
    const child = spawn('bash', ['-c', command], {
      cwd: this.folder,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        npm_config_loglevel: 'silent',
        npm_config_update_notifier: 'false',
        NO_COLOR: '1',
        PATH: [...toolPath(), process.env.PATH].join(':'),
        AWS_DEFAULT_REGION: 'us-east-1',
        ...env,
      },
    })
    this.children.add(child)
    child.on('close', () => this.children.delete(child))
    return child
  }

  /** Runs a command to its end; `ended` may end one that goes on by itself, from what it printed so far. */
  run(
    command: string,
    options: { input?: string; env?: Record<string, string>; ended?: (output: string) => boolean } = {},
  ) {
    const child = this.spawn(command, options.env)
    child.stdin?.on('error', () => {}) // it ended without reading
    child.stdin?.end(options.input)
    return new Promise<Outcome>((resolve) => {
      let output = ''
      const hear = (part: Buffer) => {
        output += part
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      const look = setInterval(() => options.ended?.(output) && this.signal(child, 'SIGINT'), 300)
      child.on('close', (code) => {
        clearInterval(look)
        resolve({ code, output })
      })
    })
  }

  /** Starts the local cloud on a free port and resolves with what it printed until it was ready. */
  start(
    command = 'npm start',
    env: Record<string, string> = {},
  ): Promise<{ child: ChildProcess; output: string; later: () => string }> {
    const child = this.spawn(command.includes(' -- ') ? `${command} --port 0` : `${command} -- --port 0`, env)
    this.cloud = child
    return new Promise((resolve, reject) => {
      let output = ''
      const hear = (part: Buffer) => {
        output += part
        if (this.port === undefined && /In another terminal[\s\S]*\n\n/.test(output)) {
          this.port = /127\.0\.0\.1:(\d+)/.exec(output)?.[1]
          resolve({ child, output, later: () => output })
        }
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      child.on('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${output}`)))
    })
  }

  /** Ends the local cloud that `start` started last, if one runs. */
  async stop(): Promise<void> {
    if (this.cloud) await this.end(this.cloud)
  }

  /** Sends a signal to a command and all that it started, as Ctrl-C in a terminal does. */
  signal(child: ChildProcess, signal: NodeJS.Signals): void {
    try {
      process.kill(-(child.pid as number), signal)
    } catch {
      // it has ended by itself
    }
  }

  /** Ends a command as Ctrl-C does, and waits until it has ended. */
  async end(child: ChildProcess, signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.on('close', resolve))
    this.signal(child, signal)
    await ended
    this.port = undefined
  }

  /** Ends what still runs and removes the copy. */
  async remove(): Promise<void> {
    for (const child of this.children) await this.end(child, 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}
