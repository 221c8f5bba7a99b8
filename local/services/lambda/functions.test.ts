import { createHash } from 'node:crypto'
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { zipSync } from 'fflate'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import {
  ACCOUNT,
  arnOf,
  createFunction,
  createRole,
  functionOf,
  packageOf,
  roleArn,
  sessionOf,
  trust,
} from './fixture.ts'

const ONE = `export const handler = async () => 'one'`
const TWO = `export const handler = async () => 'two'`
const ENVIRONMENT = `export const handler = async () => process.env.COLOUR ?? 'none'`
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64')

describe('functions', () => {
  const cloud = withCloud()
  let lambda: LambdaClient
  before(async () => {
    lambda = new LambdaClient(cloud.config())
    await createRole(cloud.config(), 'basic')
    await createRole(cloud.config(), 'of-ec2', [], trust({ Service: 'ec2.amazonaws.com' }))
  })
  after(() => lambda.destroy())

  const create = (...of: Parameters<typeof functionOf>) => createFunction(lambda, ...of)
  const configuration = (FunctionName: string) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  const run = async (FunctionName: string) => {
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }))
    return JSON.parse(Buffer.from(Payload ?? []).toString())
  }

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

    const ENV =
      'Lambda was unable to configure your environment variables because the environment variables you have provided'
    const broken = (value: string, member: string, rule: string) =>
      `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`
    const refusals: [string, Partial<CreateFunctionCommandInput>, string, string | RegExp, number?][] = [
      [
        'a name that is taken',
        { FunctionName: 'made' },
        'ResourceConflictException',
        'Function already exist: made',
        409,
      ],
      [
        'a name of 65 characters',
        { FunctionName: 'x'.repeat(65) },
        'ValidationException',
        broken('x'.repeat(65), 'functionName', 'Member must have length less than or equal to 64'),
      ],
      [
        'a timeout of 0',
        { Timeout: 0 },
        'ValidationException',
        broken('0', 'timeout', 'Member must have value greater than or equal to 1'),
      ],
      [
        'a timeout of 901',
        { Timeout: 901 },
        'ValidationException',
        broken('901', 'timeout', 'Member must have value less than or equal to 900'),
      ],
      [
        '127 MB',
        { MemorySize: 127 },
        'ValidationException',
        broken('127', 'memorySize', 'Member must have value greater than or equal to 128'),
      ],
      [
        '10,241 MB',
        { MemorySize: 10_241 },
        'ValidationException',
        broken('10241', 'memorySize', 'Member must have value less than or equal to 10240'),
      ],
      [
        'what is no role',
        { Role: 'basic' },
        'ValidationException',
        broken(
          'basic',
          'role',
          'Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role\\/?[a-zA-Z_0-9+=,.@\\-_/]+',
        ),
      ],
      [
        'a handler with a space',
        { Handler: 'a b' },
        'ValidationException',
        /at 'handler' failed to satisfy constraint/,
      ],
      [
        'a description of 257 characters',
        { Description: 'x'.repeat(257) },
        'ValidationException',
        /less than or equal to 256$/,
      ],
      [
        'both architectures',
        { Architectures: ['arm64', 'x86_64'] },
        'ValidationException',
        /at 'architectures' .* less than or equal to 1$/,
      ],
      [
        '511 MB of storage',
        { EphemeralStorage: { Size: 511 } },
        'ValidationException',
        /greater than or equal to 512$/,
      ],
      [
        'another log format',
        { LoggingConfig: { LogFormat: 'XML' as 'JSON' } },
        'ValidationException',
        /enum value set: \[JSON, Text\]$/,
      ],
      [
        'a log level with text',
        { LoggingConfig: { ApplicationLogLevel: 'WARN' } },
        'InvalidParameterValueException',
        /JSON log format/,
      ],
      [
        'a role that is not there',
        { Role: roleArn('nobody') },
        'InvalidParameterValueException',
        'The role defined for the function cannot be assumed by Lambda.',
      ],
      [
        'a role that trusts another service',
        { Role: roleArn('of-ec2') },
        'InvalidParameterValueException',
        'The role defined for the function cannot be assumed by Lambda.',
      ],
      [
        'no runtime',
        { Runtime: undefined },
        'InvalidParameterValueException',
        'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
      ],
      [
        'no handler',
        { Handler: undefined },
        'InvalidParameterValueException',
        'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
      ],
      [
        'another runtime',
        { Runtime: 'python3.13' },
        'InvalidParameterValueException',
        /^Value python3.13 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \[nodejs24.x\]/,
      ],
      [
        'a reserved variable',
        { Environment: { Variables: { AWS_REGION: 'x', A1: 'y' } } },
        'InvalidParameterValueException',
        `${ENV} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION`,
      ],
      [
        'a variable of another form',
        { Environment: { Variables: { '1A': 'x' } } },
        'ValidationException',
        /at 'environment.variables' failed to satisfy constraint: Map keys must satisfy/,
      ],
      [
        'an environment above 4 KB',
        { Environment: { Variables: { LONG: 'x'.repeat(4096) } } },
        'InvalidParameterValueException',
        new RegExp(`^${ENV} exceeded the 4KB limit. String measured: {"LONG":"xxx`),
      ],
      [
        'a dead letter to a function',
        { DeadLetterConfig: { TargetArn: arnOf('made') } },
        'InvalidParameterValueException',
        /SQS queue or an Amazon SNS topic/,
      ],
      ['no code', { Code: {} }, 'InvalidParameterValueException', 'Please provide a source for function code.'],
      [
        'two places of code',
        { Code: { ZipFile: packageOf(ONE), S3Bucket: 'b', S3Key: 'k' } },
        'InvalidParameterValueException',
        'Please do not provide other FunctionCode parameters when providing a ZipFile.',
      ],
      [
        'a bucket without a key',
        { Code: { S3Bucket: 'b' } },
        'InvalidParameterValueException',
        'S3Key is required with S3Bucket.',
      ],
      [
        'a bucket that is not there',
        { Code: { S3Bucket: 'nobodys-bucket', S3Key: 'k' } },
        'InvalidParameterValueException',
        /^Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: /,
      ],
      [
        'what is no zip',
        { Code: { ZipFile: Buffer.from('no zip') } },
        'InvalidParameterValueException',
        'Could not unzip uploaded file. Please check your file, then try to upload again.',
      ],
      [
        'a zip that leaves its folder',
        { Code: { ZipFile: zipSync({ '../index.mjs': Buffer.from(ONE) }) } },
        'InvalidParameterValueException',
        'Could not unzip uploaded file. Please check your file, then try to upload again.',
      ],
      [
        'a package above 50 MB',
        { Code: { ZipFile: Buffer.alloc(52_428_801) } },
        'RequestTooLargeException',
        'Zipped size must be smaller than 52428800 bytes',
        413,
      ],
      [
        'a container image',
        { PackageType: 'Image', Code: { ImageUri: 'x' } },
        'InvalidParameterValueException',
        /no container images/,
      ],
      [
        'a network',
        { VpcConfig: { SubnetIds: ['subnet-1'] } },
        'InvalidParameterValueException',
        /does not realise VpcConfig/,
      ],
      [
        'a layer',
        { Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:l:1'] },
        'InvalidParameterValueException',
        /does not realise Layers/,
      ],
      [
        'tracing',
        { TracingConfig: { Mode: 'Active' } },
        'InvalidParameterValueException',
        /does not realise TracingConfig/,
      ],
      ['a tag key of AWS', { Tags: { 'aws:a': 'b' } }, 'InvalidParameterValueException', /aws: prefixed tag key names/],
    ]
    for (const [what, input, name, message, status = 400] of refusals)
      it(`refuses ${what}`, async () => {
        const refusal = await refusalOf(
          lambda.send(new CreateFunctionCommand({ ...functionOf('never', ONE), ...input })),
        )

        expect(refusal).to.include({ name, status })
        if (typeof message === 'string') expect(refusal.message).to.equal(message)
        else expect(refusal.message).to.match(message)
        expect(await refusalOf(configuration('never'))).to.include({ name: 'ResourceNotFoundException' })
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

  describe('UpdateFunctionCode', () => {
    it('makes the next invocation run the new code', async () => {
      const before = await create('code', ONE)
      const first = await run('code')

      const after = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'code', ZipFile: packageOf(TWO) }))

      expect([first, await run('code')]).to.deep.equal(['one', 'two'])
      expect(after.CodeSha256).to.equal(sha256(packageOf(TWO)))
      expect(after.RevisionId).to.not.equal(before.RevisionId)
    })

    it('as a dry run says what would be, and changes nothing', async () => {
      await create('dry', ONE)

      const said = await lambda.send(
        new UpdateFunctionCodeCommand({ FunctionName: 'dry', ZipFile: packageOf(TWO), DryRun: true }),
      )

      expect(said.CodeSha256).to.equal(sha256(packageOf(TWO)))
      expect((await configuration('dry')).CodeSha256).to.equal(sha256(packageOf(ONE)))
      expect(await run('dry')).to.equal('one')
    })

    it('refuses another revision than the last, a broken package, a function that is not there', async () => {
      await create('guarded', ONE)
      const ZipFile = packageOf(TWO)
      const update = (input: object) =>
        refusalOf(lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'guarded', ZipFile, ...input })))

      expect(await update({ RevisionId: 'another' })).to.deep.equal({
        name: 'PreconditionFailedException',
        status: 412,
        message:
          'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      })
      expect(await update({ ZipFile: Buffer.from('x') })).to.include({ name: 'InvalidParameterValueException' })
      expect(await update({ FunctionName: 'nobody' })).to.include({ name: 'ResourceNotFoundException', status: 404 })
      expect(await update({ Publish: true })).to.include({ name: 'InvalidParameterValueException' })
      expect(await run('guarded')).to.equal('one')
    })
  })

  describe('UpdateFunctionConfiguration', () => {
    it('changes what it names, keeps the rest, and the next invocation sees it', async () => {
      await create('config', ENVIRONMENT, { Description: 'kept', Environment: { Variables: { COLOUR: 'red' } } })
      const first = await run('config')
      const update = (input: object) =>
        lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'config', ...input }))

      const changed = await update({ Environment: { Variables: { COLOUR: 'blue' } }, Timeout: 10 })
      const second = await run('config')
      await update({ Environment: { Variables: {} } })

      expect([first, second, await run('config')]).to.deep.equal(['red', 'blue', 'none'])
      expect(changed).to.include({ Description: 'kept', Timeout: 10, MemorySize: 128 })
    })

    it('refuses what CreateFunction refuses, and another revision', async () => {
      await create('strict', ONE)
      const update = (input: object) =>
        refusalOf(lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'strict', ...input })))

      expect(await update({ MemorySize: 1 })).to.include({ name: 'ValidationException', status: 400 })
      expect(await update({ Role: roleArn('of-ec2') })).to.include({
        name: 'InvalidParameterValueException',
        message: 'The role defined for the function cannot be assumed by Lambda.',
      })
      expect(await update({ RevisionId: 'another' })).to.include({ name: 'PreconditionFailedException', status: 412 })
    })
  })

  it('let an invocation under way finish with the code and settings that it began with', async () => {
    const source = (name: string) => `export const handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      return (await import('./late.mjs')).default
    } // ${name}`
    const zip = (name: string) =>
      zipSync({ 'index.mjs': Buffer.from(source(name)), 'late.mjs': Buffer.from(`export default '${name}'`) })
    await create('busy', ONE, { Code: { ZipFile: zip('old') } })

    const underWay = run('busy')
    await new Promise((resolve) => setTimeout(resolve, 150))
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'busy', ZipFile: zip('new') }))

    expect([await run('busy'), await underWay]).to.deep.equal(['new', 'old'])
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

  describe('ListFunctions', () => {
    it('gives pages in the order of names, each function once', async () => {
      for (const name of ['page-c', 'page-a', 'page-b']) await create(name, ONE)
      const names: (string | undefined)[] = []
      let Marker: string | undefined
      do {
        const page = await lambda.send(new ListFunctionsCommand({ MaxItems: 2, Marker }))
        expect(page.Functions?.length).to.be.within(1, 2)
        names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName))
        Marker = page.NextMarker
      } while (Marker)

      expect(names).to.include.members(['page-a', 'page-b', 'page-c'])
      expect(names).to.deep.equal([...new Set(names)].sort())
    })

    it('refuses a page of 0, and gives no functions of another region', async () => {
      const elsewhere = new LambdaClient({ ...cloud.config(), region: 'eu-west-1' })

      const refusal = await refusalOf(lambda.send(new ListFunctionsCommand({ MaxItems: 0 })))
      const { Functions } = await elsewhere.send(new ListFunctionsCommand({}))

      elsewhere.destroy()
      expect(refusal).to.include({ name: 'ValidationException', status: 400 })
      expect(Functions).to.deep.equal([])
    })
  })

  it('ListVersionsByFunction knows $LATEST', async () => {
    await create('versions', ONE)

    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'versions' }))

    expect(Versions?.map(({ Version, FunctionArn }) => [Version, FunctionArn])).to.deep.equal([
      ['$LATEST', `${arnOf('versions')}:$LATEST`],
    ])
  })

  it('DeleteFunction answers 204; after it there is nothing to invoke or delete', async () => {
    await create('gone', ONE)
    await run('gone')

    const { $metadata } = await lambda.send(new DeleteFunctionCommand({ FunctionName: 'gone' }))

    expect($metadata.httpStatusCode).to.equal(204)
    const missing = { name: 'ResourceNotFoundException', status: 404, message: `Function not found: ${arnOf('gone')}` }
    expect(await refusalOf(run('gone'))).to.deep.equal(missing)
    expect(await refusalOf(lambda.send(new DeleteFunctionCommand({ FunctionName: 'gone' })))).to.deep.equal(missing)
  })

  it('tags are added, changed, removed and listed', async () => {
    await create('tagged', ONE, { Tags: { a: '1', b: '2' } })
    const Resource = arnOf('tagged')

    await lambda.send(new TagResourceCommand({ Resource, Tags: { b: '3', c: '4' } }))
    await lambda.send(new UntagResourceCommand({ Resource, TagKeys: ['a'] }))
    const { Tags } = await lambda.send(new ListTagsCommand({ Resource }))

    expect(Tags).to.deep.equal({ b: '3', c: '4' })
    expect(await refusalOf(lambda.send(new ListTagsCommand({ Resource: arnOf('nobody') })))).to.include({ status: 404 })
    expect(await refusalOf(lambda.send(new TagResourceCommand({ Resource, Tags: { x: 'y'.repeat(257) } })))).to.include(
      { name: 'InvalidParameterValueException', status: 400 },
    )
  })

  it('GetAccountSettings gives limits and use', async () => {
    const settings = () => lambda.send(new GetAccountSettingsCommand({}))
    const before = (await settings()).AccountUsage

    await create('counted', ONE)
    const { AccountLimit, AccountUsage } = await settings()

    expect(AccountLimit).to.deep.equal({
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: 1000,
      UnreservedConcurrentExecutions: 1000,
    })
    expect(AccountUsage).to.deep.equal({
      FunctionCount: (before?.FunctionCount ?? 0) + 1,
      TotalCodeSize: (before?.TotalCodeSize ?? 0) + packageOf(ONE).length,
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
})
