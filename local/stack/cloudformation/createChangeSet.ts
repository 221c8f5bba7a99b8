import { isDeepStrictEqual } from 'node:util'
import type { CreateChangeSetInput, Parameter } from '@aws-sdk/client-cloudformation'
import { ServiceError } from '../../base/errors.ts'
import { keep, length } from '../../services/constraints.ts'
import { checkStackName } from '../prepare.ts'
import { partitionOf } from '../pseudo.ts'
import type { Settings, StackRecord } from '../store.ts'
import { begin, refuseBusy } from './begin.ts'
import type { ChangeSetRecord } from './changeSetStore.ts'
import { differences } from './differences.ts'
import { asRequest, invalid } from './errors.ts'
import { type CloudFormationCall, findStack, type Operations, passRole, stackAccess } from './names.ts'
import { checkCapabilities, declaredIn, givenParameters, givenTags, newStack, preparedFor } from './requests.ts'
import { settingsOf } from './settings.ts'
import { templateText } from './templateText.ts'

const NAME = /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/

const NOTHING = "The submitted information didn't contain changes. Submit different information to create a change set."

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

type Asked = Omit<ChangeSetRecord, keyof Review>

/** What is asked of a change set, by the member of the request that asks it, in the order in which it is compared. */
const ATTRIBUTES = {
  ClientToken: 'token',
  Template: 'template',
  ChangeSetType: 'type',
  Parameters: 'given',
  Capabilities: 'capabilities',
  Tags: 'tags',
  RoleARN: 'roleArn',
  Description: 'description',
  OnStackFailure: 'onFailure',
  DeploymentConfig: 'deploymentConfig',
} as const satisfies Record<string, keyof Asked>

/**
 * The change set of the name that this request has made before: a client that has not heard the answer asks again.
 * @throws ServiceError AlreadyExistsException where another request has
 */
const madeBefore = (asked: Asked, call: CloudFormationCall): ChangeSetRecord | undefined => {
  const there = call.store.changeSets
    .of(asked.stackId)
    .find(({ name, executionStatus }) => name === asked.name && executionStatus !== 'EXECUTE_COMPLETE')
  if (!there) return undefined
  const other = Object.entries(ATTRIBUTES).find(([, key]) => !isDeepStrictEqual(there[key], asked[key]))
  if (!other) return there
  throw new ServiceError(
    'AlreadyExistsException',
    `ChangeSet ${asked.name} cannot be created due to a mismatch with existing attribute ${other[0]}`,
    { status: 400 },
  )
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

export const createChangeSet = {
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
      keep('ValidationError', length('clientToken', input.ClientToken, 1, 128))
      refuseLeftOut(input)
      const kind = type === 'CREATE' ? 'CREATE' : 'UPDATE'
      const before = stackFor(StackName, kind, call, name)
      const text = await templateText(input, call, kind === 'UPDATE' ? before.template : undefined)
      // Others may have worked while the template was read.
      const stack = store.byId(before.id) ?? (kind === 'CREATE' ? stackFor(StackName, kind, call, name) : before)
      const isNew = kind === 'CREATE'
      const previous = isNew ? undefined : stack.given
      const declared = isNew ? undefined : asRequest(() => declaredIn(stack.template))
      const given = givenParameters(input.Parameters as Parameter[], previous, declared)
      const settings = settingsOf({ ...input, Tags: givenTags(input.Tags) })
      const asked: Asked = {
        id: `arn:${partitionOf(call.region)}:cloudformation:${call.region}:${call.account}:changeSet/${name}/${call.ground.ids.uuid()}`,
        name,
        stackId: stack.id,
        type: kind,
        created: call.ground.clock.now(),
        ...(input.ClientToken === undefined ? {} : { token: input.ClientToken }),
        ...(input.Description === undefined ? {} : { description: input.Description }),
        ...(input.OnStackFailure === undefined ? {} : { onFailure: input.OnStackFailure }),
        ...(input.DeploymentConfig === undefined ? {} : { deploymentConfig: input.DeploymentConfig }),
        template: text,
        given,
        ...settings,
      }
      const there = madeBefore(asked, call)
      if (there) return { Id: there.id, StackId: there.stackId }
      const review = reviewed(stack, text, given, settings, isNew, call)
      store.transaction(() => {
        if (isNew && !store.byId(stack.id)) begin(call, stack, 'REVIEW_IN_PROGRESS')
        sets.save({ ...asked, ...review })
      })
      return { Id: asked.id, StackId: stack.id }
    },
  },
} satisfies Operations
