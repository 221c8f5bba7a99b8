import type { Dict } from '../source.ts'

const parameterOf = (variable: string): string => `${variable.charAt(0).toUpperCase()}${variable.slice(1)}`

/** A resource of a policy template, for Fn::Sub; `<bucketName>` is its parameter `BucketName`. */
type Pattern = string

interface PolicyStatement {
  actions: string | string[]
  on: Pattern | Pattern[]
}

const actions = (service: string, names: string): string[] => names.split(' ').map((name) => `${service}:${name}`)
const regional = (service: string, rest: string): Pattern =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`

const bucket: Pattern[] = ['<bucketName>', '<bucketName>/*'].map((rest) => `arn:\${AWS::Partition}:s3:::${rest}`)
const table: Pattern[] = [regional('dynamodb', 'table/<tableName>'), regional('dynamodb', 'table/<tableName>/index/*')]
const one = (actions: string | string[], on: Pattern | Pattern[]): PolicyStatement[] => [{ actions, on }]

/** SAM's policy templates (SAM developer guide, "Policy template list"), those for what the local cloud has or will have. */
const TEMPLATES: Record<string, PolicyStatement[] | undefined> = {
  S3ReadPolicy: one(
    actions('s3', 'GetObject ListBucket GetBucketLocation GetObjectVersion GetLifecycleConfiguration'),
    bucket,
  ),
  S3WritePolicy: one(actions('s3', 'PutObject PutObjectAcl PutLifecycleConfiguration'), bucket),
  S3CrudPolicy: one(
    actions(
      's3',
      'GetObject ListBucket GetBucketLocation GetObjectVersion PutObject PutObjectAcl GetLifecycleConfiguration PutLifecycleConfiguration DeleteObject',
    ),
    bucket,
  ),
  S3FullAccessPolicy: [
    {
      actions: actions(
        's3',
        'GetObject GetObjectAcl GetObjectVersion PutObject PutObjectAcl DeleteObject DeleteObjectTagging DeleteObjectVersionTagging GetObjectTagging GetObjectVersionTagging PutObjectTagging PutObjectVersionTagging',
      ),
      on: bucket.slice(1),
    },
    {
      actions: actions('s3', 'ListBucket GetBucketLocation GetLifecycleConfiguration PutLifecycleConfiguration'),
      on: bucket.slice(0, 1),
    },
  ],
  DynamoDBCrudPolicy: one(
    actions(
      'dynamodb',
      'GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem DescribeTable ConditionCheckItem',
    ),
    table,
  ),
  DynamoDBReadPolicy: one(actions('dynamodb', 'GetItem Scan Query BatchGetItem DescribeTable'), table),
  DynamoDBWritePolicy: one(actions('dynamodb', 'PutItem UpdateItem BatchWriteItem'), table),
  DynamoDBStreamReadPolicy: [
    {
      actions: actions('dynamodb', 'DescribeStream GetRecords GetShardIterator'),
      on: regional('dynamodb', 'table/<tableName>/stream/<streamName>'),
    },
    { actions: actions('dynamodb', 'ListStreams'), on: regional('dynamodb', 'table/<tableName>/stream/*') },
  ],
  LambdaInvokePolicy: one(actions('lambda', 'InvokeFunction'), regional('lambda', 'function:<functionName>*')),
  SQSSendMessagePolicy: one(['sqs:SendMessage*'], regional('sqs', '<queueName>')),
  SQSPollerPolicy: one(
    actions(
      'sqs',
      'ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch GetQueueAttributes ReceiveMessage',
    ),
    regional('sqs', '<queueName>'),
  ),
  SNSPublishMessagePolicy: one(['sns:Publish'], regional('sns', '<topicName>')),
  SNSCrudPolicy: one(
    actions('sns', 'ListSubscriptionsByTopic CreateTopic SetTopicAttributes Subscribe Publish'),
    regional('sns', '<topicName>*'),
  ),
  SESCrudPolicy: one(
    actions('ses', 'GetIdentityVerificationAttributes SendEmail SendRawEmail VerifyEmailIdentity'),
    regional('ses', 'identity/<identityName>'),
  ),
  KMSDecryptPolicy: one('kms:Decrypt', regional('kms', 'key/<keyId>')),
  KMSEncryptPolicy: one('kms:Encrypt', regional('kms', 'key/<keyId>')),
  CloudWatchPutMetricPolicy: one(['cloudwatch:PutMetricData'], '*'),
  EventBridgePutEventsPolicy: one('events:PutEvents', regional('events', 'event-bus/<eventBusName>')),
  StepFunctionsExecutionPolicy: one(['states:StartExecution'], regional('states', 'stateMachine:<stateMachineName>')),
  SSMParameterReadPolicy: [
    { actions: ['ssm:DescribeParameters'], on: '*' },
    {
      actions: actions('ssm', 'GetParameters GetParameter GetParametersByPath'),
      on: regional('ssm', 'parameter/<parameterName>'),
    },
  ],
  AWSSecretsManagerGetSecretValuePolicy: one(['secretsmanager:GetSecretValue'], '<secretArn>'),
}

export const isPolicyTemplate = (name: string): boolean => Object.hasOwn(TEMPLATES, name)

export const policyTemplateNames = (): string[] => Object.keys(TEMPLATES)

const variables = (pattern: Pattern): string[] => [...pattern.matchAll(/<(\w+)>/g)].map(([, name]) => name as string)

/** The parameters that a policy template takes. */
export const policyParameters = (name: string): string[] => {
  const all = (TEMPLATES[name] ?? []).flatMap(({ on }) => [on].flat().flatMap(variables))
  return [...new Set(all)].map(parameterOf)
}

/** The policy document of a policy template; `values` has all of its parameters. */
export const policyOf = (name: string, values: Dict): Dict => ({
  Statement: (TEMPLATES[name] ?? []).map(({ actions, on }) => ({
    Effect: 'Allow',
    Action: actions,
    Resource: Array.isArray(on) ? on.map((pattern) => fill(pattern, values)) : fill(on, values),
  })),
})

const fill = (pattern: Pattern, values: Dict): unknown => {
  if (pattern === '*') return pattern
  const names = variables(pattern)
  if (names.length === 0) return { 'Fn::Sub': pattern }
  const text = pattern.replace(/<(\w+)>/g, (_, name) => `\${${name}}`)
  return { 'Fn::Sub': [text, Object.fromEntries(names.map((name) => [name, values[parameterOf(name)]]))] }
}

/** Names of AWS's managed policies that do not stand at the root. */
const SERVICE_ROLES = new Set([
  'AWSLambdaBasicDurableExecutionRolePolicy',
  'AWSLambdaBasicExecutionRole',
  'AWSLambdaDynamoDBExecutionRole',
  'AWSLambdaENIManagementAccess',
  'AWSLambdaKinesisExecutionRole',
  'AWSLambdaMSKExecutionRole',
  'AWSLambdaRole',
  'AWSLambdaSQSQueueExecutionRole',
  'AWSLambdaVPCAccessExecutionRole',
])

/** The ARN of one of AWS's managed policies by its name; an ARN stays as it is. */
export const managedPolicyArn = (name: string, partition: string): string =>
  name.startsWith('arn:')
    ? name
    : `arn:${partition}:iam::aws:policy/${SERVICE_ROLES.has(name) ? 'service-role/' : ''}${name}`
