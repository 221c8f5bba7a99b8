import type { Architecture, FunctionConfiguration } from '@aws-sdk/client-lambda'
import { length, oneOf, pattern, range } from '../constraints.ts'
import type { CodeFacts } from './code.ts'
import { invalid, LATEST, valid } from './names.ts'
import type { Configuration, LambdaFunction, LogLevel, UsedLayer } from './types.ts'

const LOG_LEVELS: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']

/** What a request may set; what it leaves out stays. */
export type Settings = Pick<
  Partial<FunctionConfiguration>,
  | 'Role'
  | 'Handler'
  | 'Description'
  | 'Timeout'
  | 'MemorySize'
  | 'Runtime'
  | 'DeadLetterConfig'
  | 'TracingConfig'
  | 'EphemeralStorage'
  | 'LoggingConfig'
  | 'PackageType'
  | 'Architectures'
> & { Environment?: { Variables?: Record<string, string> }; Layers?: string[] }

const ROLE = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/
const ARN_OR_NOTHING = /^(arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*))?$/
const RUNTIME = 'nodejs24.x'

/** Members of requests that stand for what the local cloud does not do: each is refused unless it asks for nothing. */
const UNREALISED = [
  'VpcConfig',
  'KMSKeyArn',
  'FileSystemConfigs',
  'CodeSigningConfigArn',
  'ImageConfig',
  'SnapStart',
  'TenancyConfig',
  'CapacityProviderConfig',
  'DurableConfig',
  'Publish',
  'PublishTo',
]
const asksForNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  value === 'None' ||
  (typeof value === 'object' && Object.values(value).every(asksForNothing))

/** @throws ServiceError `InvalidParameterValueException` naming what the local cloud does not do */
export const refuseUnrealised = (input: object): void => {
  for (const member of UNREALISED)
    if (!asksForNothing((input as Record<string, unknown>)[member]))
      throw invalid(`The local cloud does not realise ${member} of functions.`)
}

const RESERVED_KEYS = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
])
const LARGEST_ENVIRONMENT = 4096

