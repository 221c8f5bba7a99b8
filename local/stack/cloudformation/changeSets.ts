import type { CreateChangeSetInput, Parameter } from '@aws-sdk/client-cloudformation'
import { ServiceError } from '../../base/errors.ts'
import { checkStackName } from '../prepare.ts'
import { partitionOf } from '../pseudo.ts'
import type { Settings, StackRecord } from '../store.ts'
import { begin, refuseBusy } from './begin.ts'
import type { ChangeSetRecord } from './changeSetStore.ts'
import { differences } from './differences.ts'
import { asRequest, invalid } from './errors.ts'
import { type CloudFormationCall, findStack, type Operations, onStack, pageOf, passRole, stackAccess } from './names.ts'
import { checkCapabilities, declaredIn, givenParameters, givenTags, newStack, preparedFor } from './requests.ts'
import { asParameters, failureOf, settingsOf } from './settings.ts'
import { templateText } from './templateText.ts'

const NAME = /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/

const NOTHING = "The submitted information didn't contain changes. Submit different information to create a change set."

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
    if (found && call.store.store.byId(found.stackId)?.region === call.region) return found
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

const refuseLeftOut = ({
  ResourcesToImport,
  IncludeNestedStacks,
  ImportExistingResources,
  ChangeSetType,
  DeploymentMode,
}: CreateChangeSetInput) => {
  const leftOut = Object.entries({
    ResourcesToImport: ResourcesToImport?.length,
    IncludeNestedStacks,
    ImportExistingResources,
    'ChangeSetType IMPORT': ChangeSetType === 'IMPORT',
    DeploymentMode,
  }).find(([, given]) => given)
  if (leftOut) throw invalid(`${leftOut[0]} is not part of the local cloud.`)
}

/** The stack that a change set is for: one that is there, or a new one that waits for its review. */
const stackFor = (name: string, type: 'CREATE' | 'UPDATE', call: CloudFormationCall, setName: string): StackRecord => {
  const found = findStack(name, call)
  const isThere = found && found.status !== 'DELETE_COMPLETE'
  if (type === 'UPDATE') {
    if (!isThere) throw invalid(`Stack [${name}] does not exist`)
    if (found.status === 'REVIEW_IN_PROGRESS')
      throw invalid(`Stack:${found.id} is in REVIEW_IN_PROGRESS state and can not be updated.`)
    refuseBusy(found)
    return found
  }
  if (isThere) {
    if (found.status === 'REVIEW_IN_PROGRESS') return found
    throw invalid(`Stack [${name}] already exists and cannot be created again with the changeSet [${setName}].`)
  }
  asRequest(() => checkStackName(name))
  return newStack(name, call)
}

type Review = Pick<ChangeSetRecord, 'status' | 'executionStatus' | 'reason' | 'changes' | 'parameters'>

/** What a change set would do, or why it cannot be executed. */
const reviewed = (
  stack: StackRecord,
  text: string,
  given: Record<string, string>,
  settings: Settings,
  isNew: boolean,
  call: CloudFormationCall,
): Review => {
  const failed = (reason: string): Review => ({
    status: 'FAILED',
    executionStatus: 'UNAVAILABLE',
    reason,
    changes: [],
    parameters: given,
  })
  try {
    const prepared = preparedFor(stack, text, given, call)
    checkCapabilities(prepared.template, settings.capabilities, false)
    const { changes, some } = differences(stack, prepared, settings, call)
    const parameters = prepared.parameters.shown
    if (!some && !isNew)
      return {
        ...failed(prepared.template.transforms.length ? 'No updates are to be performed.' : NOTHING),
        parameters,
      }
    return { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', changes, parameters }
  } catch (error) {
    // What the transform says is found when the change set is made; all else is refused at once.
    if (!(error instanceof ServiceError) || !error.message.startsWith('Transform ')) throw error
    return { ...failed(error.message), parameters: Object.fromEntries(Object.keys(given).map((key) => [key, '****'])) }
  }
}

export const changeSets = {
  CreateChangeSet: {
    action: (input, call) => [
      stackAccess('CreateChangeSet', input.StackName, call, {
        'cloudformation:ChangeSetName': input.ChangeSetName,
        'cloudformation:RoleArn': input.RoleARN,
        'cloudformation:TemplateUrl': input.TemplateURL,
      }),
      ...passRole(input.RoleARN),
    ],
    async run(input, call) {
      const { StackName, ChangeSetName: name, ChangeSetType: type = 'UPDATE' } = input
      const { store, changeSets: sets } = call.store
      if (!NAME.test(name))
        throw invalid(
          `1 validation error detected: Value '${name.slice(0, 1000)}' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
        )
      refuseLeftOut(input)
      const kind = type === 'CREATE' ? 'CREATE' : 'UPDATE'
      const before = stackFor(StackName, kind, call, name)
      const text = await templateText(input, call, kind === 'UPDATE' ? before.template : undefined)
      // Others may have worked while the template was read.
      const stack = store.byId(before.id) ?? (kind === 'CREATE' ? stackFor(StackName, kind, call, name) : before)
      const isNew = kind === 'CREATE'
      if (sets.of(stack.id).some((one) => one.name === name && one.executionStatus !== 'EXECUTE_COMPLETE'))
        throw new ServiceError(
          'AlreadyExistsException',
          `ChangeSet ${name} cannot be created due to a mismatch with existing attribute(s): it already exists for stack ${stack.name}`,
          { status: 400 },
        )
      const previous = isNew ? undefined : stack.given
      const declared = isNew ? undefined : asRequest(() => declaredIn(stack.template))
      const given = givenParameters(input.Parameters as Parameter[], previous, declared)
      const settings = settingsOf({ ...input, Tags: givenTags(input.Tags) })
      const review = reviewed(stack, text, given, settings, isNew, call)
      const id = `arn:${partitionOf(call.region)}:cloudformation:${call.region}:${call.account}:changeSet/${name}/${call.ground.ids.uuid()}`
      store.transaction(() => {
        if (isNew && !store.byId(stack.id)) begin(call, stack, 'REVIEW_IN_PROGRESS')
        sets.save({
          id,
          name,
          stackId: stack.id,
          type: kind,
          created: call.ground.clock.now(),
          ...(input.Description === undefined ? {} : { description: input.Description }),
          ...(input.OnStackFailure === undefined ? {} : { onFailure: input.OnStackFailure }),
          ...(input.DeploymentConfig === undefined ? {} : { deploymentConfig: input.DeploymentConfig }),
          template: text,
          given,
          ...settings,
          ...review,
        })
      })
      return { Id: id, StackId: stack.id }
    },
  },
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
      if (set.executionStatus !== 'AVAILABLE')
        throw new ServiceError(
          'InvalidChangeSetStatusException',
          `ChangeSet [${set.id}] cannot be executed in its current status of [${set.status === 'FAILED' ? set.status : set.executionStatus}]`,
          { status: 400 },
        )
      const stack = store.byId(set.stackId) as StackRecord
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
              ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
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
