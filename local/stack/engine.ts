import { isDeepStrictEqual } from 'node:util'
import { Mistake } from '../base/errors.ts'
import { deletionOrder } from './deletionOrder.ts'
import { goingBack, isNew } from './goingBack.ts'
import { Hands, type HandsOptions, STACK_TYPE } from './hands.ts'
import { resolve } from './intrinsics.ts'
import { resolvedOutputs, scopeOf } from './outputs.ts'
import { inOrder } from './parallel.ts'
import type { Target, Wanted } from './prepare.ts'
import type { Scope } from './scope.ts'
import type { Dict } from './source.ts'
import {
  type Leftover,
  type ResourceRecord,
  type Stable,
  type StackOutput,
  type StackRecord,
  snapshotOf,
} from './store.ts'

/** How many resources are made at the same time. */
const PARALLEL = 8

/** What failed, by logical ID, and why. */
export type Failures = Map<string, string>

/** Brings one stack to what a template wants, or back to what it was; each step is kept, so that a kill can be mended. */
export class Engine {
  readonly hands: Hands
  readonly #options: HandsOptions
  #stack: StackRecord
  #begun: boolean

  constructor(options: HandsOptions) {
    this.#options = options
    this.#begun = options.begun ?? false
    this.#stack = options.stack
    this.hands = new Hands(options)
  }

  get stack(): StackRecord {
    return this.#stack
  }

  /** Whether the stack was never complete. */
  get isNew(): boolean {
    return isNew(this.#stack)
  }

  /** Sets what the stack is now; with a status, that is an event too. */
  set(changes: Partial<StackRecord>): void {
    // Protection, policy and cancellation are set by others while this one works.
    const { reason: _, ...before } = this.#options.store.byId(this.#stack.id) ?? this.#stack
    const isUpdate = changes.status?.startsWith('UPDATE_')
    this.#stack = { ...before, ...changes, ...(isUpdate ? { updated: this.#options.ground.clock.now() } : {}) }
    this.#options.store.save(this.#stack)
    const { name, id, status, reason } = this.#stack
    if (changes.status) this.hands.hear({ logicalId: name, physicalId: id, type: STACK_TYPE }, status, reason)
  }

  /** Tells that the stack changes, once; nothing is told when nothing changes. */
  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.set({ status: isNew(this.#stack) ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS', reason: 'User Initiated' })
  }

  /** Mends what a kill left: creations and replacements that are not complete are taken back. */
  async recover({ targets }: Pick<Wanted, 'targets'>): Promise<void> {
    const types = new Map(targets.map(({ logicalId, type }) => [logicalId, type]))
    const isUndone = ({ logicalId, type, physicalId, pending, stable }: ResourceRecord) =>
      pending?.step === 'create' ||
      (stable ? stable.physicalId !== physicalId : (types.get(logicalId) ?? type) !== type)
    if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(this.#stack.status)) this.begin()
    this.#options.store.transaction(() => {
      for (const row of [...this.hands.rows.values()].filter(isUndone)) this.#undo(row)
    })
    await this.sweep()
  }

  /** Takes back a creation: what is there, or may be, goes; what it replaced counts again. */
  #undo(row: ResourceRecord): void {
    const { stable, logicalId } = row
    this.#leaveCreated(row)
    if (stable) this.#goBack(logicalId, stable)
    else this.hands.drop(logicalId)
  }

  /** Marks for deletion what a creation made, or may have made. */
  #leaveCreated(row: ResourceRecord): void {
    const { store } = this.#options
    const { pending, type } = row
    if (pending?.step !== 'create') {
      this.hands.leave(row)
      return
    }
    if (pending.refused) return
    const presumed = this.hands.presumed(row)
    // A kill may have come before the service could say that the name is somebody else's.
    const others = store.list().filter(({ id }) => id !== this.#stack.id)
    const isTheirs = others.some(({ id }) =>
      store.resources(id).some((one) => one.type === type && one.physicalId === presumed.physicalId),
    )
    if (!isTheirs) this.hands.leave(presumed)
  }

  #goBack(logicalId: string, { doubts, ...stable }: Stable): void {
    const at = this.#options.ground.clock.now()
    const pending = doubts ? { pending: { step: 'update' as const, doubts } } : {}
    this.hands.keep({ ...stable, logicalId, stable, status: 'UPDATE_COMPLETE', at, ...pending })
  }

