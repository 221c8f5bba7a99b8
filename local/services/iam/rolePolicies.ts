import { sizeOf } from '../../iam/documents.ts'
import { validatePolicy } from '../../iam/validate.ts'
import { length } from '../constraints.ts'
import {
  byName,
  checkPolicyArn,
  checkPolicyName,
  encoded,
  LARGEST_DOCUMENT,
  limit,
  missing,
  type Operations,
  onRole,
  page,
  theRole,
  valid,
} from './names.ts'

/** Characters that all inline policies of a role may have together, white space left out. */
const LARGEST_INLINE = 10_240
const MOST_ATTACHED = 10

const attaching = ({ PolicyArn }: { PolicyArn: string }) => ({ 'iam:PolicyARN': PolicyArn })
const noInline = (name: string) => missing(`The role policy with name ${name} cannot be found.`)

export const rolePolicies = {
  PutRolePolicy: {
    action: onRole('PutRolePolicy'),
    run(input, call) {
      const { PolicyName: name, PolicyDocument: document } = input
      const role = theRole(input, call)
      checkPolicyName(name)
      valid(length('policyDocument', document, 1, LARGEST_DOCUMENT))
      validatePolicy(document, 'inline')
      const inline = [...role.inline.filter((one) => one.name !== name), { name, document }].sort(byName)
      if (inline.reduce((sum, one) => sum + sizeOf(one.document), 0) > LARGEST_INLINE)
        throw limit(`Maximum policy size of ${LARGEST_INLINE} bytes exceeded for role ${role.name}`)
      call.store.putRole({ ...role, inline })
      return {}
    },
  },
  GetRolePolicy: {
    action: onRole('GetRolePolicy'),
    run(input, call) {
      const role = theRole(input, call)
      const found = role.inline.find(({ name }) => name === input.PolicyName)
      if (!found) throw noInline(input.PolicyName)
      return { RoleName: role.name, PolicyName: found.name, PolicyDocument: encoded(found.document) }
    },
  },
  DeleteRolePolicy: {
    action: onRole('DeleteRolePolicy'),
    run(input, call) {
      const role = theRole(input, call)
      const inline = role.inline.filter(({ name }) => name !== input.PolicyName)
      if (inline.length === role.inline.length) throw noInline(input.PolicyName)
      call.store.putRole({ ...role, inline })
      return {}
    },
  },
  ListRolePolicies: {
    action: onRole('ListRolePolicies'),
    run(input, call) {
      const { shown, ...rest } = page(theRole(input, call).inline, ({ name }) => name, input)
      return { PolicyNames: shown.map(({ name }) => name), ...rest }
    },
  },
  AttachRolePolicy: {
    action: onRole('AttachRolePolicy', attaching),
    run(input, call) {
      const role = theRole(input, call)
      const { PolicyArn } = input
      checkPolicyArn(PolicyArn)
      if (!call.store.policy(PolicyArn)) throw missing(`Policy ${PolicyArn} does not exist or is not attachable.`)
      if (role.attached.includes(PolicyArn)) return {}
      if (role.attached.length >= MOST_ATTACHED)
        throw limit(`Cannot exceed quota for PoliciesPerRole: ${MOST_ATTACHED}`)
      call.store.putRole({ ...role, attached: [...role.attached, PolicyArn] })
      return {}
    },
  },
  DetachRolePolicy: {
    action: onRole('DetachRolePolicy', attaching),
    run(input, call) {
      const role = theRole(input, call)
      const { PolicyArn } = input
      checkPolicyArn(PolicyArn)
      if (!role.attached.includes(PolicyArn)) throw missing(`Policy ${PolicyArn} was not found.`)
      call.store.putRole({ ...role, attached: role.attached.filter((arn) => arn !== PolicyArn) })
      return {}
    },
  },
  ListAttachedRolePolicies: {
    action: onRole('ListAttachedRolePolicies'),
    run(input, call) {
      const policies = theRole(input, call).attached.flatMap((arn) => {
        const policy = call.store.policy(arn)
        return policy?.path.startsWith(input.PathPrefix ?? '/') ? [policy] : []
      })
      const { shown, ...rest } = page(policies, ({ arn }) => arn, input)
      return { AttachedPolicies: shown.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })), ...rest }
    },
  },
} satisfies Operations
