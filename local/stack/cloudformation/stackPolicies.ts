import { Mistake } from '../../base/errors.ts'
import type { Hands } from '../hands.ts'
import { type Dict, isDict } from '../source.ts'
import { invalid } from './errors.ts'

/** `Update:Modify`, `Update:Replace`, `Update:Delete` */
export type UpdateAction = 'Update:Modify' | 'Update:Replace' | 'Update:Delete'

const listOf = (value: unknown): string[] => (value === undefined ? [] : [value].flat().map(String))

/** `*` stands for any text; case counts in resources, not in actions. */
const matches = (pattern: string, text: string): boolean => {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`, 'is').test(text)
}

const applies = (statement: Dict, action: UpdateAction, logicalId: string, type: string): boolean => {
  const covers = (name: string, text: string): boolean => {
    const not = statement[`Not${name}`]
    return not === undefined
      ? listOf(statement[name]).some((one) => matches(one, text))
      : !listOf(not).some((one) => matches(one, text))
  }
  if (!covers('Action', action) || !covers('Resource', `LogicalResourceId/${logicalId}`)) return false
  const { StringEquals, StringLike } = isDict(statement.Condition) ? statement.Condition : ({} as Dict)
  const conditions = [StringEquals, StringLike].filter(isDict)
  return conditions.every((one) => listOf(one.ResourceType).some((pattern) => matches(pattern, type)))
}

const statementsOf = (policy: string): Dict[] => {
  const { Statement } = JSON.parse(policy) as { Statement: unknown }
  return [Statement].flat() as Dict[]
}

/** @throws Mistake in CloudFormation's words when a stack policy does not let an update touch a resource */
const decide = (
  policy: string,
  action: UpdateAction,
  { logicalId, type }: { logicalId: string; type: string },
): void => {
  const statements = statementsOf(policy)
  const denied = statements.findIndex((one) => one.Effect === 'Deny' && applies(one, action, logicalId, type))
  if (denied >= 0)
    throw new Mistake(
      `Action denied by stack policy: Statement [#${denied + 1}] does not allow [${action}] for resource [LogicalResourceId/${logicalId}]`,
    )
  if (!statements.some((one) => one.Effect === 'Allow' && applies(one, action, logicalId, type)))
    throw new Mistake(
      `Action not allowed by stack policy: no statement allows [${action}] for resource [LogicalResourceId/${logicalId}]`,
    )
}

/** What a stack policy lets an update do with a resource that is there. */
export const guardOf =
  (policy: string) =>
  (resource: { logicalId: string; type: string }, action: UpdateAction): void =>
    decide(policy, action, resource)

/** @throws Mistake when the policy protects a resource that the update would delete; then nothing is changed. */
export const refuseDeletions = (policy: string, hands: Hands, wanted: ReadonlySet<string>): void => {
  for (const row of hands.rows.values()) if (!wanted.has(row.logicalId)) decide(policy, 'Update:Delete', row)
}

/** 16,384 characters are the longest policy ("SetStackPolicy", API reference). */
const LONGEST = 16_384

const ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Principal', 'Resource', 'NotResource', 'Condition'])

/** The stack policy as it is kept. @throws ServiceError for what is none. */
export const checkedPolicy = (body: string): string => {
  if (body.length > LONGEST)
    throw invalid(
      `1 validation error detected: Value at 'stackPolicyBody' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST}`,
    )
  const refuse = (why: string) => invalid(`Error validating stack policy: ${why}`)
  let policy: unknown
  try {
    policy = JSON.parse(body)
  } catch {
    throw refuse('Invalid JSON document')
  }
  if (!isDict(policy) || policy.Statement === undefined) throw refuse('a policy has a Statement')
  for (const statement of [policy.Statement].flat()) {
    if (!isDict(statement)) throw refuse('each statement must be an object')
    for (const name of Object.keys(statement)) if (!ELEMENTS.has(name)) throw refuse(`Unknown element ${name}`)
    const { Effect, Action, NotAction, Resource, NotResource, Principal } = statement
    if (Effect !== 'Allow' && Effect !== 'Deny') throw refuse('Effect must be Allow or Deny')
    if ((Action === undefined) === (NotAction === undefined)) throw refuse('a statement has Action or NotAction')
    if ((Resource === undefined) === (NotResource === undefined))
      throw refuse('a statement has Resource or NotResource')
    if (Principal !== '*') throw refuse('Principal must be *')
    const wrong = listOf(Action ?? NotAction).find((one) => !/^(\*|Update:(\*|Modify|Replace|Delete))$/i.test(one))
    if (wrong !== undefined) throw refuse(`Unknown action ${wrong}`)
    const elsewhere = listOf(Resource ?? NotResource).find(
      (one) => one !== '*' && !one.startsWith('LogicalResourceId/'),
    )
    if (elsewhere !== undefined) throw refuse(`Unknown resource ${elsewhere}`)
  }
  return body
}
