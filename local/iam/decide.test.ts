import { expect } from 'chai'
import { ACCOUNT, type Asked, anonymous, ask, ELSEWHERE, lambda, session, source, user } from './fixture.ts'
import type { Decision, PolicySource, Statement } from './types.ts'

const ALL: Statement = { Effect: 'Allow', Action: '*', Resource: '*' }
const NOTHING: Statement = { Effect: 'Allow', Action: 'other:*', Resource: '*' }
const DENY: Statement = { Effect: 'Deny', Action: 's3:GetObject', Resource: '*' }

const identity = source('identity', ALL)
const none = source('identity', NOTHING)
const resource = (Principal: Statement['Principal'], more: Partial<Statement> = {}) =>
  source('resource', { Effect: 'Allow', Principal, Action: 's3:*', Resource: '*', ...more })

type Row = [name: string, policies: PolicySource[], asked: Asked, allowed: boolean, because?: string]
const rows = (list: Row[]) => {
  for (const [name, policies, asked, allowed, because = ''] of list)
    it(`${name}: ${allowed ? 'allowed' : 'denied'}`, () => {
      const decision = ask(policies, asked)

      expect(decision.allowed).to.equal(allowed)
      expect(decision.because).to.equal(because)
    })
}

const NO_IDENTITY = 'no identity-based policy allows the s3:GetObject action'
const NO_RESOURCE = 'no resource-based policy allows the s3:GetObject action'
const NO_BOUNDARY = 'no permissions boundary allows the s3:GetObject action'
const NO_SESSION = 'no session policy allows the s3:GetObject action'

/** IAM user guide, "Policy evaluation logic". */
describe('decide, within an account', () => {
  rows([
    ['nothing is allowed by default', [], {}, false, NO_IDENTITY],
    ['an identity policy allows', [identity], {}, true],
    ['a policy about something else', [none], {}, false, NO_IDENTITY],
    ['one of several identity policies allows', [none, identity], {}, true],
    [
      'a deny beats an allow',
      [identity, source('identity', DENY)],
      {},
      false,
      'with an explicit deny in an identity-based policy',
    ],
    [
      'in whatever order',
      [source('identity', [DENY, ALL])],
      {},
      false,
      'with an explicit deny in an identity-based policy',
    ],
    ['a deny of another action', [source('identity', [{ ...DENY, Action: 's3:PutObject' }, ALL])], {}, true],
    ['the resource policy allows alone', [resource('*')], {}, true],
    [
      'the resource policy denies',
      [identity, source('resource', { ...DENY, Principal: '*' })],
      {},
      false,
      'with an explicit deny in a resource-based policy',
    ],
    ['the boundary does not allow', [identity, source('boundary', NOTHING)], {}, false, NO_BOUNDARY],
    ['the boundary allows', [identity, source('boundary', ALL)], {}, true],
    ['a boundary gives nothing', [source('boundary', ALL)], {}, false, NO_IDENTITY],
    [
      'the boundary denies',
      [identity, source('boundary', [ALL, DENY])],
      {},
      false,
      'with an explicit deny in a permissions boundary',
    ],
  ])
})

describe('decide, for a session of a role', () => {
  const caller = session()
  rows([
    ['the role allows', [identity], { caller }, true],
    ['a session policy does not', [identity, source('session', NOTHING)], { caller }, false, NO_SESSION],
    [
      'one of several session policies does',
      [identity, source('session', NOTHING), source('session', ALL)],
      { caller },
      true,
    ],
    ['a session policy gives nothing', [source('session', ALL)], { caller }, false, NO_IDENTITY],
    [
      'a session policy denies',
      [identity, source('session', [ALL, DENY])],
      { caller },
      false,
      'with an explicit deny in a session policy',
    ],
    [
      'boundary and session policy: the boundary is named',
      [identity, source('boundary', NOTHING), source('session', NOTHING)],
      { caller },
      false,
      NO_BOUNDARY,
    ],
  ])
})

