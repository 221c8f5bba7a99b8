import {
  ACCOUNT,
  anonymous,
  DENY,
  ELSEWHERE,
  identity,
  lambda,
  NOTHING,
  resource,
  rows,
  session,
  source,
  user,
} from './fixture.ts'
import type { Statement } from './types.ts'

const NO_IDENTITY = 'no identity-based policy allows the s3:GetObject action'

/** Role trust policies and key policies "must explicitly allow access for principals". */
describe('decide: trust policies', () => {
  const ROLE = `arn:aws:iam::${ACCOUNT}:role/target`
  const take = { action: 'sts:AssumeRole', resource: ROLE }
  const trust = (Principal: Statement['Principal'], more: Partial<Statement> = {}) =>
    source('trust', { Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more })
  const NO_TRUST = 'no role trust policy allows the sts:AssumeRole action'
  const caller = session()
  rows([
    ['an identity policy alone', [identity, trust({ Service: 'lambda.amazonaws.com' })], take, false, NO_TRUST],
    ['a role that is not there', [identity], take, false, NO_TRUST],
    ['the user, without an identity policy', [trust({ AWS: user().arn })], take, true],
    [
      'the account, without an identity policy',
      [trust({ AWS: ACCOUNT })],
      take,
      false,
      'no identity-based policy allows the sts:AssumeRole action',
    ],
    ['the account, with an identity policy', [identity, trust({ AWS: ACCOUNT })], take, true],
    ['the service', [trust({ Service: 'lambda.amazonaws.com' })], { ...take, caller: lambda }, true],
    ['another service', [trust({ Service: 'sns.amazonaws.com' })], { ...take, caller: lambda }, false, NO_TRUST],
    [
      'an explicit deny',
      [identity, trust({ AWS: ACCOUNT }), source('trust', { Effect: 'Deny', Principal: '*', Action: 'sts:*' })],
      take,
      false,
      'with an explicit deny in the role trust policy',
    ],
    [
      'another account, both sides',
      [identity, trust({ AWS: ELSEWHERE })],
      { ...take, caller: user('x', ELSEWHERE) },
      true,
    ],
    [
      'another account, the trust alone',
      [trust({ AWS: ELSEWHERE })],
      { ...take, caller: user('x', ELSEWHERE) },
      false,
      'no identity-based policy allows the sts:AssumeRole action',
    ],
    [
      'an external id',
      [identity, trust({ AWS: ACCOUNT }, { Condition: { StringEquals: { 'sts:ExternalId': 'abc' } } })],
      { ...take, keys: { 'sts:ExternalId': 'abc' } },
      true,
    ],
    [
      'a wrong external id',
      [identity, trust({ AWS: ACCOUNT }, { Condition: { StringEquals: { 'sts:ExternalId': 'abc' } } })],
      { ...take, keys: { 'sts:ExternalId': 'x' } },
      false,
      NO_TRUST,
    ],
    ['a session of a role that is named', [trust({ AWS: caller.roleArn })], { ...take, caller }, true],
    [
      'a session policy limits it',
      [trust({ AWS: caller.roleArn }), source('session', NOTHING)],
      { ...take, caller },
      false,
      'no session policy allows the sts:AssumeRole action',
    ],
    [
      'other actions on the role are not its business',
      [identity, trust({ Service: 'lambda.amazonaws.com' })],
      { action: 'iam:PassRole', resource: ROLE },
      true,
    ],
    [
      'its deny says nothing of them',
      [identity, source('trust', { Effect: 'Deny', Principal: '*', Action: '*' })],
      { action: 'iam:GetRole', resource: ROLE },
      true,
    ],
    [
      'tags of a session must be allowed, too',
      [identity, trust({ AWS: ACCOUNT })],
      { ...take, action: 'sts:TagSession' },
      false,
      'no role trust policy allows the sts:TagSession action',
    ],
    [
      'a token of a pool',
      [trust({ Federated: 'cognito-identity.amazonaws.com' }, { Action: 'sts:AssumeRoleWithWebIdentity' })],
      {
        action: 'sts:AssumeRoleWithWebIdentity',
        resource: ROLE,
        caller: { kind: 'anonymous', account: ACCOUNT, provider: 'cognito-identity.amazonaws.com' },
      },
      true,
    ],
    [
      'a token of another provider',
      [trust({ Federated: 'accounts.google.com' }, { Action: 'sts:AssumeRoleWithWebIdentity' })],
      {
        action: 'sts:AssumeRoleWithWebIdentity',
        resource: ROLE,
        caller: { kind: 'anonymous', account: ACCOUNT, provider: 'cognito-identity.amazonaws.com' },
      },
      false,
      'no role trust policy allows the sts:AssumeRoleWithWebIdentity action',
    ],
  ])

  const KEY = { action: 'kms:Decrypt', resource: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1` }
  const key = (Principal: Statement['Principal']) =>
    source('trust', { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' })
  rows([
    ['a key that delegates to its account', [identity, key({ AWS: ACCOUNT })], KEY, true],
    [
      'a key that does not',
      [identity, key({ AWS: user('admin').arn })],
      KEY,
      false,
      'no resource-based policy allows the kms:Decrypt action',
    ],
    ['a key for the user', [key({ AWS: user().arn })], KEY, true],
    [
      'a key that delegates, and no identity policy',
      [key({ AWS: ACCOUNT })],
      KEY,
      false,
      'no identity-based policy allows the kms:Decrypt action',
    ],
  ])
})

/** "AWS JSON policy elements: NotPrincipal". */
describe('decide: NotPrincipal', () => {
  const bob = user('Bob')
  const audit = session('audit', 'app')
  const deny = (NotPrincipal: Statement['NotPrincipal']) => source('resource', { ...DENY, NotPrincipal })
  const DENIED = 'with an explicit deny in a resource-based policy'
  const ROOT = `arn:aws:iam::${ACCOUNT}:root`
  rows([
    ['Bob and his account', [identity, deny({ AWS: [bob.arn, ROOT] })], { caller: bob }, true],
    ['somebody else', [identity, deny({ AWS: [bob.arn, ROOT] })], { caller: user() }, false, DENIED],
    ['Bob without his account', [identity, deny({ AWS: bob.arn })], { caller: bob }, false, DENIED],
    ['the account without Bob', [identity, deny({ AWS: ROOT })], { caller: bob }, false, DENIED],
    ['session, role and account', [identity, deny({ AWS: [audit.arn, audit.roleArn, ROOT] })], { caller: audit }, true],
    [
      'another session of the role',
      [identity, deny({ AWS: [audit.arn, audit.roleArn, ROOT] })],
      { caller: session('audit', 'other') },
      false,
      DENIED,
    ],
    ['role and account', [identity, deny({ AWS: [audit.roleArn, ROOT] })], { caller: audit }, true],
    ['the session without its role', [identity, deny({ AWS: [audit.arn, ROOT] })], { caller: audit }, false, DENIED],
    ['the service', [resource('*'), deny({ Service: 'lambda.amazonaws.com' })], { caller: lambda }, true],
    ['another service', [resource('*'), deny({ Service: 'sns.amazonaws.com' })], { caller: lambda }, false, DENIED],
    [
      'strangers are never spared',
      [resource('*'), deny({ AWS: [bob.arn, ROOT] })],
      { caller: anonymous },
      false,
      DENIED,
    ],
    [
      'Allow: all but Bob',
      [source('resource', { ...DENY, Effect: 'Allow', NotPrincipal: { AWS: bob.arn } })],
      { caller: bob },
      false,
      NO_IDENTITY,
    ],
    [
      'Allow: somebody else',
      [source('resource', { ...DENY, Effect: 'Allow', NotPrincipal: { AWS: bob.arn } })],
      { caller: user() },
      true,
    ],
    [
      'Allow: everybody is left out',
      [source('resource', { ...DENY, Effect: 'Allow', NotPrincipal: '*' })],
      { caller: user() },
      false,
      NO_IDENTITY,
    ],
  ])
})
