import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type MovableClock, movableClock } from '../local/base/clock.ts'
import type { LogLine } from '../local/base/log.ts'
import { type Cloud, cacheOf, createCloud } from '../local/cloud.ts'
import type { StackDescription } from '../local/stack/stacks.ts'
import { shared } from './shared.ts'

export const templateFile = fileURLToPath(new URL('../template.yaml', import.meta.url))

/** How an SDK client is told where to go and who it is. */
export interface ClientConfig {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  maxAttempts: number
}

export interface TestCloudOptions {
  /** The chapter to deploy; without one the cloud is empty. */
  chapter?: string
  /** Another template than the project's: its text is changed before it is deployed. */
  change?: (template: string) => string
  /** Addresses to listen on besides 127.0.0.1: the Docker bridge's. */
  addresses?: string[]
  /** Addresses from which what is sent there is handed on to 127.0.0.1: Docker Desktop's. */
  forwarded?: string[]
}

/** A local cloud for the tests of one file: a free port, a temporary state, a clock of its own. */
export interface TestCloud {
  /** Configuration of an SDK client with the credentials `local`, or with others. */
  config(credentials?: ClientConfig['credentials']): ClientConfig
  readonly cloud: Cloud
  readonly clock: MovableClock
  readonly stack: StackDescription
  /** What the cloud said about itself. */
  readonly log: LogLine[]
  /** What functions logged, `functionName: line`. */
  readonly lines: string[]
  /** Waits until all that was accepted is delivered. @throws when that takes longer than `ms`. */
  settled(ms?: number): Promise<void>
  /** Deploys the project's template again, changed. */
  deploy(change: (template: string) => string): Promise<StackDescription>
}

const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' }

/** Starts a cloud outside mocha's hooks; `stop` ends it and removes its state. */
export const startCloud = async (options: TestCloudOptions = {}): Promise<TestCloud & { stop(): Promise<void> }> => {
  const state = mkdtempSync(join(tmpdir(), 'lambda-in-action-test-'))
  const clock = movableClock()
  const log: LogLine[] = []
  const lines: string[] = []
  const cloud = await createCloud({
    state,
    clock,
    log: (line) => log.push(line),
    cache: cacheOf(templateFile),
    addresses: options.addresses,
    forwarded: options.forwarded,
  })
  cloud.onLine(({ functionName, message }) => lines.push(`${functionName}: ${message}`))
  const deploy = (change: (template: string) => string) =>
    cloud.deploy({
      name: 'local',
      template: change(readFileSync(templateFile, 'utf8')),
      file: templateFile,
      parameters: { Chapter: options.chapter ?? 'all' },
    })
  const stop = async () => {
    await cloud.stop()
    rmSync(state, { recursive: true, force: true })
  }
  try {
    if (options.chapter) await deploy(options.change ?? ((text) => text))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    cloud,
    clock,
    log,
    lines,
    deploy,
    stop,
    get stack() {
      const stack = cloud.stack('local')
      if (!stack) throw new Error('nothing is deployed')
      return stack
    },
    config: (credentials = LOCAL) => ({ endpoint: cloud.url, region: 'us-east-1', credentials, maxAttempts: 1 }),
    async settled(ms = 15_000) {
      const until = Date.now() + ms
      while (cloud.waiting() > 0) {
        if (Date.now() > until) throw new Error(`${cloud.waiting()} deliveries still wait after ${ms} ms`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}

/** A cloud for all tests of a `describe` block: started before them, gone after them. Use what it gives inside `it`. */
export const withCloud = (options: TestCloudOptions = {}): TestCloud =>
  shared(
    'the cloud',
    () => startCloud(options),
    (cloud) => cloud.stop(),
  )

/** Where `lines` were printed and what not, for failures: the whole log as text. */
export const told = ({ log, lines }: Pick<TestCloud, 'log' | 'lines'>): string =>
  [...log.map(({ from, text, cause }) => `${from}: ${text}${cause ? ` (${cause})` : ''}`), ...lines].join('\n')
