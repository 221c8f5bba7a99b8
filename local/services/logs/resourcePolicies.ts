import { ServiceError } from '../../base/errors.ts'
import type { PolicySource } from '../../iam/types.ts'
import { validatePolicy } from '../../iam/validate.ts'
import { length, oneOf, range } from '../constraints.ts'
import { INVALID, invalid, type Operations, valid } from './names.ts'
import type { StoredPolicy } from './policyTable.ts'
import type { LogsStore } from './store.ts'

/** Resource policies of the account, by which services write: PutResourcePolicy, DescribeResourcePolicies, DeleteResourcePolicy. */

const MOST = 10
const LARGEST = 5120

const described = ({ name, document, updated }: StoredPolicy) => ({
  policyName: name,
  policyDocument: document,
  lastUpdatedTime: updated,
  policyScope: 'ACCOUNT' as const,
})

/** @throws ServiceError `InvalidParameterException` */
const ofAccount = ({ resourceArn, policyScope }: { resourceArn?: string; policyScope?: string }): void => {
  valid(oneOf('policyScope', policyScope, ['ACCOUNT', 'RESOURCE']))
  if (resourceArn !== undefined || policyScope === 'RESOURCE')
    throw invalid('The local cloud has resource policies of the account only, not those of one log group.')
}

const named = (name: string | undefined): string => {
  if (!name) throw invalid('policyName is required.')
  return name
}

export const resourcePolicies = {
  PutResourcePolicy: {
    action: () => ['logs:PutResourcePolicy', '*'],
    run(input, call) {
      const { policyDocument: document = '' } = input
      ofAccount(input)
      const name = named(input.policyName)
      valid(length('policyDocument', document, 1, LARGEST))
      validatePolicy(document, 'resource', { code: INVALID })
      const policies = call.store.policies.list(call)
      if (policies.length >= MOST && !policies.some((one) => one.name === name))
        throw new ServiceError('LimitExceededException', 'Resource limit exceeded.')
      return { resourcePolicy: described(call.store.policies.put(call, name, document)) }
    },
  },
  DescribeResourcePolicies: {
    action: () => ['logs:DescribeResourcePolicies', '*'],
    run(input, call) {
      const { limit = 50, nextToken = '' } = input
      ofAccount(input)
      valid(range('limit', limit, 1, 50))
      const after = Buffer.from(nextToken, 'base64url').toString()
      const left = call.store.policies.list(call).filter(({ name }) => name > after)
      const page = left.slice(0, limit)
      const next = left.length > limit ? Buffer.from(page.at(-1)?.name ?? '').toString('base64url') : undefined
      return { resourcePolicies: page.map(described), nextToken: next }
    },
  },
  DeleteResourcePolicy: {
    action: () => ['logs:DeleteResourcePolicy', '*'],
    run(input, call) {
      ofAccount(input)
      const name = named(input.policyName)
      if (!call.store.policies.remove(call, name))
        throw new ServiceError('ResourceNotFoundException', `Policy with name [${name}] does not exist.`)
      return {}
    },
  },
} satisfies Operations

/** The account's policies, for whatever is asked of one of its groups. */
export const groupPolicy = (arn: string, { policies }: LogsStore): PolicySource | undefined => {
  const [, region, account] = /^arn:[^:]*:logs:([^:]+):(\d{12}):log-group:/.exec(arn) ?? []
  return region && account ? policies.source({ region, account }) : undefined
}
