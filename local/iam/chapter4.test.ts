import { expect } from 'chai'
import { type Asked, anonymous, ask, lambda, session, user } from './fixture.ts'
import type { ConditionBlock, ConditionKeys, Policy, PolicySource, Statement } from './types.ts'

/** The policies of chapter 4, with the requests that they must allow and deny, and why. */

type Row = [expected: 'allow' | 'deny', name: string, asked: Asked, missed?: string | RegExp]

const table = (title: string, policies: PolicySource[], rows: Row[]) => {
  describe(title, () => {
    for (const [expected, name, asked, missed] of rows)
      it(`${expected}: ${name}`, () => {
        const decision = ask(policies, asked)

        expect(decision.allowed, decision.reason).to.equal(expected === 'allow')
        if (missed !== undefined) expect(decision.nearest?.missed).to.match(new RegExp(missed))
      })
  })
}
const identity = (statements: Statement[], Version = '2012-10-17'): PolicySource[] => [
  { name: 'policy', kind: 'identity', policy: { Version, Statement: statements } },
]
const bucketPolicy = (policy: Policy): PolicySource[] => [{ name: 'bucket policy', kind: 'resource', policy }]
const allow = (Action: string | string[], Resource: string | string[], Condition?: ConditionBlock): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
})

const BUCKET = 'arn:aws:s3:::BUCKET'
const OTHER = 'arn:aws:s3:::OTHER'
const ANY = 'arn:aws:s3:::*'
const OBJECTS = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject']
const s3 = (action: string, resource: string, keys: ConditionKeys = {}): Asked => ({
  action: `s3:${action}`,
  resource,
  keys,
})
const list = (prefix?: string, bucket = BUCKET): Asked => s3('ListBucket', bucket, { 's3:prefix': prefix })

const readWrite = [allow(['s3:ListBucket', 's3:GetBucketLocation'], BUCKET), allow(OBJECTS, `${BUCKET}/*`)]

table('listing 4.1: read and write on a bucket', identity(readWrite), [
  ['allow', 'list the bucket', list()],
  ['allow', 'list a prefix', list('a/')],
  ['allow', 'where the bucket is', s3('GetBucketLocation', BUCKET)],
  ['allow', 'put', s3('PutObject', `${BUCKET}/a.txt`)],
  ['allow', 'get', s3('GetObject', `${BUCKET}/deep/er/a.txt`)],
  ['allow', 'delete', s3('DeleteObject', `${BUCKET}/a.txt`)],
  ['deny', 'list all buckets', s3('ListAllMyBuckets', ANY), 'does not match s3:ListAllMyBuckets'],
  [
    'deny',
    'get of another bucket',
    s3('GetObject', `${OTHER}/a.txt`),
    'resource arn:aws:s3:::BUCKET/\\* does not match',
  ],
  ['deny', 'a bucket whose name begins the same', s3('GetObject', 'arn:aws:s3:::BUCKET2/a.txt')],
  ['deny', 'delete the bucket', s3('DeleteBucket', BUCKET)],
  ['deny', 'put an ACL', s3('PutObjectAcl', `${BUCKET}/a.txt`)],
  ['deny', 'list objects with the right of the bucket on an object', s3('ListBucket', `${BUCKET}/a`)],
])

table('listing 4.2: and what the console needs', identity([...readWrite, allow('s3:ListAllMyBuckets', ANY)]), [
  ['allow', 'list all buckets', s3('ListAllMyBuckets', ANY)],
  ['allow', 'put', s3('PutObject', `${BUCKET}/a.txt`)],
  ['deny', 'list another bucket', list(undefined, OTHER)],
  ['deny', 'where another bucket is', s3('GetBucketLocation', OTHER)],
])

