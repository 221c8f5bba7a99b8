// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how policy variables look
import { expect } from 'chai'
import fc from 'fast-check'
import { ServiceError } from '../base/errors.ts'
import { decide } from './decide.ts'
import { hasDoubleKeys, sizeOf } from './documents.ts'
import { user } from './fixture.ts'
import { type DocumentKind, validatePolicy } from './validate.ts'

const refusal = (document: string, kind: DocumentKind, options = {}): string => {
  try {
    validatePolicy(document, kind, options)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    expect(error.status).to.equal(400)
    return `${error.code}: ${error.message}`
  }
  return ''
}
const ALLOW = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const document = (statement: unknown, more: Record<string, unknown> = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statement, ...more })
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

const TRUST = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
const BUCKET = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const COGNITO = { Federated: 'cognito-identity.amazonaws.com' }

describe('validatePolicy: trust policies', () => {
  for (const [name, statement] of [
    ['a service', TRUST],
    ['several services', { ...TRUST, Principal: { Service: ['lambda.amazonaws.com', 'apigateway.amazonaws.com'] } }],
    ['an account', { ...TRUST, Principal: { AWS: '123456789012' } }],
    ['its root', { ...TRUST, Principal: { AWS: 'arn:aws:iam::123456789012:root' } }],
    ['a role', { ...TRUST, Principal: { AWS: 'arn:aws:iam::123456789012:role/path/x' } }],
    ['a session', { ...TRUST, Principal: { AWS: 'arn:aws:sts::123456789012:assumed-role/x/y' } }],
    ['everybody', { ...TRUST, Principal: { AWS: '*' } }],
    [
      'a pool',
      {
        ...TRUST,
        Principal: COGNITO,
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'x' } },
      },
    ],
    [
      'a provider',
      {
        ...TRUST,
        Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' },
      },
    ],
    ['a Sid with spaces', { ...TRUST, Sid: 'a b' }],
  ] as const)
    it(`take ${name}`, () => {
      expect(refusal(document(statement), 'trust')).to.equal('')
    })

  for (const [name, given, message] of [
    ['no JSON', '{nope', 'This policy contains invalid Json'],
    ['an unknown element', document(TRUST, { Comment: 'x' }), 'Unknown field Comment'],
    ['another version', document(TRUST, { Version: '2020-01-01' }), 'The policy must contain a valid version string'],
    ['no statement', document([]), 'Could not parse the policy: Statement is empty!'],
    ['no effect', document({ ...TRUST, Effect: undefined }), 'Missing required field Effect'],
    ['another effect', document({ ...TRUST, Effect: 'Maybe' }), 'Invalid effect: Maybe'],
    ['no principal', document({ ...TRUST, Principal: undefined }), 'Missing required field Principal'],
    ['an empty principal', document({ ...TRUST, Principal: {} }), 'Missing required field Principal cannot be empty!'],
    [
      'a bare star',
      document({ ...TRUST, Principal: '*' }),
      'AssumeRolepolicy contained an invalid principal: "STAR":"*".',
    ],
    ['a bare text', document({ ...TRUST, Principal: 'x' }), 'Principal must be a JSON object.'],
    [
      'a service that is none',
      document({ ...TRUST, Principal: { Service: 'lambda' } }),
      'Invalid principal in policy: "SERVICE":"lambda"',
    ],
    [
      'an ARN with a star',
      document({ ...TRUST, Principal: { AWS: 'arn:aws:iam::*:root' } }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::*:root"',
    ],
    [
      'all users',
      document({ ...TRUST, Principal: { AWS: 'arn:aws:iam::123456789012:user/*' } }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/*"',
    ],
    [
      'an unknown kind of principal',
      document({ ...TRUST, Principal: { Users: 'x' } }),
      'Invalid principal in policy: "Users"',
    ],
    [
      'a canonical user',
      document({ ...TRUST, Principal: { CanonicalUser: 'a'.repeat(64) } }),
      'Invalid principal in policy: "CanonicalUser"',
    ],
    [
      'a kind named like a member of every object',
      document({ ...TRUST, Principal: { constructor: 'x' } }),
      'Invalid principal in policy: "constructor"',
    ],
    [
      'a provider that is none',
      document({ ...TRUST, Principal: { Federated: 'example.com' } }),
      'Invalid principal in policy: "FEDERATED":"example.com"',
    ],
    [
      'a pool without condition',
      document({ ...TRUST, Principal: COGNITO, Action: 'sts:AssumeRoleWithWebIdentity' }),
      'A condition block must be present for the Cognito provider',
    ],
    [
      'Allow with NotPrincipal',
      document({ ...TRUST, Principal: undefined, NotPrincipal: { AWS: '*' } }),
      'Allow with NotPrincipal is not allowed.',
    ],
    [
      'Deny with NotPrincipal',
      document({ ...TRUST, Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '*' } }),
      'AssumeRole policy must not contain NotPrincipal field.',
    ],
    ['no action', document({ ...TRUST, Action: undefined }), 'Missing required field Action'],
    [
      'another action',
      document({ ...TRUST, Action: 's3:GetObject' }),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    ['all actions', document({ ...TRUST, Action: '*' }), 'AssumeRole policy may only specify STS AssumeRole actions.'],
    ['a resource', document({ ...TRUST, Resource: '*' }), 'Has prohibited field Resource'],
    ['NotResource', document({ ...TRUST, NotResource: '*' }), 'AssumeRole policy must not contain resources.'],
    [
      'Sids twice',
      document([
        { ...TRUST, Sid: 'a' },
        { ...TRUST, Sid: 'a' },
      ]),
      'The Statement Ids in the policy are not unique',
    ],
    [
      'an operator that does not exist',
      document({ ...TRUST, Condition: { StringEqual: { 'a:b': 'c' } } }),
      'Invalid Condition type : StringEqual',
    ],
  ] as const)
    it(`refuse ${name}`, () => {
      expect(refusal(given, 'trust')).to.equal(`MalformedPolicyDocument: ${message}`)
    })

  it('name only users and roles that are there', () => {
    const named = document({ ...TRUST, Principal: { AWS: 'arn:aws:iam::123456789012:role/gone' } })

    expect(refusal(named, 'trust', { exists: () => false })).to.equal(
      'MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/gone"',
    )
  })
})

describe('validatePolicy: policies of resources', () => {
  for (const [name, statement] of [
    ['everybody', BUCKET],
    ['a canonical user', { ...BUCKET, Principal: { CanonicalUser: 'a'.repeat(64) } }],
    [
      'Deny with NotPrincipal',
      { ...BUCKET, Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '123456789012' } },
    ],
  ] as const)
    it(`take ${name}`, () => {
      expect(refusal(document(statement), 'resource')).to.equal('')
    })
  for (const [name, given, message] of [
    ['no JSON', 'nope', "Policies must be valid JSON and the first byte must be '{'"],
    ['no principal', document(without()), 'Missing required field Principal'],
    ['no resource', document({ ...BUCKET, Resource: undefined }), 'Missing required field Resource'],
    ['a resource that is no ARN', document({ ...BUCKET, Resource: 'b/*' }), 'Policy has invalid resource'],
    ['an action without service', document({ ...BUCKET, Action: 'GetObject' }), 'Policy has invalid action'],
  ] as const)
    it(`refuse ${name}, with the code of their service`, () => {
      expect(refusal(given, 'resource', { code: 'MalformedPolicy' })).to.equal(`MalformedPolicy: ${message}`)
    })
})

describe('documents', () => {
  it('see keys that stand twice in one object only', () => {
    expect(hasDoubleKeys('{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}')).to.equal(false)
    expect(hasDoubleKeys('{"a":"b","b":"a","c":"{\\"a\\":1,\\"a\\":2}"}')).to.equal(false)
    expect(hasDoubleKeys('{"a":[{"b":1 , "b" : 2}]}')).to.equal(true)
    expect(hasDoubleKeys('{"a":1,"\\u0061":2}')).to.equal(true)
  })

  it('are as large as what is not white space', () => {
    expect(sizeOf('{ "a":\n\t"b" }')).to.equal(9)
  })

  it('of any JSON are read or refused, never a fault; and what is read can be decided', () => {
    const json = fc.jsonValue({ maxDepth: 4 })
    const likely = fc.record(
      {
        Version: fc.constantFrom('2012-10-17', '2008-10-17', 'x'),
        Statement: fc.oneof(
          json,
          fc.record(
            {
              Effect: fc.oneof(fc.constantFrom('Allow', 'Deny'), json),
              Action: fc.oneof(fc.constantFrom('s3:*', ['*']), json),
              Resource: fc.oneof(fc.constantFrom('*', ['arn:aws:s3:::b/*']), json),
              Condition: fc.oneof(fc.constant({ StringLike: { 'a:b': '${a:c}' } }), json),
              Principal: fc.oneof(fc.constantFrom<unknown>('*', { AWS: '*' }), json),
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    )
    const kinds = fc.constantFrom<DocumentKind>('inline', 'managed', 'session', 'trust', 'resource')
    fc.assert(
      fc.property(fc.oneof(json, likely), kinds, (value, kind) => {
        const text = JSON.stringify(value)
        if (refusal(text, kind) !== '') return
        const policy = validatePolicy(text, kind)
        const source = kind === 'trust' || kind === 'resource' ? kind : ('identity' as const)
        decide({
          action: 's3:GetObject',
          resource: '*',
          caller: user(),
          keys: {},
          policies: [{ name: 'p', kind: source, policy }],
        })
      }),
      { numRuns: 2000 },
    )
  })

  it('of any text are refused in AWS’s words', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(refusal(text, 'inline')).to.match(/^MalformedPolicyDocument: /)
      }),
    )
  })
})
