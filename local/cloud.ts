import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Clock, systemClock } from './base/clock.ts'
import type { Ground } from './base/ground.ts'
import { type Ids, randomIds } from './base/ids.ts'
import { lockFolder } from './base/lock.ts'
import type { Log } from './base/log.ts'
import { createOutbox } from './base/outbox.ts'
import { openState } from './base/state.ts'
import { createConsole } from './console/console.ts'
import { createDoor } from './door/door.ts'
import type { Sessions } from './iam/sessions.ts'
import { catalogue } from './services/catalogue.ts'
import { createDispatch, type Recorded } from './services/dispatch.ts'
import type { LambdaStore } from './services/lambda/store.ts'
import type { Mail, SesStore } from './services/ses/store.ts'
import { type Sources, startSources } from './sources/sources.ts'
import { cloudformation } from './stack/service.ts'
import { createStacks, type DeployOptions, type StackDescription, type Stacks } from './stack/stacks.ts'

export interface CloudOptions {
  /** The folder that holds everything the cloud remembers; it is locked while the cloud runs. */
  state: string
  /** Begin the state anew. */
  fresh?: boolean
  /** The port of the door; 0 takes a free one. */
  port?: number
  /** Addresses to listen on besides 127.0.0.1: the Docker bridge's, for functions in containers. */
  addresses?: string[]
  /** Addresses that are not this machine's, from which what is sent there is handed on to 127.0.0.1: Docker Desktop's. */
  forwarded?: string[]
  clock?: Clock
  ids?: Ids
  log?: Log
  /** Where bundles are kept: shared by all clouds of a machine. */
  cache: string
}

/** One local cloud: its door is open, its queues are delivered, until `stop`. */
export interface Cloud {
  readonly url: string
  readonly port: number
  readonly state: string
  /** Creates a stack, or updates it by difference. */
  deploy(options: DeployOptions): Promise<StackDescription>
  stack(name: string): StackDescription | undefined
  /** The last decisions of IAM, oldest first. */
  readonly decisions: readonly Recorded[]
  /** Hears each line that a function logs, as it comes. Gives a function that ends it. */
  onLine: LambdaStore['onLine']
  /** The mails that were sent, the newest first. */
  mails(): Mail[]
  /** Whether mails go to verified addresses only, as in a new account (SES's sandbox). */
  setSandbox(on: boolean): void
  /** What was accepted and is not yet delivered. */
  waiting(): number
  /** Closes the door, ends every execution environment; what is under way stays in the state. */
  stop(): Promise<void>
}

/** The account that `sam local` has too. */
const ACCOUNT = '123456789012'

/** So many mails are shown. */
const MAILS = 1000

/** Opens a local cloud. @throws Mistake when the folder or the port is taken. */
export const createCloud = async (options: CloudOptions): Promise<Cloud> => {
  const { state: folder, clock = systemClock(), ids = randomIds(), log = () => {}, port = 0, cache } = options
  const unlock = lockFolder(folder)
  if (options.fresh)
    for (const part of ['state.db', 'state.db-wal', 'state.db-shm', 's3', 'lambda'])
      rmSync(join(folder, part), { recursive: true, force: true })
  const state = openState(folder)
  const outbox = createOutbox(state, clock, (cause, { queue }) =>
    log({ level: 'error', from: queue, text: 'a delivery failed and is tried again', cause }),
  )
  let url = ''
  const ground: Ground = { account: ACCOUNT, state, clock, ids, outbox, log, cache, url: () => url }
  // In one transaction: each table that is made would be one of its own.
  const dispatch = state.transaction(() => createDispatch(ground, [...catalogue, cloudformation(() => stacks)]))
  const lambda = dispatch.store<LambdaStore>('lambda')
  const stacks: Stacks = createStacks({ ground, dispatch })
  const site = createConsole({ ground, dispatch, stacks: stacks.list })
  const door = createDoor({ ground, dispatch, sessions: dispatch.store<Sessions>('sts'), sites: [site] })

  let sources: Sources | undefined
  const stop = async () => {
    sources?.stop()
    site.stop()
    await door.close()
    const delivered = outbox.stop()
    await lambda.stop()
    await delivered
    state.close()
    unlock()
  }
  try {
    const opened = await door.listen(port, options.addresses, options.forwarded)
    url = opened.url
    const begun = startSources({ ground, dispatch })
    stacks.worker.start()
    sources = begun
    return {
      url,
      port: opened.port,
      state: folder,
      deploy: stacks.deploy,
      stack: stacks.describe,
      decisions: dispatch.decisions,
      onLine: lambda.onLine,
      mails: () => dispatch.store<SesStore>('ses').mails(MAILS),
      setSandbox: dispatch.store<SesStore>('ses').setSandbox,
      waiting: () => begun.waiting(),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Where bundles of a project lie. */
export const cacheOf = (template: string): string =>
  join(dirname(template), 'node_modules', '.cache', 'lambda-in-action')
