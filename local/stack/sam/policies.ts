import type { Dict } from '../source.ts'
import { POLICIES_FROM_K } from './policiesFromK.ts'
import { POLICIES_TO_K } from './policiesToK.ts'
import { actions, one, type Pattern, type PolicyStatement, regional } from './policyStatements.ts'

const parameterOf = (variable: string): string => `${variable.charAt(0).toUpperCase()}${variable.slice(1)}`

const bucket: Pattern[] = ['<bucketName>', '<bucketName>/*'].map((rest) => `arn:\${AWS::Partition}:s3:::${rest}`)
const table: Pattern[] = [regional('dynamodb', 'table/<tableName>'), regional('dynamodb', 'table/<tableName>/index/*')]

/** SAM's policy templates (SAM developer guide, "Policy template list"). */
const TEMPLATES: Record<string, PolicyStatement[] | undefined> = {
  ...POLICIES_TO_K,
  ...POLICIES_FROM_K,
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

/** The variables of a pattern, each with the parameter that it stands for. */
const variables = (pattern: Pattern): [name: string, parameter: string][] =>
  [...pattern.matchAll(/<(\w+)(?:=(\w+))?>/g)].map(([, name = '', parameter]) => [name, parameter ?? parameterOf(name)])

/** The parameters that a policy template takes. */
export const policyParameters = (name: string): string[] => {
  const all = (TEMPLATES[name] ?? []).flatMap(({ on, condition }) => [on, condition?.[2] ?? []].flat())
  return [...new Set(all.flatMap(variables).map(([, parameter]) => parameter))]
}

/** The policy document of a policy template; `values` has all of its parameters. */
export const policyOf = (name: string, values: Dict): Dict => ({
  Statement: (TEMPLATES[name] ?? []).map(({ actions, on, condition }) => ({
    Effect: 'Allow',
    Action: actions,
    Resource: Array.isArray(on) ? on.map((pattern) => fill(pattern, values)) : fill(on, values),
    ...(condition ? { Condition: { [condition[0]]: { [condition[1]]: fill(condition[2], values) } } } : {}),
  })),
})

const fill = (pattern: Pattern, values: Dict): unknown => {
  if (pattern === '*') return pattern
  const names = variables(pattern)
  if (names.length === 0) return { 'Fn::Sub': pattern }
  const text = pattern.replace(/<(\w+)(?:=\w+)?>/g, (_, name) => `\${${name}}`)
  return { 'Fn::Sub': [text, Object.fromEntries(names.map(([name, parameter]) => [name, values[parameter]]))] }
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
