import { Mistake, ServiceError } from '../../base/errors.ts'
import type { Ground } from '../../base/ground.ts'
import type { Caller } from '../../iam/types.ts'
import { background } from '../../services/background.ts'
import type { Dispatch } from '../../services/dispatch.ts'
import { assumeRole } from '../../services/roles.ts'
import { Engine } from '../engine.ts'
import { importing, outputsOf, refuseUsedExports } from '../exports.ts'
import { outsideAt } from '../outside.ts'
import { type Prepared, prepare } from '../prepare.ts'
import { pseudoParameters } from '../pseudo.ts'
import { resourceTypes } from '../resourceTypes.ts'
import { type Operation, type Settings, type StackRecord, type StackStore, snapshotOf } from '../store.ts'
import { guardOf, refuseDeletions } from './stackPolicies.ts'

const QUEUE = 'cloudformation'

/** Stacks that are worked on at the same time. */
const PARALLEL = 4

/**
 * How long an operation is waited for before its request is answered, ms of real time. Clients ask again after 15 or 30
 * seconds; what is done by then they find done at once.
 */
const PATIENCE = 1000

/** Does what stacks are to become, one operation of a stack after the other; what a stop or a kill cut short goes on. */
export interface Worker {
  /** Accepts an operation, in the transaction of the change that tells of it. */
  begin(stackId: string): void
  /** Resolves when the operation of a stack is done, at the latest after {@link PATIENCE}. */
  settled(stackId: string): Promise<void>
  /** From here on operations are worked off. */
  start(): void
}

export const createWorker = (ground: Ground, dispatch: Dispatch, store: StackStore): Worker => {
  const waiting = new Map<string, Set<() => void>>()
  const work = async (stackId: string) => {
    const stack = store.byId(stackId)
    const { operation } = stack ?? {}
    if (!stack || !operation) return
    try {
      await new Work(
        ground,
        dispatch,
        store,
        stack,
        operation,
        await callerOf(ground, dispatch, stack, operation),
      ).run()
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      // The role of the stack cannot be taken on: nothing was done.
      const engine = new Engine({
        ground,
        dispatch,
        store,
        stack,
        context: background(ground, operation.caller, stack.region),
      })
      engine.set({ status: failedStatus(stack.status), reason: error.message })
    }
    const left = store.byId(stackId)
    if (left) {
      const { operation: _, ...rest } = left
      store.save(rest)
    }
    for (const tell of waiting.get(stackId) ?? []) tell()
    waiting.delete(stackId)
  }
  return {
    begin: (stackId) => void ground.outbox.add(QUEUE, { stackId }),
    settled: (stackId) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, PATIENCE)
        const told = () => {
          clearTimeout(timer)
          resolve()
        }
        waiting.set(stackId, (waiting.get(stackId) ?? new Set()).add(told))
      }),
    start: () =>
      ground.outbox.work<{ stackId: string }>(QUEUE, PARALLEL, async ({ body }) => {
        await work(body.stackId)
        return undefined
      }),
  }
}

const failedStatus = (status: string): string => status.replace(/_IN_PROGRESS$/, '_FAILED')

const callerOf = async (
  ground: Ground,
  dispatch: Dispatch,
  { id, region, roleArn: own }: StackRecord,
  { caller, roleArn = own }: Operation,
): Promise<Caller> => {
  if (roleArn === undefined) return caller
  const cloud = dispatch.cloud(background(ground, caller, region))
  const principal = 'cloudformation.amazonaws.com'
  const { account } = caller
  const session = await assumeRole(cloud, {
    roleArn,
    principal,
    account,
    sessionName: 'AWSCloudFormation',
    sourceArn: id,
  })
  return session.caller
}

/** One operation of one stack. */
class Work {
  readonly #ground: Ground
  readonly #store: StackStore
  readonly #stack: StackRecord
  readonly #operation: Operation
  readonly #engine: Engine
  readonly #types: ReturnType<typeof resourceTypes>

