import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Ground } from '../../base/ground.ts'
import { createExecution } from '../../execution/execution.ts'
import type { Bundle, Code, FunctionSpec, InvokeRequest, InvokeResult } from '../../execution/types.ts'
import { background } from '../background.ts'
import type { Cloud, Context } from '../service.ts'
import { createLayers } from './layerStore.ts'
import { createLogShipping } from './logs.ts'
import { createMappings } from './mappingStore.ts'
import { LATEST } from './names.ts'
import { createRoles } from './role.ts'
import { tellRun } from './telling.ts'
import type { LambdaFunction, LambdaStore, StoredCode } from './types.ts'

export type { LambdaStore } from './types.ts'

/** Concurrent executions of an account: AWS's default, and what must stay for functions without a reservation. */
export const ACCOUNT_CONCURRENCY = 1000
export const LEAST_UNRESERVED = 100
/** A function without a reservation has no more environments than this: they are processes of one machine. */
const MOST_ENVIRONMENTS = 100

/** What functions have reserved of the account's concurrency. */
export const reservedOf = (functions: readonly LambdaFunction[]): number =>
  functions.reduce((sum, { reserved = 0 }) => sum + reserved, 0)

export const createLambdaStore = (ground: Ground, cloudOf: (context: Context) => Cloud): LambdaStore => {
  const { state, clock, ids } = ground
  state.define('create table if not exists lambda_functions (arn text primary key, body text)')
  const all = state.prepare('select body from lambda_functions')
  const put = state.prepare('insert or replace into lambda_functions (arn, body) values (?, ?)')
  const drop = state.prepare('delete from lambda_functions where arn = ?')

  const functions = new Map<string, LambdaFunction>()
  for (const { body } of all.all() as { body: string }[]) {
    const fn = JSON.parse(body) as LambdaFunction
    functions.set(fn.arn, fn)
  }
  const packages = join(state.folder, 'lambda')
  const folderOf = (id: string) => join(packages, id)
  // A kill between unpacking and saving leaves a package that nobody has.
  mkdirSync(packages, { recursive: true })
  const layers = createLayers(state)
  const contents = [
    ...[...functions.values()].flatMap(({ code, configuration }) => [
      code,
      ...(configuration.layers ?? []).map(({ content }) => content),
    ]),
    ...layers.all().flatMap(({ versions }) => versions.map(({ content }) => content)),
  ]
  const held = new Set(contents.map((code) => (code.kind === 'package' ? code.id : '')))
  for (const id of readdirSync(packages)) if (!held.has(id)) rmSync(folderOf(id), { recursive: true, force: true })

  const placeOf = (code: Exclude<StoredCode, { kind: 'source' }>): string =>
    code.kind === 'folder' ? code.folder : folderOf(code.id)
  const codeOf = ({ code }: LambdaFunction): Code =>
    code.kind === 'source' ? code : { kind: 'package', folder: placeOf(code) }
  const roles = createRoles(ground, cloudOf)
  const asRole = async (fn: LambdaFunction) => cloudOf(background(ground, (await roles.assume(fn)).caller, fn.region))
  const shipping = createLogShipping(ground, (arn) => functions.get(arn), asRole)
  const execution = createExecution({
    cache: ground.cache,
    endpoint: ground.url,
    now: clock.now,
    uuid: ids.uuid,
    onLog: shipping.take,
  })
  const bundles = new Map<StoredCode, Bundle>()
  let stopped = false

  const list = (account: string, region: string) =>
    [...functions.values()]
      .filter((fn) => fn.account === account && fn.region === region)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  /** What an account's functions without a reservation share, by region; forgotten when one changes. */
  const unreserved = new Map<string, number>()
  const concurrencyOf = ({ reserved, account, region }: LambdaFunction) => {
    if (reserved !== undefined) return reserved
    const key = `${account} ${region}`
    const rest = unreserved.get(key) ?? ACCOUNT_CONCURRENCY - reservedOf(list(account, region))
    unreserved.set(key, rest)
    return Math.min(MOST_ENVIRONMENTS, rest)
  }
  const dropPackage = (code: StoredCode) => {
    if (code.kind === 'package') rmSync(folderOf(code.id), { recursive: true, force: true })
  }
  /** Code that no function has any more: an invocation under way may still read it, for 15 minutes at most. */
  const leave = (code: StoredCode) => {
    bundles.delete(code)
    clock.after(15 * 60_000, () => dropPackage(code))
  }
  const specify = (fn: LambdaFunction): FunctionSpec => {
    const { configuration } = fn
    return {
      name: fn.name,
      arn: fn.arn,
      version: LATEST,
      handler: configuration.handler,
      memory: configuration.memory,
      timeout: configuration.timeout,
      environment: configuration.environment,
      code: codeOf(fn),
      layers: (configuration.layers ?? []).map(({ content }) => placeOf(content)),
      region: fn.region,
      logGroup: configuration.logGroup,
      logFormat: configuration.logFormat,
      logLevel: configuration.logLevel,
      revision: fn.revision,
      concurrency: concurrencyOf(fn),
      credentials: async () => (await roles.assume(fn)).credentials,
    }
  }
  /** How functions are run; forgotten when one changes. */
  const specs = new Map<LambdaFunction, FunctionSpec>()
  const specOf = (fn: LambdaFunction): FunctionSpec => {
    const spec = specs.get(fn) ?? specify(fn)
    specs.set(fn, spec)
    return spec
  }
  const execute = async (fn: LambdaFunction, request: InvokeRequest): Promise<InvokeResult> => {
    const result = await execution.invoke(specOf(fn), request).finally(shipping.keep)
    // What an ended environment answers is nobody's result: who waits for it must hear that there is none.
    if (stopped) throw new Error('The local cloud is stopping.')
    return result
  }
  const changed = () => {
    unreserved.clear()
    specs.clear()
  }
  return {
    find: (arn) => functions.get(arn),
    list,
    save(fn) {
      const before = functions.get(fn.arn)
      put.run(fn.arn, JSON.stringify(fn))
      functions.set(fn.arn, fn)
      changed()
      if (!before || before.revision === fn.revision) return
      execution.retire(fn.arn)
      if (before.code !== fn.code) leave(before.code)
    },
    remove(fn) {
      drop.run(fn.arn)
      functions.delete(fn.arn)
      changed()
      execution.retire(fn.arn)
      leave(fn.code)
    },
    mappings: createMappings(state),
    layers,
    newPackage() {
      const id = ids.uuid()
      return { id, folder: folderOf(id) }
    },
    dropPackage,
    role: (fn) => roles.assume(fn),
    lastBundle: (fn) => bundles.get(fn.code),
    async bundle(fn) {
      const bundle = await execution.bundle(codeOf(fn), fn.configuration.handler)
      bundles.set(fn.code, bundle)
      return bundle
    },
    execute: (fn, request) => tellRun(ground, fn, request, (told) => execute(fn, told)),
    asRole,
    onLine: shipping.onLine,
    logged: shipping.flush,
    async stop() {
      stopped = true
      await execution.stop()
      await shipping.flush()
      shipping.close()
    },
  }
}
