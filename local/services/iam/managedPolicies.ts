import { UPPER } from '../../base/ids.ts'
import { AWS_POLICIES } from '../../iam/directory/awsPolicies.ts'
import type { ManagedPolicy } from '../../iam/directory/records.ts'
import { sizeOf } from '../../iam/documents.ts'
import type { Access } from '../../iam/types.ts'
import { validatePolicy } from '../../iam/validate.ts'
import { length, oneOf } from '../constraints.ts'
import {
  byName,
  checkDescription,
  checkPath,
  checkPolicyName,
  conflict,
  exists,
  type IamCall,
  LARGEST_DOCUMENT,
  limit,
  type Operations,
  onPolicy,
  ownPolicy,
  page,
  policyArn,
  thePolicy,
  valid,
} from './names.ts'
import { checkTags, requestKeys } from './tags.ts'

/** Characters of a managed policy without white space, at most. */
const LARGEST = 6144

/** @throws ServiceError `MalformedPolicyDocument`, `LimitExceeded` */
export const checkManaged = (document: string): void => {
  valid(length('policyDocument', document, 1, LARGEST_DOCUMENT))
  validatePolicy(document, 'managed')
  if (sizeOf(document) > LARGEST) throw limit(`Cannot exceed quota for PolicySize: ${LARGEST}`)
}

/** How many roles have a policy, and how many have it as their boundary. */
const usage = ({ store, account }: IamCall) => {
  const roles = store.roles(account)
  return ({ arn }: ManagedPolicy) => ({
    AttachmentCount: roles.filter(({ attached }) => attached.includes(arn)).length,
    PermissionsBoundaryUsageCount: roles.filter(({ boundary }) => boundary === arn).length,
  })
}

const described = (policy: ManagedPolicy, used: ReturnType<typeof usage>) => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.default,
  ...used(policy),
  IsAttachable: true,
  CreateDate: new Date(policy.created),
  UpdateDate: new Date(policy.updated),
})

/** ListPolicies leaves out what only GetPolicy and CreatePolicy give. */
const whole = (policy: ManagedPolicy, used: ReturnType<typeof usage>) => ({
  ...described(policy, used),
  ...(policy.description === undefined ? {} : { Description: policy.description }),
  ...(policy.tags.length && { Tags: policy.tags }),
})

export const managedPolicies = {
  CreatePolicy: {
    action(input, { account }) {
      const arn = policyArn(account, input.Path ?? '/', input.PolicyName)
      const create: Access = ['iam:CreatePolicy', arn, requestKeys(input)]
      return input.Tags?.length ? [create, ['iam:TagPolicy', arn, requestKeys(input)]] : [create]
    },
    run(input, call) {
      const { store, account, ground } = call
      const { PolicyName, PolicyDocument, Description } = input
      checkPolicyName(PolicyName)
      const path = checkPath(input.Path)
      valid(...checkDescription(Description))
      const tags = checkTags(input.Tags)
      checkManaged(PolicyDocument)
      if (store.policies(account).some(({ name }) => name.toLowerCase() === PolicyName.toLowerCase()))
        throw exists(`A policy called ${PolicyName} already exists. Duplicate names are not allowed.`)
      const now = ground.clock.now()
      const policy: ManagedPolicy = {
        account,
        arn: policyArn(account, path, PolicyName),
        name: PolicyName,
        path,
        id: `ANPA${ground.ids.text(17, UPPER)}`,
        ...(Description === undefined ? {} : { description: Description }),
        created: now,
        updated: now,
        default: 'v1',
        next: 2,
        versions: [{ id: 'v1', document: PolicyDocument, created: now }],
        tags,
      }
      store.putPolicy(policy)
      return { Policy: whole(policy, usage(call)) }
    },
  },
  GetPolicy: {
    action: onPolicy('GetPolicy'),
    run: (input, call) => ({ Policy: whole(thePolicy(input, call), usage(call)) }),
  },
  ListPolicies: {
    action: ({ PathPrefix = '/' }, { account }) => ['iam:ListPolicies', policyArn(account, PathPrefix, '')],
    run(input, call) {
      const { Scope = 'All', OnlyAttached = false, PathPrefix = '/', PolicyUsageFilter } = input
      valid(
        oneOf('scope', Scope, ['All', 'AWS', 'Local']),
        oneOf('policyUsageFilter', PolicyUsageFilter, ['PermissionsPolicy', 'PermissionsBoundary']),
      )
      const used = usage(call)
      const wanted = (policy: ManagedPolicy) => {
        const { AttachmentCount, PermissionsBoundaryUsageCount } = used(policy)
        if (!policy.path.startsWith(PathPrefix)) return false
        if (PolicyUsageFilter === 'PermissionsPolicy' && !AttachmentCount) return false
        if (PolicyUsageFilter === 'PermissionsBoundary' && !PermissionsBoundaryUsageCount) return false
        return !OnlyAttached || AttachmentCount > 0
      }
      const all = [
        ...(Scope === 'AWS' ? [] : call.store.policies(call.account)),
        ...(Scope === 'Local' ? [] : AWS_POLICIES.values()),
      ].sort(byName)
      const { shown, ...rest } = page(all.filter(wanted), ({ arn }) => arn, input)
      return { Policies: shown.map((policy) => described(policy, used)), ...rest }
    },
  },
  DeletePolicy: {
    action: onPolicy('DeletePolicy'),
    run(input, call) {
      const policy = ownPolicy(input, call, 'iam:DeletePolicy')
      const { AttachmentCount, PermissionsBoundaryUsageCount } = usage(call)(policy)
      if (AttachmentCount || PermissionsBoundaryUsageCount)
        throw conflict('Cannot delete a policy attached to entities.')
      if (policy.versions.length > 1)
        throw conflict(
          'This policy has more than one version. Before you delete a policy, you must delete the policy’s versions. The default version is deleted with the policy.',
        )
      call.store.removePolicy(policy)
      return {}
    },
  },
} satisfies Operations
