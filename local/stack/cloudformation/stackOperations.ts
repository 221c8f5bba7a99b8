import type { CreateStackInput } from '@aws-sdk/client-cloudformation'
import { ServiceError } from '../../base/errors.ts'
import { checkStackName } from '../prepare.ts'
import type { Operation, StackRecord } from '../store.ts'
import { begin, refuseBusy } from './begin.ts'
import { differences } from './differences.ts'
import { asRequest, invalid } from './errors.ts'
import {
  type CloudFormationCall,
  changeableStack,
  findStack,
  keysOf,
  type Operations,
  onStack,
  passRole,
  stackAccess,
} from './names.ts'
import { checkCapabilities, declaredIn, givenParameters, givenTags, newStack, preparedFor } from './requests.ts'
import { failureOf, settingsOf } from './settings.ts'
import { checkedPolicy } from './stackPolicies.ts'
import { templateText } from './templateText.ts'
import { isRepeated, tokenOf } from './tokens.ts'

interface Policies {
  StackPolicyBody?: string | undefined
  StackPolicyURL?: string | undefined
}

const policyOf = async (
  { StackPolicyBody, StackPolicyURL }: Policies,
  call: CloudFormationCall,
): Promise<string | undefined> => {
  if (StackPolicyBody !== undefined && StackPolicyURL !== undefined)
    throw invalid('You cannot specify both StackPolicyBody and StackPolicyURL.')
  const text =
    StackPolicyURL === undefined ? StackPolicyBody : await templateText({ TemplateURL: StackPolicyURL }, call)
  return text === undefined ? undefined : checkedPolicy(text)
}

/** The stack of the name, which this very request has made. @throws ServiceError where another one has */
const madeBefore = (input: CreateStackInput, call: CloudFormationCall): StackRecord | undefined => {
  const { StackName } = input
  const there = StackName === undefined ? undefined : findStack(StackName, call)
  if (isRepeated('CreateStack', input, there, call)) return there
  if (there) throw new ServiceError('AlreadyExistsException', `Stack [${StackName}] already exists`, { status: 400 })
  return undefined
}

