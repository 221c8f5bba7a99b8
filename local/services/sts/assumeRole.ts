import type { Role } from '../../iam/directory/records.ts'
import type { Access, Caller, ConditionKeys } from '../../iam/types.ts'
import type { Call } from '../service.ts'
import { limitsOf, packedSize } from './limits.ts'
import { type AssumeRoleInput, checkInput, invalid, type Operations } from './names.ts'
import { checkCode, refuse } from './oneTimeCode.ts'
import type { StsStore } from './store.ts'

type StsCall = Call<StsStore>

/** How long a session lasts when nobody says, and at most for one that a role's session begins; seconds. */
const HOUR = 3600

const TRANSITIVE = 'sts:TransitiveTagKeys'
const tagKey = (key: string) => `aws:PrincipalTag/${key}`

/** Tags that the caller's own session hands on to every session begun with it. */
const inherited = ({ caller }: StsCall): Record<string, string> => {
  if (caller.kind !== 'role') return {}
  const keys = caller.keys[TRANSITIVE]
  const tags = (Array.isArray(keys) ? keys : []).map((key) => [key, caller.keys[tagKey(key)]])
  return Object.fromEntries(tags.filter(([, value]) => typeof value === 'string'))
}

/** The tags of the new session, and which of them it will hand on. */
const tagsOf = (input: AssumeRoleInput, call: StsCall) => {
  const handed = inherited(call)
  const given = (input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const)
  const lower = new Set(Object.keys(handed).map((key) => key.toLowerCase()))
  if (given.some(([key]) => lower.has(key.toLowerCase())))
    throw invalid(
      'One of the specified transitive tag keys can’t be set because it conflicts with a transitive tag key from the calling session.',
      'InvalidParameterValue',
    )
  return {
    tags: { ...handed, ...Object.fromEntries(given) } as Record<string, string>,
    transitive: [...Object.keys(handed), ...(input.TransitiveTagKeys ?? [])],
  }
}

const sourceIdentity = ({ caller }: StsCall): string | undefined => {
  const value = caller.kind === 'role' ? caller.keys['aws:SourceIdentity'] : undefined
  return typeof value === 'string' ? value : undefined
}

const accesses = (input: AssumeRoleInput, call: StsCall): Access[] => {
  checkInput(input)
  const { RoleArn, RoleSessionName, ExternalId, DurationSeconds, SourceIdentity } = input
  const { tags, transitive } = tagsOf(input, call)
  const resourceTags = call.store.directory.roleByArn(RoleArn)?.tags ?? []
  const keys: ConditionKeys = {
    // The code counts for this request: the session of the role says, as on AWS, that it began without.
    ...checkCode(input, call),
    'sts:RoleSessionName': RoleSessionName,
    'sts:ExternalId': ExternalId,
    'sts:DurationSeconds': DurationSeconds === undefined ? undefined : String(DurationSeconds),
    'sts:SourceIdentity': SourceIdentity,
    [TRANSITIVE]: transitive.length ? transitive : undefined,
    'aws:TagKeys': Object.keys(tags),
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...Object.fromEntries(resourceTags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value])),
    ...Object.fromEntries(resourceTags.map(({ Key, Value }) => [`iam:ResourceTag/${Key}`, Value])),
  }
  return [
    ['sts:AssumeRole', RoleArn, keys],
    ...(Object.keys(tags).length ? [['sts:TagSession', RoleArn, keys] as const] : []),
    ...(SourceIdentity ? [['sts:SetSourceIdentity', RoleArn, keys] as const] : []),
  ]
}

/** Seconds that the session will last. @throws ServiceError `ValidationError` */
const durationOf = ({ DurationSeconds = HOUR }: AssumeRoleInput, role: Role, caller: Caller): number => {
  if (caller.kind === 'role' && DurationSeconds > HOUR)
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining')
  if (DurationSeconds > role.maxSession)
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  return DurationSeconds
}

export const assumeRole = {
  AssumeRole: {
    action: accesses,
    run(input, call) {
      const { RoleArn, RoleSessionName, SourceIdentity = sourceIdentity(call) } = input
      const role = call.store.directory.roleByArn(RoleArn)
      // The trust policy has allowed it, so the role was there a moment ago.
      if (!role) throw refuse(`Role ${RoleArn} cannot be assumed.`)
      if (sourceIdentity(call) !== undefined && SourceIdentity !== sourceIdentity(call))
        throw refuse('The source identity of a session cannot be changed.')
      const seconds = durationOf(input, role, call.caller)
      const { tags, transitive } = tagsOf(input, call)
      const policies = limitsOf(input, call)
      const PackedPolicySize = packedSize(input, tags)
      const session = {
        kind: 'role' as const,
        arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${RoleSessionName}`,
        account: role.account,
        roleArn: role.arn,
        userId: `${role.id}:${RoleSessionName}`,
        sessionPolicies: policies,
        keys: {
          ...(SourceIdentity === undefined ? {} : { 'aws:SourceIdentity': SourceIdentity }),
          ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [tagKey(key), value])),
          ...(transitive.length ? { [TRANSITIVE]: transitive } : {}),
        },
      }
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = call.store.begin(session, seconds)
      return {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: new Date(expiration),
        },
        AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
        ...(PackedPolicySize === undefined ? {} : { PackedPolicySize }),
        ...(SourceIdentity === undefined ? {} : { SourceIdentity }),
      }
    },
  },
} satisfies Operations
