import { randomBytes } from 'node:crypto'
import { IAM } from '@aws-sdk/client-iam'
import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, ALL, actorsOf, document } from './fixture.ts'

describe('sts: AssumeRole', () => {
  const cloud = withCloud()
  const { roleOf, assume, as } = actorsOf(cloud)
  let reader = ''
  before(async () => {
    reader = await roleOf('reader', [{ Effect: 'Allow', Action: ['iam:GetRole', 'iam:ListRoles'], Resource: '*' }], {
      MaxSessionDuration: 7200,
    })
  })

  it('gives credentials that may what the role may, and nothing else', async () => {
    const taken = await assume(reader)
    const client = new IAM(as(taken))

    expect(taken.AssumedRoleUser?.Arn).to.equal(`arn:aws:sts::${ACCOUNT}:assumed-role/reader/session`)
    expect(taken.Credentials?.AccessKeyId).to.match(/^ASIA[A-Z2-7]{16}$/)
    expect(taken.PackedPolicySize).to.equal(undefined)
    const lasts = (taken.Credentials?.Expiration?.getTime() ?? 0) - cloud.clock.now()
    expect(lasts / 1000).to.be.within(3590, 3600)
    expect((await client.getRole({ RoleName: 'reader' })).Role?.Arn).to.equal(reader)
    expect(await refusalOf(client.deleteRole({ RoleName: 'reader' }))).to.deep.equal({
      name: 'AccessDenied',
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/reader/session is not authorized to perform: iam:DeleteRole on resource: ${reader} because no identity-based policy allows the iam:DeleteRole action`,
      status: 403,
    })
  })

  it('is limited by a session policy', async () => {
    const client = new IAM(as(await assume(reader, { Policy: document({ ...ALL, Action: 'iam:Get*' }) })))

    await client.getRole({ RoleName: 'reader' })
    expect((await refusalOf(client.listRoles({}))).message).to.contain(
      'because no session policy allows the iam:ListRoles action',
    )
    expect((await refusalOf(client.getUser({ UserName: 'local' }))).message).to.contain(
      'because no identity-based policy allows the iam:GetUser action',
    )
  })

  it('is limited by a Deny of a session policy', async () => {
    const taken = await assume(reader, { Policy: document(ALL, { ...ALL, Effect: 'Deny', Action: 'iam:ListRoles' }) })

    expect((await refusalOf(new IAM(as(taken)).listRoles({}))).message).to.match(
      / with an explicit deny in a session policy$/,
    )
    expect(taken.PackedPolicySize).to.be.within(1, 20)
  })

  it('is limited by managed policies', async () => {
    const taken = await assume(reader, {
      PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }],
    })

    expect((await refusalOf(new IAM(as(taken)).listRoles({}))).message).to.contain('no session policy allows')
  })

  it('with several limits, one must allow', async () => {
    const taken = await assume(reader, {
      Policy: document({ ...ALL, Action: 'iam:ListRoles' }),
      PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }],
    })

    await new IAM(as(taken)).listRoles({})
  })

  for (const [name, input, refused] of [
    [
      'a name with spaces',
      { RoleSessionName: 'a b' },
      "Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      'a name of one letter',
      { RoleSessionName: 'a' },
      "Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'a name that is too long',
      { RoleSessionName: 'a'.repeat(65) },
      'Member must have length less than or equal to 64',
    ],
    [
      'less than 15 minutes',
      { DurationSeconds: 899 },
      "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      'more than 12 hours',
      { DurationSeconds: 43_201 },
      "Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
    [
      'more than the role allows',
      { DurationSeconds: 7201 },
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ],
    ['no ARN', { RoleArn: 'role/reader-of-the-long-name' }, 'role/reader-of-the-long-name is invalid'],
    ['an ARN of something else', { RoleArn: `arn:aws:iam::${ACCOUNT}:user/local` }, 'Request ARN is invalid'],
    [
      'a long session policy',
      { Policy: document({ ...ALL, Resource: 'x'.repeat(2048) }) },
      'Member must have length less than or equal to 2048',
    ],
    [
      'a short external id',
      { ExternalId: 'x' },
      "at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'too many policies',
      { PolicyArns: Array.from({ length: 11 }, () => ({ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' })) },
      'Member must have length less than or equal to 10',
    ],
  ] as [string, Partial<AssumeRoleCommandInput>, string][])
    it(`refuses ${name}`, async () => {
      const { name: code, message, status } = await refusalOf(assume(input.RoleArn ?? reader, input))

      expect(code).to.equal('ValidationError')
      expect(status).to.equal(400)
      expect(message).to.contain(refused)
    })

  it('takes as long as the role allows', async () => {
    const { Credentials } = await assume(reader, { DurationSeconds: 7200 })

    expect(((Credentials?.Expiration?.getTime() ?? 0) - cloud.clock.now()) / 1000).to.be.within(7190, 7200)
  })

  for (const [name, Policy, message] of [
    ['no JSON', '{nope', 'Syntax errors in policy.'],
    ['a principal', document({ ...ALL, Principal: '*' }), 'Policy document should not specify a principal.'],
    [
      'a resource that is no ARN',
      document({ ...ALL, Resource: 'bucket' }),
      'Resource bucket must be in ARN format or "*".',
    ],
  ] as const)
    it(`refuses a session policy with ${name}`, async () => {
      const refusal = await refusalOf(assume(reader, { Policy }))

      expect(refusal).to.deep.equal({ name: 'MalformedPolicyDocumentException', message, status: 400 })
    })

  it('refuses a session policy that is not there', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:policy/none`

    expect((await refusalOf(assume(reader, { PolicyArns: [{ arn }] }))).name).to.equal(
      'MalformedPolicyDocumentException',
    )
  })

  it('refuses policies and tags that are too large together', async () => {
    const tagger = await roleOf('packed', [], {}, { Action: ['sts:AssumeRole', 'sts:TagSession'] })
    // Random text does not compress.
    const Tags = Array.from({ length: 40 }, (_, i) => ({
      Key: `key${i}`,
      Value: randomBytes(180).toString('base64url'),
    }))

    const { name, message } = await refusalOf(assume(tagger, { Tags }))

    expect(name).to.equal('PackedPolicyTooLargeException')
    expect(message).to.match(/^Packed policy consumes \d+% of allotted space, please use smaller policy\.$/)
  })
})
