import type { Access } from '../../iam/types.ts'
import type { Call, ResourceType, service } from '../../services/service.ts'
import { partitionOf } from '../pseudo.ts'
import type { StackRecord, StackStore } from '../store.ts'
import type { ChangeSetStore } from './changeSetStore.ts'
import { invalid } from './errors.ts'
import type { TokenStore } from './tokenStore.ts'
import type { Worker } from './worker.ts'

/** What CloudFormation's operations work with. */
export interface Desk {
  store: StackStore
  changeSets: ChangeSetStore
  tokens: TokenStore
  worker: Worker
  /** The type of that name, if a service has it. */
  typeOf: (name: string) => ResourceType<unknown> | undefined
}

export type Operations = Parameters<typeof service<typeof import('@aws-sdk/client-cloudformation'), Desk>>[1]
export type CloudFormationCall = Call<Desk>

/** The stack of a name or ARN in the caller's region; one that is deleted by its ARN only. */
export const findStack = (name: string, { store, region }: CloudFormationCall): StackRecord | undefined => {
  if (!name.startsWith('arn:')) return store.store.find(region, name)
  const stack = store.store.byId(name)
  return stack?.region === region ? stack : undefined
}

/** @throws ServiceError ValidationError in the words by which the SDKs' waiters and the SAM CLI know it */
export const stackOf = (name: string | undefined, call: CloudFormationCall): StackRecord => {
  if (!name)
    throw invalid(
      "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null",
    )
  const stack = findStack(name, call)
  if (!stack) throw invalid(`Stack with id ${name} does not exist`)
  return stack
}

/** As {@link stackOf}, with the sentence of the operations that change something. */
export const changeableStack = (name: string | undefined, call: CloudFormationCall): StackRecord => {
  const stack = name ? findStack(name, call) : undefined
  if (name && (!stack || stack.status === 'DELETE_COMPLETE')) throw invalid(`Stack [${name}] does not exist`)
  return stack ?? stackOf(name, call)
}

/** What a caller asks of a stack: its ARN, or where there is none yet, that of every stack of the name. */
export const stackAccess = (
  action: string,
  name: string | undefined,
  call: CloudFormationCall,
  keys: Record<string, string | undefined> = {},
): Access => {
  const { region, account } = call
  const given = name ?? '*'
  const resource =
    findStack(given, call)?.id ??
    (given.startsWith('arn:')
      ? given
      : `arn:${partitionOf(region)}:cloudformation:${region}:${account}:stack/${given}/*`)
  return [`cloudformation:${action}`, resource, keys]
}

/** The condition keys of what a request names besides the stack. */
export const keysOf = ({
  RoleARN,
  TemplateURL,
  StackPolicyURL,
}: {
  RoleARN?: string | undefined
  TemplateURL?: string | undefined
  StackPolicyURL?: string | undefined
}) => ({
  'cloudformation:RoleArn': RoleARN,
  'cloudformation:TemplateUrl': TemplateURL,
  'cloudformation:StackPolicyUrl': StackPolicyURL,
})

/** The caller hands the stack's role to CloudFormation. */
export const passRole = (role: string | undefined): Access[] =>
  role === undefined ? [] : [['iam:PassRole', role, { 'iam:PassedToService': 'cloudformation.amazonaws.com' }]]

/** An operation on one stack, decided on its ARN. */
export const onStack =
  (action: string) =>
  ({ StackName }: { StackName?: string | undefined }, call: CloudFormationCall): Access =>
    stackAccess(action, StackName, call)

/** One page of a list; the token is the number of what was given before. @throws ServiceError for a token that is none */
export const pageOf = <T>(all: T[], token: string | undefined, size: number): { page: T[]; NextToken?: string } => {
  if (token !== undefined && !/^\d{1,9}$/.test(token)) throw invalid('Invalid NextToken')
  const from = Number(token ?? 0)
  const to = from + size
  return { page: all.slice(from, to), ...(to < all.length ? { NextToken: String(to) } : {}) }
}