  /** Creates and changes what the template wants, in the order of its dependencies. */
  async apply({ targets, scope }: Wanted, imported: Scope['imported']): Promise<Map<string, unknown>> {
    const full = scopeOf(scope, imported, this.hands.rows)
    const byId = new Map(targets.map((target) => [target.logicalId, target]))
    const graph = new Map(targets.map(({ logicalId, dependsOn }) => [logicalId, dependsOn]))
    return inOrder(graph, PARALLEL, (id) => this.#reach(byId.get(id) as Target, full))
  }

  async #reach(target: Target, scope: Scope): Promise<void> {
    const row = this.hands.rows.get(target.logicalId)
    const stopped = this.#options.stopped?.()
    if (stopped !== undefined) throw new Mistake(stopped)
    const properties = this.#resolved(target, scope)
    const { dependsOn, deletionPolicy, updateReplacePolicy } = target
    const around = { dependsOn, deletionPolicy, updateReplacePolicy }
    if (!row) {
      this.begin()
      return this.hands.create(target, properties)
    }
    if (!row.pending && isDeepStrictEqual(row.properties, properties)) {
      const { dependsOn, deletionPolicy, updateReplacePolicy } = row
      if (!isDeepStrictEqual(around, { dependsOn, deletionPolicy, updateReplacePolicy }))
        this.hands.keep({ ...row, ...around })
      return
    }
    this.begin()
    const replaces = this.hands.replaces(row, properties)
    this.#guard(row, replaces ? 'Update:Replace' : 'Update:Modify')
    if (replaces) await this.hands.create(target, properties)
    else await this.hands.update(row, properties, around)
  }

