import { isDeepStrictEqual } from 'node:util'
import { Mistake, ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { Context, Created, ResourceCall, ResourceType } from '../services/service.ts'
import { before, stableOf } from './doubts.ts'
import { explicitName, isNamedBy, physicalName } from './names.ts'
import type { Target } from './prepare.ts'
import { resourceTypes } from './resourceTypes.ts'
import type { Dict } from './source.ts'
import {
  aroundOf,
  type Leftover,
  type ResourceRecord,
  type Snapshot,
  type StackRecord,
  type StackStore,
  snapshotOf,
  type Tag,
} from './store.ts'
import { ownTagsOf, tagged } from './tagged.ts'
import { watched } from './watched.ts'

/** What is heard of a resource, or of the stack itself. */
export interface Heard {
  logicalId: string
  type: string
  status: string
  reason?: string
}

export interface HandsOptions {
  ground: Ground
  dispatch: Dispatch
  store: StackStore
  stack: StackRecord
  context: Context
  onEvent?: (event: Heard) => void
  /** The stack's operation has been told already. */
  begun?: boolean
  /** Asked before each step of an update: throws when a stack policy protects the resource. */
  guard?: (resource: { logicalId: string; type: string }, action: 'Update:Modify' | 'Update:Replace') => void
  /** Why nothing more is begun: the update was cancelled, the time is over. */
  stopped?: () => string | undefined
  /** What every resource that can have tags gets. */
  tags?: Tag[]
}

export const STACK_TYPE = 'AWS::CloudFormation::Stack'

/** A step with a resource that did not come off; the message is the reason. */
class StepFailure extends Error {
  override name = 'StepFailure'
}

/** Codes by which services say that there is nothing to delete. */
const GONE = /NotFound|^NoSuch|DoesNotExist|NonExistent/

/** Makes, changes and removes single resources of one stack, and keeps record before and after each step. */
export class Hands {
  readonly rows: Map<string, ResourceRecord>
  readonly #options: HandsOptions
  readonly #types: ReturnType<typeof resourceTypes>
  readonly #unwritten = new Set<Promise<void>>()

  constructor(options: HandsOptions) {
    this.#options = options
    this.#types = resourceTypes(options.dispatch)
    this.rows = new Map(options.store.resources(options.stack.id).map((row) => [row.logicalId, row]))
  }

  /**
   * Begins a step, whose writes need not be safe one by one: a kill undoes them together with those of the steps around
   * it, and `written` tells when they are.
   */
  together(): void {
    const written = this.#options.store.together()
    written.catch(() => {}) // heard in `written`
    this.#unwritten.add(written)
  }

  /** Resolves once all steps so far are safe on disk. */
  async written(): Promise<void> {
    await Promise.all(this.#unwritten)
    this.#unwritten.clear()
  }

  /** Creates a resource, or another one in place of the row that is there. @throws StepFailure */
  async create(target: Target, properties: Dict): Promise<void> {
    const { ids } = this.#options.ground
    this.together()
    const { logicalId, type: typeName } = target
    const old = this.rows.get(logicalId)
    const [word, reason] = old
      ? ['UPDATE', 'Requested update requires the creation of a new physical resource; hence creating one.']
      : ['CREATE']
    const taken = [old, old?.stable].flatMap((one) => (one ? [one.physicalId] : []))
    const physicalId = physicalName(this.#options.stack.name, logicalId, typeName, ids, taken)
    const row: ResourceRecord = {
      logicalId,
      type: typeName,
      physicalId,
      attributes: {},
      properties: {},
      ...aroundOf(target),
      status: `${word}_IN_PROGRESS`,
      at: this.#options.ground.clock.now(),
      pending: { step: 'create', properties },
      ...(old?.stable ? { stable: stableOf(old, old.stable) } : {}),
    }
    this.#options.store.transaction(() => {
      // What is replaced goes in the end; the last stable one is kept in `stable`.
      if (old && old.physicalId !== old.stable?.physicalId) this.leave(old)
      this.#write(row, reason)
    })
    await this.#step(row, word, properties, (type, call) =>
      type.create({ logicalId, physicalId, type: typeName, properties }, call),
    )
  }

  /** Changes a resource. @throws StepFailure */
  async update(row: ResourceRecord, properties: Dict, changes: Partial<Snapshot> = {}): Promise<void> {
    this.together()
    const { logicalId, physicalId, type: typeName, pending } = row
    const doubts = pending?.step === 'update' ? pending.doubts : []
    const begun: ResourceRecord = {
      ...row,
      ...changes,
      status: 'UPDATE_IN_PROGRESS',
      pending: { step: 'update', doubts: [...doubts, properties] },
    }
    this.#write(begun)
    await this.#step(begun, 'UPDATE', properties, (type, call) =>
      type.update(
        { logicalId, physicalId, type: typeName, properties },
        { logicalId, physicalId, type: typeName, properties: before(properties, [row.properties, ...doubts]) },
        call,
      ),
    )
  }

  async #step(
    row: ResourceRecord,
    word: string,
    properties: Dict,
    run: (type: ResourceType<unknown>, call: ResourceCall<unknown>) => Promise<Created>,
  ): Promise<void> {
    const made = { something: false }
    try {
      const { type, call } = this.#reach(row.type, made)
      const { physicalId, ref, attributes = {} } = await run(type, call)
      const { pending: _, ref: __, reason: ___, ...rest } = row
      this.together()
      const done = { ...rest, physicalId, attributes, properties, ...(ref === undefined ? {} : { ref }) }
      const resource = { logicalId: row.logicalId, physicalId, type: row.type, properties }
      const tag = () => type.systemTags?.(resource, ownTagsOf(this.#options.stack, row.logicalId), call)
      this.#write({ ...done, status: `${word}_COMPLETE` }, undefined, tag)
    } catch (error) {
      const reason = this.reasonOf(error, row.logicalId)
      // What was not created by this step is somebody else's, of the same name perhaps: nothing of it is touched.
      if (row.pending?.step === 'create' && !made.something) row.pending.refused = true
      this.#write({ ...row, status: `${word}_FAILED` }, reason)
      throw new StepFailure(reason)
    }
  }

  /** Deletes what is to go; that nothing is there is as well. @throws StepFailure */
  async remove(leftover: Leftover): Promise<void> {
    const { store } = this.#options
    const { logicalId, physicalId, type: typeName, properties } = leftover
    store.saveLeftover({ ...leftover, status: 'DELETE_IN_PROGRESS' })
    this.hear(leftover, 'DELETE_IN_PROGRESS')
    try {
      const { type, call } = this.#reach(typeName)
      await type.delete({ logicalId, physicalId, type: typeName, properties }, call).catch((error) => {
        if (!(error instanceof ServiceError && GONE.test(error.code))) throw error
      })
      store.dropLeftover(leftover.id)
      this.hear(leftover, 'DELETE_COMPLETE')
    } catch (error) {
      const reason = this.reasonOf(error, logicalId)
      store.saveLeftover({ ...leftover, status: 'DELETE_FAILED', reason })
      this.hear(leftover, 'DELETE_FAILED', reason)
      throw new StepFailure(reason)
    }
  }

  /** Puts a physical resource among those that are to go. */
  leave(resource: ResourceRecord): void {
    const { stack, store } = this.#options
    store.addLeftover(stack.id, {
      ...snapshotOf(resource),
      logicalId: resource.logicalId,
      status: resource.status,
    })
  }

  /** Keeps a row as it is now, without an event. */
  keep(row: ResourceRecord): void {
    this.rows.set(row.logicalId, row)
    this.#options.store.saveResource(this.#options.stack.id, row)
  }

  drop(logicalId: string): void {
    this.rows.delete(logicalId)
    this.#options.store.dropResource(this.#options.stack.id, logicalId)
  }

  /**
   * Whether new properties need a new resource.
   * @throws StepFailure when the template gives the resource a name, which two cannot have.
   */
  replaces(row: ResourceRecord, properties: Dict): boolean {
    const { type } = this.#reach(row.type)
    const changed = type.replacedBy?.filter((name) => !isDeepStrictEqual(row.properties[name], properties[name])) ?? []
    if (changed.length === 0) return false
    const name = explicitName(row.type, type.properties, properties)
    if (!isNamedBy(row.physicalId, name)) return true
    const reason = `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`
    this.#write({ ...row, status: 'UPDATE_FAILED' }, reason)
    throw new StepFailure(reason)
  }

  /** The properties with the stack's tags. */
  tagged(typeName: string, properties: Dict): Dict {
    return tagged(this.#types.get(typeName)?.type, properties, this.#options.tags ?? [])
  }

  /** A resource whose creation may or may not have come off: as it is if it has. */
  presumed(row: ResourceRecord): ResourceRecord {
    const { type } = this.#reach(row.type)
    const properties = row.pending?.step === 'create' ? row.pending.properties : {}
    return { ...row, properties, physicalId: explicitName(row.type, type.properties, properties) ?? row.physicalId }
  }

  hear(resource: Pick<ResourceRecord, 'logicalId' | 'physicalId' | 'type'>, status: string, reason?: string): void {
    const { ground, store, stack, onEvent } = this.#options
    const { logicalId, physicalId, type } = resource
    const told = reason === undefined ? {} : { reason }
    const { token } = stack.operation ?? {}
    store.addEvent(stack.id, {
      eventId: ground.ids.uuid(),
      at: ground.clock.now(),
      logicalId,
      physicalId,
      type,
      status,
      ...told,
      ...(token === undefined ? {} : { token }),
    })
    onEvent?.({ logicalId, type, status, ...told })
  }

  /** The reason of a failure: the service's own words; a fault of ours is logged and says nothing more. */
  reasonOf(error: unknown, logicalId: string): string {
    if (error instanceof ServiceError) return `${error.message} (${error.code})`
    if (error instanceof Mistake || error instanceof StepFailure) return error.message
    const text = `${logicalId} failed by a fault of the local cloud`
    this.#options.ground.log({ level: 'error', from: 'stack', text, cause: error })
    return 'Internal Failure; the log of the local cloud has its cause.'
  }

  /** Keeps a row and tells of it, in one transaction with `also`. */
  #write(row: ResourceRecord, reason?: string, also?: () => void): void {
    const { at: _, reason: __, ...rest } = row
    const told = reason === undefined ? {} : { reason }
    this.#options.store.transaction(() => {
      also?.()
      this.keep({ ...rest, at: this.#options.ground.clock.now(), ...told })
      this.hear(row, row.status, reason)
    })
  }

  /** A type and the call it gets; `made` learns when an operation that changes something has come off. */
  #reach(typeName: string, made = { something: false }): { type: ResourceType<unknown>; call: ResourceCall<unknown> } {
    const { dispatch, ground, context, stack } = this.#options
    const found = this.#types.get(typeName)
    if (!found) throw new Mistake(`the local cloud does not have the type ${typeName}.`)
    const call: ResourceCall<unknown> = {
      ...context,
      facts: { ...context.facts, requestId: ground.ids.uuid() },
      store: dispatch.store(found.service),
      ground,
      cloud: watched(dispatch.cloud(context), made),
      stack: { name: stack.name, id: stack.id },
    }
    return { type: found.type, call }
  }
}
