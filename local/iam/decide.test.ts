import {
  ACCOUNT,
  ALL,
  anonymous,
  DENY,
  ELSEWHERE,
  identity,
  lambda,
  NOTHING,
  none,
  resource,
  rows,
  session,
  source,
  user,
} from './fixture.ts'
import type { Statement } from './types.ts'

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
    [
      'a statement without actions fits none',
      [source('identity', { Effect: 'Allow', Resource: '*' })],
      {},
      false,
      NO_IDENTITY,
    ],
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
