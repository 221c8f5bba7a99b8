import { ServiceError } from '../../base/errors.ts'
import type { IamCall, Operations } from './names.ts'

type Guarded = { action: 'anyone' | ((input: never, call: IamCall) => unknown) }

const refusePlain = ({ caller }: IamCall): void => {
  if (caller.kind === 'user' && caller.keys && caller.keys['aws:MultiFactorAuthPresent'] !== 'true')
    throw new ServiceError('InvalidClientTokenId', 'The security token included in the request is invalid', {
      status: 403,
    })
}

/**
 * Operations that a user's session cannot call unless it began with a one-time code: "You cannot call any IAM API
 * operations unless MFA authentication information is included in the request" (STS API reference, GetSessionToken).
 */
export const withoutPlainSessions = (operations: Operations): Operations =>
  Object.fromEntries(
    Object.entries(operations as Record<string, Guarded>).map(([name, operation]) => {
      const { action } = operation
      const guarded = (input: never, call: IamCall) => {
        refusePlain(call)
        return action === 'anyone' ? [] : action(input, call)
      }
      return [name, { ...operation, action: guarded }]
    }),
  ) as Operations
