import { goingBack } from '../goingBack.ts'
import type { Operation } from '../store.ts'
import { begin } from './begin.ts'
import { invalid } from './errors.ts'
import { changeableStack, keysOf, type Operations, onStack, passRole, stackAccess } from './names.ts'
import { isRepeated, tokenOf } from './tokens.ts'

/** What brings a stack back: an update that runs, one that has failed, and one whose way back has failed. */
export const rollBacks = {
  CancelUpdateStack: {
    action: onStack('CancelUpdateStack'),
    run(input, call) {
      const { store, tokens } = call.store
      const stack = changeableStack(input.StackName, call)
      if (isRepeated('CancelUpdateStack', input, stack, call)) return {}
      if (stack.status !== 'UPDATE_IN_PROGRESS' || !stack.operation)
        throw invalid('CancelUpdateStack cannot be called from current stack status')
      const operation = { ...stack.operation, cancelled: true }
      store.transaction(() => {
        store.save({ ...stack, operation })
        tokens.note(stack.id, tokenOf('CancelUpdateStack', input))
      })
      return {}
    },
  },
  ContinueUpdateRollback: {
    action: (input, call) => [
      stackAccess('ContinueUpdateRollback', input.StackName, call, keysOf(input)),
      ...passRole(input.RoleARN),
    ],
    async run(input, call) {
      const { ResourcesToSkip: skipped = [], RoleARN } = input
      const stack = changeableStack(input.StackName, call)
      if (isRepeated('ContinueUpdateRollback', input, stack, call)) return {}
      if (stack.status !== 'UPDATE_ROLLBACK_FAILED' || stack.operation)
        throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not continue UpdateRollback.`)
      const failed = new Set(
        call.store.store.resources(stack.id).flatMap((row) => (row.status === 'UPDATE_FAILED' ? [row.logicalId] : [])),
      )
      const wrong = skipped.filter((id) => !failed.has(id))
      if (wrong.length)
        throw invalid(
          `Resources to skip [${wrong.join(', ')}] do not belong to stack ${stack.name} or are not in UPDATE_FAILED status.`,
        )
      const operation: Operation = {
        kind: 'continue',
        caller: call.caller,
        skipped,
        ...(RoleARN === undefined ? {} : { roleArn: RoleARN }),
        ...tokenOf('ContinueUpdateRollback', input),
      }
      call.store.store.transaction(() => begin(call, { ...stack, operation }, 'UPDATE_ROLLBACK_IN_PROGRESS'))
      await call.store.worker.settled(stack.id)
      return {}
    },
  },
  RollbackStack: {
    action: (input, call) => [
      stackAccess('RollbackStack', input.StackName, call, keysOf(input)),
      ...passRole(input.RoleARN),
    ],
    async run(input, call) {
      const { RoleARN, RetainExceptOnCreate } = input
      const { store, worker } = call.store
      const stack = changeableStack(input.StackName, call)
      if (isRepeated('RollbackStack', input, stack, call)) return { StackId: stack.id }
      if (!/^(CREATE|UPDATE)_FAILED$/.test(stack.status) || stack.operation)
        throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`)
      const operation: Operation = {
        kind: 'rollback',
        caller: call.caller,
        ...(RoleARN === undefined ? {} : { roleArn: RoleARN }),
        ...(RetainExceptOnCreate ? { retainExceptOnCreate: true } : {}),
        ...tokenOf('RollbackStack', input),
      }
      const status = goingBack(stack, store.resources(stack.id))
      store.transaction(() => begin(call, { ...stack, operation }, status))
      await worker.settled(stack.id)
      return { StackId: stack.id }
    },
  },
} satisfies Operations
