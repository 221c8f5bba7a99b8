import type { State } from '../../base/state.ts'
import { AWS_POLICIES } from './awsPolicies.ts'
import type { ManagedPolicy, MfaDevice, OpenIdProvider, Role } from './records.ts'

/** The roles, managed policies, providers and MFA devices of the accounts of a cloud, kept in the state. IAM is global: no regions here. */

export interface Directory {
  role(account: string, name: string): Role | undefined
  /** The role with this ARN: its path counts, too. */
  roleByArn(arn: string): Role | undefined
  /** By the order of their names. */
  roles(account: string): Role[]
  putRole(role: Role): void
  removeRole(role: Role): void
  /** A customer's policy, or one of AWS's own. */
  policy(arn: string): ManagedPolicy | undefined
  policies(account: string): ManagedPolicy[]
  putPolicy(policy: ManagedPolicy): void
  removePolicy(policy: ManagedPolicy): void
  openIdProvider(arn: string): OpenIdProvider | undefined
  openIdProviders(account: string): OpenIdProvider[]
  putOpenIdProvider(provider: OpenIdProvider): void
  removeOpenIdProvider(provider: OpenIdProvider): void
  /** By its serial number, the ARN. */
  mfaDevice(account: string, serial: string): MfaDevice | undefined
  /** By the order of their serial numbers. */
  mfaDevices(account: string): MfaDevice[]
  putMfaDevice(device: MfaDevice): void
  removeMfaDevice(device: MfaDevice): void
}

const ARN = /^arn:aws:iam::(\d{12}):(role|policy)\/(?:.*\/)?([^/]+)$/

type Kind = 'role' | 'policy' | 'oidc-provider' | 'mfa'
const PROVIDER_ARN = /^arn:aws:iam::(\d{12}):oidc-provider\/(.+)$/

/** "Names are not distinguished by case" (IAM API reference, CreateRole). */
const keyOf = (name: string) => name.toLowerCase()

export const createDirectory = (state: State): Directory => {
  state.define(`create table if not exists iam_records (
    account text, kind text, key text, record text, primary key (account, kind, key)) without rowid`)
  const select = state.prepare('select record from iam_records where account = ? and kind = ? and key = ?')
  const all = state.prepare('select record from iam_records where account = ? and kind = ? order by key')
  const replace = state.prepare('insert or replace into iam_records (account, kind, key, record) values (?, ?, ?, ?)')
  const remove = state.prepare('delete from iam_records where account = ? and kind = ? and key = ?')

  const get = <T>(account: string, kind: Kind, name: string): T | undefined => {
    const row = select.get(account, kind, keyOf(name)) as { record: string } | undefined
    return row && (JSON.parse(row.record) as T)
  }
  const list = <T>(account: string, kind: Kind): T[] =>
    (all.all(account, kind) as { record: string }[]).map(({ record }) => JSON.parse(record) as T)

  return {
    role: (account, name) => get(account, 'role', name),
    roleByArn(arn) {
      const [, account, kind, name] = ARN.exec(arn) ?? []
      if (kind !== 'role' || !account || !name) return undefined
      const role = get<Role>(account, 'role', name)
      return role?.arn === arn ? role : undefined
    },
    roles: (account) => list(account, 'role'),
    putRole: (role) => void replace.run(role.account, 'role', keyOf(role.name), JSON.stringify(role)),
    removeRole: ({ account, name }) => void remove.run(account, 'role', keyOf(name)),
    policy(arn) {
      const known = AWS_POLICIES.get(arn)
      if (known) return known
      const [, account, kind, name] = ARN.exec(arn) ?? []
      if (kind !== 'policy' || !account || !name) return undefined
      const policy = get<ManagedPolicy>(account, 'policy', name)
      return policy?.arn === arn ? policy : undefined
    },
    policies: (account) => list(account, 'policy'),
    putPolicy: (policy) => void replace.run(policy.account, 'policy', keyOf(policy.name), JSON.stringify(policy)),
    removePolicy: ({ account, name }) => void remove.run(account, 'policy', keyOf(name)),
    openIdProvider(arn) {
      const [, account, name] = PROVIDER_ARN.exec(arn) ?? []
      return account && name ? get(account, 'oidc-provider', name) : undefined
    },
    openIdProviders: (account) => list(account, 'oidc-provider'),
    putOpenIdProvider: (provider) =>
      void replace.run(provider.account, 'oidc-provider', keyOf(provider.name), JSON.stringify(provider)),
    removeOpenIdProvider: ({ account, name }) => void remove.run(account, 'oidc-provider', keyOf(name)),
    mfaDevice: (account, serial) => get(account, 'mfa', serial),
    mfaDevices: (account) => list(account, 'mfa'),
    putMfaDevice: (device) => void replace.run(device.account, 'mfa', keyOf(device.serial), JSON.stringify(device)),
    removeMfaDevice: ({ account, serial }) => void remove.run(account, 'mfa', keyOf(serial)),
  }
}
