import { ServiceError } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import { type Denial, type Told, UNSEEN } from '../base/story.ts'
import { decide } from '../iam/decide.ts'
import { callerName, written } from '../iam/explain.ts'
import { localUser } from '../iam/sessions.ts'
import type { Access, Caller, ConditionKeys, Decision, PolicySource } from '../iam/types.ts'
import { deniedError } from './denied.ts'
import { globalKeys } from './keys.ts'
import type { Client, Cloud, Context, OperationCall, Service } from './service.ts'
import { askedBy, tellCall } from './telling.ts'

/** A decision with its time and its caller, for the console and the log. */
export interface Recorded {
  /** Of this run of the cloud. */
  id: string
  at: number
  caller: string
  service: string
  operation: string
  requestId: string
  decision: Decision
}

/** Runs operations, each after IAM has decided; the only way into a service, from the door and from within. */
export interface Dispatch {
  readonly services: ReadonlyMap<string, Service>
  /** Runs one operation; throws {@link ServiceError} for what is refused. */
  run(service: string, operation: string, input: unknown, context: Context): Promise<unknown>
  /** A service's operations, called as `context` says. */
  cloud(context: Context): Cloud
  /** The store of a service, for the floors above. */
  store<Store>(service: string): Store
  /** The last decisions, oldest first. */
  readonly decisions: readonly Recorded[]
}

/** How many decisions are kept for the console. */
const KEPT = 2000

const adminPolicy: PolicySource = {
  name: 'AdministratorAccess',
  kind: 'identity',
  policy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
}

/** What the story tells of a decision. */
const denialOf = ({ action, resource, because, decidedBy, nearest }: Decision): Denial => {
  const statement = decidedBy ?? nearest
  return {
    ...{ action, resource, because },
    ...(statement && { statement: written(statement) }),
    ...(nearest && !decidedBy && { missed: nearest.missed }),
  }
}

export const createDispatch = (ground: Ground, list: readonly Service[]): Dispatch => {
  const services = new Map(list.map((service) => [service.name, service]))
  const stores = new Map(
    list.map((service) => [
      service.name,
      service.store(
        ground,
        (context) => cloud(context),
        (context, access, policies) => judge(context, access, policies, ['execute-api', 'Invoke']),
      ),
    ]),
  )
  const { story } = ground.outbox
  const decisions: Recorded[] = []
  let count = 0
  const administrator = localUser(ground.account)

  const store = <Store>(name: string): Store => {
    if (!stores.has(name)) throw new Error(`no service ${name}`)
    return stores.get(name) as Store
  }
  const identityPolicies = (caller: Caller): PolicySource[] => {
    if (caller.kind === 'user') return caller.arn === administrator.arn ? [adminPolicy] : []
    if (caller.kind !== 'role') return []
    return [...(services.get('iam')?.identityPolicies?.(caller.roleArn, store('iam')) ?? []), ...caller.sessionPolicies]
  }
  /** What the caller's session brings wins over what its role does. */
  const principalKeys = (caller: Caller): ConditionKeys =>
    caller.kind === 'role' ? (services.get('iam')?.principalKeys?.(caller.roleArn, store('iam')) ?? {}) : {}
  const resourcePolicies = ([action, resource]: Access): PolicySource[] => {
    const owner = services.get(resource.split(':')[2] ?? '')
    const policy = owner?.resourcePolicy?.(resource, store(owner.name), action)
    return policy ? [policy] : []
  }
  /** Decides by the caller's own policies and `policies`, and keeps the decision. */
  const judge = (
    context: Context,
    [action, resource, keys]: Access,
    policies: readonly PolicySource[],
    [service, operation]: readonly [service: string, operation: string],
  ): Decision => {
    const decision = decide({
      action,
      resource,
      caller: context.caller,
      policies: [...identityPolicies(context.caller), ...policies],
      get keys() {
        return { ...principalKeys(context.caller), ...globalKeys(ground, context, resource), ...keys }
      },
    })
    const caller = callerName(context.caller)
    const { requestId } = context.facts
    if (story.cause() === UNSEEN && decision.allowed) return decision
    decisions.push({ id: String(++count), at: ground.clock.now(), caller, service, operation, requestId, decision })
    if (decisions.length > KEPT) decisions.shift()
    if (!decision.allowed) ground.log({ level: 'warn', from: 'iam', text: `${decision.reason} (asked by ${caller})` })
    return decision
  }
  const authorize = (service: Service, operation: string, accesses: Access[], context: Context, told?: Told) => {
    for (const access of accesses) {
      const decision = judge(context, access, resourcePolicies(access), [service.name, operation])
      if (decision.allowed) continue
      if (told) Object.assign(told, { outcome: 'denied', reason: decision.reason, denial: denialOf(decision) })
      throw deniedError(service, context.caller, decision)
    }
  }

  const cloud =
    (context: Context): Cloud =>
    (name, { as } = {}) =>
      new Proxy({} as Client<never>, {
        get: (_, operation) => (input: unknown) =>
          run(name, String(operation), input, as ? { ...context, caller: as, account: as.account } : context),
      }) as never

  /** Runs an operation and tells of it: what it causes is an effect of it, wherever that happens. */
  const run = async (name: string, operation: string, input: unknown, context: Context): Promise<unknown> => {
    if (!story.heard || story.cause() === UNSEEN) return perform(name, operation, input, context)
    const call: Told = { ...askedBy(story, context), at: ground.clock.now(), kind: 'call', service: name, operation }
    return tellCall(story, call, () => perform(name, operation, input, context, call))
  }
  const perform = async (
    name: string,
    operationName: string,
    input: unknown,
    context: Context,
    told?: Told,
  ): Promise<unknown> => {
    const service = services.get(name)
    const operation =
      service && Object.hasOwn(service.operations, operationName) ? service.operations[operationName] : undefined
    if (!service || !operation) {
      ground.log({ level: 'warn', from: name, text: `${operationName} is not part of the local cloud` })
      throw new ServiceError(
        'NotImplemented',
        `The operation ${operationName} of ${name} is not part of the local cloud.`,
        {
          status: 501,
        },
      )
    }
    const ask = (access: Access) => authorize(service, operationName, [access], context, told)
    const call: OperationCall<unknown> = { ...context, store: store(name), ground, cloud: cloud(context), ask }
    if (operation.action !== 'anyone') {
      const asked = operation.action(input as never, call)
      const accesses = (asked.length === 0 || Array.isArray(asked[0]) ? asked : [asked]) as Access[]
      if (told) told.resource = accesses[0]?.[1]
      authorize(service, operationName, accesses, context, told)
    }
    return operation.run(input as never, call)
  }
  return { services, run, cloud, store, decisions }
}