/** "Resource-based policies and implicit denies in other policy types (same account)". */
describe('decide: whom a resource policy names says what else must allow', () => {
  const caller = session()
  const boundary = source('boundary', NOTHING)
  const limits = source('session', NOTHING)
  const role = resource({ AWS: caller.roleArn })
  const one = resource({ AWS: caller.arn })
  const account = resource({ AWS: ACCOUNT })
  rows([
    ['the role', [none, role], { caller }, true],
    ['the role, limited by its boundary', [none, role, boundary], { caller }, false, NO_BOUNDARY],
    ['the role, limited by the session', [none, role, limits], { caller }, false, NO_SESSION],
    ['the session', [none, one], { caller }, true],
    ['the session: no boundary limits it', [none, one, boundary], { caller }, true],
    ['the session: nor a session policy', [none, one, limits], { caller }, true],
    ['role and session: the stronger counts', [role, one, limits], { caller }, true],
    ['another session', [resource({ AWS: session('worker', 'two').arn })], { caller }, false, NO_IDENTITY],
    ['another role', [resource({ AWS: session('other').roleArn })], { caller }, false, NO_IDENTITY],
    ['everybody', [resource('*'), boundary, limits], { caller }, true],
    [
      'everybody of the role',
      [resource('*', { Condition: { ArnEquals: { 'aws:PrincipalArn': caller.roleArn } } }), limits],
      { caller, keys: { 'aws:PrincipalArn': caller.roleArn } },
      true,
    ],
    ['the user', [none, resource({ AWS: user().arn }), boundary], {}, true],
    ['another user', [resource({ AWS: user('dave').arn })], {}, false, NO_IDENTITY],
    ['the user, in another case', [resource({ AWS: user('CARLOS').arn })], {}, false, NO_IDENTITY],
    ['the account: its own policies must allow', [account], {}, false, NO_IDENTITY],
    ['the account, whose policies allow', [account, identity], {}, true],
    ['the root of the account', [resource({ AWS: `arn:aws:iam::${ACCOUNT}:root` })], {}, false, NO_IDENTITY],
    [
      'a deny for the account',
      [identity, source('resource', { ...DENY, Principal: { AWS: ACCOUNT } })],
      {},
      false,
      'with an explicit deny in a resource-based policy',
    ],
    [
      'a deny for the role',
      [identity, source('resource', { ...DENY, Principal: { AWS: caller.roleArn } })],
      { caller },
      false,
      'with an explicit deny in a resource-based policy',
    ],
    [
      'a deny for another role',
      [identity, source('resource', { ...DENY, Principal: { AWS: session('x').roleArn } })],
      { caller },
      true,
    ],
  ])
})

/** "Cross-account policy evaluation logic": both sides must allow. */
describe('decide, across accounts', () => {
  const caller = user('other', ELSEWHERE)
  const named = resource({ AWS: caller.arn })
  const role = session('worker', 'one', ELSEWHERE)
  rows([
    ['the identity side alone', [identity], { caller }, false, NO_RESOURCE],
    ['the resource side alone', [named], { caller }, false, NO_IDENTITY],
    ['both', [identity, named], { caller }, true],
    ['both, by the account', [identity, resource({ AWS: ELSEWHERE })], { caller }, true],
    ['both, by everybody', [identity, resource('*')], { caller }, true],
    ['everybody, but no identity policy', [resource('*')], { caller }, false, NO_IDENTITY],
    ['both, the session named', [identity, resource({ AWS: role.arn })], { caller: role }, true],
    ['a session named still needs its role', [resource({ AWS: role.arn })], { caller: role }, false, NO_IDENTITY],
    ['a boundary limits', [identity, named, source('boundary', NOTHING)], { caller }, false, NO_BOUNDARY],
    [
      'a session policy limits',
      [identity, resource({ AWS: role.arn }), source('session', NOTHING)],
      { caller: role },
      false,
      NO_SESSION,
    ],
    [
      'the account of an ARN counts',
      [identity],
      { caller, resource: `arn:aws:sqs:us-east-1:${ACCOUNT}:q`, keys: { 'aws:ResourceAccount': ELSEWHERE } },
      false,
      NO_RESOURCE,
    ],
    [
      "AWS's own policies belong to everyone",
      [identity],
      {
        caller,
        action: 'iam:GetPolicy',
        resource: 'arn:aws:iam::aws:policy/AdministratorAccess',
        keys: { 'aws:ResourceAccount': undefined },
      },
      true,
    ],
  ])
})