const onePrefix = (bucket: string, prefix: string, actions: string | string[]) => [
  allow(['s3:ListAllMyBuckets', 's3:GetBucketLocation'], ANY),
  allow('s3:ListBucket', bucket, { StringLike: { 's3:prefix': prefix } }),
  allow(actions, `${bucket}/${prefix}*`),
]
table('listing 4.3: one prefix only', identity(onePrefix(BUCKET, 'PREFIX/', OBJECTS)), [
  ['allow', 'list all buckets', s3('ListAllMyBuckets', ANY)],
  ['allow', 'where any bucket is', s3('GetBucketLocation', OTHER)],
  ['allow', 'list the prefix', list('PREFIX/')],
  ['allow', 'put below it', s3('PutObject', `${BUCKET}/PREFIX/a.txt`)],
  ['allow', 'get deep below it', s3('GetObject', `${BUCKET}/PREFIX/sub/a.txt`)],
  ['allow', 'delete below it', s3('DeleteObject', `${BUCKET}/PREFIX/a.txt`)],
  ['deny', 'list without prefix', list(), 's3:prefix "PREFIX/" does not hold: it is not in the request'],
  ['deny', 'list with an empty prefix', list('')],
  ['deny', 'list deeper: without a star the prefix is exactly that', list('PREFIX/sub/'), 'it is "PREFIX/sub/" here'],
  ['deny', 'list another prefix', list('OTHER/')],
  ['deny', 'get beside it', s3('GetObject', `${BUCKET}/other.txt`)],
  ['deny', 'get where the name goes on', s3('GetObject', `${BUCKET}/PREFIXED/a.txt`)],
  ['deny', 'list another bucket', list('PREFIX/', OTHER)],
])

table(
  'exercise: read-only, only under my-prefix/',
  identity(onePrefix('arn:aws:s3:::my-bucket', 'my-prefix/', 's3:GetObject')),
  [
    ['allow', 'list buckets', s3('ListAllMyBuckets', ANY)],
    ['allow', 'bucket location', s3('GetBucketLocation', 'arn:aws:s3:::my-bucket')],
    ['allow', 'list with the prefix', list('my-prefix/', 'arn:aws:s3:::my-bucket')],
    ['allow', 'get my-prefix/a.txt', s3('GetObject', 'arn:aws:s3:::my-bucket/my-prefix/a.txt')],
    ['deny', 'list without prefix', list(undefined, 'arn:aws:s3:::my-bucket')],
    ['deny', 'list other/', list('other/', 'arn:aws:s3:::my-bucket')],
    ['deny', 'get other/a.txt', s3('GetObject', 'arn:aws:s3:::my-bucket/other/a.txt')],
    ['deny', 'get my-prefixed/a.txt', s3('GetObject', 'arn:aws:s3:::my-bucket/my-prefixed/a.txt')],
    ['deny', 'put', s3('PutObject', 'arn:aws:s3:::my-bucket/my-prefix/a.txt')],
    ['deny', 'delete', s3('DeleteObject', 'arn:aws:s3:::my-bucket/my-prefix/a.txt')],
    ['deny', 'another bucket', s3('GetObject', 'arn:aws:s3:::other-bucket/my-prefix/a.txt')],
  ],
)

const TABLE = 'arn:aws:dynamodb:us-east-1:111122223333:table/my-table'
const dynamodb = (action: string, resource = TABLE): Asked => ({ action: `dynamodb:${action}`, resource })
const items = ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'BatchWriteItem', 'DeleteItem'].map(
  (name) => `dynamodb:${name}`,
)
const everyItem = items.map((action): Row => ['allow', action, { action, resource: TABLE }])

table('listing 4.4: read and write on a table', identity([allow(items, TABLE)]), [
  ...everyItem,
  ['deny', 'query', dynamodb('Query')],
  ['deny', 'scan', dynamodb('Scan')],
  ['deny', 'another table', dynamodb('GetItem', `${TABLE}2`)],
  ['deny', 'an index of the table', dynamodb('GetItem', `${TABLE}/index/i`)],
  ['deny', 'another region', dynamodb('GetItem', TABLE.replace('us-east-1', 'eu-west-1'))],
  ['deny', 'delete the table', dynamodb('DeleteTable')],
])
table('listing 4.5: and query', identity([allow([...items, 'dynamodb:Query'], TABLE)]), [
  ...everyItem,
  ['allow', 'query', dynamodb('Query')],
  ['deny', 'scan', dynamodb('Scan')],
])

