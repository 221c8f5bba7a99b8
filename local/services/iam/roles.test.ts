import type { CreateRoleCommandInput } from '@aws-sdk/client-iam'
import { expect } from 'chai'
import { ACCOUNT, ALLOW, BASIC, document, TRUST, withIam } from '../../../tests/iam.ts'
import { refusalOf } from '../../../tests/refusal.ts'

describe('iam: roles', () => {
  const { iam, createRole: create } = withIam()
  const notThere = (name: string) => ({
    name: 'NoSuchEntityException',
    message: `The role with name ${name} cannot be found.`,
    status: 404,
  })

  it('CreateRole gives the role, GetRole gives it again', async () => {
    const Tags = [{ Key: 'team', Value: 'red' }]
    const { Role } = await create('whole', { Path: '/a/b/', Description: 'What for', MaxSessionDuration: 7200, Tags })

    const { Role: again } = await iam.getRole({ RoleName: 'whole' })

    expect(Role?.Arn).to.equal(`arn:aws:iam::${ACCOUNT}:role/a/b/whole`)
    expect(Role?.RoleId).to.match(/^AROA[A-Z2-7]{17}$/)
    expect(Role?.Path).to.equal('/a/b/')
    expect(Role?.Description).to.equal('What for')
    expect(Role?.MaxSessionDuration).to.equal(7200)
    expect(Role?.Tags).to.deep.equal(Tags)
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).to.equal(TRUST)
    expect(Role?.AssumeRolePolicyDocument).to.match(/^%7B%22Version%22%3A/)
    expect(again).to.deep.equal({ ...Role, RoleLastUsed: {} })
  })

  it('CreateRole has defaults', async () => {
    const { Role } = await create('plain')

    expect(Role?.Path).to.equal('/')
    expect(Role?.MaxSessionDuration).to.equal(3600)
    expect(Role?.Description).to.equal(undefined)
    expect(Role?.Tags).to.equal(undefined)
  })

  it('a name can be had once, however it is spelled', async () => {
    await create('Twice')

    expect(await refusalOf(create('tWICE'))).to.deep.equal({
      name: 'EntityAlreadyExistsException',
      message: 'Role with name tWICE already exists.',
      status: 409,
    })
  })

  const long = (n: number) => 'x'.repeat(n)
  for (const [name, input, message] of [
    [
      'a name with a slash',
      { RoleName: 'a/b' },
      'The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    ],
    [
      'a name that is too long',
      { RoleName: long(65) },
      `1 validation error detected: Value '${long(65)}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ],
    [
      'a path without slashes',
      { Path: 'a' },
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    ],
    [
      'a path that leads out',
      { Path: '//a/' },
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    ],
    [
      'a session that is too short',
      { MaxSessionDuration: 3599 },
      "1 validation error detected: Value '3599' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600",
    ],
    [
      'a session that is too long',
      { MaxSessionDuration: 43_201 },
      "1 validation error detected: Value '43201' at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
    [
      'a description that is too long',
      { Description: long(1001) },
      'failed to satisfy constraint: Member must have length less than or equal to 1000',
    ],
    [
      'an odd description',
      { Description: '☃' },
      "1 validation error detected: Value '☃' at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
    ],
    [
      'a tag without key',
      { Tags: [{ Key: '', Value: 'x' }] },
      "1 validation error detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a long value of a tag',
      { Tags: [{ Key: 'a', Value: long(257) }] },
      "at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256",
    ],
    [
      'an empty trust policy',
      { AssumeRolePolicyDocument: '' },
      "1 validation error detected: Value '' at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
  ] as [string, Partial<CreateRoleCommandInput>, string][])
    it(`CreateRole refuses ${name}`, async () => {
      const refusal = await refusalOf(create(input.RoleName ?? 'refused', input))

      expect(refusal.name).to.equal('ValidationError')
      expect(refusal.status).to.equal(400)
      expect(refusal.message).to.contain(message)
    })

  it('CreateRole refuses a trust policy that is none', async () => {
    const AssumeRolePolicyDocument = document({ ...ALLOW, Principal: { Service: 'lambda.amazonaws.com' } })

    expect(await refusalOf(create('refused', { AssumeRolePolicyDocument }))).to.deep.equal({
      name: 'MalformedPolicyDocumentException',
      message: 'AssumeRole policy may only specify STS AssumeRole actions.',
      status: 400,
    })
    expect(await refusalOf(iam.getRole({ RoleName: 'refused' }))).to.deep.equal(notThere('refused'))
  })

  it('a trust policy names only those who are there', async () => {
    const trusting = (AWS: string) =>
      create(`trust${AWS.length}${AWS.includes('local')}`, {
        AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }),
      })
    const gone = `arn:aws:iam::${ACCOUNT}:role/nobody`

    await trusting(`arn:aws:iam::${ACCOUNT}:user/local`)
    await trusting('arn:aws:iam::999999999999:role/theirs')
    expect((await refusalOf(trusting(gone))).message).to.equal(`Invalid principal in policy: "AWS":"${gone}"`)
  })

  it('CreateRole refuses a trust policy that is too large', async () => {
    const Sid = long(2048)
    const AssumeRolePolicyDocument = document({ ...JSON.parse(TRUST).Statement[0], Sid })

    expect(await refusalOf(create('large', { AssumeRolePolicyDocument }))).to.deep.equal({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for ACLSizePerRole: 2048',
      status: 409,
    })
  })

  it('UpdateRole and UpdateAssumeRolePolicy change it', async () => {
    await create('changing', { Description: 'before' })

    await iam.updateRole({ RoleName: 'changing', MaxSessionDuration: 10_000 })
    await iam.updateAssumeRolePolicy({
      RoleName: 'changing',
      PolicyDocument: document({ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }),
    })

    const { Role } = await iam.getRole({ RoleName: 'changing' })
    expect(Role?.Description).to.equal('before')
    expect(Role?.MaxSessionDuration).to.equal(10_000)
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).to.contain(ACCOUNT)

    await iam.updateRole({ RoleName: 'changing', Description: '' })
    expect((await iam.getRole({ RoleName: 'changing' })).Role?.Description).to.equal(undefined)
  })

  it('ListRoles gives pages, below a path', async () => {
    for (const name of ['b', 'a', 'c']) await create(`page-${name}`, { Path: '/pages/' })

    const first = await iam.listRoles({ PathPrefix: '/pages/', MaxItems: 2 })
    const second = await iam.listRoles({ PathPrefix: '/pages/', MaxItems: 2, Marker: first.Marker })

    expect(first.Roles?.map(({ RoleName }) => RoleName)).to.deep.equal(['page-a', 'page-b'])
    expect(first.IsTruncated).to.equal(true)
    expect(second.Roles?.map(({ RoleName }) => RoleName)).to.deep.equal(['page-c'])
    expect(second.IsTruncated).to.equal(false)
    expect(second.Marker).to.equal(undefined)
    expect((await refusalOf(iam.listRoles({ Marker: 'nonsense' }))).name).to.equal('ValidationError')
    expect((await refusalOf(iam.listRoles({ MaxItems: 1001 }))).name).to.equal('ValidationError')
  })

  it('DeleteRole deletes a role without policies only', async () => {
    await create('going')
    const RoleName = 'going'
    await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document(ALLOW) })
    await iam.attachRolePolicy({ RoleName, PolicyArn: BASIC })
    const conflict = (message: string) => ({ name: 'DeleteConflictException', message, status: 409 })

    expect(await refusalOf(iam.deleteRole({ RoleName }))).to.deep.equal(
      conflict('Cannot delete entity, must delete policies first.'),
    )
    await iam.deleteRolePolicy({ RoleName, PolicyName: 'p' })
    expect(await refusalOf(iam.deleteRole({ RoleName }))).to.deep.equal(
      conflict('Cannot delete entity, must detach all policies first.'),
    )
    await iam.detachRolePolicy({ RoleName, PolicyArn: BASIC })
    await iam.deleteRole({ RoleName })

    expect(await refusalOf(iam.getRole({ RoleName }))).to.deep.equal(notThere(RoleName))
  })

  it('a role that is not there is not found, by any operation', async () => {
    const RoleName = 'nobody'
    const PolicyName = 'p'
    const calls = [
      iam.getRole({ RoleName }),
      iam.deleteRole({ RoleName }),
      iam.updateRole({ RoleName }),
      iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: TRUST }),
      iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: document(ALLOW) }),
      iam.getRolePolicy({ RoleName, PolicyName }),
      iam.deleteRolePolicy({ RoleName, PolicyName }),
      iam.listRolePolicies({ RoleName }),
      iam.attachRolePolicy({ RoleName, PolicyArn: BASIC }),
      iam.detachRolePolicy({ RoleName, PolicyArn: BASIC }),
      iam.listAttachedRolePolicies({ RoleName }),
      iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: BASIC }),
      iam.deleteRolePermissionsBoundary({ RoleName }),
      iam.tagRole({ RoleName, Tags: [] }),
      iam.untagRole({ RoleName, TagKeys: [] }),
      iam.listRoleTags({ RoleName }),
    ]
    for (const call of calls) expect(await refusalOf(call)).to.deep.equal(notThere(RoleName))
  })

  describe('tags', () => {
    it('are put, replaced, listed and taken away, whatever their case', async () => {
      const RoleName = 'tagged'
      await create(RoleName)
      const tags = async () => (await iam.listRoleTags({ RoleName })).Tags
      await iam.tagRole({
        RoleName,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '' },
        ],
      })
      await iam.tagRole({ RoleName, Tags: [{ Key: 'A', Value: '2' }] })
      expect(await tags()).to.deep.equal([
        { Key: 'b', Value: '' },
        { Key: 'A', Value: '2' },
      ])

      await iam.untagRole({ RoleName, TagKeys: ['B', 'c'] })
      expect(await tags()).to.deep.equal([{ Key: 'A', Value: '2' }])
    })

    it('are fifty at most, each once, none of AWS', async () => {
      const RoleName = 'taggy'
      await create(RoleName)
      const tag = (...keys: string[]) => iam.tagRole({ RoleName, Tags: keys.map((Key) => ({ Key, Value: '' })) })
      const many = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `k${from + i}`)

      await tag(...many(0, 50))
      expect((await refusalOf(tag('more'))).name).to.equal('LimitExceededException')
      expect((await refusalOf(tag(...many(100, 151)))).name).to.equal('ValidationError')
      expect((await refusalOf(tag('x', 'X'))).message).to.equal(
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      )
      expect((await refusalOf(tag('aws:x'))).name).to.equal('InvalidInputException')
    })
  })

  it('GetUser knows the one user', async () => {
    const { User } = await iam.getUser({})
    const again = await iam.getUser({ UserName: 'local' })

    expect(User?.Arn).to.equal(`arn:aws:iam::${ACCOUNT}:user/local`)
    expect(User?.UserName).to.equal('local')
    expect(User?.CreateDate).to.be.instanceOf(Date)
    expect(again.User).to.deep.equal(User)
    expect(await refusalOf(iam.getUser({ UserName: 'eve' }))).to.deep.equal({
      name: 'NoSuchEntityException',
      message: 'The user with name eve cannot be found.',
      status: 404,
    })
  })
})