const checkEnvironment = (variables: Record<string, string>) => {
  const keys = Object.keys(variables)
  if (keys.some((key) => !/^[a-zA-Z]([a-zA-Z0-9_])+$/.test(key) && !RESERVED_KEYS.has(key)))
    valid(
      "Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
    )
  const unable =
    'Lambda was unable to configure your environment variables because the environment variables you have provided'
  const reserved = keys.filter((key) => RESERVED_KEYS.has(key))
  if (reserved.length)
    throw invalid(
      `${unable} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    )
  if (Buffer.byteLength(JSON.stringify(variables)) > LARGEST_ENVIRONMENT)
    throw invalid(`${unable} exceeded the 4KB limit. String measured: ${JSON.stringify(variables).slice(0, 5000)}`)
}

const checkModel = (input: Settings) =>
  valid(
    pattern('role', input.Role, ROLE),
    length('handler', input.Handler, 0, 128),
    pattern('handler', input.Handler, /^[^\s]+$/),
    length('description', input.Description, 0, 256),
    range('timeout', input.Timeout, 1, 900),
    range('memorySize', input.MemorySize, 128, 10240),
    range('ephemeralStorage.size', input.EphemeralStorage?.Size, 512, 10240),
    length('architectures', input.Architectures, 1, 1),
    oneOf('architectures', input.Architectures?.[0], ['x86_64', 'arm64']),
    oneOf('packageType', input.PackageType, ['Zip', 'Image']),
    oneOf('tracingConfig.mode', input.TracingConfig?.Mode, ['Active', 'PassThrough']),
    oneOf('loggingConfig.logFormat', input.LoggingConfig?.LogFormat, ['JSON', 'Text']),
    oneOf('loggingConfig.applicationLogLevel', input.LoggingConfig?.ApplicationLogLevel, LOG_LEVELS),
    oneOf('loggingConfig.systemLogLevel', input.LoggingConfig?.SystemLogLevel, ['DEBUG', 'INFO', 'WARN']),
    length('loggingConfig.logGroup', input.LoggingConfig?.LogGroup, 1, 512),
    pattern('loggingConfig.logGroup', input.LoggingConfig?.LogGroup, /^[.\-_/#A-Za-z0-9]+$/),
    pattern('deadLetterConfig.targetArn', input.DeadLetterConfig?.TargetArn, ARN_OR_NOTHING),
  )

const checkRealised = (input: Settings) => {
  refuseUnrealised(input)
  if (input.PackageType === 'Image')
    throw invalid('The local cloud runs deployment packages only, no container images.')
  if (input.TracingConfig?.Mode === 'Active')
    throw invalid('The local cloud does not realise TracingConfig Mode Active.')
  if (input.LoggingConfig?.SystemLogLevel && input.LoggingConfig.SystemLogLevel !== 'INFO')
    throw invalid('The local cloud realises SystemLogLevel INFO only.')
  if (input.Runtime !== undefined && input.Runtime !== RUNTIME)
    throw invalid(
      `Value ${input.Runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIME}] or be a valid ARN. The local cloud runs no other runtime.`,
    )
}

const loggingOf = (given: Settings['LoggingConfig'], before: Configuration | undefined, name: string) => {
  const logFormat = given?.LogFormat ?? before?.logFormat ?? 'Text'
  const level = given?.ApplicationLogLevel
  if (level && logFormat === 'Text')
    throw invalid('To use log level filtering, your function must be configured to use JSON log format.')
  return {
    logFormat,
    logLevel: logFormat === 'JSON' ? ((level as LogLevel | undefined) ?? before?.logLevel ?? 'INFO') : undefined,
    logGroup: given?.LogGroup ?? before?.logGroup ?? `/aws/lambda/${name}`,
  }
}

const deadLetterOf = (target: string | undefined, before: Configuration | undefined) => {
  if (target === undefined) return before?.deadLetter
  if (target !== '' && !/^arn:aws[a-z-]*:(sqs|sns):/.test(target))
    throw invalid('The target of a dead letter configuration must be an Amazon SQS queue or an Amazon SNS topic.')
  return target || undefined
}

/**
 * The configuration that a request asks for, on top of what was there before.
 * @param layers those that it asks for, already found
 * @throws ServiceError `ValidationException` for what the model forbids, `InvalidParameterValueException` for the rest
 */
export const configure = (
  input: Settings,
  name: string,
  before?: Configuration,
  layers: UsedLayer[] | undefined = before?.layers,
): Configuration => {
  checkModel(input)
  checkRealised(input)
  const { Runtime: runtime = before?.runtime, Handler: handler = before?.handler, Role: role = before?.role } = input
  if (!runtime || !handler)
    throw invalid('Runtime and Handler are mandatory parameters for functions created with deployment packages.')
  const environment = input.Environment?.Variables ?? (input.Environment ? {} : (before?.environment ?? {}))
  checkEnvironment(environment)
  return {
    runtime,
    handler,
    role: role ?? '',
    description: input.Description ?? before?.description ?? '',
    timeout: input.Timeout ?? before?.timeout ?? 3,
    memory: input.MemorySize ?? before?.memory ?? 128,
    environment,
    architecture: (input.Architectures?.[0] as Architecture | undefined) ?? before?.architecture ?? 'x86_64',
    storage: input.EphemeralStorage?.Size ?? before?.storage ?? 512,
    ...loggingOf(input.LoggingConfig, before, name),
    deadLetter: deadLetterOf(input.DeadLetterConfig?.TargetArn, before),
    ...(layers?.length ? { layers } : {}),
  }
}

/** A function's configuration as Lambda's operations give it. */
export const described = (fn: LambdaFunction, { size, sha256, failure }: CodeFacts): FunctionConfiguration => {
  const { configuration: it } = fn
  return {
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    Runtime: it.runtime as typeof RUNTIME,
    Role: it.role,
    Handler: it.handler,
    CodeSize: size,
    CodeSha256: sha256,
    Description: it.description,
    Timeout: it.timeout,
    MemorySize: it.memory,
    LastModified: new Date(fn.modified).toISOString().replace('Z', '+0000'),
    Version: LATEST,
    Environment: Object.keys(it.environment).length ? { Variables: it.environment } : undefined,
    DeadLetterConfig: it.deadLetter ? { TargetArn: it.deadLetter } : undefined,
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: fn.revision,
    State: 'Active',
    LastUpdateStatus: failure === undefined ? 'Successful' : 'Failed',
    LastUpdateStatusReason: failure,
    LastUpdateStatusReasonCode: failure === undefined ? undefined : 'FunctionError',
    PackageType: 'Zip',
    Layers: it.layers?.map(({ arn, size }) => ({ Arn: arn, CodeSize: size })),
    Architectures: [it.architecture],
    EphemeralStorage: { Size: it.storage },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: {
      LogFormat: it.logFormat,
      LogGroup: it.logGroup,
      ...(it.logLevel && { ApplicationLogLevel: it.logLevel, SystemLogLevel: 'INFO' as const }),
    },
  }
}
