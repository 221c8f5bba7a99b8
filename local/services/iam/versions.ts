import type { ManagedPolicy, PolicyVersion } from '../../iam/directory/records.ts'
import { pattern } from '../constraints.ts'
import { checkManaged } from './managedPolicies.ts'
import {
  conflict,
  encoded,
  limit,
  missing,
  type Operations,
  onPolicy,
  ownPolicy,
  page,
  thePolicy,
  valid,
} from './names.ts'

const MOST = 5

const described = ({ id, created }: PolicyVersion, policy: ManagedPolicy) => ({
  VersionId: id,
  IsDefaultVersion: policy.default === id,
  CreateDate: new Date(created),
})

const theVersion = (policy: ManagedPolicy, id: string): PolicyVersion => {
  valid(pattern('versionId', id, /^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$/))
  const version = policy.versions.find((one) => one.id === id)
  if (!version) throw missing(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`)
  return version
}

export const versions = {
  CreatePolicyVersion: {
    action: onPolicy('CreatePolicyVersion'),
    run(input, call) {
      const policy = ownPolicy(input, call, 'iam:CreatePolicyVersion')
      checkManaged(input.PolicyDocument)
      if (policy.versions.length >= MOST)
        throw limit(
          `A managed policy can have up to ${MOST} versions. Before you create a new version, you must delete an existing version.`,
        )
      const now = call.ground.clock.now()
      const version = { id: `v${policy.next}`, document: input.PolicyDocument, created: now }
      const changed = {
        ...policy,
        next: policy.next + 1,
        updated: now,
        default: input.SetAsDefault ? version.id : policy.default,
        versions: [version, ...policy.versions],
      }
      call.store.putPolicy(changed)
      return { PolicyVersion: described(version, changed) }
    },
  },
  GetPolicyVersion: {
    action: onPolicy('GetPolicyVersion'),
    run(input, call) {
      const policy = thePolicy(input, call)
      const version = theVersion(policy, input.VersionId)
      return { PolicyVersion: { Document: encoded(version.document), ...described(version, policy) } }
    },
  },
  ListPolicyVersions: {
    action: onPolicy('ListPolicyVersions'),
    run(input, call) {
      const policy = thePolicy(input, call)
      const { shown, ...rest } = page(policy.versions, ({ id }) => id, input)
      return { Versions: shown.map((version) => described(version, policy)), ...rest }
    },
  },
  SetDefaultPolicyVersion: {
    action: onPolicy('SetDefaultPolicyVersion'),
    run(input, call) {
      const policy = ownPolicy(input, call, 'iam:SetDefaultPolicyVersion')
      const { id } = theVersion(policy, input.VersionId)
      call.store.putPolicy({ ...policy, default: id, updated: call.ground.clock.now() })
      return {}
    },
  },
  DeletePolicyVersion: {
    action: onPolicy('DeletePolicyVersion'),
    run(input, call) {
      const policy = ownPolicy(input, call, 'iam:DeletePolicyVersion')
      const { id } = theVersion(policy, input.VersionId)
      if (id === policy.default) throw conflict('Cannot delete the default version of a policy.')
      call.store.putPolicy({ ...policy, versions: policy.versions.filter((version) => version.id !== id) })
      return {}
    },
  },
} satisfies Operations
