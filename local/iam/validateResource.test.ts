import { expect } from 'chai'
import { document, refusal } from './fixture.ts'

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
    ['no principal', document({ ...BUCKET, Principal: undefined }), 'Missing required field Principal'],
    ['no resource', document({ ...BUCKET, Resource: undefined }), 'Missing required field Resource'],
    ['a resource that is no ARN', document({ ...BUCKET, Resource: 'b/*' }), 'Policy has invalid resource'],
    ['an action without service', document({ ...BUCKET, Action: 'GetObject' }), 'Policy has invalid action'],
  ] as const)
    it(`refuse ${name}, with the code of their service`, () => {
      expect(refusal(given, 'resource', { code: 'MalformedPolicy' })).to.equal(`MalformedPolicy: ${message}`)
    })
})
