import type { CreatePolicyCommandInput, IAM } from '@aws-sdk/client-iam'
import { expect } from 'chai'
import { ACCOUNT, ALLOW, BASIC, document, TRUST, withIam } from '../../../tests/iam.ts'
import { refusalOf } from '../../../tests/refusal.ts'

describe('iam: managed policies', () => {
  const { iam } = withIam()
  const create = async (PolicyName: string, more: Partial<CreatePolicyCommandInput> = {}) => {
    const { Policy } = await iam.createPolicy({ PolicyName, PolicyDocument: document(ALLOW), ...more })
    return Policy?.Arn ?? ''
  }

  it('CreatePolicy gives the policy, GetPolicy gives it again', async () => {
    const Tags = [{ Key: 'a', Value: 'b' }]
    const { Policy } = await iam.createPolicy({
      ...{ PolicyName: 'whole', PolicyDocument: document(ALLOW), Path: '/p/', Description: 'What for', Tags },
    })

    const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/p/whole`
    expect(Policy?.Arn).to.equal(PolicyArn)
    expect(Policy?.PolicyId).to.match(/^ANPA[A-Z2-7]{17}$/)
    expect(Policy?.DefaultVersionId).to.equal('v1')
    expect(Policy?.AttachmentCount).to.equal(0)
    expect(Policy?.IsAttachable).to.equal(true)
    expect(Policy?.Tags).to.deep.equal(Tags)
    expect((await iam.getPolicy({ PolicyArn })).Policy).to.deep.equal(Policy)
  })

  for (const [name, input, code, message] of [
    [
      'a name that is there, in another case',
      { PolicyName: 'TAKEN' },
      'EntityAlreadyExistsException',
      'A policy called TAKEN already exists. Duplicate names are not allowed.',
    ],
    [
      'a document that is none',
      { PolicyDocument: 'x' },
      'MalformedPolicyDocumentException',
      'Syntax errors in policy.',
    ],
    [
      'an old version',
      { PolicyDocument: JSON.stringify({ Version: '2008-10-17', Statement: ALLOW }) },
      'MalformedPolicyDocumentException',
      'Policy document must be version 2012-10-17 or greater.',
    ],
    [
      'more than 6,144 characters',
      { PolicyDocument: document({ ...ALLOW, Resource: `arn:aws:s3:::${'x'.repeat(6100)}` }) },
      'LimitExceededException',
      'Cannot exceed quota for PolicySize: 6144',
    ],
    [
      'an odd name',
      { PolicyName: 'a b' },
      'ValidationError',
      'The specified value for policyName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    ],
  ] as [string, Partial<CreatePolicyCommandInput>, string, string][])
    it(`CreatePolicy refuses ${name}`, async () => {
      if (input.PolicyName === 'TAKEN') await create('taken')

      const refusal = await refusalOf(create('refused', input))

      expect([refusal.name, refusal.message]).to.deep.equal([code, message])
    })

  it('white space does not count', async () => {
    await create('spacious', { PolicyDocument: document(ALLOW).replace('{', `{${' '.repeat(10_000)}`) })
  })

  it('has versions: five at most, one in force', async () => {
    const PolicyArn = await create('versioned')
    const next = (action: string, SetAsDefault = false) =>
      iam.createPolicyVersion({ PolicyArn, PolicyDocument: document({ ...ALLOW, Action: action }), SetAsDefault })
    const { PolicyVersion } = await next('s3:Get2', true)
    await next('s3:Get3')

    const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn })
    const second = await iam.getPolicyVersion({ PolicyArn, VersionId: 'v2' })

    expect(PolicyVersion?.VersionId).to.equal('v2')
    expect(
      Versions.map(({ VersionId, IsDefaultVersion }) => `${VersionId}${IsDefaultVersion ? '*' : ''}`),
    ).to.deep.equal(['v3', 'v2*', 'v1'])
    expect(decodeURIComponent(second.PolicyVersion?.Document ?? '')).to.contain('s3:Get2')
    await next('s3:Get4')
    await next('s3:Get5')
    expect(await refusalOf(next('s3:Get6'))).to.deep.equal({
      name: 'LimitExceededException',
      message:
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
      status: 409,
    })
    await iam.deletePolicyVersion({ PolicyArn, VersionId: 'v1' })
    expect((await next('s3:Get6')).PolicyVersion?.VersionId).to.equal('v6')
    await iam.setDefaultPolicyVersion({ PolicyArn, VersionId: 'v6' })
    expect((await iam.getPolicy({ PolicyArn })).Policy?.DefaultVersionId).to.equal('v6')
    expect((await refusalOf(iam.deletePolicyVersion({ PolicyArn, VersionId: 'v6' }))).message).to.equal(
      'Cannot delete the default version of a policy.',
    )
    expect((await refusalOf(iam.getPolicyVersion({ PolicyArn, VersionId: 'v1' }))).message).to.equal(
      `Policy ${PolicyArn} version v1 does not exist or is not attachable.`,
    )
    expect((await refusalOf(iam.getPolicyVersion({ PolicyArn, VersionId: '1' }))).name).to.equal('ValidationError')
  })

  it('is deleted when nothing has it any more, and no version but the one in force is left', async () => {
    const PolicyArn = await create('going')
    const RoleName = 'holder'
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST })
    await iam.attachRolePolicy({ RoleName, PolicyArn })
    const refused = async () => (await refusalOf(iam.deletePolicy({ PolicyArn }))).message

    expect((await iam.getPolicy({ PolicyArn })).Policy?.AttachmentCount).to.equal(1)
    expect(await refused()).to.equal('Cannot delete a policy attached to entities.')
    await iam.detachRolePolicy({ RoleName, PolicyArn })
    await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: PolicyArn })
    expect((await iam.getPolicy({ PolicyArn })).Policy?.PermissionsBoundaryUsageCount).to.equal(1)
    expect(await refused()).to.equal('Cannot delete a policy attached to entities.')
    await iam.deleteRolePermissionsBoundary({ RoleName })
    await iam.createPolicyVersion({ PolicyArn, PolicyDocument: document(ALLOW) })
    expect(await refused()).to.match(/^This policy has more than one version\./)
    await iam.deletePolicyVersion({ PolicyArn, VersionId: 'v2' })
    await iam.deletePolicy({ PolicyArn })

    expect(await refusalOf(iam.getPolicy({ PolicyArn }))).to.deep.equal({
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} was not found.`,
      status: 404,
    })
  })

  it('ListPolicies gives those of the account, of AWS, attached ones, below a path, in pages', async () => {
    await create('listed', { Path: '/listed/' })
    const names = async (input: Parameters<IAM['listPolicies']>[0]) =>
      ((await iam.listPolicies(input)).Policies ?? []).map(({ PolicyName }) => PolicyName)

    expect(await names({ PathPrefix: '/listed/' })).to.deep.equal(['listed'])
    expect(await names({ Scope: 'Local', PathPrefix: '/service-role/' })).to.deep.equal([])
    expect(await names({ Scope: 'AWS', PathPrefix: '/service-role/' })).to.include('AWSLambdaBasicExecutionRole')
    expect(await names({ Scope: 'AWS' })).not.to.include('listed')
    expect(await names({ OnlyAttached: true })).to.deep.equal([])
    expect(await names({ PolicyUsageFilter: 'PermissionsBoundary' })).to.deep.equal([])
    const all = await names({ Scope: 'All' })
    const pages: (string | undefined)[] = []
    let Marker: string | undefined
    do {
      const page = await iam.listPolicies({ MaxItems: 4, Marker })
      pages.push(...(page.Policies ?? []).map(({ PolicyName }) => PolicyName))
      Marker = page.Marker
    } while (Marker)
    expect(pages).to.deep.equal(all)
    expect((await refusalOf(iam.listPolicies({ Scope: 'Mine' as never }))).name).to.equal('ValidationError')
  })

  describe("AWS's own", () => {
    it('can be read', async () => {
      const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: BASIC, VersionId: 'v1' })

      expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ''))).to.deep.equal({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: '*',
          },
        ],
      })
    })

    for (const name of [
      ...['service-role/AWSLambdaBasicExecutionRole', 'service-role/AWSLambdaDynamoDBExecutionRole'],
      ...['service-role/AWSLambdaSQSQueueExecutionRole', 'service-role/AWSLambdaKinesisExecutionRole'],
      ...['service-role/AWSLambdaVPCAccessExecutionRole', 'service-role/AWSLambdaRole', 'AWSXRayDaemonWriteAccess'],
      ...['AWSXrayWriteOnlyAccess', 'AdministratorAccess', 'AmazonS3ReadOnlyAccess'],
    ])
      it(`${name} is there`, async () => {
        await iam.getPolicy({ PolicyArn: `arn:aws:iam::aws:policy/${name}` })
      })

    it('cannot be changed', async () => {
      const refused = (action: string) => ({
        name: 'AccessDenied',
        message: `User: arn:aws:iam::${ACCOUNT}:user/local is not authorized to perform: ${action} on resource: policy ${BASIC}`,
        status: 403,
      })

      expect(await refusalOf(iam.deletePolicy({ PolicyArn: BASIC }))).to.deep.equal(refused('iam:DeletePolicy'))
      expect(
        await refusalOf(iam.createPolicyVersion({ PolicyArn: BASIC, PolicyDocument: document(ALLOW) })),
      ).to.deep.equal(refused('iam:CreatePolicyVersion'))
    })
  })
})