export const stackOperations = {
  CreateStack: {
    action: (input, call) => [
      stackAccess('CreateStack', input.StackName, call, keysOf(input)),
      ...passRole(input.RoleARN),
    ],
    async run(input, call) {
      const { StackName, TimeoutInMinutes: minutes } = input
      const failure = failureOf(input)
      asRequest(() => checkStackName(StackName))
      const before = madeBefore(input, call)
      if (before) return { StackId: before.id }
      if (minutes !== undefined && minutes < 1)
        throw invalid(
          `1 validation error detected: Value '${minutes}' at 'timeoutInMinutes' failed to satisfy constraint: Member must have value greater than or equal to 1`,
        )
      const text = await templateText(input, call)
      const policy = await policyOf(input, call)
      const meanwhile = madeBefore(input, call)
      if (meanwhile) return { StackId: meanwhile.id }
      const given = givenParameters(input.Parameters, undefined, undefined)
      const settings = settingsOf({ ...input, Tags: givenTags(input.Tags) })
      const stack = newStack(StackName, call)
      const { template, parameters } = preparedFor(stack, text, given, call)
      checkCapabilities(template, settings.capabilities, true)
      const { caller } = call
      const made: StackRecord = {
        ...stack,
        ...settings,
        template: text,
        given,
        parameters: parameters.shown,
        ...(template.description === undefined ? {} : { description: template.description }),
        ...(policy === undefined ? {} : { policy }),
        ...(minutes === undefined ? {} : { timeoutMinutes: minutes }),
        isProtected: input.EnableTerminationProtection ?? false,
        disableRollback: failure.onFailure === 'DO_NOTHING',
        doesNothing: input.OnFailure === 'DO_NOTHING',
        operation: {
          kind: 'create',
          caller,
          template: text,
          given,
          ...failure,
          ...settings,
          ...(minutes === undefined ? {} : { deadline: call.ground.clock.now() + minutes * 60_000 }),
          ...tokenOf('CreateStack', input),
        },
      }
      call.store.store.transaction(() => begin(call, made, 'CREATE_IN_PROGRESS'))
      await call.store.worker.settled(stack.id)
      return { StackId: stack.id }
    },
  },
  UpdateStack: {
    action: (input, call) => [
      stackAccess('UpdateStack', input.StackName, call, keysOf(input)),
      ...passRole(input.RoleARN),
    ],
    async run(input, call) {
      const before = changeableStack(input.StackName, call)
      if (isRepeated('UpdateStack', input, before, call)) return { StackId: before.id }
      refuseBusy(before)
      const text = await templateText(input, call, before.template)
      const policy = await policyOf(input, call)
      const duringUpdate = await policyOf(
        { StackPolicyBody: input.StackPolicyDuringUpdateBody, StackPolicyURL: input.StackPolicyDuringUpdateURL },
        call,
      )
      const stack = changeableStack(input.StackName, call)
      if (isRepeated('UpdateStack', input, stack, call)) return { StackId: stack.id }
      refuseBusy(stack)
      const given = givenParameters(
        input.Parameters,
        stack.given,
        asRequest(() => declaredIn(stack.template)),
      )
      const settings = settingsOf({ ...input, Tags: givenTags(input.Tags) })
      const prepared = preparedFor(stack, text, given, call)
      checkCapabilities(prepared.template, settings.capabilities, true)
      if (!differences(stack, prepared, settings, call).some) throw invalid('No updates are to be performed.')
      const { caller } = call
      const changed: StackRecord = {
        ...stack,
        ...(policy === undefined ? {} : { policy }),
        operation: {
          kind: 'update',
          caller,
          template: text,
          given,
          ...failureOf(input),
          ...settings,
          ...(duringUpdate === undefined ? {} : { policy: duringUpdate }),
          ...tokenOf('UpdateStack', input),
        },
      }
      call.store.store.transaction(() => begin(call, changed, 'UPDATE_IN_PROGRESS'))
      await call.store.worker.settled(stack.id)
      return { StackId: stack.id }
    },
  },
  DeleteStack: {
    action: (input, call) => [
      stackAccess('DeleteStack', input.StackName, call, keysOf(input)),
      ...passRole(input.RoleARN),
    ],
    async run(input, call) {
      const { StackName, RetainResources: retained = [], RoleARN } = input
      if (!StackName) changeableStack(StackName, call)
      const stack = findStack(StackName, call)
      if (isRepeated('DeleteStack', input, stack, call)) return {}
      // As on AWS: deleting what is not there comes off.
      if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return {}
      if (stack.isProtected)
        throw invalid(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`)
      if (stack.operation) throw invalid(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`)
      if (retained.length && stack.status !== 'DELETE_FAILED')
        throw invalid(
          `Invalid operation on stack [${stack.id}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
        )
      const operation: Operation = {
        kind: 'delete',
        caller: call.caller,
        skipped: retained,
        ...(RoleARN === undefined ? {} : { roleArn: RoleARN }),
        ...tokenOf('DeleteStack', input),
      }
      call.store.store.transaction(() => {
        for (const set of call.store.changeSets.of(stack.id)) call.store.changeSets.drop(set.id)
        begin(call, { ...stack, operation }, 'DELETE_IN_PROGRESS')
      })
      await call.store.worker.settled(stack.id)
      return {}
    },
  },
  UpdateTerminationProtection: {
    action: onStack('UpdateTerminationProtection'),
    run({ StackName, EnableTerminationProtection }, call) {
      const stack = changeableStack(StackName, call)
      call.store.store.save({ ...stack, isProtected: EnableTerminationProtection })
      return { StackId: stack.id }
    },
  },
  SetStackPolicy: {
    action: (input, call) => stackAccess('SetStackPolicy', input.StackName, call, keysOf(input as never)),
    async run(input, call) {
      const policy = await policyOf(input, call)
      if (policy === undefined) throw invalid('Either StackPolicyBody or StackPolicyURL must be specified.')
      call.store.store.save({ ...changeableStack(input.StackName, call), policy })
      return {}
    },
  },
  GetStackPolicy: {
    action: onStack('GetStackPolicy'),
    run({ StackName }, call) {
      const { policy } = changeableStack(StackName, call)
      return policy === undefined ? {} : { StackPolicyBody: policy }
    },
  },
} satisfies Operations
