import { join } from 'node:path'
import { Mistake } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import { localUser } from '../iam/sessions.ts'
import type { Caller } from '../iam/types.ts'
import { background } from '../services/background.ts'
import type { Dispatch } from '../services/dispatch.ts'
import type { ResourceType } from '../services/service.ts'
import { createWorker, type Worker } from './cloudformation/worker.ts'
import { Engine } from './engine.ts'
import { importing, outputsOf, refuseUsedExports } from './exports.ts'
import type { Heard } from './hands.ts'
import { keptPrepare } from './keptPrepare.ts'
import { outsideAt } from './outside.ts'
import { checkStackName, type Wanted } from './prepare.ts'
import { partitionOf, pseudoParameters } from './pseudo.ts'
import { resourceTypes } from './resourceTypes.ts'
import { createStackStore, type StackOutput, type StackRecord } from './store.ts'

export interface DeployOptions {
  /** The stack's name; `local` is the one whose physical names are its logical IDs. */
  name: string
  /** The text of the template. */
  template: string
  /** The template's path: messages name it, and local code is relative to it. */
  file: string
  parameters?: Record<string, string>
  /** `us-east-1` when left out. */
  region?: string
  /** Who deploys: calls are decided as theirs. The user `local` when left out. */
  caller?: Caller
  onEvent?: (event: Heard) => void
}

export interface StackDescription {
  name: string
  /** The ARN. */
  id: string
  status: string
  reason?: string
  description?: string
  /** ms since the epoch */
  created: number
  updated?: number
  /** NoEcho parameters are masked. */
  parameters: Record<string, string>
  outputs: Record<string, StackOutput>
  resources: { logicalId: string; physicalId: string; type: string; status: string }[]
}

export interface Stacks {
  /**
   * Creates a stack, or updates it by difference.
   * @throws Mistake what the template has wrong with its line, or which resources failed and why; the stack is then as
   * it was before.
   */
  deploy(options: DeployOptions): Promise<StackDescription>
  /** Deletes a stack with all that it has. @throws Mistake when something cannot be deleted. */
  delete(name: string, options?: { region?: string; caller?: Caller }): Promise<void>
  describe(name: string, region?: string): StackDescription | undefined
  list(): StackDescription[]
  /** Does what CloudFormation's operations have accepted. */
  readonly worker: Worker
  /** The type of that name, if a service has it. */
  typeOf(name: string): ResourceType<unknown> | undefined
}

const REGION = 'us-east-1'

