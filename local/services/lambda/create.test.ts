import { CreateFunctionCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { ENVIRONMENT, ONE, sha256, TWO, withLambda } from '../../../tests/lambda.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { ACCOUNT, arnOf, createRole, functionOf, packageOf, roleArn, sessionOf, trust } from './fixture.ts'

describe('new functions', () => {
  const { cloud, lambda, create, run } = withLambda()

  describe('CreateFunction', () => {
    it('answers 201 with the configuration, defaults filled in', async () => {
      const { $metadata, RevisionId, LastModified, ...made } = await create('made', ONE)

      expect($metadata.httpStatusCode).to.equal(201)
      expect(RevisionId).to.match(/^[0-9a-f-]{36}$/)
      expect(LastModified).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/)
      expect(made).to.deep.equal({
        FunctionName: 'made',
        FunctionArn: arnOf('made'),
        Runtime: 'nodejs24.x',
        Role: roleArn('basic'),
        Handler: 'index.handler',
        CodeSize: packageOf(ONE).length,
        CodeSha256: sha256(packageOf(ONE)),
        Description: '',
        Timeout: 3,
        MemorySize: 128,
        Version: '$LATEST',
        TracingConfig: { Mode: 'PassThrough' },
        State: 'Active',
        LastUpdateStatus: 'Successful',
        PackageType: 'Zip',
        Architectures: ['x86_64'],
        EphemeralStorage: { Size: 512 },
        SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
        LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/made' },
      })
    })

    it('keeps all that is set', async () => {
      const settings = {
        Description: 'all of it',
        Timeout: 900,
        MemorySize: 10_240,
        Environment: { Variables: { COLOUR: 'rød', EMPTY: '' } },
        Architectures: ['arm64' as const],
        EphemeralStorage: { Size: 10_240 },
        LoggingConfig: { LogFormat: 'JSON' as const, LogGroup: 'of-all', ApplicationLogLevel: 'WARN' as const },
        DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:123456789012:dead' },
      }

      await create('full', ENVIRONMENT, { ...settings, Tags: { a: '1' } })
      const got = await lambda.send(new GetFunctionCommand({ FunctionName: 'full' }))

      expect(got.Configuration).to.deep.include({
        ...settings,
        LoggingConfig: { ...settings.LoggingConfig, SystemLogLevel: 'INFO' },
      })
      expect(got.Tags).to.deep.equal({ a: '1' })
      expect(await run('full')).to.equal('rød')
    })

    it('takes what stands for nothing', async () => {
      const nothing = {
        VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
        Layers: [],
        SnapStart: { ApplyOn: 'None' as const },
        TracingConfig: { Mode: 'PassThrough' as const },
        KMSKeyArn: '',
        Publish: false,
      }

      const { State } = await create('plain', ONE, nothing)

      expect(State).to.equal('Active')
    })

    it('takes a name of one character', async () => {
      await create('f', ONE)

      expect(await run('f')).to.equal('one')
    })

    it('of two at the same time with one name, one wins', async () => {
      const outcomes = await Promise.allSettled([create('race', ONE), create('race', TWO), create('race', ONE)])

      const failed = outcomes
        .filter(({ status }) => status === 'rejected')
        .map((one) => (one as PromiseRejectedResult).reason.name)
      expect(failed).to.deep.equal(['ResourceConflictException', 'ResourceConflictException'])
    })
  })

  it('take their code from a bucket, as the caller may read it', async () => {
    const s3 = new S3Client({ ...cloud.config(), forcePathStyle: true })
    await s3.send(new CreateBucketCommand({ Bucket: 'packages' }))
    await s3.send(new PutObjectCommand({ Bucket: 'packages', Key: 'one.zip', Body: packageOf(ONE) }))
    s3.destroy()
    const Resource = arnOf('from-bucket')
    await createRole(
      cloud.config(),
      'without-s3',
      [
        { Effect: 'Allow', Action: 'lambda:*', Resource },
        { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' },
      ],
      trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }),
    )
    const session = await sessionOf(cloud.config(), roleArn('without-s3'))
    const stranger = new LambdaClient(cloud.config(session))
    const input = functionOf('from-bucket', '', { Code: { S3Bucket: 'packages', S3Key: 'one.zip' } })

    const refused = await refusalOf(stranger.send(new CreateFunctionCommand(input)))
    const { CodeSha256 } = await lambda.send(new CreateFunctionCommand(input))

    expect(refused).to.include({ name: 'AccessDeniedException', status: 403 })
    expect(refused.message).to.match(
      /^Your access has been denied by S3, please make sure your request credentials have permission to GetObject for packages\/one.zip. S3 Error Code: AccessDenied. S3 Error Message: /,
    )
    expect(CodeSha256).to.equal(sha256(packageOf(ONE)))
    expect(await run('from-bucket')).to.equal('one')
  })

  it('never take code from a folder of this machine at the word of a request', async () => {
    const intruder = new LambdaClient(cloud.config())
    intruder.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string; headers: Record<string, string> }
        const Code = { SourceFolder: '/etc', Build: { Minify: true } }
        request.body = JSON.stringify({ ...JSON.parse(request.body), Code })
        request.headers['content-length'] = String(request.body.length)
        return next(args)
      },
      { step: 'build', priority: 'low' },
    )

    const refusal = await refusalOf(intruder.send(new CreateFunctionCommand(functionOf('intruder', ONE))))

    expect(refusal).to.deep.equal({
      name: 'InvalidParameterValueException',
      status: 400,
      message: 'Please provide a source for function code.',
    })
  })
})
