import { deflateRawSync } from 'node:zlib'
import { documentOf } from '../../iam/directory/records.ts'
import type { Policy, PolicySource } from '../../iam/types.ts'
import { validatePolicy } from '../../iam/validate.ts'
import { type AssumeRoleInput, invalid } from './names.ts'
import type { StsStore } from './store.ts'

/** What a request says of the policies that limit its session. */
type Limits = Pick<AssumeRoleInput, 'Policy' | 'PolicyArns' | 'RoleSessionName'>

/** Bytes that session policies and tags may take, compressed. */
const PACKED = 2048

/** The policies that limit the session. @throws ServiceError `MalformedPolicyDocument` */
export const limitsOf = (input: Limits, { store }: { store: StsStore }): PolicySource[] => {
  const name = `session ${input.RoleSessionName}`
  const sources: PolicySource[] = []
  if (input.Policy !== undefined)
    sources.push({ name: `${name}'s policy`, kind: 'session', policy: validatePolicy(input.Policy, 'session') })
  for (const { arn = '' } of input.PolicyArns ?? []) {
    const policy = store.directory.policy(arn)
    if (!policy) throw invalid(`The policy ${arn} does not exist or is not attachable.`, 'MalformedPolicyDocument')
    const document = JSON.parse(documentOf(policy)) as Policy
    sources.push({ name: `${name}'s policy ${policy.name}`, kind: 'session', policy: document })
  }
  return sources
}

/** How much of the room for policies and tags they take, in percent. @throws ServiceError `PackedPolicyTooLarge` */
export const packedSize = (input: Limits, tags: Record<string, string>): number | undefined => {
  const { Policy = '', PolicyArns = [] } = input
  if (!Policy && !PolicyArns.length && !Object.keys(tags).length) return undefined
  const packed = deflateRawSync(JSON.stringify([Policy, PolicyArns, tags])).length
  const percent = Math.ceil((packed * 100) / PACKED)
  if (percent > 100)
    throw invalid(
      `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
      'PackedPolicyTooLarge',
    )
  return percent
}
