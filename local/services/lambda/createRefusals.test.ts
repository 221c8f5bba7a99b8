import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  GetFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { zipSync } from 'fflate'
import { ONE, withLambda } from '../../../tests/lambda.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { arnOf, createFunction, functionOf, packageOf, roleArn } from './fixture.ts'

describe('CreateFunction', () => {
  const { lambda } = withLambda()
  before(async () => {
    await createFunction(lambda, 'made', ONE)
  })

  const configuration = (FunctionName: string) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))

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
    ['a handler with a space', { Handler: 'a b' }, 'ValidationException', /at 'handler' failed to satisfy constraint/],
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
    ['511 MB of storage', { EphemeralStorage: { Size: 511 } }, 'ValidationException', /greater than or equal to 512$/],
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
      'a layer that is not there',
      { Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:l:1'] },
      'InvalidParameterValueException',
      /^Layer version arn:aws:lambda:us-east-1:123456789012:layer:l:1 does not exist\.$/,
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
      const refusal = await refusalOf(lambda.send(new CreateFunctionCommand({ ...functionOf('never', ONE), ...input })))

      expect(refusal).to.include({ name, status })
      if (typeof message === 'string') expect(refusal.message).to.equal(message)
      else expect(refusal.message).to.match(message)
      expect(await refusalOf(configuration('never'))).to.include({ name: 'ResourceNotFoundException' })
    })
})
