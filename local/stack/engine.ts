import { isDeepStrictEqual } from 'node:util'
import { goingBack, isNew } from './goingBack.ts'
import { Hands, type HandsOptions, STACK_TYPE } from './hands.ts'
import { resolvedOutputs, scopeOf } from './outputs.ts'
import { inOrder, PARALLEL } from './parallel.ts'
import type { Target, Wanted } from './prepare.ts'
import { reach } from './reach.ts'
import type { Scope } from './scope.ts'
import { aroundOf, type ResourceRecord, type StackOutput, type StackRecord, snapshotOf } from './store.ts'
import { type Failures, leaveCreated, sweep, type Undoing, undo } from './undo.ts'

/** Brings one stack to what a template wants, or back to what it was; each step is kept, so that a kill can be mended. */
export class Engine {
  readonly hands: Hands
  readonly #options: HandsOptions
  readonly #undoing: Undoing
  #stack: StackRecord
  #begun: boolean

  constructor(options: HandsOptions) {
    this.#options = options
    this.#begun = options.begun ?? false
    this.#stack = options.stack
    this.hands = new Hands(options)
    this.#undoing = { stackId: options.stack.id, hands: this.hands, store: options.store, ground: options.ground }
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
      for (const row of [...this.hands.rows.values()].filter(isUndone)) undo(row, this.#undoing)
    })
    await sweep(this.#undoing)
  }

  /** Creates and changes what the template wants, in the order of its dependencies. */
  async apply({ targets, scope }: Wanted, imported: Scope['imported']): Promise<Map<string, unknown>> {
    const full = scopeOf(scope, imported, this.hands.rows)
    const byId = new Map(targets.map((target) => [target.logicalId, target]))
    const means = { ...this.#options, hands: this.hands, begin: () => this.begin() }
    const graph = new Map(targets.map(({ logicalId, dependsOn }) => [logicalId, dependsOn]))
    return inOrder(graph, PARALLEL, (id) => reach(byId.get(id) as Target, full, means))
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
    const failures = await sweep(this.#undoing)
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
        else undo(row, this.#undoing)
      }
    })
    const stable = [...this.hands.rows.values()].map((row) => [row.logicalId, row.stable?.dependsOn ?? []] as const)
    const failures: Failures = new Map()
    await inOrder(new Map(stable), PARALLEL, (id) =>
      this.#revert(id).catch((error) => void failures.set(id, this.hands.reasonOf(error, id))),
    )
    const left = await sweep(this.#undoing)
    const why = [...failures, ...left].map(([id, one]) => `${id}: ${one}`).join('; ')
    const ended = why === ''
    this.set({ status: `${word}_${ended ? 'COMPLETE' : 'FAILED'}`, ...(why ? { reason: why } : {}) })
  }

  async #revert(logicalId: string): Promise<void> {
    const row = this.hands.rows.get(logicalId) as ResourceRecord
    const { stable } = row
    if (!stable) return
    const { properties } = stable
    const around = aroundOf(stable)
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
        if (pending?.step === 'create' || row.deletionPolicy === 'Delete') leaveCreated(row, this.#undoing)
        if (stable && stable.physicalId !== row.physicalId && stable.deletionPolicy === 'Delete')
          this.hands.leave({ ...row, ...stable })
        this.hands.drop(row.logicalId)
      }
    })
    const failures = await sweep(this.#undoing)
    if (failures.size) {
      const reason = `The following resource(s) failed to delete: [${[...failures.keys()].join(', ')}].`
      this.set({ status: 'DELETE_FAILED', reason })
    } else this.set({ status: 'DELETE_COMPLETE', deleted: this.#options.ground.clock.now() })
    return failures
  }
}
