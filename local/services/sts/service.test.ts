// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how policy variables look
import { randomBytes } from 'node:crypto'
import { type CreateRoleCommandInput, IAM } from '@aws-sdk/client-iam'
import { type AssumeRoleCommandInput, type AssumeRoleCommandOutput, STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const ACCOUNT = '123456789012'
const arnOf = (role: string) => `arn:aws:iam::${ACCOUNT}:role/${role}`
const LOCAL = `arn:aws:iam::${ACCOUNT}:user/local`
const document = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const ALL = { Effect: 'Allow', Action: '*', Resource: '*' }

describe('sts', () => {
  const cloud = withCloud()
  let [iam, sts]: [IAM, STS] = [] as never
  before(() => {
    iam = new IAM(cloud.config())
    sts = new STS(cloud.config())
  })

  /** A role that the account may take on, and what it may do. */
  const roleOf = async (
    RoleName: string,
    statements: unknown[],
    more: Partial<CreateRoleCommandInput> = {},
    trust: unknown = {},
  ) => {
    const AssumeRolePolicyDocument = document({
      ...{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
      ...(trust as object),
    })
    await iam.createRole({ RoleName, AssumeRolePolicyDocument, ...more })
    if (statements.length)
      await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document(...statements) })
    return arnOf(RoleName)
  }
  const assume = (RoleArn: string, more: Partial<AssumeRoleCommandInput> = {}, client = sts) =>
    client.assumeRole({ RoleArn, RoleSessionName: 'session', ...more })
  const as = ({ Credentials: given }: AssumeRoleCommandOutput) =>
    cloud.config({
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    })

  it('GetCallerIdentity names the user, and needs no permission', async () => {
    const { UserId, Account, Arn } = await sts.getCallerIdentity({})

    expect({ UserId, Account, Arn }).to.deep.equal({ UserId: 'AIDAEXAMPLELOCALADMIN', Account: ACCOUNT, Arn: LOCAL })
  })

  it('GetCallerIdentity names the session of a role that may do nothing', async () => {
    const taken = await assume(await roleOf('idle', []))

    const { UserId, Account, Arn } = await new STS(as(taken)).getCallerIdentity({})

    expect(Arn).to.equal(`arn:aws:sts::${ACCOUNT}:assumed-role/idle/session`)
    expect(Account).to.equal(ACCOUNT)
    expect(UserId).to.match(/^AROA[A-Z2-7]{17}:session$/)
    expect(UserId).to.equal(taken.AssumedRoleUser?.AssumedRoleId)
  })

  describe('AssumeRole', () => {
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

    it('refuses a one-time code, as nobody has a device', async () => {
      const { name, status } = await refusalOf(
        assume(reader, { SerialNumber: 'arn:aws:iam::123456789012:mfa/x', TokenCode: '123456' }),
      )

      expect([name, status]).to.deep.equal(['AccessDenied', 403])
    })
  })

  describe('trust policies', () => {
    const refused = (role: string) => ({
      name: 'AccessDenied',
      message: `User: ${LOCAL} is not authorized to perform: sts:AssumeRole on resource: ${role} because no role trust policy allows the sts:AssumeRole action`,
      status: 403,
    })

    it('keep everybody out whom they do not name, the administrator too', async () => {
      const role = await roleOf('forLambda', [], {}, { Principal: { Service: 'lambda.amazonaws.com' } })

      expect(await refusalOf(assume(role))).to.deep.equal(refused(role))
    })

    it('of a role that is not there say the same', async () => {
      expect(await refusalOf(assume(arnOf('nobody')))).to.deep.equal(refused(arnOf('nobody')))
    })

    it('ask for an external id', async () => {
      const role = await roleOf('partner', [], {}, { Condition: { StringEquals: { 'sts:ExternalId': 'abc-123' } } })

      await assume(role, { ExternalId: 'abc-123' })
      expect(await refusalOf(assume(role))).to.deep.equal(refused(role))
      expect(await refusalOf(assume(role, { ExternalId: 'abc-124' }))).to.deep.equal(refused(role))
    })

    it('ask for a session name', async () => {
      const role = await roleOf('named', [], {}, { Condition: { StringLike: { 'sts:RoleSessionName': 'app-*' } } })

      await assume(role, { RoleSessionName: 'app-1' })
      expect(await refusalOf(assume(role, { RoleSessionName: 'other' }))).to.deep.equal(refused(role))
    })

    it('deny explicitly', async () => {
      const role = await roleOf('closed', [], {}, { Effect: 'Deny', Principal: { AWS: '*' } })

      expect((await refusalOf(assume(role))).message).to.equal(
        `User: ${LOCAL} is not authorized to perform: sts:AssumeRole on resource: ${role} with an explicit deny in the role trust policy`,
      )
    })

    it('are in force as soon as they are changed', async () => {
      const role = await roleOf('changing', [], {}, { Principal: { Service: 'lambda.amazonaws.com' } })
      await refusalOf(assume(role))

      await iam.updateAssumeRolePolicy({
        RoleName: 'changing',
        PolicyDocument: document({ Effect: 'Allow', Principal: { AWS: LOCAL }, Action: 'sts:AssumeRole' }),
      })

      await assume(role)
    })
  })

  describe('tags of a session', () => {
    const tagged = { Tags: [{ Key: 'Team', Value: 'red' }] }
    const both = { Action: ['sts:AssumeRole', 'sts:TagSession'] }

    it('must be allowed by the trust policy', async () => {
      const role = await roleOf('untagged', [])

      expect((await refusalOf(assume(role, tagged))).message).to.contain(
        'because no role trust policy allows the sts:TagSession action',
      )
    })

    it('can be asked for', async () => {
      const role = await roleOf(
        'onlyRed',
        [],
        {},
        { ...both, Condition: { StringEquals: { 'aws:RequestTag/team': 'red' } } },
      )

      await assume(role, tagged)
      await refusalOf(assume(role, { Tags: [{ Key: 'Team', Value: 'blue' }] }))
      await refusalOf(assume(role))
    })

    it('are variables of policies', async () => {
      const Resource = arnOf('${aws:PrincipalTag/Team}')
      const role = await roleOf('tagged', [{ Effect: 'Allow', Action: 'iam:GetRole', Resource }], {}, both)
      await roleOf('red', [])
      const client = new IAM(as(await assume(role, tagged)))

      await client.getRole({ RoleName: 'red' })
      await refusalOf(client.getRole({ RoleName: 'tagged' }))
    })

    it('win over those of the role, which count at once', async () => {
      const ask = { StringEquals: { 'aws:PrincipalTag/Team': 'blue' } }
      const role = await roleOf('blue', [{ ...ALL, Action: 'iam:ListRoles', Condition: ask }], {}, both)
      const [plain, red] = [new IAM(as(await assume(role))), new IAM(as(await assume(role, tagged)))]
      await refusalOf(plain.listRoles({}))

      await iam.tagRole({ RoleName: 'blue', Tags: [{ Key: 'Team', Value: 'blue' }] })

      await plain.listRoles({})
      await refusalOf(red.listRoles({}))
    })

    it('are handed on to the next session, when transitive', async () => {
      const first = await roleOf('first', [ALL], {}, both)
      const second = await roleOf(
        'second',
        [],
        {},
        { ...both, Condition: { StringEquals: { 'aws:RequestTag/Team': 'red' } } },
      )
      const handed = new STS(as(await assume(first, { ...tagged, TransitiveTagKeys: ['Team'] })))
      const kept = new STS(as(await assume(first, tagged)))

      await assume(second, {}, handed)
      await refusalOf(assume(second, {}, kept))
      expect((await refusalOf(assume(second, tagged, handed))).name).to.equal('InvalidParameterValue')
    })

    for (const [name, input] of [
      [
        'a key twice',
        {
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'A', Value: '2' },
          ],
        },
      ],
      ['a key of AWS', { Tags: [{ Key: 'aws:x', Value: '1' }] }],
      ['a transitive key that is none of them', { Tags: [{ Key: 'a', Value: '1' }], TransitiveTagKeys: ['b'] }],
    ] as [string, Partial<AssumeRoleCommandInput>][])
      it(`refuse ${name}`, async () => {
        expect((await refusalOf(assume(arnOf('tagged'), input))).name).to.equal('InvalidParameterValue')
      })
  })

  describe('source identity', () => {
    it('must be allowed, stays with the session, and cannot be changed', async () => {
      const trust = { Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] }
      const role = await roleOf('sourced', [ALL], {}, trust)
      const next = await roleOf(
        'sourcedNext',
        [],
        {},
        { ...trust, Condition: { StringEquals: { 'aws:SourceIdentity': 'ann' } } },
      )

      const taken = await assume(role, { SourceIdentity: 'ann' })
      const client = new STS(as(taken))

      expect(taken.SourceIdentity).to.equal('ann')
      expect((await assume(next, {}, client)).SourceIdentity).to.equal('ann')
      expect((await refusalOf(assume(next, { SourceIdentity: 'bob' }, client))).name).to.equal('AccessDenied')
      expect((await refusalOf(assume(await roleOf('plain', []), { SourceIdentity: 'ann' }))).message).to.contain(
        'sts:SetSourceIdentity',
      )
    })
  })

  it('a role’s session that takes on another role gets an hour at most', async () => {
    const first = await roleOf('chain1', [ALL], { MaxSessionDuration: 43_200 })
    const second = await roleOf('chain2', [], { MaxSessionDuration: 43_200 })
    const client = new STS(as(await assume(first)))

    await assume(second, { DurationSeconds: 3600 }, client)
    expect((await refusalOf(assume(second, { DurationSeconds: 3601 }, client))).message).to.equal(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  })

  it('an operation that is not there says so in the service’s own form', async () => {
    const { name, status } = await refusalOf(sts.getSessionToken({}))

    expect([name, status]).to.deep.equal(['NotImplemented', 501])
  })
})

describe('credentials of a session', () => {
  const cloud = withCloud()

  it('expire', async () => {
    const [iam, sts] = [new IAM(cloud.config()), new STS(cloud.config())]
    const AssumeRolePolicyDocument = document({ Effect: 'Allow', Principal: { AWS: LOCAL }, Action: 'sts:AssumeRole' })
    await iam.createRole({ RoleName: 'short', AssumeRolePolicyDocument })
    const taken = await sts.assumeRole({ RoleArn: arnOf('short'), RoleSessionName: 'ab', DurationSeconds: 900 })
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = taken.Credentials ?? {}
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken ?? '' }
    const client = (systemClockOffset: number) => new STS({ ...cloud.config(credentials), systemClockOffset })
    await client(0).getCallerIdentity({})

    cloud.clock.advance(899_000)
    await client(899_000).getCallerIdentity({})
    cloud.clock.advance(1_000)

    const { name, status } = await refusalOf(client(900_000).getCallerIdentity({}))
    expect([name, status]).to.deep.equal(['ExpiredToken', 403])
  })
})
