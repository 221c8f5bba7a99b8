import { type Condition, compileConditions } from './conditions.ts'
import { matches, type Pattern, pattern } from './patterns.ts'
import { compilePrincipal, type PrincipalTest } from './principals.ts'
import type { Request } from './request.ts'
import type { OneOrMany, Policy, Statement } from './types.ts'
import { patternIn, type Template, template } from './variables.ts'

/** A statement, ready to be held against requests. */
export interface CompiledStatement {
  readonly source: Statement
  readonly index: number
  readonly allow: boolean
  /** Nothing where the kind of policy names no principal. */
  readonly principal: PrincipalTest | undefined
  readonly actions: readonly Pattern[]
  readonly notActions: boolean
  /** Nothing in a policy that speaks of the one resource it hangs on, as a trust policy does. */
  readonly resources: readonly Template[] | undefined
  readonly notResources: boolean
  readonly conditions: readonly Condition[]
}

const list = <T>(value: OneOrMany<T> | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

/** Policies as objects are compiled once. */
const compiled = new WeakMap<Policy, readonly CompiledStatement[]>()

export const compile = (policy: Policy): readonly CompiledStatement[] => {
  let statements = compiled.get(policy)
  if (!statements) {
    // Version 2008-10-17, which a policy without Version has, knows no variables.
    const variables = policy.Version === '2012-10-17'
    statements = list(policy.Statement).map((source, index) => compileStatement(source, index, variables))
    compiled.set(policy, statements)
  }
  return statements
}

const compileStatement = (source: Statement, index: number, variables: boolean): CompiledStatement => {
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = source
  const resources = Resource ?? NotResource
  return {
    source,
    index,
    allow: Effect === 'Allow',
    principal: compilePrincipal(source),
    actions: list(Action ?? NotAction).map((action) => pattern(action.toLowerCase())),
    // A statement without either names no action, and so fits none.
    notActions: Action === undefined && NotAction !== undefined,
    resources:
      resources === undefined ? undefined : list(resources).map((one) => template(one, { wildcards: true, variables })),
    notResources: Resource === undefined,
    conditions: compileConditions(Condition, variables, Effect !== 'Allow'),
  }
}

export const fitsAction = ({ actions, notActions }: CompiledStatement, { actionLower }: Request): boolean => {
  for (const action of actions) if (matches(action, actionLower)) return !notActions
  return notActions
}

export const fitsResource = ({ resources, notResources }: CompiledStatement, request: Request): boolean => {
  if (!resources) return true
  for (const resource of resources) {
    const one = resource.fixed ?? patternIn(resource, request)
    if (one && matches(one, request.resource)) return !notResources
  }
  return notResources
}

export const fitsConditions = ({ conditions }: CompiledStatement, request: Request): boolean => {
  for (const condition of conditions) if (!condition.holds(request)) return false
  return true
}

/** Whether action, resource and conditions fit; who asks is another question. */
export const fits = (statement: CompiledStatement, request: Request): boolean =>
  fitsAction(statement, request) && fitsResource(statement, request) && fitsConditions(statement, request)
