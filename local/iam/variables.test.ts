// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how policy variables look
import { expect } from 'chai'
import { ask, holds } from './fixture.ts'
import type { ConditionKeys } from './types.ts'

/** IAM user guide, "IAM policy elements: Variables and tags". */
describe('policy variables', () => {
  const reaches = (Resource: string, resource: string, keys: ConditionKeys, Version = '2012-10-17') =>
    ask([{ name: 'p', kind: 'identity', policy: { Version, Statement: { Effect: 'Allow', Action: '*', Resource } } }], {
      resource,
      keys,
    }).allowed
  const HOME = 'arn:aws:s3:::bucket/${aws:username}/*'

  for (const [name, Resource, resource, keys, expected] of [
    ['a value', HOME, 'arn:aws:s3:::bucket/David/a.txt', { 'aws:username': 'David' }, true],
    ['another value', HOME, 'arn:aws:s3:::bucket/Adele/a.txt', { 'aws:username': 'David' }, false],
    ['a key in another case', HOME, 'arn:aws:s3:::bucket/David/a', { 'AWS:UserName': 'David' }, true],
    ['no value', HOME, 'arn:aws:s3:::bucket//a.txt', {}, false],
    ['no value is not the text either', HOME, 'arn:aws:s3:::bucket/${aws:username}/a', {}, false],
    ['several values', HOME, 'arn:aws:s3:::bucket/a/a.txt', { 'aws:username': ['a'] }, false],
    ['a star as value', HOME, 'arn:aws:s3:::bucket/David/a.txt', { 'aws:username': '*' }, false],
    ['a star that is itself', HOME, 'arn:aws:s3:::bucket/*/a.txt', { 'aws:username': '*' }, true],
    ['a question mark as value', HOME, 'arn:aws:s3:::bucket/x/a.txt', { 'aws:username': '?' }, false],
    [
      'a variable as value',
      HOME,
      'arn:aws:s3:::bucket/me/a',
      { 'aws:username': '${aws:userid}', 'aws:userid': 'me' },
      false,
    ],
    ['a value with a colon', HOME, 'arn:aws:s3:::bucket/us-east-1:1-2/a', { 'aws:username': 'us-east-1:1-2' }, true],
    [
      'two variables',
      'arn:aws:s3:::${aws:PrincipalTag/team}-x/${aws:userid}',
      'arn:aws:s3:::red-x/AIDA',
      { 'aws:PrincipalTag/team': 'red', 'aws:userid': 'AIDA' },
      true,
    ],
    [
      'the identity of a pool',
      'arn:aws:s3:::b/priv/${cognito-identity.amazonaws.com:sub}/*',
      'arn:aws:s3:::b/priv/us-east-1:abc/x',
      { 'cognito-identity.amazonaws.com:sub': 'us-east-1:abc' },
      true,
    ],
    ['a default', "arn:aws:s3:::b/${aws:userid, 'anonymous'}", 'arn:aws:s3:::b/anonymous', {}, true],
    [
      'a default that is not needed',
      "arn:aws:s3:::b/${aws:userid, 'anonymous'}",
      'arn:aws:s3:::b/me',
      { 'aws:userid': 'me' },
      true,
    ],
    ['a default without space', "arn:aws:s3:::b/${aws:userid,'anonymous'}", 'arn:aws:s3:::b/anonymous', {}, true],
    ['a star in a default', "arn:aws:s3:::b/${aws:userid, '*'}", 'arn:aws:s3:::b/me', {}, false],
    ['a comma and quotes in a default', "arn:aws:s3:::b/${a:k, 'it''s, you'}", "arn:aws:s3:::b/it''s, you", {}, true],
    ['${*}', 'arn:aws:s3:::b/${*}', 'arn:aws:s3:::b/*', {}, true],
    ['${*} is no wildcard', 'arn:aws:s3:::b/${*}', 'arn:aws:s3:::b/x', {}, false],
    ['${?}', 'arn:aws:s3:::b/${?}', 'arn:aws:s3:::b/?', {}, true],
    ['${?} is no wildcard', 'arn:aws:s3:::b/${?}', 'arn:aws:s3:::b/x', {}, false],
    ['${$}', 'arn:aws:s3:::b/${$}{x}', 'arn:aws:s3:::b/${x}', {}, true],
    [
      'what is not closed',
      'arn:aws:s3:::b/${aws:username',
      'arn:aws:s3:::b/${aws:username',
      { 'aws:username': 'x' },
      true,
    ],
    [
      'wildcards beside a variable',
      'arn:aws:s3:::b/*/${aws:username}-?',
      'arn:aws:s3:::b/z/David-1',
      { 'aws:username': 'David' },
      true,
    ],
  ] as [string, string, string, ConditionKeys, boolean][])
    it(`in a resource: ${name}`, () => {
      expect(reaches(Resource, resource, keys)).to.equal(expected)
    })

  for (const version of ['2008-10-17', undefined])
    it(`stay plain text in a policy of version ${version}`, () => {
      const keys = { 'aws:username': 'David' }
      const decided = (resource: string) =>
        ask(
          [
            {
              name: 'p',
              kind: 'identity',
              policy: {
                ...(version && { Version: version }),
                Statement: { Effect: 'Allow', Action: '*', Resource: HOME },
              },
            },
          ],
          { resource, keys },
        ).allowed

      expect(decided('arn:aws:s3:::bucket/David/a')).to.equal(false)
      expect(decided('arn:aws:s3:::bucket/${aws:username}/a')).to.equal(true)
      expect(holds({ StringEquals: { 'a:k': '${aws:username}' } }, { ...keys, 'a:k': 'David' }, '2008-10-17')).to.equal(
        false,
      )
    })

  const same = { 'aws:PrincipalTag/Team': '${s3:ExistingObjectTag/Team}' }
  for (const [name, condition, keys, expected] of [
    [
      'StringEquals',
      { StringEquals: same },
      { 'aws:PrincipalTag/Team': 'red', 's3:ExistingObjectTag/Team': 'red' },
      true,
    ],
    [
      'StringEquals of another value',
      { StringEquals: same },
      { 'aws:PrincipalTag/Team': 'red', 's3:ExistingObjectTag/Team': 'blue' },
      false,
    ],
    [
      'StringEquals without a value: nothing is equal',
      { StringEquals: same },
      { 'aws:PrincipalTag/Team': 'red' },
      false,
    ],
    [
      'StringNotEquals without a value: all is unequal',
      { StringNotEquals: same },
      { 'aws:PrincipalTag/Team': 'red' },
      true,
    ],
    [
      'StringEqualsIgnoreCase',
      { StringEqualsIgnoreCase: same },
      { 'aws:PrincipalTag/Team': 'RED', 's3:ExistingObjectTag/Team': 'red' },
      true,
    ],
    [
      'StringEqualsIgnoreCase without a value',
      { StringEqualsIgnoreCase: same },
      { 'aws:PrincipalTag/Team': 'RED' },
      false,
    ],
    [
      'StringLike',
      { StringLike: { 's3:prefix': '${aws:username}/*' } },
      { 's3:prefix': 'David/x', 'aws:username': 'David' },
      true,
    ],
    [
      'StringLike: a star as value',
      { StringLike: { 's3:prefix': '${aws:username}/*' } },
      { 's3:prefix': 'David/x', 'aws:username': '*' },
      false,
    ],
    [
      'StringNotLike without a value',
      { StringNotLike: { 's3:prefix': '${aws:username}/*' } },
      { 's3:prefix': 'David/x' },
      true,
    ],
    [
      'ArnLike',
      { ArnLike: { 'a:arn': 'arn:aws:iam::1:role/${aws:username}-*' } },
      { 'a:arn': 'arn:aws:iam::1:role/David-x', 'aws:username': 'David' },
      true,
    ],
    [
      'ArnEquals of a whole ARN',
      { ArnEquals: { 'a:arn': '${aws:PrincipalArn}' } },
      { 'a:arn': 'arn:aws:iam::1:role/x', 'aws:PrincipalArn': 'arn:aws:iam::1:role/x' },
      true,
    ],
    [
      'ArnLike without a value',
      { ArnLike: { 'a:arn': '${aws:PrincipalArn}' } },
      { 'a:arn': 'arn:aws:iam::1:role/x' },
      false,
    ],
    ['a default', { StringEquals: { 'a:k': "${aws:username, 'nobody'}" } }, { 'a:k': 'nobody' }, true],
    ['Bool', { Bool: { 'a:k': '${a:other}' } }, { 'a:k': 'true', 'a:other': 'true' }, true],
  ] as [string, Parameters<typeof holds>[0], ConditionKeys, boolean][])
    it(`in a condition: ${name}`, () => {
      expect(holds(condition, keys)).to.equal(expected)
    })

  it('are none in actions', () => {
    const policies = [
      {
        name: 'p',
        kind: 'identity' as const,
        policy: { Version: '2012-10-17', Statement: { Effect: 'Allow' as const, Action: 's3:${a:k}', Resource: '*' } },
      },
    ]

    expect(ask(policies, { action: 's3:GetObject', keys: { 'a:k': 'GetObject' } }).allowed).to.equal(false)
  })
})
