import { expect } from 'chai'
import { ServiceError } from '../base/errors.ts'
import { decide } from './decide.ts'
import type { Caller, ConditionKeys, Decision, OneOrMany, Policy, PolicySource, Statement } from './types.ts'
import { type DocumentKind, type ValidateOptions, validatePolicy } from './validate.ts'

/** Callers, policies and questions for the tests of IAM. */

export const ACCOUNT = '111122223333'
export const ELSEWHERE = '444455556666'

export const user = (name = 'carlos', account = ACCOUNT): Caller & { kind: 'user' } => ({
  kind: 'user',
  arn: `arn:aws:iam::${account}:user/${name}`,
  account,
  userId: 'AIDAEXAMPLEEXAMPLEEXA',
})

export const session = (
  role = 'worker',
  name = 'one',
  account = ACCOUNT,
  more: Partial<Caller & { kind: 'role' }> = {},
): Caller & { kind: 'role' } => ({
  kind: 'role',
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
  account,
  roleArn: `arn:aws:iam::${account}:role/${role}`,
  userId: `AROAEXAMPLEEXAMPLEEXA:${name}`,
  sessionPolicies: [],
  keys: {},
  ...more,
})

export const lambda: Caller = { kind: 'service', principal: 'lambda.amazonaws.com', account: ACCOUNT }
export const anonymous: Caller = { kind: 'anonymous', account: ACCOUNT }

export const policyOf = (statements: OneOrMany<Statement>, Version = '2012-10-17'): Policy => ({
  Version,
  Statement: statements,
})

export const source = (
  kind: PolicySource['kind'],
  statements: OneOrMany<Statement>,
  name = `the ${kind} policy`,
): PolicySource => ({ name, kind, policy: policyOf(statements) })

export interface Asked {
  action?: string
  resource?: string
  caller?: Caller
  keys?: ConditionKeys
}

/** Decides a question in which only what matters to a test is said. */
export const ask = (
  policies: PolicySource[],
  { action = 's3:GetObject', resource = 'arn:aws:s3:::bucket/key', caller = user(), keys = {} }: Asked = {},
): Decision => decide({ action, resource, caller, keys: { 'aws:ResourceAccount': ACCOUNT, ...keys }, policies })

/** Whether an Allow for everything holds under a condition. */
export const holds = (condition: Statement['Condition'], keys: ConditionKeys, Version = '2012-10-17'): boolean =>
  ask(
    [
      {
        name: 'p',
        kind: 'identity',
        policy: policyOf({ Effect: 'Allow', Action: '*', Resource: '*', Condition: condition }, Version),
      },
    ],
    { keys },
  ).allowed

export const ALL: Statement = { Effect: 'Allow', Action: '*', Resource: '*' }
export const NOTHING: Statement = { Effect: 'Allow', Action: 'other:*', Resource: '*' }
export const DENY: Statement = { Effect: 'Deny', Action: 's3:GetObject', Resource: '*' }
/** The policy of a principal that may everything, and of one that may nothing. */
export const identity = source('identity', ALL)
export const none = source('identity', NOTHING)
/** A resource's policy that names a principal. */
export const resource = (Principal: Statement['Principal'], more: Partial<Statement> = {}): PolicySource =>
  source('resource', { Effect: 'Allow', Principal, Action: 's3:*', Resource: '*', ...more })

export type DecisionRow = [name: string, policies: PolicySource[], asked: Asked, allowed: boolean, because?: string]

/** A test for each row of a table. */
export const rows = (list: DecisionRow[]): void => {
  for (const [name, policies, asked, allowed, because = ''] of list)
    it(`${name}: ${allowed ? 'allowed' : 'denied'}`, () => {
      const decision = ask(policies, asked)

      expect(decision.allowed).to.equal(allowed)
      expect(decision.because).to.equal(because)
    })
}

/** The text of a policy document. */
export const document = (statement: unknown, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statement, ...more })

/** How a document is refused, `Code: message`; nothing when it is taken. */
export const refusal = (text: string, kind: DocumentKind, options: ValidateOptions = {}): string => {
  try {
    validatePolicy(text, kind, options)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    expect(error.status).to.equal(400)
    return `${error.code}: ${error.message}`
  }
  return ''
}
