import type { Credentials } from '../iam/sessions.ts'
import { issuedKeys } from '../iam/sessions.ts'
import type { Caller } from '../iam/types.ts'
import type { Cloud } from './service.ts'

/** A session of a role that a service works with: what its code signs with, and what the service itself calls as. */
export interface AssumedRole {
  credentials: Credentials
  caller: Caller & { kind: 'role' }
}

/** Which role a service takes on, and for what. */
export interface Assumption {
  roleArn: string
  /** The service that takes the role on: `lambda.amazonaws.com`. */
  principal: string
  /** The account that the service works for. */
  account: string
  sessionName: string
  /** The resource that the service works for, as a trust policy may ask by `aws:SourceArn`. */
  sourceArn?: string
}

/** Sessions of services last as long as every role allows, seconds. */
const SECONDS = 3600

/**
 * Begins a session of a role for a service; the role's trust policy decides.
 * @throws ServiceError `AccessDenied` when the trust policy does not allow it, or there is no such role.
 */
export const assumeRole = async (cloud: Cloud, assumption: Assumption): Promise<AssumedRole> => {
  const { roleArn, principal, account, sessionName, sourceArn } = assumption
  const as: Caller = {
    kind: 'service',
    principal,
    account,
    ...(sourceArn === undefined ? {} : { sourceArn, sourceAccount: account }),
  }
  const { Credentials: given, AssumedRoleUser: user } = await cloud('sts', { as }).AssumeRole({
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: SECONDS,
  })
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {}
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !user?.Arn || !user.AssumedRoleId)
    throw new Error(`no session of ${roleArn}`)
  const expiration = Expiration.getTime()
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration,
    },
    caller: {
      kind: 'role',
      arn: user.Arn,
      account,
      roleArn,
      userId: user.AssumedRoleId,
      accessKeyId: AccessKeyId,
      sessionPolicies: [],
      keys: issuedKeys(expiration - SECONDS * 1000),
    },
  }
}
