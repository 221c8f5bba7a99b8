import { ServiceError } from '../../base/errors.ts'
import type { Operations } from './names.ts'

export const callerIdentity = {
  // "No permissions are required to perform this operation."
  GetCallerIdentity: {
    action: 'anyone',
    run(_, { caller }) {
      if (caller.kind === 'anonymous' || caller.kind === 'service')
        throw new ServiceError('MissingAuthenticationToken', 'Missing Authentication Token', { status: 403 })
      return { UserId: caller.userId, Account: caller.account, Arn: caller.arn }
    },
  },
} satisfies Operations