  #guard(row: ResourceRecord, action: 'Update:Modify' | 'Update:Replace'): void {
    try {
      this.#options.guard?.(row, action)
    } catch (error) {
      this.hands.hear(row, 'UPDATE_FAILED', this.hands.reasonOf(error, row.logicalId))
      throw error
    }
  }

  #resolved(target: Target, scope: Scope): Dict {
    try {
      const resolved = this.hands.tagged(target.type, resolve(target.properties, scope) as Dict)
      // As it comes back from the store: what is undefined is not there.
      return JSON.parse(JSON.stringify(resolved)) as Dict
    } catch (error) {
      const row = this.hands.rows.get(target.logicalId)
      const status = row ? 'UPDATE_FAILED' : 'CREATE_FAILED'
      this.begin()
      this.hands.hear(row ?? { ...target, physicalId: '' }, status, this.hands.reasonOf(error, target.logicalId))
      throw error
    }
  }

  /** The outputs of the stack, resolved. @throws Mistake */
  outputs(prepared: Wanted, imported: Scope['imported']): Record<string, StackOutput> {
    return resolvedOutputs(prepared, scopeOf(prepared.scope, imported, this.hands.rows))
  }

  /** All that the template wants is there: the stack is complete, then what nothing wants any more goes. */
  async complete(wanted: ReadonlySet<string>, changes: Partial<StackRecord>): Promise<void> {
    const { store } = this.#options
    const created = isNew(this.#stack)
    this.hands.together()
    if ([...this.hands.rows.keys()].some((id) => !wanted.has(id))) this.begin()
    store.transaction(() => {
      for (const row of [...this.hands.rows.values()]) {
        const { stable, logicalId } = row
        if (stable && stable.physicalId !== row.physicalId && row.updateReplacePolicy === 'Delete')
          this.hands.leave({ ...row, ...stable })
        if (!wanted.has(logicalId)) {
          if (row.deletionPolicy === 'Delete') this.hands.leave(row)
          this.hands.drop(logicalId)
        } else if (!isDeepStrictEqual(stable, snapshotOf(row))) this.hands.keep({ ...row, stable: snapshotOf(row) })
      }
      const left = store.leftovers(this.#stack.id).length > 0
      const done = { ...changes, wasComplete: true }
      if (!this.#begun) this.set(done)
      else if (created) this.set({ ...done, status: 'CREATE_COMPLETE' })
      else this.set({ ...done, status: left ? 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' : 'UPDATE_COMPLETE' })
    })
    await this.cleanUp()
  }

  /** Deletes what an update has replaced or no longer wants. */
  async cleanUp(): Promise<void> {
    const { store } = this.#options
    const failures = await this.sweep()
    // As on AWS, what cannot be deleted while an update is cleaned up is no longer the stack's.
    for (const leftover of store.leftovers(this.#stack.id)) store.dropLeftover(leftover.id)
    for (const [id, reason] of failures)
      this.#options.ground.log({ level: 'warn', from: 'stack', text: `${id} is left behind: ${reason}` })
    if (this.#stack.status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') this.set({ status: 'UPDATE_COMPLETE' })
  }

  /**
   * Brings the stack back to what it was when it was last complete; a new one to nothing.
   * @param keepsNothing whether what is new goes even where its deletion policy is to retain it
   */
  async rollBack(reason: string, keepsNothing = false): Promise<void> {
    const { store } = this.#options
    this.begin()
    const status = goingBack(this.#stack, this.hands.rows.values())
    const word = status.replace('_IN_PROGRESS', '')
    if (this.#stack.status !== status) this.set({ status, reason })
    store.transaction(() => {
      for (const row of [...this.hands.rows.values()]) {
        const { stable, pending, logicalId, deletionPolicy } = row
        if (stable?.physicalId === row.physicalId) continue
        const stays = !stable && pending?.step !== 'create' && deletionPolicy === 'Retain' && !keepsNothing
        if (stays) this.hands.drop(logicalId)
        else this.#undo(row)
      }
    })
    const stable = [...this.hands.rows.values()].map((row) => [row.logicalId, row.stable?.dependsOn ?? []] as const)
    const failures: Failures = new Map()
    await inOrder(new Map(stable), PARALLEL, (id) =>
      this.#revert(id).catch((error) => void failures.set(id, this.hands.reasonOf(error, id))),
    )
    const left = await this.sweep()
    const why = [...failures, ...left].map(([id, one]) => `${id}: ${one}`).join('; ')
    const ended = why === ''
    this.set({ status: `${word}_${ended ? 'COMPLETE' : 'FAILED'}`, ...(why ? { reason: why } : {}) })
  }

  async #revert(logicalId: string): Promise<void> {
    const row = this.hands.rows.get(logicalId) as ResourceRecord
    const { stable } = row
    if (!stable) return
    const { properties, dependsOn, deletionPolicy, updateReplacePolicy } = stable
    const around = { dependsOn, deletionPolicy, updateReplacePolicy }
    if (row.pending || !isDeepStrictEqual(row.properties, properties)) await this.hands.update(row, properties, around)
    else this.hands.keep({ ...row, ...around })
  }

  /**
   * Brings resources whose change has failed back to what they were, while all else stays as far as it has come (user
   * guide, "Choose how to handle failures when provisioning resources"). They stay marked as failed.
   */
  async settle(failed: Iterable<string>): Promise<void> {
    for (const id of failed) {
      const row = this.hands.rows.get(id)
      if (row?.pending?.step !== 'update') continue
      const { status, reason } = row
      // What cannot go back has its reason already; the next operation begins with it.
      await this.hands.update(row, row.properties).catch(() => {})
      const now = this.hands.rows.get(id)
      if (now && !now.pending) this.hands.keep({ ...now, status, ...(reason === undefined ? {} : { reason }) })
    }
  }

  /** Takes down the whole stack. */
  async takeDown(): Promise<Failures> {
    const { store } = this.#options
    store.transaction(() => {
      if (this.#stack.status !== 'DELETE_IN_PROGRESS')
        this.set({ status: 'DELETE_IN_PROGRESS', reason: 'User Initiated' })
      for (const row of [...this.hands.rows.values()]) {
        const { stable, pending } = row
        if (pending?.step === 'create' || row.deletionPolicy === 'Delete') this.#leaveCreated(row)
        if (stable && stable.physicalId !== row.physicalId && stable.deletionPolicy === 'Delete')
          this.hands.leave({ ...row, ...stable })
        this.hands.drop(row.logicalId)
      }
    })
    const failures = await this.sweep()
    if (failures.size) {
      const reason = `The following resource(s) failed to delete: [${[...failures.keys()].join(', ')}].`
      this.set({ status: 'DELETE_FAILED', reason })
    } else this.set({ status: 'DELETE_COMPLETE', deleted: this.#options.ground.clock.now() })
    return failures
  }

  /** Deletes what is to go, each after all that depends on it. What cannot be deleted stays on the list. */
  async sweep(): Promise<Failures> {
    await this.hands.written()
    const leftovers = this.#options.store.leftovers(this.#stack.id)
    const byKey = new Map(leftovers.map((leftover) => [String(leftover.id), leftover]))
    const failures: Failures = new Map()
    const remove = (key: string) => {
      const leftover = byKey.get(key) as Leftover
      return this.hands.remove(leftover).catch((error) => {
        failures.set(leftover.logicalId, this.hands.reasonOf(error, leftover.logicalId))
      })
    }
    await inOrder(deletionOrder(leftovers), PARALLEL, remove)
    return failures
  }
}
