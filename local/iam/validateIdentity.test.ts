// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how policy variables look
import { expect } from 'chai'
import { document, refusal } from './fixture.ts'

const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(ALLOW).filter(([name]) => !names.includes(name)))

const SYNTAX = 'Syntax errors in policy.'
const VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'

describe('validatePolicy: policies of principals', () => {
  for (const [name, given] of [
    ['one statement', document(ALLOW)],
    ['several', document([ALLOW, { ...ALLOW, Effect: 'Deny' }])],
    ['an Id', document(ALLOW, { Id: 'x y' })],
    ['all actions, all resources', document({ Effect: 'Allow', Action: '*', Resource: '*' })],
    [
      'NotAction and NotResource',
      document({ Effect: 'Deny', NotAction: ['s3:Get*'], NotResource: ['arn:aws:s3:::b/*'] }),
    ],
    [
      'an empty Sid, twice',
      document([
        { ...ALLOW, Sid: '' },
        { ...ALLOW, Sid: '' },
      ]),
    ],
    [
      'conditions of every kind of value',
      document({
        ...ALLOW,
        Condition: { Bool: { 'aws:SecureTransport': true }, NumericLessThan: { 's3:max-keys': [1, '2'] } },
      }),
    ],
    [
      'dates',
      document({
        ...ALLOW,
        Condition: { DateLessThan: { 'aws:CurrentTime': ['2016-01-01T00:00:00Z', '2016-01-01', '1451606400'] } },
      }),
    ],
    ['a variable', document({ ...ALLOW, Resource: 'arn:aws:s3:::b/${aws:username}/*' })],
    ['an ARN of IAM', document({ ...ALLOW, Action: 'iam:PassRole', Resource: 'arn:aws:iam::123456789012:role/x' })],
    ['an ARN with wildcards', document({ ...ALLOW, Resource: 'arn:aws:logs:*:*:*' })],
  ] as const)
    it(`takes ${name}`, () => {
      expect(refusal(given, 'inline')).to.equal('')
      expect(refusal(given, 'managed')).to.equal('')
      expect(refusal(given, 'session')).to.equal('')
    })

  for (const [name, given, message] of [
    ['no JSON', '{nope', SYNTAX],
    ['no object', '[]', SYNTAX],
    ['nothing', '{}', SYNTAX],
    ['null', 'null', SYNTAX],
    ['an unknown element', document(ALLOW, { Comment: 'x' }), SYNTAX],
    ['an unknown element of a statement', document({ ...ALLOW, Actions: 'x' }), SYNTAX],
    [
      'an element twice',
      `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}`,
      SYNTAX,
    ],
    ['another version', document(ALLOW, { Version: '2020-01-01' }), SYNTAX],
    ['no statement', document([]), SYNTAX],
    ['a statement that is none', document('x'), SYNTAX],
    ['no effect', document(without('Effect')), SYNTAX],
    ['another effect', document({ ...ALLOW, Effect: 'allow' }), SYNTAX],
    ['a principal', document({ ...ALLOW, Principal: '*' }), 'Policy document should not specify a principal.'],
    ['NotPrincipal', document({ ...ALLOW, NotPrincipal: '*' }), 'Policy document should not specify a principal.'],
    ['no action', document(without('Action')), 'Policy statement must contain actions.'],
    ['an empty list of actions', document({ ...ALLOW, Action: [] }), 'Policy statement must contain actions.'],
    ['no resource', document(without('Resource')), 'Policy statement must contain resources.'],
    ['an empty list of resources', document({ ...ALLOW, Resource: [] }), 'Policy statement must contain resources.'],
    ['Action and NotAction', document({ ...ALLOW, NotAction: 's3:*' }), SYNTAX],
    ['Resource and NotResource', document({ ...ALLOW, NotResource: '*' }), SYNTAX],
    ['an action that is no text', document({ ...ALLOW, Action: 7 }), SYNTAX],
    ['a list with something else', document({ ...ALLOW, Resource: ['*', {}] }), SYNTAX],
    ['an action without service', document({ ...ALLOW, Action: 'GetObject' }), VENDOR],
    [
      'an action with two colons',
      document({ ...ALLOW, Action: 's3:Get:Object' }),
      'Actions/Condition can contain only one colon.',
    ],
    ['an odd service', document({ ...ALLOW, Action: 's_3:GetObject' }), 'Vendor s_3 is not valid'],
    [
      'a resource that is no ARN',
      document({ ...ALLOW, Resource: 'my-bucket' }),
      'Resource my-bucket must be in ARN format or "*".',
    ],
    [
      'another partition',
      document({ ...ALLOW, Resource: 'arn:cloud:s3:::b' }),
      'Partition "cloud" is not valid for resource "arn:cloud:s3:::b".',
    ],
    [
      'half an ARN',
      document({ ...ALLOW, Resource: 'arn:aws' }),
      'Resource vendor must be fully qualified and cannot contain regexes.',
    ],
    [
      'a wildcard as service',
      document({ ...ALLOW, Resource: 'arn:aws:s*:::b' }),
      'Resource vendor must be fully qualified and cannot contain regexes.',
    ],
    ['an ARN that is too short', document({ ...ALLOW, Resource: 'arn:aws:s3::b' }), 'The policy failed legacy parsing'],
    [
      'a bucket with a region',
      document({ ...ALLOW, Resource: 'arn:aws:s3:us-east-1::b' }),
      'Resource arn:aws:s3:us-east-1::b can not contain region information.',
    ],
    [
      'a role with a region',
      document({ ...ALLOW, Resource: 'arn:aws:iam:us-east-1:1:role/x' }),
      'IAM resource arn:aws:iam:us-east-1:1:role/x cannot contain region information.',
    ],
    [
      'Sids twice',
      document([
        { ...ALLOW, Sid: 'a' },
        { ...ALLOW, Sid: 'a' },
      ]),
      'Statement IDs (SID) in a single policy must be unique.',
    ],
    [
      'a Sid with spaces',
      document({ ...ALLOW, Sid: 'a b' }),
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    ],
    ['a condition that is none', document({ ...ALLOW, Condition: [] }), SYNTAX],
    ['an operator that does not exist', document({ ...ALLOW, Condition: { StringEqual: { 'a:b': 'c' } } }), SYNTAX],
    [
      'the operators of the book',
      document({ ...ALLOW, Condition: { DateGreaterThanOrEqual: { 'aws:CurrentTime': '2016-01-01' } } }),
      SYNTAX,
    ],
    ['NullIfExists', document({ ...ALLOW, Condition: { NullIfExists: { 'a:b': 'true' } } }), SYNTAX],
    ['a value that is an object', document({ ...ALLOW, Condition: { StringEquals: { 'a:b': {} } } }), SYNTAX],
    ['a key without service', document({ ...ALLOW, Condition: { StringEquals: { SourceIp: 'c' } } }), VENDOR],
    [
      'a date that is none',
      document({ ...ALLOW, Condition: { DateLessThan: { 'aws:CurrentTime': 'soon' } } }),
      'The policy failed legacy parsing',
    ],
  ] as const)
    it(`refuses ${name}`, () => {
      expect(refusal(given, 'inline')).to.equal(`MalformedPolicyDocument: ${message}`)
      expect(refusal(given, 'session')).to.equal(`MalformedPolicyDocument: ${message}`)
    })

  it('names the paths of IAM', () => {
    expect(refusal(document({ ...ALLOW, Resource: 'arn:aws:iam::123456789012:roles/x' }), 'inline')).to.match(
      /^MalformedPolicyDocument: IAM resource path must either be "\*" or start with user\/, federated-user\/, role\/, /,
    )
  })

  for (const more of [{ Version: '2008-10-17' }, { Version: undefined }])
    it(`takes version ${more.Version} inline, but not as a managed policy`, () => {
      expect(refusal(document(ALLOW, more), 'inline')).to.equal('')
      expect(refusal(document(ALLOW, more), 'managed')).to.equal(
        'MalformedPolicyDocument: Policy document must be version 2012-10-17 or greater.',
      )
    })
})
