// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how policy variables look
import { expect } from 'chai'
import { ACCOUNT, type Asked, ask, session } from './fixture.ts'
import type { Caller, ConditionBlock, ConditionKeys, PolicySource, Statement } from './types.ts'

/** The policies of chapter 6, evaluated as Cognito's sessions are. */

type Row = [expected: 'allow' | 'deny', name: string, asked: Asked]

const SUB = '${cognito-identity.amazonaws.com:sub}'
const POOL = 'us-east-1:12345678-dead-beef-cafe-123456790ab'
const ME = 'us-east-1:aaaaaaaa-1111-2222-3333-444444444444'
const YOU = 'us-east-1:bbbbbbbb-5555-6666-7777-888888888888'

/** A session of the authenticated role, as one identity of the pool gets it. */
const identityOf = (sub: string): Caller & { kind: 'role' } =>
  session('authenticated', 'CognitoIdentityCredentials', ACCOUNT, {
    keys: {
      'aws:FederatedProvider': 'cognito-identity.amazonaws.com',
      'cognito-identity.amazonaws.com:aud': POOL,
      'cognito-identity.amazonaws.com:sub': sub,
      'cognito-identity.amazonaws.com:amr': ['authenticated', 'login.yourdomain.com'],
    },
  })
const me = identityOf(ME)
const asked = (action: string, resource: string, keys: ConditionKeys = {}, caller = me): Asked => ({
  action,
  resource,
  caller,
  keys: { ...caller.keys, ...keys },
})

const table = (title: string, statements: Statement[], rows: Row[], more: PolicySource[] = []) => {
  const policies: PolicySource[] = [
    { name: 'role policy', kind: 'identity', policy: { Version: '2012-10-17', Statement: statements } },
    ...more,
  ]
  describe(title, () => {
    for (const [expected, name, question] of rows)
      it(`${expected}: ${name}`, () => {
        const decision = ask(policies, question)

        expect(decision.allowed, decision.reason).to.equal(expected === 'allow')
      })
  })
}
const allow = (Action: string | string[], Resource: string, Condition?: ConditionBlock): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
})

const bucketOf = (bucket: string) => `arn:aws:s3:::${bucket}`
const objects = (bucket: string) => ({
  list: (prefix?: string) => asked('s3:ListBucket', bucketOf(bucket), { 's3:prefix': prefix }),
  get: (key: string) => asked('s3:GetObject', `${bucketOf(bucket)}/${key}`),
  put: (key: string) => asked('s3:PutObject', `${bucketOf(bucket)}/${key}`),
  delete: (key: string) => asked('s3:DeleteObject', `${bucketOf(bucket)}/${key}`),
})

const privateFolders = (bucket: string, prefix: string): Statement[] => [
  allow('s3:ListBucket', bucketOf(bucket), { StringLike: { 's3:prefix': `${prefix}/${SUB}/*` } }),
  allow(['s3:GetObject', 's3:PutObject'], `${bucketOf(bucket)}/${prefix}/${SUB}/*`),
]
const publicFolders = (bucket: string, prefix: string): Statement[] => [
  allow('s3:ListBucket', bucketOf(bucket), { StringLike: { 's3:prefix': `${prefix}/*` } }),
  allow('s3:GetObject', `${bucketOf(bucket)}/${prefix}/*`),
  allow('s3:PutObject', `${bucketOf(bucket)}/${prefix}/${SUB}/*`),
]
const privateRows = (bucket: string, prefix: string): Row[] => {
  const { list, get, put, delete: remove } = objects(bucket)
  return [
    ['allow', 'list the own folder', list(`${prefix}/${ME}/`)],
    ['allow', 'list below it', list(`${prefix}/${ME}/sub/`)],
    ['allow', 'get from it', get(`${prefix}/${ME}/a.txt`)],
    ['allow', 'put into it', put(`${prefix}/${ME}/a.txt`)],
    ['deny', 'delete from it: no listing allows that', remove(`${prefix}/${ME}/a.txt`)],
    ['deny', "list somebody else's folder", list(`${prefix}/${YOU}/`)],
    ['deny', 'list all folders', list(`${prefix}/`)],
    ['deny', 'list without prefix', list()],
    ['deny', "get from somebody else's folder", get(`${prefix}/${YOU}/a.txt`)],
    ['deny', "put into somebody else's folder", put(`${prefix}/${YOU}/a.txt`)],
    ['deny', 'get beside the folders', get(`${prefix}/a.txt`)],
    ['deny', 'a folder whose name only begins with the own one', get(`${prefix}/${ME}0/a.txt`)],
  ]
}
const publicRows = (bucket: string, prefix: string): Row[] => {
  const { list, get, put, delete: remove } = objects(bucket)
  return [
    ['allow', 'list all folders', list(`${prefix}/`)],
    ['allow', "list somebody else's folder", list(`${prefix}/${YOU}/`)],
    ['allow', "get from somebody else's folder", get(`${prefix}/${YOU}/a.txt`)],
    ['allow', 'put into the own folder', put(`${prefix}/${ME}/a.txt`)],
    ['deny', "put into somebody else's folder", put(`${prefix}/${YOU}/a.txt`)],
    ['deny', 'put beside the folders', put(`${prefix}/a.txt`)],
    ['deny', 'delete from the own folder: no listing allows that', remove(`${prefix}/${ME}/a.txt`)],
    ['deny', 'list the whole bucket', list('')],
  ]
}

table('listing 6.1: private folders', privateFolders('B', 'P'), privateRows('B', 'P'))
table('listing 6.2: public folders', publicFolders('B', 'P'), publicRows('B', 'P'))

