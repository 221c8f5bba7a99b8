import { IAM } from '@aws-sdk/client-iam'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const ACCOUNT = '123456789012'
const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
const XRAY = 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess'

const document = (action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
})
const trust = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: [service] }, Action: 'sts:AssumeRole' }],
})
const role = (Properties: Record<string, unknown> = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: trust('lambda.amazonaws.com'), ...Properties },
})

describe("iam: CloudFormation's types", () => {
  const cloud = withCloud()
  let iam: IAM
  before(() => {
    iam = new IAM(cloud.config())
  })
  /** Deploys resources as a stack, in place of what it held. Gives its outputs. */
  const deploy = async (name: string, Resources: Record<string, unknown>, Outputs: Record<string, unknown> = {}) => {
    const template = JSON.stringify({ Resources, Outputs })
    const { outputs } = await cloud.cloud.deploy({ name, template, file: 'template.json', parameters: {} })
    return Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]))
  }
  const KEEP = { Keep: role() }
  const inlineOf = async (RoleName: string) => {
    const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName })
    const documents = await Promise.all(
      PolicyNames.map(async (PolicyName) => {
        const { PolicyDocument = '' } = await iam.getRolePolicy({ RoleName, PolicyName })
        return [PolicyName, JSON.parse(decodeURIComponent(PolicyDocument)).Statement[0].Action]
      }),
    )
    return Object.fromEntries(documents)
  }
  const attachedTo = async (RoleName: string) =>
    ((await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies ?? []).map(({ PolicyArn }) => PolicyArn)
  const physical = async (stack: string, logicalId: string) => {
    const { Roles = [] } = await iam.listRoles({})
    return Roles.map(({ RoleName = '' }) => RoleName).find((name) => name.startsWith(`${stack}-${logicalId}`)) ?? ''
  }

  describe('AWS::IAM::Role', () => {
    it('is created whole; Ref is its name, GetAtt its ARN and id', async () => {
      const outputs = await deploy(
        'whole',
        {
          Worker: role({
            Path: '/w/',
            Description: 'works',
            MaxSessionDuration: '7200',
            ManagedPolicyArns: [BASIC],
            PermissionsBoundary: XRAY,
            Policies: [{ PolicyName: 'p', PolicyDocument: document('s3:GetObject') }],
            Tags: [{ Key: 'n', Value: 1 }],
          }),
        },
        {
          Name: { Value: { Ref: 'Worker' } },
          Arn: { Value: { 'Fn::GetAtt': ['Worker', 'Arn'] } },
          Id: { Value: { 'Fn::GetAtt': ['Worker', 'RoleId'] } },
        },
      )

      const { Name = '', Arn, Id } = outputs
      const { Role } = await iam.getRole({ RoleName: Name })
      expect(Name).to.match(/^whole-Worker-[A-Z0-9]{12}$/)
      expect(Role?.Arn).to.equal(`arn:aws:iam::${ACCOUNT}:role/w/${Name}`)
      expect(Arn).to.equal(Role?.Arn)
      expect(Id).to.equal(Role?.RoleId)
      expect(Role?.Description).to.equal('works')
      expect(Role?.MaxSessionDuration).to.equal(7200)
      expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).to.equal(XRAY)
      expect(Role?.Tags).to.deep.equal([{ Key: 'n', Value: '1' }])
      expect(await inlineOf(Name)).to.deep.equal({ p: 's3:GetObject' })
      expect(await attachedTo(Name)).to.deep.equal([BASIC])
    })

    it('is changed in place', async () => {
      const policy = (PolicyName: string, action: string) => ({ PolicyName, PolicyDocument: document(action) })
      await deploy('changed', {
        Worker: role({
          Policies: [policy('p', 's3:GetObject'), policy('q', 's3:PutObject')],
          ManagedPolicyArns: [BASIC],
          PermissionsBoundary: BASIC,
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'b', Value: '1' },
          ],
          Description: 'before',
        }),
      })
      const name = await physical('changed', 'Worker')
      const { Role: before } = await iam.getRole({ RoleName: name })

      await deploy('changed', {
        Worker: role({
          AssumeRolePolicyDocument: trust('apigateway.amazonaws.com'),
          Policies: [policy('q', 's3:DeleteObject'), policy('r', 's3:ListBucket')],
          ManagedPolicyArns: [XRAY],
          Tags: [{ Key: 'b', Value: '2' }],
        }),
      })

      const { Role: after } = await iam.getRole({ RoleName: name })
      expect(after?.RoleId).to.equal(before?.RoleId)
      expect(decodeURIComponent(after?.AssumeRolePolicyDocument ?? '')).to.contain('apigateway')
      expect(after?.Description).to.equal(undefined)
      expect(after?.PermissionsBoundary).to.equal(undefined)
      expect(after?.Tags).to.deep.equal([{ Key: 'b', Value: '2' }])
      expect(await inlineOf(name)).to.deep.equal({ q: 's3:DeleteObject', r: 's3:ListBucket' })
      expect(await attachedTo(name)).to.deep.equal([XRAY])
    })

    it('with another path is another role', async () => {
      await deploy('moved', { Worker: role({ Policies: [{ PolicyName: 'p', PolicyDocument: document('s3:*') }] }) })
      const first = await physical('moved', 'Worker')

      await deploy('moved', { Worker: role({ Path: '/elsewhere/' }) })

      const second = await physical('moved', 'Worker')
      expect(second).not.to.equal(first)
      expect((await iam.getRole({ RoleName: second })).Role?.Path).to.equal('/elsewhere/')
      expect((await refusalOf(iam.getRole({ RoleName: first }))).name).to.equal('NoSuchEntityException')
    })

    it('goes with its policies', async () => {
      await deploy('gone', {
        ...KEEP,
        Worker: role({
          RoleName: 'gone-worker',
          ManagedPolicyArns: [BASIC],
          Policies: [{ PolicyName: 'p', PolicyDocument: document('s3:*') }],
        }),
      })
      await iam.detachRolePolicy({ RoleName: 'gone-worker', PolicyArn: BASIC })

      await deploy('gone', KEEP)

      expect((await refusalOf(iam.getRole({ RoleName: 'gone-worker' }))).name).to.equal('NoSuchEntityException')
    })

    it('that is refused leaves nothing behind', async () => {
      let failure = ''
      try {
        await deploy('failed', {
          Worker: role({
            RoleName: 'failed-worker',
            Policies: [
              { PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow' }] } },
            ],
          }),
        })
      } catch (error) {
        failure = (error as Error).message
      }

      expect(failure).to.contain('Policy statement must contain actions. (MalformedPolicyDocument)')
      expect((await refusalOf(iam.getRole({ RoleName: 'failed-worker' }))).name).to.equal('NoSuchEntityException')
    })
  })

  it('AWS::IAM::Policy hangs on roles, by the name it has', async () => {
    const roles = { A: role({ RoleName: 'hung-a' }), B: role({ RoleName: 'hung-b' }) }
    const policy = (PolicyName: string, action: string, ...Roles: string[]) => ({
      P: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName, PolicyDocument: document(action), Roles: Roles.map((Ref) => ({ Ref })) },
      },
    })
    await deploy('hung', { ...roles, ...policy('p', 's3:GetObject', 'A', 'B') })
    expect([await inlineOf('hung-a'), await inlineOf('hung-b')]).to.deep.equal([
      { p: 's3:GetObject' },
      { p: 's3:GetObject' },
    ])

    await deploy('hung', { ...roles, ...policy('p', 's3:PutObject', 'B') })
    expect([await inlineOf('hung-a'), await inlineOf('hung-b')]).to.deep.equal([{}, { p: 's3:PutObject' }])

    await deploy('hung', { ...roles, ...policy('other', 's3:PutObject', 'B') })
    expect(await inlineOf('hung-b')).to.deep.equal({ other: 's3:PutObject' })

    await deploy('hung', roles)
    expect(await inlineOf('hung-b')).to.deep.equal({})
  })

  it('AWS::IAM::RolePolicy is one policy of one role', async () => {
    const worker = { Worker: role({ RoleName: 'single' }) }
    const policy = (PolicyName: string, action: string) => ({
      P: {
        Type: 'AWS::IAM::RolePolicy',
        Properties: { PolicyName, PolicyDocument: document(action), RoleName: { Ref: 'Worker' } },
      },
    })
    const outputs = await deploy(
      'single',
      { ...worker, ...policy('p', 's3:GetObject') },
      { Ref: { Value: { Ref: 'P' } } },
    )
    expect(outputs.Ref).to.equal('p|single')
    expect(await inlineOf('single')).to.deep.equal({ p: 's3:GetObject' })

    await deploy('single', { ...worker, ...policy('p', 's3:PutObject') })
    expect(await inlineOf('single')).to.deep.equal({ p: 's3:PutObject' })

    await deploy('single', { ...worker, ...policy('q', 's3:PutObject') })
    expect(await inlineOf('single')).to.deep.equal({ q: 's3:PutObject' })

    await deploy('single', worker)
    expect(await inlineOf('single')).to.deep.equal({})
  })

  it('AWS::IAM::ManagedPolicy is attached to roles, and gets a version with each change', async () => {
    const worker = { Worker: role({ RoleName: 'versioned' }) }
    const policy = (action: string, ...Roles: string[]) => ({
      P: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          ManagedPolicyName: 'shared',
          PolicyDocument: document(action),
          Roles: Roles.map((Ref) => ({ Ref })),
        },
      },
    })
    const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/shared`
    const outputs = await deploy(
      'versioned',
      { ...worker, ...policy('s3:Get0', 'Worker') },
      { Ref: { Value: { Ref: 'P' } }, Arn: { Value: { 'Fn::GetAtt': ['P', 'PolicyArn'] } } },
    )
    expect(outputs).to.deep.equal({ Ref: PolicyArn, Arn: PolicyArn })
    expect(await attachedTo('versioned')).to.deep.equal([PolicyArn])

    for (let i = 1; i <= 6; i++) await deploy('versioned', { ...worker, ...policy(`s3:Get${i}`, 'Worker') })
    const { Policy } = await iam.getPolicy({ PolicyArn })
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId: Policy?.DefaultVersionId })
    expect(Policy?.DefaultVersionId).to.equal('v7')
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).to.contain('s3:Get6')

    await deploy('versioned', { ...worker, ...policy('s3:Get6') })
    expect(await attachedTo('versioned')).to.deep.equal([])

    await deploy('versioned', worker)
    expect((await refusalOf(iam.getPolicy({ PolicyArn }))).name).to.equal('NoSuchEntityException')
  })

  it('what would do nothing here is refused', async () => {
    let failure = ''
    try {
      await deploy('users', {
        P: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: 'p', PolicyDocument: document('s3:*'), Users: ['eve'] },
        },
      })
    } catch (error) {
      failure = (error as Error).message
    }

    expect(failure).to.contain('The local cloud does not realise Users of AWS::IAM::Policy.')
  })
})