describe('decide, for services and strangers', () => {
  const service = resource({ Service: 'lambda.amazonaws.com' })
  rows([
    ['a service that is named', [service], { caller: lambda }, true],
    ['another service', [resource({ Service: 's3.amazonaws.com' })], { caller: lambda }, false, NO_RESOURCE],
    ['identity policies say nothing of services', [identity], { caller: lambda }, false, NO_RESOURCE],
    ['everybody includes services', [resource('*')], { caller: lambda }, true],
    [
      'a deny for everybody, too',
      [service, source('resource', { ...DENY, Principal: '*' })],
      { caller: lambda },
      false,
      'with an explicit deny in a resource-based policy',
    ],
    ['a stranger', [], { caller: anonymous }, false, NO_RESOURCE],
    ['a stranger, where everybody may', [resource('*')], { caller: anonymous }, true],
    ['a stranger, where every principal of AWS may', [resource({ AWS: '*' })], { caller: anonymous }, true],
    ['a stranger, where an account may', [resource({ AWS: ACCOUNT })], { caller: anonymous }, false, NO_RESOURCE],
    ['a stranger has no identity policies', [identity], { caller: anonymous }, false, NO_RESOURCE],
  ])
})

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

describe('decide: actions and resources', () => {
  const may = (statement: Partial<Statement>) => [
    source('identity', { Effect: 'Allow', Action: '*', Resource: '*', ...statement } as Statement),
  ]
  const not = (statement: Partial<Statement>) => {
    const { Action: _, Resource: __, ...rest } = { ...ALL, ...statement }
    return [
      source('identity', { ...rest, ...(statement.NotAction ? { Resource: '*' } : { Action: '*' }) } as Statement),
    ]
  }
  rows([
    ['actions are compared without case', may({ Action: 'S3:GETOBJECT' }), {}, true],
    ['an action with a wildcard', may({ Action: 's3:Get*' }), {}, true],
    ['one of several actions', may({ Action: ['s3:PutObject', 's3:GetObject'] }), {}, true],
    ['an action of another service', may({ Action: 'sqs:GetObject' }), {}, false, NO_IDENTITY],
    ['a prefix is not enough', may({ Action: 's3:GetObj' }), {}, false, NO_IDENTITY],
    ['NotAction: another one', not({ NotAction: 's3:PutObject' }), {}, true],
    ['NotAction: that one', not({ NotAction: ['s3:PutObject', 's3:Get*'] }), {}, false, NO_IDENTITY],
    ['resources are compared with case', may({ Resource: 'arn:aws:s3:::bucket/KEY' }), {}, false, NO_IDENTITY],
    ['a resource with a wildcard', may({ Resource: 'arn:aws:s3:::buck?t/*' }), {}, true],
    ['the bucket is not its objects', may({ Resource: 'arn:aws:s3:::bucket' }), {}, false, NO_IDENTITY],
    ['NotResource: another one', not({ NotResource: 'arn:aws:s3:::other/*' }), {}, true],
    [
      'NotResource: that one',
      not({ NotResource: ['arn:aws:s3:::other/*', 'arn:aws:s3:::bucket/*'] }),
      {},
      false,
      NO_IDENTITY,
    ],
  ])
})

