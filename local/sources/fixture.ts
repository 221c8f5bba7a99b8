import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type MovableClock, movableClock } from '../base/clock.ts'
import type { Ground } from '../base/ground.ts'
import { randomIds } from '../base/ids.ts'
import type { LogLine } from '../base/log.ts'
import { createOutbox } from '../base/outbox.ts'
import { openState } from '../base/state.ts'
import { localUser } from '../iam/sessions.ts'
import type { Caller } from '../iam/types.ts'
import { background } from '../services/background.ts'
import { catalogue } from '../services/catalogue.ts'
import { createDispatch, type Dispatch } from '../services/dispatch.ts'
import { LOGGING, packageOf, roleArn, trust } from '../services/lambda/fixture.ts'
import type { LambdaStore } from '../services/lambda/store.ts'
import type { Cloud } from '../services/service.ts'
import { startSources } from './sources.ts'

/** A cloud without door and stack: its services and sources, in process, on a folder that outlives it. */
export interface Core {
  readonly ground: Ground
  readonly clock: MovableClock
  readonly dispatch: Dispatch
  readonly lambda: LambdaStore
  /** What the cloud said about itself. */
  readonly said: LogLine[]
  /** What functions logged, `functionName: line`. */
  readonly lines: string[]
  /** Calls as the administrator, or as another. */
  cloud(caller?: Caller): Cloud
  /** What is not yet delivered. */
  waiting(): number
  /** Waits until `done` is true. @throws when it is not within 10 s */
  until(done: () => boolean, what: string): Promise<void>
  stop(): Promise<void>
}

const ACCOUNT = '123456789012'
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/lambda-in-action', import.meta.url))

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'lambda-in-action-sources-'))
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })

export const startCore = (folder: string): Core => {
  const state = openState(folder)
  const clock = movableClock()
  const said: LogLine[] = []
  const lines: string[] = []
  const log = (line: LogLine) => void said.push(line)
  const ground: Ground = {
    ...{ account: ACCOUNT, state, clock, log, ids: randomIds(), cache: CACHE },
    outbox: createOutbox(state, clock, (cause) => log({ level: 'error', from: 'outbox', text: String(cause), cause })),
    url: () => 'http://127.0.0.1:9',
  }
  const dispatch = createDispatch(ground, catalogue)
  const lambda = dispatch.store<LambdaStore>('lambda')
  lambda.onLine(({ functionName, message }) => lines.push(`${functionName}: ${message}`))
  const sources = startSources({ ground, dispatch })
  const until = async (done: () => boolean, what: string) => {
    for (const end = Date.now() + 10_000; !done(); await new Promise((resolve) => setTimeout(resolve, 5)))
      if (Date.now() > end)
        throw new Error(`waited too long for ${what}\n${[...said.map(({ text }) => text), ...lines].join('\n')}`)
  }
  return {
    ...{ ground, clock, dispatch, lambda, said, lines, until, waiting: sources.waiting },
    cloud: (caller = localUser(ACCOUNT)) => dispatch.cloud(background(ground, caller, 'us-east-1')),
    async stop() {
      sources.stop()
      const delivered = ground.outbox.stop()
      await lambda.stop()
      await delivered
      state.close()
    },
  }
}

/** Creates the role `basic`, which may log and do what `statements` say. */
export const addRole = async (core: Core, statements: unknown[] = []): Promise<void> => {
  const iam = core.cloud()('iam')
  await iam.CreateRole({ RoleName: 'basic', AssumeRolePolicyDocument: trust() })
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [LOGGING, ...statements] })
  await iam.PutRolePolicy({ RoleName: 'basic', PolicyName: 'policy', PolicyDocument })
}

/** Creates a function of role `basic` from one module. */
export const addFunction = async (core: Core, FunctionName: string, source: string, variables = {}): Promise<void> => {
  await core
    .cloud()('lambda')
    .CreateFunction({
      ...{ FunctionName, Role: roleArn('basic'), Runtime: 'nodejs24.x', Handler: 'index.handler' },
      Code: { ZipFile: packageOf(source) },
      Environment: { Variables: variables },
    })
}