table('read-only on a bucket', identity([readWrite[0] as Statement, allow('s3:GetObject', `${BUCKET}/*`)]), [
  ['allow', 'list', list()],
  ['allow', 'get', s3('GetObject', `${BUCKET}/a`)],
  ['deny', 'put', s3('PutObject', `${BUCKET}/a`)],
  ['deny', 'delete', s3('DeleteObject', `${BUCKET}/a`)],
])
table(
  'read-only on a table',
  identity([allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], TABLE)]),
  [
    ['allow', 'get', dynamodb('GetItem')],
    ['allow', 'get several', dynamodb('BatchGetItem')],
    ['allow', 'query', dynamodb('Query')],
    ['deny', 'put', dynamodb('PutItem')],
    ['deny', 'update', dynamodb('UpdateItem')],
    ['deny', 'delete', dynamodb('DeleteItem')],
    ['deny', 'write several: the slip of the book', dynamodb('BatchWriteItem')],
  ],
)

const GROUP = 'arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/greetingsOnDemand'
const logs = (action: string, resource = GROUP): Asked => ({ action: `logs:${action}`, resource })
table(
  'listing 4.6: basic execution',
  identity([allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], 'arn:aws:logs:*:*:*')]),
  [
    ['allow', 'create its group', logs('CreateLogGroup')],
    ['allow', 'create a stream', logs('CreateLogStream', `${GROUP}:log-stream:2026/01/01/[$LATEST]0`)],
    ['allow', 'write to it', logs('PutLogEvents', `${GROUP}:log-stream:2026/01/01/[$LATEST]0`)],
    ['deny', 'read the log', logs('GetLogEvents', `${GROUP}:log-stream:x`)],
    ['deny', 'delete the group', logs('DeleteLogGroup')],
    ['deny', 'read an object', s3('GetObject', `${BUCKET}/a`)],
  ],
)

const take = (caller: Asked['caller'], action = 'sts:AssumeRole'): Asked => ({
  action,
  resource: 'arn:aws:iam::111122223333:role/lambda',
  caller,
})
table(
  'listing 4.7: who may take the role on',
  [
    ...identity([allow('*', '*')]),
    {
      name: 'trust policy',
      kind: 'trust',
      policy: {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      },
    },
  ],
  [
    ['allow', 'Lambda', take(lambda)],
    [
      'deny',
      'another service',
      take({ kind: 'service', principal: 's3.amazonaws.com', account: '111122223333' }),
      'principal',
    ],
    ['deny', 'a user who may everything', take(user())],
    ['deny', 'another role that may everything', take(session())],
    ['deny', 'Lambda, by a web identity', take(lambda, 'sts:AssumeRoleWithWebIdentity')],
  ],
)

const under = (condition: ConditionBlock) => identity([allow('*', '*', condition)])
const from = (ip: string | undefined): Asked => ({ keys: { 'aws:SourceIp': ip } })
table('table 4.1: aws:SourceIp within', under({ IpAddress: { 'aws:SourceIp': ['10.1.2.0/24', '10.2.3.0/24'] } }), [
  ['allow', 'the first range', from('10.1.2.1')],
  ['allow', 'the second range', from('10.2.3.255')],
  ['deny', 'beside the ranges', from('10.1.3.1'), 'it is "10.1.3.1" here'],
  ['deny', 'a service that calls: no address', from(undefined)],
])
table('table 4.1: aws:SourceIp outside', under({ NotIpAddress: { 'aws:SourceIp': '192.168.0.0/16' } }), [
  ['allow', 'another address', from('10.0.0.1')],
  ['deny', 'within', from('192.168.255.1')],
  ['allow', 'no address: nothing that could match', from(undefined)],
])
const at = (time: string): Asked => ({ keys: { 'aws:CurrentTime': time } })
table(
  'table 4.1: aws:CurrentTime in January 2016',
  under({
    DateGreaterThanEquals: { 'aws:CurrentTime': '2016-01-01T00:00:00Z' },
    DateLessThan: { 'aws:CurrentTime': '2016-02-01T00:00:00Z' },
  }),
  [
    ['allow', 'the first instant', at('2016-01-01T00:00:00.000Z')],
    ['allow', 'the last instant', at('2016-01-31T23:59:59.999Z')],
    ['deny', 'before it', at('2015-12-31T23:59:59.999Z')],
    ['deny', 'the first instant of February', at('2016-02-01T00:00:00.000Z')],
  ],
)
table(
  'table 4.1: the operators that the book prints do not exist',
  under({ DateGreaterThanOrEqual: { 'aws:CurrentTime': '2016-01-01' } }),
  [['deny', 'in January', at('2016-01-15T00:00:00Z')]],
)

