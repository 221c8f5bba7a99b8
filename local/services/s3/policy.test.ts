import { expect } from 'chai'
import { readPolicy } from './policy.ts'
import { isPublic } from './public.ts'

const statement = {
  Sid: 'one',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::123456789012:role/reader' },
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::pictures/*',
}
const without = (name: string) => Object.fromEntries(Object.entries(statement).filter(([key]) => key !== name))
const read = (document: unknown) =>
  readPolicy(typeof document === 'string' ? document : JSON.stringify(document), 'pictures')
const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements })

describe('readPolicy', () => {
  const taken: object[] = [
    statement,
    { ...statement, Principal: '*' },
    { ...statement, Principal: { AWS: ['123456789012', '*'], Service: 'cloudfront.amazonaws.com' } },
    { ...statement, Principal: { AWS: 'arn:aws:sts::123456789012:assumed-role/reader/session' } },
    { ...statement, Action: ['s3:Get*', 's3:PutObject'] },
    { ...statement, Action: 's3:*', Resource: ['arn:aws:s3:::pictures', 'arn:aws:s3:::pictures/*'] },
    { ...statement, Action: '*', Resource: 'arn:aws:s3:::pictures*' },
    { ...statement, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::pictures' },
    { ...without('Action'), NotAction: 's3:DeleteObject' },
    { ...without('Principal'), Effect: 'Deny', NotPrincipal: { AWS: '123456789012' } },
    { ...statement, Condition: { Bool: { 'aws:SecureTransport': false } } },
    { ...statement, Condition: { 'ForAnyValue:StringLikeIfExists': { 's3:ExistingObjectTag/class': ['x*', 'y'] } } },
  ]
  for (const one of taken)
    it(`takes ${JSON.stringify(one).slice(0, 90)}`, () => {
      expect(read(policy(one)).Statement).to.deep.equal([one])
    })

  it('takes a statement that is no list', () => {
    expect(read({ Statement: statement }).Statement).to.deep.equal(statement)
  })

  const refused: [document: unknown, message: string][] = [
    ['', "Policies must be valid JSON and the first byte must be '{'"],
    ['[]', "Policies must be valid JSON and the first byte must be '{'"],
    ['{', 'This policy contains invalid Json'],
    ['{"Statement":[7]}', 'This policy contains invalid Json'],
    [{ ...policy(statement), Comment: '' }, 'Unknown field Comment'],
    [{ Version: '2012-10-17' }, 'Missing required field Statement'],
    [policy(), 'Could not parse the policy: Statement is empty!'],
    [{ Version: '2020-01-01', Statement: [statement] }, 'The policy must contain a valid version string'],
    [policy({ ...statement, Comment: '' }), 'Unknown field Comment'],
    [policy(without('Effect')), 'Missing required field Effect'],
    [policy(without('Principal')), 'Missing required field Principal'],
    [policy(without('Action')), 'Missing required field Action'],
    [policy(without('Resource')), 'Missing required field Resource'],
    [policy({ ...statement, Effect: 'Permit' }), 'Invalid effect: Permit'],
    [policy({ ...statement, NotAction: 's3:GetObject' }), 'Statement cannot have both Action and NotAction'],
    [policy({ ...statement, Principal: 'everybody' }), 'Invalid principal in policy'],
    [policy({ ...statement, Principal: {} }), 'Invalid principal in policy'],
    [policy({ ...statement, Principal: { AWS: 'arn:aws:iam::123456789012:role/*' } }), 'Invalid principal in policy'],
    [policy({ ...statement, Principal: { Person: 'me' } }), 'Invalid principal in policy'],
    [policy({ ...statement, Action: 's3:ReadObject' }), 'Policy has invalid action'],
    [policy({ ...statement, Action: 'dynamodb:GetItem' }), 'Policy has invalid action'],
    [policy({ ...statement, Action: [] }), 'Policy has invalid action'],
    [policy({ ...statement, Action: 7 }), 'Policy has invalid action'],
    [policy({ ...statement, Resource: '*' }), 'Policy has invalid resource'],
    [policy({ ...statement, Resource: 'arn:aws:s3:::other/*' }), 'Policy has invalid resource'],
    [policy({ ...statement, Resource: 'pictures/*' }), 'Policy has invalid resource'],
    [
      policy({ ...statement, Resource: 'arn:aws:s3:::pictures' }),
      'Action does not apply to any resource(s) in statement',
    ],
    [
      policy({ ...statement, Action: ['s3:GetObject', 's3:ListBucket'] }),
      'Action does not apply to any resource(s) in statement',
    ],
    [policy({ ...statement, Condition: { Equals: { 'aws:SourceIp': '1.2.3.4' } } }), 'Invalid Condition type : Equals'],
    [policy({ ...statement, Condition: { Bool: { secure: 'true' } } }), 'Policy has an invalid condition key'],
    [policy({ ...statement, Condition: { Bool: 'true' } }), 'Policy has an invalid condition'],
    [policy(statement, statement), 'Statement IDs (SID) in a single policy must be unique.'],
    [
      policy({ ...statement, Resource: `arn:aws:s3:::pictures/${'x'.repeat(20_480)}` }),
      'Policy exceeds the maximum allowed document size.',
    ],
  ]
  for (const [document, message] of refused)
    it(`refuses ${JSON.stringify(document).slice(0, 100)}`, () => {
      expect(() => read(document))
        .to.throw(message)
        .that.includes({ code: 'MalformedPolicy', status: 400 })
    })

  // Tried one way after the other it would take longer than anybody can wait.
  it('comes to an end with an action of many wildcards', () => {
    expect(() => read(policy({ ...statement, Action: `s3:${'*?'.repeat(500)}x` }))).to.throw('invalid action')
  })
})

describe('isPublic', () => {
  const open = { ...statement, Principal: '*' }
  const when = (Condition: object) => ({ ...open, Condition })
  // "The meaning of 'public'" in S3's user guide, "Blocking public access".
  const cases: [statement: object, answer: boolean][] = [
    [statement, false],
    [open, true],
    [{ ...open, Principal: { AWS: '*' } }, true],
    [{ ...open, Principal: { AWS: ['123456789012', '*'] } }, true],
    [{ ...open, Effect: 'Deny' }, false],
    [{ ...open, Principal: { Service: 'cloudfront.amazonaws.com' } }, false],
    [when({ StringEquals: { 'aws:SourceVpc': 'vpc-91237329' } }), false],
    [when({ StringLike: { 'aws:SourceVpc': 'vpc-*' } }), true],
    [when({ StringLike: { 'aws:userid': 'AROAEXAMPLE:*' } }), true],
    [when({ StringNotEquals: { 'aws:SourceVpc': 'vpc-91237329' } }), true],
    [when({ StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-91237329' } }), true],
    [when({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }), false],
    [when({ StringEquals: { 'aws:PrincipalArn': ['arn:aws:iam::123456789012:role/a'] } }), false],
    [when({ StringEquals: { 'aws:PrincipalArn': '$' + '{aws:username}' } }), true],
    [when({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }), false],
    [when({ IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } }), true],
    [when({ IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '0.0.0.0/0'] } }), true],
    [when({ IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }), false],
    [when({ IpAddress: { 'aws:SourceIp': '::/0' } }), true],
    [when({ Bool: { 'aws:SecureTransport': 'true' } }), true],
    [when({ StringLike: { 'aws:Referer': 'http://example.com/*' } }), true],
  ]
  for (const [one, answer] of cases)
    it(`says ${answer} to ${JSON.stringify({ ...one, Sid: undefined, Action: undefined, Resource: undefined })}`, () => {
      expect(isPublic(read(policy(one)))).to.equal(answer)
    })
})
