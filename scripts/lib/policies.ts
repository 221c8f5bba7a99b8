import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Mistake } from '../../local/base/errors.ts'
import { decide } from '../../local/iam/decide.ts'
import type { Caller, ConditionKeys, Decision, Policy, PolicySource } from '../../local/iam/types.ts'
import { root } from './application.ts'

/** The account, the pool and the people of the tables. */
export const ACCOUNT = '111122223333'
export const POOL = 'us-east-1:12345678-dead-beef-cafe-123456790ab'
export const ME = 'us-east-1:aaaaaaaa-1111-2222-3333-444444444444'

/** A request that a policy must allow or deny, as `policies/<name>.requests.json` lists it. */
export interface PolicyRequest {
  expect: 'allow' | 'deny'
  name: string
  /** `s3:GetObject` */
  action: string
  /** ARN */
  resource: string
  /**
   * Who asks, a user where nothing is said: `role` (its session), `identity` (of a pool, signed in), `anybody` (without a
   * signature), `service s3.amazonaws.com`, `provider cognito-identity.amazonaws.com` (with a token of its).
   */
  caller?: string
  /** Condition keys of the request. */
  keys?: ConditionKeys
  /** Why it is denied. */
  why?: string
}

/** A policy with its table of requests. */
export interface PolicyTable {
  /** The name of the file, `4.3-prefix`. */
  name: string
  title: string
  kind: PolicySource['kind']
  policy: Policy
  /** What has a say besides: other policies, `AdministratorAccess` for one that allows all. */
  beside: PolicySource[]
  requests: PolicyRequest[]
}

const ALL: Policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

const besideOf = (given: Policy | 'AdministratorAccess', kind: PolicySource['kind']): PolicySource =>
  given === 'AdministratorAccess'
    ? { name: given, kind: 'identity', policy: ALL }
    : { name: 'the policy beside it', kind, policy: given }

/** Reads a table of requests and its policy. @param file `…/policies/4.3-prefix.requests.json` */
export const readTable = (file: string): PolicyTable => {
  const { policy, title, kind, beside = [], besideKind = 'session', requests } = JSON.parse(readFileSync(file, 'utf8'))
  return {
    name: policy.replace(/\.json$/, ''),
    ...{ title, kind, requests },
    policy: JSON.parse(readFileSync(join(dirname(file), policy), 'utf8')),
    beside: beside.map((one: Policy | 'AdministratorAccess') => besideOf(one, besideKind)),
  }
}

/** The tables of a folder, by their names. */
export const tablesIn = (folder: string): PolicyTable[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.requests.json'))
    .sort()
    .map((name) => readTable(join(folder, name)))

/** Every table of the project. */
export const allTables = (): PolicyTable[] =>
  readdirSync(join(root, 'chapters'))
    .sort()
    .map((chapter) => join(root, 'chapters', chapter, 'policies'))
    .filter((folder) => existsSync(folder))
    .flatMap(tablesIn)

/** The table that a name, or its beginning, means. @throws Mistake that lists those there are */
export const tableNamed = (name: string): PolicyTable => {
  const all = allTables()
  const found = all.find((one) => one.name === name) ?? all.find((one) => one.name.startsWith(name))
  if (found && name) return found
  throw new Mistake(
    `There is no policy ${name}. There are:\n${all.map((one) => `  ${one.name}  ${one.title}`).join('\n')}`,
  )
}

const session = (role: string, name: string, keys: ConditionKeys): Caller => ({
  kind: 'role',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`,
  account: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
  userId: `AROAEXAMPLEEXAMPLEEXA:${name}`,
  sessionPolicies: [],
  keys,
})

/** @throws Mistake for a caller that nobody knows */
const callerOf = (text = 'user'): Caller => {
  const [kind, principal = ''] = text.split(' ')
  switch (kind) {
    case 'user':
      return { kind, arn: `arn:aws:iam::${ACCOUNT}:user/carlos`, account: ACCOUNT, userId: 'AIDAEXAMPLEEXAMPLEEXA' }
    case 'role':
      return session('worker', 'one', {})
    case 'identity':
      return session('authenticated', 'CognitoIdentityCredentials', {
        'aws:FederatedProvider': 'cognito-identity.amazonaws.com',
        'cognito-identity.amazonaws.com:aud': POOL,
        'cognito-identity.amazonaws.com:sub': ME,
        'cognito-identity.amazonaws.com:amr': ['authenticated', 'login.yourdomain.com'],
      })
    case 'anybody':
      return { kind: 'anonymous', account: ACCOUNT }
    case 'provider':
      return { kind: 'anonymous', account: ACCOUNT, provider: principal }
    case 'service':
      return { kind: 'service', principal, account: ACCOUNT }
  }
  throw new Mistake(`A request names the caller "${text}", which is none.`)
}

/** What the evaluator of the local cloud says to a request, by a table's policies. */
export const decideRequest = (
  { title, kind, policy, beside }: Omit<PolicyTable, 'requests' | 'name'>,
  { action, resource, caller, keys }: PolicyRequest,
): Decision => {
  const asks = callerOf(caller)
  return decide({
    ...{ action, resource, caller: asks },
    keys: { 'aws:ResourceAccount': ACCOUNT, ...(asks.kind === 'role' ? asks.keys : {}), ...keys },
    policies: [{ name: title, kind, policy }, ...beside],
  })
}

/** Why a request is denied: what of the nearest statement does not fit, or, without one, that nothing allows it. */
export const whyDenied = ({ nearest, because }: Decision): string => nearest?.missed ?? because
