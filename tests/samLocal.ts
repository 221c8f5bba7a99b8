import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { functionsOf, root, type TemplateFunction, templateFile } from '../scripts/lib/application.ts'
import { templateWith } from '../scripts/lib/sam/chapter.ts'
import { environmentsOf } from '../scripts/lib/sam/local.ts'
import { startCloud, type TestCloud } from './cloud.ts'
import { sampleOf } from './sample.ts'
import type { Containers } from './tools/containers.ts'

/** A function and one of its sample events. */
export interface Sample {
  fn: TemplateFunction
  name: string
  file: string
}

/** Every function of the template with each of its sample events. */
export const allSamples = (): Sample[] =>
  functionsOf().flatMap((fn) => [...fn.events].map(([name, file]) => ({ fn, name, file })))

/** A part of all samples; in the full run all of them. */
export const someSamples = (all: Sample[], most: number): Sample[] =>
  sampleOf(all, most, 'sam local', ({ fn, name }) => `${fn.logicalId} ${name}`)

/** The template with the functions of these logical IDs and no other. */
const reduced = (logicalIds: Set<string>): string =>
  templateWith(
    readFileSync(templateFile, 'utf8'),
    ({ Type: type }, id) => type !== 'AWS::Serverless::Function' || logicalIds.has(id),
  )

/** What a program printed, and how it ended. */
interface Ended {
  code: number | null
  out: string
  err: string
}

/** `sam local` on functions that were built for it, connected to a local cloud of its own with every chapter. */
export class SamLocal {
  readonly cloud: TestCloud
  /** Where containers reach the cloud. */
  readonly containers: string
  private readonly tools: Containers
  private readonly folder: string
  private readonly stopCloud: () => Promise<void>
  private readonly servers = new Set<ChildProcess>()

  private constructor(tools: Containers, folder: string, cloud: TestCloud & { stop(): Promise<void> }) {
    this.tools = tools
    this.folder = folder
    this.cloud = cloud
    this.stopCloud = cloud.stop
    this.containers = `http://${tools.host.address}:${cloud.cloud.port}`
  }

  /** Starts the cloud and builds these functions with `sam build`. */
  static async open(tools: Containers, functions: TemplateFunction[]): Promise<SamLocal> {
    const { address, forwards } = tools.host
    const cloud = await startCloud({ chapter: 'all', [forwards ? 'forwarded' : 'addresses']: [address] })
    const sam = new SamLocal(tools, mkdtempSync(join(tmpdir(), 'lambda-in-action-sam-')), cloud)
    try {
      const template = join(sam.folder, 'template.yaml')
      writeFileSync(template, reduced(new Set(functions.map(({ logicalId }) => logicalId))))
      const build = ['build', '--parallel', '-t', template, '-s', root, '-b', join(sam.folder, 'build')]
      const { code, err } = await sam.run(build)
      if (code !== 0) throw new Error(`sam build ended with ${code}:\n${err}`)
      const environments = await environmentsOf({ target: cloud.config(), containers: sam.containers })
      writeFileSync(join(sam.folder, 'environment.json'), JSON.stringify(environments))
    } catch (error) {
      await sam.close()
      throw error
    }
    return sam
  }

  private spawn(args: string[]): ChildProcess {
    return spawn(this.tools.sam, args, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...this.tools.env, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
    })
  }

  private run(args: string[]): Promise<Ended> {
    const child = this.spawn(args)
    const ended: Ended = { code: null, out: '', err: '' }
    child.stdout?.on('data', (part) => {
      ended.out += part
    })
    child.stderr?.on('data', (part) => {
      ended.err += part
    })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => resolve({ ...ended, code }))
    })
  }

  private local(command: string, ...args: string[]): string[] {
    const template = join(this.folder, 'build', 'template.yaml')
    const variables = join(this.folder, 'environment.json')
    return ['local', command, ...args, '-t', template, '--env-vars', variables, '--skip-pull-image']
  }

  /** What `sam local invoke` prints for an event, as JSON. @throws Error with all that it said when that is none */
  async invoke(logicalId: string, event: string): Promise<unknown> {
    const file = join(this.folder, 'event.json')
    writeFileSync(file, event)
    const { out, err } = await this.run(this.local('invoke', logicalId, '-e', file))
    try {
      return JSON.parse(out)
    } catch {
      throw new Error(`sam local invoke ${logicalId} printed no JSON:\n${out}\n${err}`)
    }
  }

  /** Starts `sam local start-api` or `start-lambda` and gives its address. */
  async start(command: 'start-api' | 'start-lambda'): Promise<string> {
    const port = await freePort()
    const child = this.spawn(this.local(command, '--port', String(port)))
    this.servers.add(child)
    return new Promise((resolve, reject) => {
      let told = ''
      const hear = (part: Buffer) => {
        told += part
        if (/Running on http/.test(told)) resolve(`http://127.0.0.1:${port}`)
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      child.on('close', (code) => reject(new Error(`sam local ${command} ended with ${code}:\n${told}`)))
    })
  }

  async close(): Promise<void> {
    for (const child of this.servers) {
      if (child.exitCode !== null) continue
      const ended = new Promise((resolve) => child.on('close', resolve))
      child.kill('SIGINT')
      await ended
    }
    await this.stopCloud()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
