import { CloudControlClient, GetResourceCommand } from '@aws-sdk/client-cloudcontrol'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, GetFunctionUrlConfigCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { zipSync } from 'fflate'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const document = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement })

describe('Cloud Control', () => {
  const t = withCloud()
  before(async () => {
    const trust = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }
    const lambda = { ...trust, Principal: { Service: 'lambda.amazonaws.com' } }
    const iam = new IAMClient(t.config())
    await iam.send(new CreateRoleCommand({ RoleName: 'asks', AssumeRolePolicyDocument: document(trust, lambda) }))
    await new LambdaClient(t.config()).send(
      new CreateFunctionCommand({
        FunctionName: 'one',
        Role: 'arn:aws:iam::123456789012:role/asks',
        Runtime: 'nodejs24.x',
        Handler: 'a.handler',
        Code: { ZipFile: zipSync({ 'a.mjs': Buffer.from('export const handler = () => 1') }) },
      }),
    )
  })
  const ask = (TypeName: string, Identifier: string, config = t.config()) =>
    refusalOf(new CloudControlClient(config).send(new GetResourceCommand({ TypeName, Identifier })))

  for (const name of ['one', 'arn:aws:lambda:us-east-1:123456789012:function:one', 'none'])
    it(`finds no URL of the function ${name}`, async () => {
      expect(await ask('AWS::Lambda::Url', name)).to.deep.include({
        name: 'ResourceNotFoundException',
        status: 400,
        message: `Resource of type 'AWS::Lambda::Url' with identifier '${name}' was not found.`,
      })
    })

  it('says what it does not read, and what is wrong', async () => {
    const others = await ask('AWS::S3::Bucket', 'a')
    const wrong = await ask('Bucket', 'a')
    const name = await ask('AWS::Lambda::Url', 'no function!')

    expect(others).to.include({ name: 'UnsupportedActionException', status: 400 })
    expect(others.message).to.contain('Resource type AWS::S3::Bucket does not support READ action')
    expect(wrong).to.include({ name: 'ValidationException', status: 400 })
    expect(wrong.message).to.contain("Value 'Bucket' at 'typeName' failed to satisfy constraint")
    expect(name).to.include({ name: 'InvalidRequestException', status: 400 })
  })

  it('asks IAM for itself, and for what it asks of Lambda', async () => {
    const { Credentials: given } = await new STSClient(t.config()).send(
      new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::123456789012:role/asks', RoleSessionName: 'asking' }),
    )
    const config = t.config({
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    })

    const nothing = await ask('AWS::Lambda::Url', 'one', config)
    const PolicyDocument = document({ Effect: 'Allow', Action: 'cloudformation:GetResource', Resource: '*' })
    await new IAMClient(t.config()).send(
      new PutRolePolicyCommand({ RoleName: 'asks', PolicyName: 'p', PolicyDocument }),
    )
    const half = await ask('AWS::Lambda::Url', 'one', config)

    expect(nothing).to.include({ name: 'AccessDeniedException', status: 400 })
    expect(nothing.message).to.contain('is not authorized to perform: cloudformation:GetResource')
    expect(half).to.include({ name: 'AccessDeniedException', status: 400 })
    expect(half.message).to.contain(
      'is not authorized to perform: lambda:GetFunctionUrlConfig on resource: arn:aws:lambda:us-east-1:123456789012:function:one',
    )
  })
})

describe('GetFunctionUrlConfig', () => {
  const t = withCloud()

  it('knows no function', async () => {
    const refused = await refusalOf(
      new LambdaClient(t.config()).send(new GetFunctionUrlConfigCommand({ FunctionName: 'none' })),
    )

    expect(refused).to.include({
      name: 'ResourceNotFoundException',
      status: 404,
      message: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:none',
    })
  })
})