describe('decide: which statement, and what missed', () => {
  const told = (decision: Decision) => {
    const { decidedBy, nearest, reason } = decision
    return {
      ...(decidedBy && { by: `${decidedBy.policy}#${decidedBy.index}` }),
      ...(nearest && { near: `${nearest.policy}#${nearest.index}`, missed: nearest.missed }),
      reason,
    }
  }
  const thumbnails: PolicySource = {
    name: "CreateThumbnailRole's inline policy p",
    kind: 'identity',
    policy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/images/*' },
        { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/thumbs/*' },
        { Sid: 'Items', Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' },
      ],
    },
  }

  it('names the statement that allows', () => {
    const decision = ask([thumbnails], { resource: 'arn:aws:s3:::b/images/a.jpg' })

    expect(told(decision)).to.deep.equal({
      by: "CreateThumbnailRole's inline policy p#0",
      reason: "allowed: CreateThumbnailRole's inline policy p, statement 1",
    })
  })

  it('names the statement that denies, with its Sid', () => {
    const decision = ask(
      [thumbnails, source('resource', { ...DENY, Sid: 'NoReads', Principal: '*' }, 'bucket policy of b')],
      {
        resource: 'arn:aws:s3:::b/images/a.jpg',
      },
    )

    expect(told(decision)).to.deep.equal({
      by: 'bucket policy of b#0',
      reason:
        'denied: s3:GetObject on arn:aws:s3:::b/images/a.jpg: bucket policy of b, statement 1 (NoReads), denies it',
    })
  })

  for (const [name, asked, near, missed] of [
    [
      'a resource',
      { action: 's3:PutObject', resource: 'arn:aws:s3:::b/images/x' },
      1,
      'resource arn:aws:s3:::b/thumbs/* does not match arn:aws:s3:::b/images/x',
    ],
    [
      'an action: the statement about that resource',
      { action: 's3:DeleteObject', resource: 'arn:aws:s3:::b/thumbs/x' },
      1,
      'action s3:PutObject does not match s3:DeleteObject',
    ],
    [
      'an action of another resource',
      { action: 'dynamodb:Scan', resource: 'arn:aws:dynamodb:::t' },
      2,
      'action dynamodb:PutItem does not match dynamodb:Scan',
    ],
  ] as const)
    it(`names the nearest miss: ${name}`, () => {
      const { nearest } = ask([thumbnails], asked)

      expect(nearest?.index).to.equal(near)
      expect(nearest?.missed).to.equal(missed)
    })

  it('names none among statements about other services', () => {
    const decision = ask([thumbnails], { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:1:q' })

    expect(told(decision)).to.deep.equal({
      reason: 'denied: no identity-based policy allows the sqs:SendMessage action on arn:aws:sqs:us-east-1:1:q',
    })
  })

  it('says in one sentence what was asked and what missed', () => {
    const { reason } = ask([thumbnails], { action: 's3:PutObject', resource: 'arn:aws:s3:::b/images/x' })

    expect(reason).to.equal(
      "denied: no identity-based policy allows the s3:PutObject action on arn:aws:s3:::b/images/x; nearest: CreateThumbnailRole's inline policy p, statement 2: resource arn:aws:s3:::b/thumbs/* does not match arn:aws:s3:::b/images/x",
    )
  })

  const listing: Statement = {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: 'arn:aws:s3:::b',
    Condition: { StringLike: { 's3:prefix': ['a/*', 'b/*'] }, Bool: { 'aws:SecureTransport': 'true' } },
  }
  it('names the conditions that do not hold, and what the request has', () => {
    const asked = { action: 's3:ListBucket', resource: 'arn:aws:s3:::b', keys: { 's3:prefix': 'c/' } }

    expect(ask([source('identity', listing)], asked).nearest?.missed).to.equal(
      'condition StringLike s3:prefix ["a/*","b/*"] does not hold: it is "c/" here; condition Bool aws:SecureTransport "true" does not hold: it is not in the request',
    )
  })

  it('shows what a variable stands for', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how policy variables look
    const home = source('identity', { ...ALL, Resource: 'arn:aws:s3:::b/${aws:username}/*' })

    expect(ask([home], { resource: 'arn:aws:s3:::b/eve/x', keys: { 'aws:username': 'bob' } }).nearest?.missed).to.equal(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how policy variables look
      'resource arn:aws:s3:::b/${aws:username}/* (here arn:aws:s3:::b/bob/*) does not match arn:aws:s3:::b/eve/x',
    )
    expect(ask([home], { resource: 'arn:aws:s3:::b/eve/x' }).nearest?.missed).to.equal(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how policy variables look
      'resource arn:aws:s3:::b/${aws:username}/* (whose variable has no value) does not match arn:aws:s3:::b/eve/x',
    )
  })

  it('names the principal that was meant', () => {
    const decision = ask([resource({ Service: 's3.amazonaws.com' })], { caller: lambda })

    expect(decision.nearest?.missed).to.equal('principal {"Service":"s3.amazonaws.com"} is not lambda.amazonaws.com')
  })

  it('looks among the policies that could have allowed', () => {
    const decision = ask([identity, source('boundary', { ...ALL, Action: 's3:Put*' }, 'the boundary')])

    expect(decision.nearest?.policy).to.equal('the boundary')
    expect(decision.nearest?.missed).to.equal('action s3:Put* does not match s3:GetObject')
  })
})
