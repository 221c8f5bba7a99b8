import { expect } from 'chai'
import { ACCOUNT, ALLOW, BASIC, document, withIam } from '../../../tests/iam.ts'
import { refusalOf } from '../../../tests/refusal.ts'

describe('iam: policies of roles', () => {
  const { iam, createRole: create } = withIam()

  describe('inline policies', () => {
    it('are put, replaced, listed and deleted', async () => {
      const RoleName = 'inline'
      await create(RoleName)
      const text = `{ "Version": "2012-10-17",\n "Statement": ${JSON.stringify(ALLOW)} }`
      await iam.putRolePolicy({ RoleName, PolicyName: 'b', PolicyDocument: document(ALLOW) })
      await iam.putRolePolicy({ RoleName, PolicyName: 'a', PolicyDocument: document(ALLOW) })
      await iam.putRolePolicy({ RoleName, PolicyName: 'b', PolicyDocument: text })

      const { PolicyNames } = await iam.listRolePolicies({ RoleName })
      const { PolicyDocument } = await iam.getRolePolicy({ RoleName, PolicyName: 'b' })

      expect(PolicyNames).to.deep.equal(['a', 'b'])
      expect(PolicyDocument).to.contain('%20')
      expect(decodeURIComponent(PolicyDocument ?? '')).to.equal(text)
      await iam.deleteRolePolicy({ RoleName, PolicyName: 'b' })
      const gone = {
        name: 'NoSuchEntityException',
        message: 'The role policy with name b cannot be found.',
        status: 404,
      }
      expect(await refusalOf(iam.getRolePolicy({ RoleName, PolicyName: 'b' }))).to.deep.equal(gone)
      expect(await refusalOf(iam.deleteRolePolicy({ RoleName, PolicyName: 'b' }))).to.deep.equal(gone)
    })

    it('are refused when they are none', async () => {
      const RoleName = 'refusing'
      await create(RoleName)
      const put = (PolicyDocument: string, PolicyName = 'p') =>
        refusalOf(iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument }))

      expect(await put('{')).to.deep.equal({
        name: 'MalformedPolicyDocumentException',
        message: 'Syntax errors in policy.',
        status: 400,
      })
      expect((await put(document({ ...ALLOW, Principal: '*' }))).message).to.equal(
        'Policy document should not specify a principal.',
      )
      expect((await put(document(ALLOW), 'a b')).message).to.contain('The specified value for policyName is invalid.')
      expect((await put(document({ ...ALLOW, Resource: `arn:aws:s3:::${'x'.repeat(131_072)}` }))).name).to.equal(
        'ValidationError',
      )
    })

    it('take 10,240 characters together, white space left out', async () => {
      const RoleName = 'full'
      await create(RoleName)
      const put = (PolicyName: string, PolicyDocument: string) =>
        iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument })
      const sized = (size: number) => document({ ...ALLOW, Resource: `arn:aws:s3:::${'x'.repeat(size)}` })
      await put('a', sized(5000).replace('{', `{${' '.repeat(10_000)}`))
      await put('b', sized(5000))

      expect(await refusalOf(put('c', sized(100)))).to.deep.equal({
        name: 'LimitExceededException',
        message: 'Maximum policy size of 10240 bytes exceeded for role full',
        status: 409,
      })
    })
  })

  describe('managed policies of a role', () => {
    it('are attached, listed and detached', async () => {
      const RoleName = 'managed'
      await create(RoleName)
      const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
      await iam.attachRolePolicy({ RoleName, PolicyArn: BASIC })
      await iam.attachRolePolicy({ RoleName, PolicyArn: BASIC })
      await iam.attachRolePolicy({ RoleName, PolicyArn: admin })

      const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName })
      const service = await iam.listAttachedRolePolicies({ RoleName, PathPrefix: '/service-role/' })

      expect(AttachedPolicies).to.deep.equal([
        { PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: BASIC },
        { PolicyName: 'AdministratorAccess', PolicyArn: admin },
      ])
      expect(service.AttachedPolicies).to.have.length(1)
      await iam.detachRolePolicy({ RoleName, PolicyArn: BASIC })
      expect(await refusalOf(iam.detachRolePolicy({ RoleName, PolicyArn: BASIC }))).to.deep.equal({
        name: 'NoSuchEntityException',
        message: `Policy ${BASIC} was not found.`,
        status: 404,
      })
    })

    it('must be there', async () => {
      const RoleName = 'attaching'
      await create(RoleName)
      const none = `arn:aws:iam::${ACCOUNT}:policy/none`

      expect(await refusalOf(iam.attachRolePolicy({ RoleName, PolicyArn: none }))).to.deep.equal({
        name: 'NoSuchEntityException',
        message: `Policy ${none} does not exist or is not attachable.`,
        status: 404,
      })
      expect((await refusalOf(iam.attachRolePolicy({ RoleName, PolicyArn: 'x'.repeat(20) }))).message).to.equal(
        `ARN ${'x'.repeat(20)} is not valid.`,
      )
    })

    it('are ten at most', async () => {
      const RoleName = 'tenfold'
      await create(RoleName)
      const { Policies = [] } = await iam.listPolicies({ Scope: 'AWS' })
      for (const { Arn } of Policies.slice(0, 10)) await iam.attachRolePolicy({ RoleName, PolicyArn: Arn })

      const { message } = await refusalOf(iam.attachRolePolicy({ RoleName, PolicyArn: Policies[10]?.Arn }))
      expect(message).to.equal('Cannot exceed quota for PoliciesPerRole: 10')
    })
  })

  describe('permissions boundaries', () => {
    it('are put and taken away', async () => {
      const RoleName = 'bounded'
      const { Role } = await create(RoleName, { PermissionsBoundary: BASIC })
      const boundary = async () => (await iam.getRole({ RoleName })).Role?.PermissionsBoundary?.PermissionsBoundaryArn
      expect(Role?.PermissionsBoundary).to.deep.equal({
        PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
        PermissionsBoundaryArn: BASIC,
      })

      await iam.deleteRolePermissionsBoundary({ RoleName })
      expect(await boundary()).to.equal(undefined)
      await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: BASIC })
      expect(await boundary()).to.equal(BASIC)
      const none = `arn:aws:iam::${ACCOUNT}:policy/none`
      expect(
        (await refusalOf(iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: none }))).message,
      ).to.equal(`Scope ARN: ${none} does not exist or is not attachable.`)
    })
  })
})