const read = (caller: Asked['caller'], keys: ConditionKeys): Asked => ({
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::your-bucket/a',
  caller,
  keys,
})
const forEverybody = (Effect: 'Allow' | 'Deny', Condition: ConditionBlock): Statement => ({
  Effect,
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::your-bucket/*',
  Condition,
})
table(
  'table 4.1: aws:SecureTransport in a bucket policy',
  bucketPolicy({ Version: '2012-10-17', Statement: forEverybody('Allow', { Bool: { 'aws:SecureTransport': true } }) }),
  [
    ['allow', 'anybody, over HTTPS', read(anonymous, { 'aws:SecureTransport': 'true' })],
    ['deny', 'over HTTP', read(anonymous, { 'aws:SecureTransport': 'false' })],
    ['deny', 'another bucket', { ...read(anonymous, { 'aws:SecureTransport': 'true' }), resource: `${OTHER}/a` }],
  ],
)
table(
  'table 4.1: aws:SecureTransport as it is used today',
  [
    ...identity([allow('*', '*')]),
    ...bucketPolicy({
      Version: '2012-10-17',
      Statement: forEverybody('Deny', { Bool: { 'aws:SecureTransport': 'false' } }),
    }),
  ],
  [
    ['allow', 'HTTPS', read(user(), { 'aws:SecureTransport': 'true' })],
    ['deny', 'HTTP, though an identity policy allows all', read(user(), { 'aws:SecureTransport': 'false' })],
  ],
)

const mfa = (present?: string): Asked => ({ keys: { 'aws:MultiFactorAuthPresent': present } })
table('table 4.1: aws:MultiFactorAuthPresent', under({ Bool: { 'aws:MultiFactorAuthPresent': true } }), [
  ['allow', 'with a code', mfa('true')],
  ['deny', 'temporary credentials without a code', mfa('false')],
  ['deny', 'long-term keys: the key is absent', mfa()],
])
const denyWithoutCode = (operator: string) => [
  ...identity([
    allow('*', '*'),
    { ...allow('*', '*', { [operator]: { 'aws:MultiFactorAuthPresent': 'false' } }), Effect: 'Deny' },
  ]),
]
table('table 4.1: a Deny with Bool lets long-term keys through', denyWithoutCode('Bool'), [
  ['deny', 'without a code', mfa('false')],
  ['allow', 'long-term keys', mfa()],
])
table('table 4.1: a Deny with BoolIfExists does not', denyWithoutCode('BoolIfExists'), [
  ['allow', 'with a code', mfa('true')],
  ['deny', 'without a code', mfa('false')],
  ['deny', 'long-term keys', mfa()],
])
table(
  'table 4.1: aws:Referer',
  bucketPolicy({
    Version: '2012-10-17',
    Statement: forEverybody('Allow', {
      StringLike: { 'aws:Referer': ['http://www.your-website.com/*', 'http://your-website.com/*'] },
    }),
  }),
  [
    ['allow', 'from the website', read(anonymous, { 'aws:Referer': 'http://www.your-website.com/gallery' })],
    ['allow', 'from its other name', read(anonymous, { 'aws:Referer': 'http://your-website.com/' })],
    ['deny', 'from elsewhere', read(anonymous, { 'aws:Referer': 'http://their-website.com/' })],
    ['deny', 'typed in', read(anonymous, {})],
  ],
)

// biome-ignore lint/suspicious/noTemplateCurlyInString: that is how policy variables look
const home = [allow('s3:GetObject', 'arn:aws:s3:::b/${aws:username}/*')]
const own: Asked = { resource: 'arn:aws:s3:::b/carlos/a', keys: { 'aws:username': 'carlos' } }
table('a variable, version 2012-10-17', identity(home), [['allow', 'the own folder', own]])
table('a variable, version 2008-10-17', identity(home, '2008-10-17'), [['deny', 'the own folder', own]])