  constructor(
    ground: Ground,
    dispatch: Dispatch,
    store: StackStore,
    stack: StackRecord,
    operation: Operation,
    caller: Caller,
  ) {
    this.#ground = ground
    this.#store = store
    this.#stack = stack
    this.#operation = operation
    this.#types = resourceTypes(dispatch)
    const policy = operation.policy ?? stack.policy
    this.#engine = new Engine({
      ground,
      dispatch,
      store,
      stack,
      context: background(ground, caller, stack.region),
      begun: true,
      stopped: () => this.#stopped(),
      tags: operation.tags ?? stack.tags ?? [],
      ...(operation.kind === 'update' && policy ? { guard: guardOf(policy) } : {}),
    })
  }

  /** Begins, or goes on where the status says that it was cut short. */
  async run(): Promise<void> {
    const { status, reason = '' } = this.#stack
    if (!status.endsWith('_IN_PROGRESS')) return
    if (status === 'DELETE_IN_PROGRESS') return this.#delete()
    if (status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') return this.#engine.cleanUp()
    if (this.#operation.kind === 'continue') return this.#continue()
    if (status.includes('ROLLBACK')) return this.#engine.rollBack(reason, this.#operation.retainExceptOnCreate)
    return this.#deploy()
  }

  #stopped(): string | undefined {
    const { deadline } = this.#operation
    if (deadline !== undefined && this.#ground.clock.now() > deadline)
      return 'Stack creation time exceeded the specified timeout. Rollback requested by user.'
    return this.#store.byId(this.#stack.id)?.operation?.cancelled ? 'Resource update cancelled' : undefined
  }

  async #deploy(): Promise<void> {
    const { template = '', given = {}, policy = this.#stack.policy } = this.#operation
    const engine = this.#engine
    const failures = new Map<string, unknown>()
    const imports = new Set<string>()
    const imported = importing(this.#store, this.#stack, imports)
    let prepared: Prepared | undefined
    try {
      prepared = prepare({
        text: template,
        given,
        pseudo: pseudoParameters(this.#ground.account, this.#stack),
        outside: outsideAt(this.#ground.clock.now()),
        typeOf: (type) => this.#types.get(type)?.type,
      })
      const wanted = new Set(prepared.targets.map(({ logicalId }) => logicalId))
      if (this.#operation.kind === 'update' && policy) refuseDeletions(policy, engine.hands, wanted)
      await engine.recover(prepared)
      for (const [id, error] of await engine.apply(prepared, imported)) failures.set(id, error)
      if (failures.size === 0) {
        const outputs = outputsOf(prepared, engine, imported, this.#store)
        const { description } = prepared.template
        const { tags, capabilities, roleArn, notificationArns } = this.#operation
        const settings: Settings = Object.fromEntries(
          Object.entries({ tags, capabilities, roleArn, notificationArns }).filter(([, value]) => value !== undefined),
        )
        await engine.complete(wanted, {
          template,
          given,
          parameters: prepared.parameters.shown,
          outputs,
          imports: [...imports],
          ...settings,
          ...(description === undefined ? {} : { description }),
        })
        return
      }
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      failures.set('', error)
    }
    await this.#fail(failures)
  }

  async #fail(failures: Map<string, unknown>): Promise<void> {
    const { onFailure = 'ROLLBACK' } = this.#operation
    const engine = this.#engine
    const ids = [...failures.keys()].filter(Boolean)
    const cancelled = this.#store.byId(this.#stack.id)?.operation?.cancelled
    const [first] = failures.values()
    const which = ids.length
      ? `The following resource(s) failed to ${engine.isNew ? 'create' : 'update'}: [${ids.join(', ')}]. `
      : `${(first as Error).message} `
    if (onFailure === 'DO_NOTHING') {
      await engine.settle(ids)
      return engine.set({ status: engine.isNew ? 'CREATE_FAILED' : 'UPDATE_FAILED', reason: which })
    }
    if (onFailure === 'DELETE') {
      engine.set({ status: 'DELETE_IN_PROGRESS', reason: `${which}Delete requested by user.` })
      await engine.takeDown()
      return
    }
    const reason = cancelled ? 'User Initiated' : `${which}${ids.length ? 'Rollback requested by user.' : ''}`
    await engine.rollBack(reason, this.#operation.retainExceptOnCreate)
  }

  async #continue(): Promise<void> {
    for (const id of this.#operation.skipped ?? []) {
      const row = this.#engine.hands.rows.get(id)
      if (!row) continue
      const { pending: _, ...rest } = row
      this.#engine.hands.keep({ ...rest, status: 'UPDATE_COMPLETE', stable: snapshotOf(row) })
    }
    await this.#engine.rollBack('User Initiated')
  }

  async #delete(): Promise<void> {
    try {
      refuseUsedExports(this.#store, this.#stack, {})
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      return this.#engine.set({ status: 'DELETE_FAILED', reason: `Delete canceled. ${error.message}` })
    }
    for (const leftover of this.#store.leftovers(this.#stack.id))
      if (this.#operation.skipped?.includes(leftover.logicalId)) this.#store.dropLeftover(leftover.id)
    await this.#engine.takeDown()
  }
}
