import { UPPER } from '../../base/ids.ts'
import type { Role } from '../../iam/directory/records.ts'
import { sizeOf } from '../../iam/documents.ts'
import { localUser } from '../../iam/sessions.ts'
import type { Access } from '../../iam/types.ts'
import { validatePolicy } from '../../iam/validate.ts'
import { length, range } from '../constraints.ts'
import { checkBoundary } from './boundaries.ts'
import {
  checkDescription,
  checkPath,
  checkRoleName,
  conflict,
  encoded,
  exists,
  type IamCall,
  LARGEST_DOCUMENT,
  limit,
  type Operations,
  onRole,
  page,
  roleArn,
  theRole,
  valid,
} from './names.ts'
import { checkTags, requestKeys } from './tags.ts'

/** Characters of a trust policy without white space, at most. */
const LARGEST_TRUST = 2048
const LONGEST_SESSION = 43_200
const HOUR = 3600

/** @throws ServiceError `MalformedPolicyDocument`, `LimitExceeded` */
const checkTrust = (document: string, member: string, { store, account }: IamCall): void => {
  valid(length(member, document, 1, LARGEST_DOCUMENT))
  const user = localUser(account).arn
  const isThere = (arn: string) => !arn.startsWith(`arn:aws:iam::${account}:`) || arn === user || !!store.roleByArn(arn)
  validatePolicy(document, 'trust', { exists: isThere })
  if (sizeOf(document) > LARGEST_TRUST) throw limit(`Cannot exceed quota for ACLSizePerRole: ${LARGEST_TRUST}`)
}

const described = (role: Role) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: new Date(role.created),
  AssumeRolePolicyDocument: encoded(role.trust),
  ...(role.description === undefined ? {} : { Description: role.description }),
  MaxSessionDuration: role.maxSession,
})

/** ListRoles leaves out what only GetRole and CreateRole give. */
const whole = (role: Role) => ({
  ...described(role),
  ...(role.boundary && {
    PermissionsBoundary: {
      PermissionsBoundaryType: 'PermissionsBoundaryPolicy' as const,
      PermissionsBoundaryArn: role.boundary,
    },
  }),
  ...(role.tags.length && { Tags: role.tags }),
})

export const roles = {
  CreateRole: {
    action(input, { account }) {
      const arn = roleArn(account, input.Path ?? '/', input.RoleName)
      const keys = { 'iam:PermissionsBoundary': input.PermissionsBoundary, ...requestKeys(input) }
      const create: Access = ['iam:CreateRole', arn, keys]
      return input.Tags?.length ? [create, ['iam:TagRole', arn, keys]] : [create]
    },
    run(input, call) {
      const { store, account, ground } = call
      const { RoleName, AssumeRolePolicyDocument, Description, MaxSessionDuration = HOUR, PermissionsBoundary } = input
      checkRoleName(RoleName)
      const path = checkPath(input.Path)
      valid(...checkDescription(Description), range('maxSessionDuration', MaxSessionDuration, HOUR, LONGEST_SESSION))
      const tags = checkTags(input.Tags)
      checkTrust(AssumeRolePolicyDocument, 'assumeRolePolicyDocument', call)
      if (PermissionsBoundary !== undefined) checkBoundary(PermissionsBoundary, call)
      if (store.role(account, RoleName)) throw exists(`Role with name ${RoleName} already exists.`)
      const role: Role = {
        account,
        name: RoleName,
        id: `AROA${ground.ids.text(17, UPPER)}`,
        path,
        arn: roleArn(account, path, RoleName),
        ...(Description === undefined ? {} : { description: Description }),
        created: ground.clock.now(),
        maxSession: MaxSessionDuration,
        trust: AssumeRolePolicyDocument,
        ...(PermissionsBoundary === undefined ? {} : { boundary: PermissionsBoundary }),
        tags,
        inline: [],
        attached: [],
      }
      store.putRole(role)
      return { Role: whole(role) }
    },
  },
  GetRole: {
    action: onRole('GetRole'),
    run: (input, call) => ({ Role: { ...whole(theRole(input, call)), RoleLastUsed: {} } }),
  },
  ListRoles: {
    action: ({ PathPrefix = '/' }, { account }) => ['iam:ListRoles', roleArn(account, PathPrefix, '')],
    run({ PathPrefix = '/', ...paging }, { store, account }) {
      const found = store.roles(account).filter(({ path }) => path.startsWith(PathPrefix))
      const { shown, ...rest } = page(found, ({ name }) => name, paging)
      return { Roles: shown.map(described), ...rest }
    },
  },
  UpdateRole: {
    action: onRole('UpdateRole'),
    run(input, call) {
      const { Description, MaxSessionDuration } = input
      valid(...checkDescription(Description), range('maxSessionDuration', MaxSessionDuration, HOUR, LONGEST_SESSION))
      const role = theRole(input, call)
      const description = (Description ?? role.description) || undefined
      call.store.putRole({ ...role, description, maxSession: MaxSessionDuration ?? role.maxSession })
      return {}
    },
  },
  UpdateAssumeRolePolicy: {
    action: onRole('UpdateAssumeRolePolicy'),
    run(input, call) {
      const role = theRole(input, call)
      checkTrust(input.PolicyDocument, 'policyDocument', call)
      call.store.putRole({ ...role, trust: input.PolicyDocument })
      return {}
    },
  },
  DeleteRole: {
    action: onRole('DeleteRole'),
    run(input, call) {
      const role = theRole(input, call)
      if (role.inline.length) throw conflict('Cannot delete entity, must delete policies first.')
      if (role.attached.length) throw conflict('Cannot delete entity, must detach all policies first.')
      call.store.removeRole(role)
      return {}
    },
  },
} satisfies Operations
