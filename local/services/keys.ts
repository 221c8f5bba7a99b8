import type { Ground } from '../base/ground.ts'
import type { ConditionKeys } from '../iam/types.ts'
import type { Context } from './service.ts'

/** The global condition keys of a call (IAM user guide, "AWS global condition context keys"), and the session's own. */
export const globalKeys = (
  ground: Ground,
  { caller, account, region, facts }: Context,
  resource: string,
): ConditionKeys => {
  const now = ground.clock.now()
  return {
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:SecureTransport': String(facts.secure),
    'aws:SourceIp': caller.kind === 'service' ? undefined : facts.sourceIp,
    'aws:UserAgent': facts.userAgent,
    'aws:Referer': facts.referer,
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': resource.split(':')[4] || account,
    'aws:PrincipalIsAWSService': String(caller.kind === 'service'),
    ...principalKeys(caller, now),
  }
}

/** Seconds since the one-time code that a user's session began with; absent where it began without. */
const codeAge = (keys: ConditionKeys, now: number): ConditionKeys => {
  if (keys['aws:MultiFactorAuthPresent'] !== 'true') return {}
  const began = Date.parse(String(keys['aws:TokenIssueTime']))
  return { 'aws:MultiFactorAuthAge': String(Math.max(0, Math.floor((now - began) / 1000))) }
}

const principalKeys = (caller: Context['caller'], now: number): ConditionKeys => {
  switch (caller.kind) {
    case 'anonymous':
      return { 'aws:PrincipalType': 'Anonymous', 'aws:userid': 'anonymous' }
    case 'service':
      return {
        'aws:PrincipalServiceName': caller.principal,
        'aws:SourceArn': caller.sourceArn,
        'aws:SourceAccount': caller.sourceAccount,
      }
    case 'user':
      return {
        'aws:PrincipalType': 'User',
        'aws:PrincipalArn': caller.arn,
        'aws:PrincipalAccount': caller.account,
        'aws:userid': caller.userId,
        'aws:username': caller.arn.split('/').at(-1),
        ...(caller.keys && { ...caller.keys, ...codeAge(caller.keys, now) }),
      }
    case 'role':
      return {
        'aws:PrincipalType': 'AssumedRole',
        'aws:PrincipalArn': caller.roleArn,
        'aws:PrincipalAccount': caller.account,
        'aws:userid': caller.userId,
        ...caller.keys,
      }
  }
}
