import { ServiceError } from '../../base/errors.ts'
import { keep, length, pattern } from '../../services/constraints.ts'
import { hashOf } from '../kept.ts'
import type { Operation, StackRecord } from '../store.ts'
import type { CloudFormationCall } from './names.ts'

interface Request {
  ClientRequestToken?: string | undefined
}

/** The token of a request, and by what it is known again: its operation and all that it asks for. */
export const tokenOf = (operation: string, input: Request): Pick<Operation, 'token' | 'request'> => {
  const { ClientRequestToken: token } = input
  return token === undefined ? {} : { token, request: hashOf(operation, JSON.stringify(input)) }
}

/**
 * Whether a stack has accepted this very request before: whoever sends it again has not heard the answer, and gets it
 * without anything being done. "All events initiated by a given stack operation are assigned the same client request
 * token" (API reference, CreateStack): a token is of one operation.
 * @throws ServiceError ValidationError for a token that is none, TokenAlreadyExistsException for another request's
 */
export const isRepeated = (
  operation: string,
  input: Request,
  stack: StackRecord | undefined,
  { store }: CloudFormationCall,
): boolean => {
  const { token, request } = tokenOf(operation, input)
  keep(
    'ValidationError',
    length('clientRequestToken', token, 1, 128),
    pattern('clientRequestToken', token, /^[a-zA-Z0-9][-a-zA-Z0-9]*$/),
  )
  const noted = stack && token !== undefined ? store.tokens.get(stack.id, token) : undefined
  if (noted === undefined) return false
  if (noted === request) return true
  throw new ServiceError('TokenAlreadyExistsException', 'A client request token already exists.', { status: 400 })
}
