import type * as Sdk from '@aws-sdk/client-iam'
import { ServiceError } from '../../base/errors.ts'
import type { ManagedPolicy, Role, Tag } from '../../iam/directory/records.ts'
import type { Access, ConditionKeys } from '../../iam/types.ts'
import { type Broken, keep, length, pattern, range } from '../constraints.ts'
import type { Call, service } from '../service.ts'
import type { IamStore } from './store.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, IamStore>>[1]
export type IamCall = Call<IamStore>

/** @throws ServiceError `ValidationError` for anything broken. */
export const valid = (...broken: Broken[]): void => keep('ValidationError', ...broken)

const refusal = (code: string, status: number) => (message: string) => new ServiceError(code, message, { status })
export const invalid = refusal('ValidationError', 400)
export const invalidInput = refusal('InvalidInput', 400)
export const missing = refusal('NoSuchEntity', 404)
export const exists = refusal('EntityAlreadyExists', 409)
export const conflict = refusal('DeleteConflict', 409)
export const limit = refusal('LimitExceeded', 409)
export const invalidCode = refusal('InvalidAuthenticationCode', 403)

const NAME = /^[\w+=,.@-]+$/
export const LARGEST_DOCUMENT = 131_072

const name = (member: string, value: string | undefined, longest: number): void => {
  valid(length(member, value, 1, longest))
  if (value !== undefined && !NAME.test(value))
    throw invalid(
      `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    )
}
/** @throws ServiceError `ValidationError` */
export const checkRoleName = (value: string | undefined): void => name('roleName', value, 64)
/** @throws ServiceError `ValidationError` */
export const checkPolicyName = (value: string | undefined): void => name('policyName', value, 128)

/** @throws ServiceError `ValidationError` */
export const checkPath = (value = '/', member = 'path'): string => {
  valid(length(member, value, 1, 512))
  if (!/^\/(?:[\u0021-\u007e]+\/)?$/.test(value) || value.includes('//') || /[*?]/.test(value))
    throw invalid(
      `The specified value for ${member} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`,
    )
  return value
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern of IAM's own model, which the refusal shows
const DESCRIPTION = /^[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*$/

export const checkDescription = (value: string | undefined): Broken[] => [
  length('description', value, 0, 1000),
  pattern('description', value, DESCRIPTION),
]

/** @throws ServiceError `ValidationError` */
export const checkPolicyArn = (arn: string): void => {
  valid(length('policyArn', arn, 20, 2048))
  if (!/^arn:aws:iam::(\d{12}|aws):policy\/.+$/.test(arn)) throw invalid(`ARN ${arn} is not valid.`)
}

export const roleArn = (account: string, path: string, role: string): string =>
  `arn:aws:iam::${account}:role${path}${role}`
export const policyArn = (account: string, path: string, policy: string): string =>
  `arn:aws:iam::${account}:policy${path}${policy}`

/** @throws ServiceError `NoSuchEntity` */
export const theRole = ({ RoleName }: { RoleName: string }, { store, account }: IamCall): Role => {
  checkRoleName(RoleName)
  const role = store.role(account, RoleName)
  if (!role) throw missing(`The role with name ${RoleName} cannot be found.`)
  return role
}

/** @throws ServiceError `NoSuchEntity` */
export const thePolicy = ({ PolicyArn }: { PolicyArn: string }, { store }: IamCall): ManagedPolicy => {
  checkPolicyArn(PolicyArn)
  const policy = store.policy(PolicyArn)
  if (!policy) throw missing(`Policy ${PolicyArn} was not found.`)
  return policy
}

/** A policy that may be changed. @throws ServiceError `NoSuchEntity`, `AccessDenied` for AWS's own. */
export const ownPolicy = (input: { PolicyArn: string }, call: IamCall, action: string): ManagedPolicy => {
  const policy = thePolicy(input, call)
  if (policy.account !== 'aws') return policy
  const user = call.caller.kind === 'user' || call.caller.kind === 'role' ? call.caller.arn : call.caller.kind
  throw new ServiceError(
    'AccessDenied',
    `User: ${user} is not authorized to perform: ${action} on resource: policy ${policy.arn}`,
    { status: 403 },
  )
}

/** The condition keys of tags that a resource has. */
export const resourceKeys = (tags: readonly Tag[] = []): ConditionKeys =>
  Object.fromEntries(
    tags.flatMap(({ Key, Value }) => [
      [`aws:ResourceTag/${Key}`, Value],
      [`iam:ResourceTag/${Key}`, Value],
    ]),
  )

/** What an operation on one role asks for. */
export const onRole =
  (action: string, keys: (input: never) => ConditionKeys = () => ({})) =>
  (input: { RoleName: string }, { store, account }: IamCall): Access => {
    const role = store.role(account, input.RoleName)
    return [
      `iam:${action}`,
      role?.arn ?? roleArn(account, '/', input.RoleName),
      { 'iam:PermissionsBoundary': role?.boundary, ...resourceKeys(role?.tags), ...keys(input as never) },
    ]
  }

/** What an operation on one managed policy asks for. */
export const onPolicy =
  (action: string) =>
  ({ PolicyArn }: { PolicyArn: string }, { store }: IamCall): Access => [
    `iam:${action}`,
    PolicyArn,
    resourceKeys(store.policy(PolicyArn)?.tags),
  ]

/** Documents come back percent-encoded "compliant with RFC 3986". */
export const encoded = (document: string): string =>
  encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

interface Paging {
  Marker?: string
  MaxItems?: number
}

/** One page of a list that is in the order of its keys. @throws ServiceError `ValidationError` */
export const page = <T>(items: readonly T[], keyOf: (item: T) => string, { Marker, MaxItems = 100 }: Paging) => {
  valid(length('marker', Marker, 1, 320), range('maxItems', MaxItems, 1, 1000))
  const after = Marker === undefined ? undefined : Buffer.from(Marker, 'base64url').toString()
  const start = after === undefined ? 0 : items.findIndex((item) => keyOf(item) === after) + 1
  if (after !== undefined && start === 0) throw invalid('Invalid Marker.')
  const shown = items.slice(start, start + MaxItems)
  const last = shown.at(-1)
  const IsTruncated = start + MaxItems < items.length
  return {
    shown,
    IsTruncated,
    ...(IsTruncated && last !== undefined ? { Marker: Buffer.from(keyOf(last)).toString('base64url') } : {}),
  }
}

export const byName = (a: { name: string }, b: { name: string }): number => {
  const [x, y] = [a.name.toLowerCase(), b.name.toLowerCase()]
  return x < y ? -1 : x > y ? 1 : 0
}
