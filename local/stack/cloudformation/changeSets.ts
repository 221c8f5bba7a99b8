import { ServiceError } from '../../base/errors.ts'
import type { Settings, StackRecord } from '../store.ts'
import { begin, refuseBusy } from './begin.ts'
import type { ChangeSetRecord } from './changeSetStore.ts'
import { invalid } from './errors.ts'
import { type CloudFormationCall, findStack, type Operations, onStack, pageOf, stackAccess } from './names.ts'
import { asParameters, failureOf } from './settings.ts'
import { isRepeated, tokenOf } from './tokens.ts'

const notFound = (name: string) =>
  new ServiceError('ChangeSetNotFoundException', `ChangeSet [${name}] does not exist`, { status: 404 })

/** The change set of an ARN, or of a name with its stack. @throws ServiceError */
export const changeSetOf = (
  { ChangeSetName: name, StackName }: { ChangeSetName?: string | undefined; StackName?: string | undefined },
  call: CloudFormationCall,
): ChangeSetRecord => {
  if (!name)
    throw invalid(
      "1 validation error detected: Value null at 'changeSetName' failed to satisfy constraint: Member must not be null",
    )
  const { changeSets } = call.store
  if (name.startsWith('arn:')) {
    const found = changeSets.byId(name)
    const stack = found && findStack(StackName ?? found.stackId, call)
    // What the caller may do was asked of the stack that is named: it must be the change set's own.
    if (found && stack?.id === found.stackId) return found
    throw notFound(name)
  }
  if (!StackName) throw invalid('StackName must be specified if ChangeSetName is not specified as an ARN.')
  const stack = findStack(StackName, call)
  if (!stack) throw invalid(`Stack [${StackName}] does not exist`)
  const found = changeSets.of(stack.id).find((one) => one.name === name)
  if (!found) throw notFound(name)
  return found
}

/** An operation on a change set, decided on its stack's ARN. */
const onChangeSet =
  (action: string) =>
  (input: { ChangeSetName?: string | undefined; StackName?: string | undefined }, call: CloudFormationCall) => {
    const name = input.ChangeSetName ?? ''
    const stack = input.StackName ?? call.store.changeSets.byId(name)?.stackId
    return stackAccess(action, stack, call, {
      'cloudformation:ChangeSetName': name.replace(/^.*:changeSet\/([^/]+).*$/, '$1'),
    })
  }

/** What is done with a change set that is there. */
export const changeSets = {
  DescribeChangeSet: {
    action: onChangeSet('DescribeChangeSet'),
    run(input, call) {
      const set = changeSetOf(input, call)
      const stack = call.store.store.byId(set.stackId)
      const { page, NextToken } = pageOf(set.changes, input.NextToken, 100)
      return {
        ...summaryOf(set, stack?.name ?? ''),
        Parameters: asParameters(set.parameters),
        Changes: page,
        ...(NextToken ? { NextToken } : {}),
        Capabilities: set.capabilities as [],
        Tags: set.tags ?? [],
        NotificationARNs: set.notificationArns ?? [],
        ...(set.onFailure ? { OnStackFailure: set.onFailure } : {}),
        ...(set.deploymentConfig ? { DeploymentConfig: set.deploymentConfig } : {}),
      }
    },
  },
  ListChangeSets: {
    action: onStack('ListChangeSets'),
    run({ StackName, NextToken: token }, call) {
      const stack = findStack(StackName, call)
      if (!stack) throw invalid(`Stack [${StackName}] does not exist`)
      const { page, NextToken } = pageOf(call.store.changeSets.of(stack.id), token, 100)
      return { Summaries: page.map((set) => summaryOf(set, stack.name)), ...(NextToken ? { NextToken } : {}) }
    },
  },
  DeleteChangeSet: {
    action: onChangeSet('DeleteChangeSet'),
    run(input, call) {
      let set: ChangeSetRecord
      try {
        set = changeSetOf(input, call)
      } catch (error) {
        // "If the call succeeds, …": one that is not there is as good as deleted.
        if (error instanceof ServiceError && error.code === 'ChangeSetNotFoundException') return {}
        throw error
      }
      call.store.changeSets.drop(set.id)
      return {}
    },
  },
  ExecuteChangeSet: {
    action: onChangeSet('ExecuteChangeSet'),
    async run(input, call) {
      const { store, changeSets: sets, worker } = call.store
      const set = changeSetOf(input, call)
      const stack = store.byId(set.stackId) as StackRecord
      if (isRepeated('ExecuteChangeSet', input, stack, call)) return {}
      if (set.executionStatus !== 'AVAILABLE')
        throw new ServiceError(
          'InvalidChangeSetStatusException',
          `ChangeSet [${set.id}] cannot be executed in its current status of [${set.status === 'FAILED' ? set.status : set.executionStatus}]`,
          { status: 400 },
        )
      const isNew = set.type === 'CREATE'
      if (!isNew || stack.status !== 'REVIEW_IN_PROGRESS') refuseBusy(stack)
      const { onFailure: asked, ...failure } = failureOf({ ...input, DeploymentConfig: set.deploymentConfig })
      const onFailure = asked === 'DO_NOTHING' ? asked : (set.onFailure ?? 'ROLLBACK')
      const { tags, capabilities, roleArn, notificationArns } = set
      store.transaction(() => {
        for (const other of sets.of(stack.id)) if (other.id !== set.id) sets.drop(other.id)
        sets.save({ ...set, executionStatus: 'EXECUTE_COMPLETE' })
        begin(
          call,
          {
            ...stack,
            changeSet: set.id,
            ...(isNew
              ? { ...settingsIn(set), template: set.template, given: set.given, parameters: set.parameters }
              : {}),
            disableRollback: onFailure === 'DO_NOTHING',
            operation: {
              kind: isNew ? 'create' : 'update',
              caller: call.caller,
              template: set.template,
              given: set.given,
              ...failure,
              onFailure,
              ...settingsIn({ tags, capabilities, roleArn, notificationArns }),
              ...tokenOf('ExecuteChangeSet', input),
            },
          },
          isNew ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS',
        )
      })
      await worker.settled(stack.id)
      return {}
    },
  },
} satisfies Operations

/** Only what is given. */
const settingsIn = ({
  tags,
  capabilities,
  roleArn,
  notificationArns,
}: { [K in keyof Settings]: Settings[K] | undefined }): Settings =>
  Object.fromEntries(
    Object.entries({ tags, capabilities, roleArn, notificationArns }).filter(([, value]) => value !== undefined),
  )

const summaryOf = (set: ChangeSetRecord, stackName: string) => ({
  ChangeSetId: set.id,
  ChangeSetName: set.name,
  StackId: set.stackId,
  StackName: stackName,
  Status: set.status,
  ExecutionStatus: set.executionStatus,
  ...(set.reason === undefined ? {} : { StatusReason: set.reason }),
  ...(set.description === undefined ? {} : { Description: set.description }),
  CreationTime: new Date(set.created),
  IncludeNestedStacks: false,
})