const READ = ['GetItem', 'BatchGetItem', 'Query'].map((name) => `dynamodb:${name}`)
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'].map((name) => `dynamodb:${name}`)
const tableArn = (name: string) => `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${name}`
const OWN: ConditionBlock = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': SUB } }
const privateItems = (name: string): Statement[] => [allow([...READ, ...WRITE], tableArn(name), OWN)]
const sharedItems = (name: string): Statement[] => [allow(READ, tableArn(name)), allow(WRITE, tableArn(name), OWN)]
const items = (name: string, action: string, ...keys: string[]) =>
  asked(action, tableArn(name), { 'dynamodb:LeadingKeys': keys })

const privateItemRows = (name: string): Row[] => [
  ...[...READ, ...WRITE].flatMap((action): Row[] => [
    ['allow', `${action} of own items`, items(name, action, ME)],
    ['deny', `${action} of somebody else's`, items(name, action, YOU)],
    ['deny', `${action} of both`, items(name, action, ME, YOU)],
  ]),
  ['allow', 'without the key ForAllValues is true', asked('dynamodb:GetItem', tableArn(name))],
  ['deny', 'scan', asked('dynamodb:Scan', tableArn(name))],
  ['deny', 'another table', items('other', 'dynamodb:GetItem', ME)],
]
const sharedItemRows = (name: string): Row[] => [
  ...READ.map((action): Row => ['allow', `${action} of somebody else's items`, items(name, action, YOU)]),
  ...WRITE.flatMap((action): Row[] => [
    ['allow', `${action} of own items`, items(name, action, ME)],
    ['deny', `${action} of somebody else's`, items(name, action, YOU)],
    ['deny', `${action} of both`, items(name, action, ME, YOU)],
  ]),
  ['deny', 'scan', asked('dynamodb:Scan', tableArn(name))],
]
table('listing 6.3: private items', privateItems('MyTable'), privateItemRows('MyTable'))
table('listing 6.4: shared items', sharedItems('MyTable'), sharedItemRows('MyTable'))

const exercise = [
  ...privateFolders('myapp', 'priv'),
  ...publicFolders('myapp', 'pub'),
  ...privateItems('private-table'),
  ...sharedItems('shared-table'),
]
table('exercise: one composed policy', exercise, [
  ...privateRows('myapp', 'priv'),
  ...publicRows('myapp', 'pub'),
  ...privateItemRows('private-table'),
  ...sharedItemRows('shared-table'),
])

it('the exercise has eight statements', () => {
  expect(exercise).to.have.length(8)
})

table(
  'guests in the enhanced flow: role and session policies must both allow',
  privateFolders('B', 'P'),
  [
    ['allow', 'what both allow', objects('B').get(`P/${ME}/a.txt`)],
    ['deny', 'what only the role allows', objects('B').put(`P/${ME}/a.txt`)],
    ['deny', 'what only the session policy allows', objects('B').get(`P/${YOU}/a.txt`)],
  ],
  [
    {
      name: "Cognito's policy for guests",
      kind: 'session',
      policy: { Version: '2012-10-17', Statement: allow('s3:GetObject', '*') },
    },
  ],
)

const trust = (amr: 'unauthenticated' | 'authenticated'): PolicySource[] => [
  {
    name: 'trust policy',
    kind: 'trust',
    policy: {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { 'cognito-identity.amazonaws.com:aud': POOL },
          'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': amr },
        },
      },
    },
  },
]
const comes = (aud: string, amr: string[] | undefined, provider = 'cognito-identity.amazonaws.com'): Asked => ({
  action: 'sts:AssumeRoleWithWebIdentity',
  resource: `arn:aws:iam::${ACCOUNT}:role/pool`,
  caller: { kind: 'anonymous', account: ACCOUNT, provider },
  keys: { 'cognito-identity.amazonaws.com:aud': aud, 'cognito-identity.amazonaws.com:amr': amr },
})
const FACEBOOK = ['authenticated', 'graph.facebook.com']

for (const [title, amr, rows] of [
  [
    'listing 6.5: trust policy of the role for guests',
    'unauthenticated',
    [
      ['allow', 'a guest', comes(POOL, ['unauthenticated'])],
      ['deny', 'a user of Facebook', comes(POOL, FACEBOOK)],
      ['deny', 'a guest of another pool', comes('us-east-1:other', ['unauthenticated'])],
      ['deny', 'a token without amr', comes(POOL, undefined)],
    ],
  ],
  [
    'listing 6.6: trust policy of the role for users',
    'authenticated',
    [
      ['allow', 'a user of Facebook', comes(POOL, FACEBOOK)],
      ['allow', 'a user of Google', comes(POOL, ['authenticated', 'accounts.google.com'])],
      ['allow', 'a user of Amazon', comes(POOL, ['authenticated', 'www.amazon.com'])],
      ['allow', 'a user of the own service', comes(POOL, ['authenticated', 'login.yourdomain.com'])],
      ['deny', 'a guest', comes(POOL, ['unauthenticated'])],
      ['deny', 'a user of another pool', comes('us-east-1:other', FACEBOOK)],
      ['deny', "another provider's token", comes(POOL, FACEBOOK, 'graph.facebook.com')],
      ['deny', 'a caller with credentials', { ...comes(POOL, FACEBOOK), caller: me }],
      ['deny', 'plain AssumeRole', { ...comes(POOL, FACEBOOK), action: 'sts:AssumeRole' }],
    ],
  ],
] as [string, 'unauthenticated' | 'authenticated', Row[]][])
  describe(title, () => {
    for (const [expected, name, question] of rows)
      it(`${expected}: ${name}`, () => {
        expect(ask(trust(amr), question).allowed).to.equal(expected === 'allow')
      })
  })
