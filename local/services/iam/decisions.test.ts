import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { ACCOUNT, document, trustIn, withIam } from '../../../tests/iam.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const TRUST = trustIn({ AWS: ACCOUNT })
const allow = (Action: string, Resource = '*') => ({ Effect: 'Allow', Action, Resource })

/** Changes of a role are in force at the next call of a session that has long begun. */
describe('iam: what a role may do', () => {
  const { cloud, iam } = withIam()
  const begin = async (RoleName: string) => {
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST })
    const sts = new STS(cloud.config())
    const { Credentials: given } = await sts.assumeRole({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`,
      RoleSessionName: 'session',
    })
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {}
    return new IAM(
      cloud.config({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }),
    )
  }
  const clause = async (call: Promise<unknown>) => (await refusalOf(call)).message.replace(/^.* on resource: \S+ /, '')

  it('inline policies', async () => {
    const RoleName = 'inline'
    const client = await begin(RoleName)
    expect(await clause(client.listRoles({}))).to.equal(
      'because no identity-based policy allows the iam:ListRoles action',
    )

    await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document(allow('iam:ListRoles')) })
    await client.listRoles({})

    await iam.putRolePolicy({
      RoleName,
      PolicyName: 'q',
      PolicyDocument: document({ ...allow('iam:List*'), Effect: 'Deny' }),
    })
    expect(await clause(client.listRoles({}))).to.equal('with an explicit deny in an identity-based policy')

    await iam.deleteRolePolicy({ RoleName, PolicyName: 'q' })
    await client.listRoles({})
  })

  it('managed policies and their versions', async () => {
    const RoleName = 'managed'
    const client = await begin(RoleName)
    const { Policy } = await iam.createPolicy({ PolicyName: 'm', PolicyDocument: document(allow('iam:GetRole')) })
    const PolicyArn = Policy?.Arn
    await iam.attachRolePolicy({ RoleName, PolicyArn })
    await client.getRole({ RoleName })
    await refusalOf(client.listRoles({}))

    await iam.createPolicyVersion({ PolicyArn, PolicyDocument: document(allow('iam:ListRoles')), SetAsDefault: true })
    await client.listRoles({})
    await refusalOf(client.getRole({ RoleName }))

    await iam.setDefaultPolicyVersion({ PolicyArn, VersionId: 'v1' })
    await client.getRole({ RoleName })

    await iam.detachRolePolicy({ RoleName, PolicyArn })
    await refusalOf(client.getRole({ RoleName }))
  })

  it('the trust policy of a role is about assuming it, not about the role itself', async () => {
    const client = await begin('trusted')
    const AssumeRolePolicyDocument = document({
      Effect: 'Allow',
      Principal: { AWS: ACCOUNT },
      NotAction: 'sts:AssumeRoleWithSAML',
    })
    await iam.createRole({ RoleName: 'wide', AssumeRolePolicyDocument })

    expect(await clause(client.getRole({ RoleName: 'wide' }))).to.equal(
      'because no identity-based policy allows the iam:GetRole action',
    )
  })

  it('permissions boundaries', async () => {
    const RoleName = 'bounded'
    const client = await begin(RoleName)
    await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document(allow('iam:*')) })
    await client.listRoles({})

    await iam.putRolePermissionsBoundary({
      RoleName,
      PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
    })
    expect(await clause(client.listRoles({}))).to.equal(
      'because no permissions boundary allows the iam:ListRoles action',
    )

    await iam.deleteRolePermissionsBoundary({ RoleName })
    await client.listRoles({})
  })

  it('tags of the role and of the resource', async () => {
    const RoleName = 'tagged'
    const client = await begin(RoleName)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how policy variables look
    const Condition = { StringEquals: { 'iam:ResourceTag/owner': '${aws:PrincipalTag/owner}' } }
    await iam.putRolePolicy({
      RoleName,
      PolicyName: 'p',
      PolicyDocument: document({ ...allow('iam:GetRole'), Condition }),
    })
    await refusalOf(client.getRole({ RoleName }))

    await iam.tagRole({ RoleName, Tags: [{ Key: 'owner', Value: 'ann' }] })
    await client.getRole({ RoleName })
  })

  it('a role that is gone may nothing any more', async () => {
    const RoleName = 'gone'
    const client = await begin(RoleName)
    await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document(allow('*')) })
    await client.listRoles({})

    await iam.deleteRolePolicy({ RoleName, PolicyName: 'p' })
    await iam.deleteRole({ RoleName })

    await refusalOf(client.listRoles({}))
  })

  it('may hand a role on to a service only as far as iam:PassRole says', async () => {
    const RoleName = 'passing'
    const client = await begin(RoleName)
    const lambda = { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }
    await iam.putRolePolicy({
      RoleName,
      PolicyName: 'p',
      PolicyDocument: document({
        ...allow('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/worker-*`),
        Condition: lambda,
      }),
    })
    const { LambdaClient, CreateFunctionCommand } = await import('@aws-sdk/client-lambda')
    const { credentials } = client.config
    const functions = new LambdaClient({ ...cloud.config(), credentials })
    await iam.putRolePolicy({ RoleName, PolicyName: 'q', PolicyDocument: document(allow('lambda:*')) })

    const refused = await refusalOf(
      functions.send(
        new CreateFunctionCommand({
          FunctionName: 'f',
          Role: `arn:aws:iam::${ACCOUNT}:role/admin`,
          Code: { ZipFile: Buffer.from('x') },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
        }),
      ),
    )

    expect(refused).to.deep.equal({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/passing/session is not authorized to perform: iam:PassRole on resource: arn:aws:iam::${ACCOUNT}:role/admin because no identity-based policy allows the iam:PassRole action`,
      status: 403,
    })
  })
})
