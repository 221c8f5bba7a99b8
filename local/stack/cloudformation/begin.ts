import type { StackRecord } from '../store.ts'
import { invalid } from './errors.ts'
import type { CloudFormationCall } from './names.ts'

/** Keeps a stack with its new status and its operation, tells of it, and hands it to the worker; in a transaction. */
export const begin = (call: CloudFormationCall, stack: StackRecord, status: string): void => {
  const { store, tokens, worker } = call.store
  const at = call.ground.clock.now()
  const { reason: _, ...rest } = stack
  const { token } = stack.operation ?? {}
  store.save({
    ...rest,
    status,
    ...(status === 'REVIEW_IN_PROGRESS' ? {} : { reason: 'User Initiated' }),
    ...(status === 'UPDATE_IN_PROGRESS' ? { updated: at } : {}),
  })
  store.addEvent(stack.id, {
    eventId: call.ground.ids.uuid(),
    at,
    logicalId: stack.name,
    physicalId: stack.id,
    type: 'AWS::CloudFormation::Stack',
    status,
    reason: 'User Initiated',
    ...(token === undefined ? {} : { token }),
  })
  if (!stack.operation) return
  tokens.note(stack.id, stack.operation)
  worker.begin(stack.id)
}

/** States from which a stack can be updated. */
const UPDATABLE = /^(CREATE_COMPLETE|CREATE_FAILED|UPDATE_COMPLETE|UPDATE_FAILED|UPDATE_ROLLBACK_COMPLETE)$/

/** @throws ServiceError ValidationError when the stack cannot be updated now */
export const refuseBusy = ({ id, status, operation, doesNothing }: StackRecord): void => {
  if (status === 'CREATE_FAILED' && doesNothing)
    throw invalid(
      'This stack cannot be updated from [CREATE_FAILED] state because it contains [on-failure: DO_NOTHING]. Please use disable-rollback option instead during stack creation.',
    )
  if (!UPDATABLE.test(status) || operation) throw invalid(`Stack:${id} is in ${status} state and can not be updated.`)
}
