import { createHash } from 'node:crypto'
import type { Caller, OneOrMany, PrincipalElement, Statement } from './types.ts'

/**
 * How a statement names a caller (IAM user guide, "AWS JSON policy elements: Principal"), which says how far it reaches
 * in the caller's own account. `direct`: the user, the session, the service, everyone; no other policy need allow.
 * `role`: the role of a session; its boundary and session policies limit it. `account`: handed on to the account, whose
 * identity policies must allow.
 */
export type Standing = 'direct' | 'role' | 'account'

/** How a compiled Principal or NotPrincipal element names a caller; nothing when it does not apply to the caller. */
export type PrincipalTest = (caller: Caller) => Standing | undefined

interface Names {
  everyone: boolean
  aws: ReadonlySet<string>
  service: ReadonlySet<string>
  federated: ReadonlySet<string>
  canonical: ReadonlySet<string>
}

const list = <T>(value: OneOrMany<T> | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

const ROOT = /^arn:aws:iam::(\d{12}):root$/

const namesOf = (element: PrincipalElement): Names => {
  const map = element === '*' ? { AWS: '*' } : element
  // An account may be named by its number or by the ARN of its root.
  const aws = list(map.AWS).map((name) => ROOT.exec(name)?.[1] ?? name)
  return {
    everyone: aws.includes('*') || list(map['*']).includes('*'),
    aws: new Set(aws),
    service: new Set(list(map.Service)),
    federated: new Set(list(map.Federated)),
    canonical: new Set(list(map.CanonicalUser)),
  }
}

/** The canonical user id of an account, by which S3 knows it: 64 hexadecimal digits. */
export const canonicalUserId = (account: string): string =>
  createHash('sha256').update(`canonical user ${account}`).digest('hex')

const inAccount = ({ aws, canonical }: Names, account: string) =>
  aws.has(account) || (canonical.size > 0 && canonical.has(canonicalUserId(account)))

const standing = (names: Names, caller: Caller): Standing | undefined => {
  if (names.everyone) return 'direct'
  switch (caller.kind) {
    case 'anonymous':
      return caller.provider !== undefined && names.federated.has(caller.provider) ? 'direct' : undefined
    case 'service':
      return names.service.has(caller.principal) ? 'direct' : undefined
    case 'user':
      return names.aws.has(caller.arn) ? 'direct' : inAccount(names, caller.account) ? 'account' : undefined
    case 'role': {
      if (names.aws.has(caller.arn)) return 'direct'
      if (names.aws.has(caller.roleArn)) return 'role'
      return inAccount(names, caller.account) ? 'account' : undefined
    }
  }
}

/**
 * Whether a Deny with NotPrincipal spares a caller. AWS looks at the account, the role and the session one after the
 * other, so each of them must be named; where no session of the role is named, all of its sessions are meant.
 */
const spared = (names: Names, caller: Caller): boolean => {
  if (caller.kind === 'user') return names.aws.has(caller.arn) && inAccount(names, caller.account)
  if (caller.kind !== 'role') return standing(names, caller) !== undefined
  const sessions = caller.arn.slice(0, caller.arn.lastIndexOf('/') + 1)
  const one = [...names.aws].some((name) => name.startsWith(sessions))
  return names.aws.has(caller.roleArn) && inAccount(names, caller.account) && (!one || names.aws.has(caller.arn))
}

/** The test of a statement's Principal or NotPrincipal; nothing when it has neither. */
export const compilePrincipal = ({ Effect, Principal, NotPrincipal }: Statement): PrincipalTest | undefined => {
  if (Principal !== undefined) {
    const names = namesOf(Principal)
    return (caller) => standing(names, caller)
  }
  if (NotPrincipal === undefined) return undefined
  const names = namesOf(NotPrincipal)
  if (names.everyone) return () => undefined
  return Effect === 'Deny'
    ? (caller) => (spared(names, caller) ? undefined : 'direct')
    : (caller) => (standing(names, caller) === undefined ? 'direct' : undefined)
}
