import type { ConditionKeys, Policy, PolicySource } from '../types.ts'
import type { Directory } from './directory.ts'
import { documentOf, type Role } from './records.ts'

/** The policies of roles as decisions need them: parsed once, until something in the directory changes. */
export interface RolePolicies {
  /** Inline and managed policies, and the boundary. A role that is gone has none. */
  identity(roleArn: string): readonly PolicySource[]
  trust(roleArn: string): PolicySource | undefined
  /** The tags of a role, as condition keys of its sessions. */
  keys(roleArn: string): ConditionKeys
  /** Something has changed. */
  changed(): void
}

interface Known {
  identity: PolicySource[]
  trust: PolicySource
  keys: ConditionKeys
}

const parse = (document: string) => JSON.parse(document) as Policy

/** A policy that is gone allows nothing; as a boundary it still limits. */
const managed = (directory: Directory, arn: string, name: string, kind: PolicySource['kind']): PolicySource => {
  const policy = directory.policy(arn)
  return {
    name: `${name} ${policy?.name ?? arn}`,
    kind,
    policy: policy ? parse(documentOf(policy)) : { Statement: [] },
  }
}

const read = (directory: Directory, role: Role): Known => ({
  identity: [
    ...role.inline.map(
      ({ name, document }): PolicySource => ({
        name: `${role.name}'s inline policy ${name}`,
        kind: 'identity',
        policy: parse(document),
      }),
    ),
    ...role.attached.map((arn) => managed(directory, arn, `${role.name}'s policy`, 'identity')),
    ...(role.boundary ? [managed(directory, role.boundary, `${role.name}'s permissions boundary`, 'boundary')] : []),
  ],
  trust: { name: `${role.name}'s trust policy`, kind: 'trust', policy: parse(role.trust) },
  keys: Object.fromEntries(role.tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value])),
})

export const createRolePolicies = (directory: Directory): RolePolicies => {
  const known = new Map<string, Known>()
  const find = (arn: string): Known | undefined => {
    const found = known.get(arn)
    if (found) return found
    const role = directory.roleByArn(arn)
    if (!role) return undefined
    const fresh = read(directory, role)
    known.set(arn, fresh)
    return fresh
  }
  return {
    identity: (arn) => find(arn)?.identity ?? [],
    trust: (arn) => find(arn)?.trust,
    keys: (arn) => find(arn)?.keys ?? {},
    changed: () => known.clear(),
  }
}
