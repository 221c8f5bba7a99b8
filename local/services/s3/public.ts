import { isIP } from 'node:net'
import { readOperator } from '../../iam/conditions.ts'
import type { OneOrMany, Policy, Statement } from '../../iam/types.ts'

/** Which policies are public ("The meaning of 'public'" in S3's user guide, "Blocking public access"). */

const list = <T>(value: OneOrMany<T> | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

/** Keys whose fixed values make out a group that is not the public. */
const NARROWING = new Set(
  [
    'aws:PrincipalArn',
    'aws:PrincipalAccount',
    'aws:PrincipalOrgID',
    'aws:PrincipalOrgPaths',
    'aws:SourceIp',
    'aws:SourceArn',
    'aws:SourceVpc',
    'aws:SourceVpce',
    'aws:SourceOwner',
    'aws:SourceAccount',
    'aws:SourceOrgID',
    'aws:userid',
    's3:DataAccessPointArn',
    's3:DataAccessPointAccount',
    's3:x-amz-server-side-encryption-aws-kms-key-id',
  ].map((key) => key.toLowerCase()),
)
const POSITIVE = new Set(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike', 'ArnEquals', 'ArnLike', 'IpAddress'])

/** Ranges broader than /8 (IPv4) and /32 (IPv6) are everybody. */
const isNarrowAddress = (range: string): boolean => {
  const [address = '', bits] = range.split('/')
  const version = isIP(address)
  if (version === 0) return false
  return bits === undefined || Number(bits) >= (version === 4 ? 8 : 32)
}

const isFixed = (key: string, value: string): boolean =>
  key === 'aws:sourceip' ? isNarrowAddress(value) : value !== '' && !/[*?]|\$\{/.test(value)

const isNarrowed = ({ Condition }: Statement): boolean =>
  Object.entries(Condition ?? {}).some(([operator, keys]) => {
    const read = readOperator(operator)
    if (!read || read.ifExists || read.qualifier === 'ForAllValues' || !POSITIVE.has(read.base)) return false
    return Object.entries(keys).some(
      ([key, values]) =>
        NARROWING.has(key.toLowerCase()) && list(values).every((value) => isFixed(key.toLowerCase(), String(value))),
    )
  })

const isForAll = ({ Principal, NotPrincipal }: Statement): boolean =>
  NotPrincipal !== undefined ||
  Principal === '*' ||
  (typeof Principal === 'object' && list(Principal.AWS).includes('*'))

/** Whether a policy lets in the public. */
export const isPublic = (policy: Policy): boolean =>
  list(policy.Statement).some((one) => one.Effect === 'Allow' && isForAll(one) && !isNarrowed(one))