/** The stacks of a cloud. */
export const createStacks = ({ ground, dispatch }: { ground: Ground; dispatch: Dispatch }): Stacks => {
  const store = createStackStore(ground)
  const types = resourceTypes(dispatch)
  const prepareKept = keptPrepare(join(ground.cache, 'templates'))
  const busy = new Set<string>()

  const describeRecord = (stack: StackRecord, rows = store.resources(stack.id)): StackDescription => {
    const resources = [...rows, ...store.leftovers(stack.id)].map(({ logicalId, physicalId, type, status }) => ({
      logicalId,
      physicalId,
      type,
      status,
    }))
    const { name, id, status, reason, description, created, updated, parameters, outputs } = stack
    return {
      name,
      id,
      status,
      ...(reason ? { reason } : {}),
      ...(description ? { description } : {}),
      created,
      ...(updated === undefined ? {} : { updated }),
      parameters,
      outputs,
      resources,
    }
  }
  /** One deployment of a stack at a time. */
  const alone = async <T>(name: string, region: string, run: () => Promise<T>): Promise<T> => {
    const key = `${region}/${name}`
    if (busy.has(key)) {
      const { id, status } = store.find(region, name) ?? { id: name, status: 'CREATE_IN_PROGRESS' }
      throw new Mistake(`Stack:${id} is in ${status} state and can not be updated.`)
    }
    busy.add(key)
    try {
      return await run()
    } finally {
      busy.delete(key)
    }
  }
  const newStack = ({ name, template, parameters = {} }: DeployOptions, region: string): StackRecord => ({
    id: `arn:${partitionOf(region)}:cloudformation:${region}:${ground.account}:stack/${name}/${ground.ids.uuid()}`,
    name,
    region,
    status: 'REVIEW_IN_PROGRESS',
    template,
    given: parameters,
    parameters: {},
    outputs: {},
    imports: [],
    created: ground.clock.now(),
  })
  const deployer: Caller = localUser(ground.account)
  const engineOf = (stack: StackRecord, caller = deployer, onEvent?: DeployOptions['onEvent']) => {
    const context = background(ground, caller, stack.region)
    return new Engine({ ground, dispatch, store, stack, context, ...(onEvent ? { onEvent } : {}) })
  }

  const deploy = async (options: DeployOptions): Promise<StackDescription> => {
    const { name, template, file, parameters = {}, region = REGION, caller, onEvent } = options
    checkStackName(name)
    const before = store.find(region, name)
    if (before?.operation) throw new Mistake(`Stack:${before.id} is in ${before.status} state and can not be updated.`)
    const fresh = !before || /^(ROLLBACK_(COMPLETE|FAILED)|DELETE_.*)$/.test(before.status)
    const stack = fresh ? newStack(options, region) : before
    const prepared = prepareKept({
      text: template,
      file,
      given: parameters,
      pseudo: pseudoParameters(ground.account, stack),
      outside: outsideAt(ground.clock.now()),
      typeOf: (type) => types.get(type)?.type,
    })
    // What never came to be, or was going away when the cloud was killed, goes first.
    if (before && fresh) await finishDeletion(engineOf(before, caller, onEvent))
    const engine = engineOf(stack, caller, onEvent)
    refuseChangedTypes(prepared, engine)
    if (fresh) engine.set({})
    await engine.recover(prepared)
    const imports = new Set<string>()
    const imported = importing(store, stack, imports)
    const failures = await engine.apply(prepared, imported)
    const outputs = failures.size ? {} : attempt(() => outputsOf(prepared, engine, imported, store), failures)
    if (failures.size) throw await undone(prepared, engine, failures)
    const { description } = prepared
    await engine.complete(new Set(prepared.targets.map(({ logicalId }) => logicalId)), {
      template,
      given: parameters,
      parameters: prepared.parameters.shown,
      outputs,
      imports: [...imports],
      ...(description ? { description } : {}),
    })
    return describeRecord(engine.stack, [...engine.hands.rows.values()])
  }
  return {
    deploy: (options) => alone(options.name, options.region ?? REGION, () => deploy(options)),
    delete: (name, { region = REGION, caller } = {}) =>
      alone(name, region, async () => {
        const stack = store.find(region, name)
        if (!stack) throw new Mistake(`Stack with id ${name} does not exist`)
        refuseUsedExports(store, stack, {})
        await finishDeletion(engineOf(stack, caller))
      }),
    describe(name, region = REGION) {
      const stack = store.find(region, name)
      return stack && describeRecord(stack)
    },
    list: () => store.list().map((stack) => describeRecord(stack)),
    worker: createWorker(ground, dispatch, store),
    typeOf: (name) => types.get(name)?.type,
  }
}

const finishDeletion = async (engine: Engine): Promise<void> => {
  const failures = await engine.takeDown()
  if (failures.size === 0) return
  const reasons = [...failures].map(([id, reason]) => `${id}: ${reason}`).join('; ')
  throw new Mistake(`The stack ${engine.stack.name} could not be deleted. ${reasons}`)
}

const refuseChangedTypes = ({ targets, scope: { source } }: Wanted, engine: Engine): void => {
  for (const { logicalId, type, spot } of targets) {
    const row = engine.hands.rows.get(logicalId)
    if (row?.stable && row.type !== type)
      throw source.mistake(
        `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}].`,
        [spot, 'Type'],
      )
  }
}

const attempt = (
  run: () => Record<string, StackOutput>,
  failures: Map<string, unknown>,
): Record<string, StackOutput> => {
  try {
    return run()
  } catch (error) {
    failures.set('', error)
    return {}
  }
}

/** Rolls back, and tells what failed. */
const undone = async (prepared: Wanted, engine: Engine, failures: Map<string, unknown>): Promise<Mistake> => {
  const { source } = prepared.scope
  const byId = new Map(prepared.targets.map((target) => [target.logicalId, target]))
  const sentences = [...failures].map(([id, error]) => {
    if (error instanceof Mistake) return error.message
    const target = byId.get(id)
    const reason = engine.hands.reasonOf(error, id)
    const verb = engine.hands.rows.get(id)?.stable ? 'updated' : 'created'
    return source.mistake(`${id} (${target?.type}) could not be ${verb}: ${reason}`, target?.spot).message
  })
  const failed = [...failures.keys()].filter(Boolean)
  await engine.rollBack(
    failed.length ? `The following resource(s) failed: [${failed.join(', ')}].` : sentences.join(' '),
  )
  const { status, reason } = engine.stack
  const outcome = status.endsWith('_COMPLETE')
    ? 'The stack is as it was before.'
    : `Going back failed too: ${reason ?? status}`
  return new Mistake([...sentences, outcome].join('\n'))
}
