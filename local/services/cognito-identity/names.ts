import type * as Sdk from '@aws-sdk/client-cognito-identity'
import { ServiceError } from '../../base/errors.ts'
import type { Access } from '../../iam/types.ts'
import { type Broken, keep, length, pattern } from '../constraints.ts'
import type { Call, service } from '../service.ts'
import type { CognitoStore, Identity, Pool } from './store.ts'

/** A part of the service: some of its operations, checked against the SDK's types. */
export type Operations = Parameters<typeof service<typeof Sdk, CognitoStore>>[1]
export type CognitoCall = Call<CognitoStore>

const refusal = (code: string) => (message: string) => new ServiceError(code, message, { status: 400 })
export const invalid = refusal('InvalidParameterException')
export const missing = refusal('ResourceNotFoundException')
export const unauthorized = refusal('NotAuthorizedException')
export const conflict = refusal('ResourceConflictException')
export const registered = refusal('DeveloperUserAlreadyRegisteredException')
export const externalFault = refusal('ExternalServiceException')
export const misconfigured = () =>
  refusal('InvalidIdentityPoolConfigurationException')(
    'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
  )
export const forbidden = (id: string): ServiceError => unauthorized(`Access to Identity '${id}' is forbidden.`)
export const noGuests = (): ServiceError =>
  unauthorized('Unauthenticated access is not supported for this identity pool.')
export const noMatch = (): ServiceError =>
  unauthorized("Logins don't match. Please include at least one valid login for this identity or identity pool.")

/** @throws ServiceError `ValidationException` for anything broken. */
export const valid = (...broken: Broken[]): void => keep('ValidationException', ...broken)

const ID = /^[\w-]+:[0-9a-f-]+$/
const idFaults = (member: string, id: string | undefined): Broken[] => [
  length(member, id, 1, 55),
  pattern(member, id, ID, '[\\w-]+:[0-9a-f-]+'),
]
/** Names of developer providers. */
export const PROVIDER_NAME = /^[\w._-]+$/

export const poolArn = (id: string, { account, region }: { account: string; region: string }): string =>
  `arn:aws:cognito-identity:${region}:${account}:identitypool/${id}`

/** A pool's or identity's region: the id begins with it. */
const regionOf = (id: string) => id.split(':')[0] ?? ''

/**
 * The pool that a request names. Who signs reaches those of the region that the signature names; who does not, all.
 * @throws ServiceError `ResourceNotFoundException`
 */
export const thePool = (id: string, { store, caller, account, region }: CognitoCall): Pool => {
  valid(...idFaults('identityPoolId', id))
  const pool = store.pool(id)
  const reached = caller.kind === 'anonymous' || (pool?.account === account && pool.region === region)
  if (!pool || !reached) throw missing(`IdentityPool '${id}' not found.`)
  return pool
}

/** @throws ServiceError `ResourceNotFoundException` */
export const theIdentity = (id: string, { store, caller, region }: CognitoCall): Identity => {
  valid(...idFaults('identityId', id))
  const identity = store.identity(id)
  if (!identity || (caller.kind !== 'anonymous' && regionOf(id) !== region))
    throw missing(`Identity '${id}' not found.`)
  return identity
}

/** What an operation on one pool asks for. */
export const onPool =
  (action: string) =>
  ({ IdentityPoolId }: { IdentityPoolId: string }, call: CognitoCall): Access => [
    `cognito-identity:${action}`,
    poolArn(IdentityPoolId, call),
    Object.fromEntries(
      Object.entries(call.store.pool(IdentityPoolId)?.tags ?? {}).map(([key, value]) => [
        `aws:ResourceTag/${key}`,
        value,
      ]),
    ),
  ]

/** One page of a list that is in the order of its ids. */
export const readMark = (token: string | undefined): string => {
  if (token === undefined) return ''
  const mark = Buffer.from(token, 'base64url').toString()
  if (!mark || Buffer.from(mark).toString('base64url') !== token) throw invalid('Invalid pagination token.')
  return mark
}
export const writeMark = (id: string): string => Buffer.from(id).toString('base64url')
