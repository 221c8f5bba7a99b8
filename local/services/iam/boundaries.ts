import type { Role } from '../../iam/directory/records.ts'
import { checkPolicyArn, type IamCall, missing, type Operations, onRole, theRole } from './names.ts'

/** @throws ServiceError `NoSuchEntity` when there is no such policy. */
export const checkBoundary = (arn: string, { store }: IamCall): void => {
  checkPolicyArn(arn)
  if (!store.policy(arn)) throw missing(`Scope ARN: ${arn} does not exist or is not attachable.`)
}

export const boundaries = {
  PutRolePermissionsBoundary: {
    action: onRole('PutRolePermissionsBoundary', ({ PermissionsBoundary }: { PermissionsBoundary: string }) => ({
      'iam:PermissionsBoundary': PermissionsBoundary,
    })),
    run(input, call) {
      const role = theRole(input, call)
      checkBoundary(input.PermissionsBoundary, call)
      call.store.putRole({ ...role, boundary: input.PermissionsBoundary })
      return {}
    },
  },
  DeleteRolePermissionsBoundary: {
    action: onRole('DeleteRolePermissionsBoundary'),
    run(input, call) {
      const { boundary: _, ...role }: Role = theRole(input, call)
      call.store.putRole(role)
      return {}
    },
  },
} satisfies Operations
