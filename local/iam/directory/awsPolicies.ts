import { createHash } from 'node:crypto'
import type { ManagedPolicy } from './records.ts'

/** The policies that AWS itself manages, as far as templates of functions use them (AWS managed policy reference guide). */

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']
const XRAY = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
]

interface Known {
  path?: string
  description: string
  created: string
  version?: string
  actions: string | string[]
}

const SERVICE_ROLE = '/service-role/'

/** Every one allows its actions on all resources. */
const KNOWN: Record<string, Known> = {
  AdministratorAccess: {
    description: 'Provides full access to AWS services and resources.',
    created: '2015-02-06T18:39:46Z',
    actions: '*',
  },
  AWSLambdaBasicExecutionRole: {
    path: SERVICE_ROLE,
    description: 'Provides write permissions to CloudWatch Logs.',
    created: '2015-04-09T15:03:43Z',
    actions: LOGS,
  },
  AWSLambdaDynamoDBExecutionRole: {
    path: SERVICE_ROLE,
    description: 'Provides list and read access to DynamoDB streams and write permissions to CloudWatch logs.',
    created: '2015-04-09T15:09:29Z',
    actions: [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      ...LOGS,
    ],
  },
  AWSLambdaKinesisExecutionRole: {
    path: SERVICE_ROLE,
    description: 'Provides list and read access to Kinesis streams and write permissions to CloudWatch logs.',
    created: '2015-04-09T15:14:16Z',
    version: 'v2',
    actions: [
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
      'kinesis:ListStreams',
      'kinesis:SubscribeToShard',
      ...LOGS,
    ],
  },
  AWSLambdaSQSQueueExecutionRole: {
    path: SERVICE_ROLE,
    description:
      'Provides receive message, delete message, and read attribute access to SQS queues, and write permissions to CloudWatch logs.',
    created: '2018-06-14T21:50:45Z',
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...LOGS],
  },
  AWSLambdaVPCAccessExecutionRole: {
    path: SERVICE_ROLE,
    description:
      'Provides minimum permissions for a Lambda function to execute while accessing a resource within a VPC.',
    created: '2016-02-11T23:15:26Z',
    version: 'v3',
    actions: [
      ...LOGS,
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
  },
  AWSLambdaRole: {
    path: SERVICE_ROLE,
    description: 'Default policy for AWS Lambda service role.',
    created: '2015-02-06T18:41:28Z',
    actions: 'lambda:InvokeFunction',
  },
  AmazonAPIGatewayPushToCloudWatchLogs: {
    path: SERVICE_ROLE,
    description: "Allows API Gateway to push logs to user's account.",
    created: '2015-11-11T23:41:46Z',
    actions: [
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      'logs:GetLogEvents',
      'logs:FilterLogEvents',
    ],
  },
  AWSXRayDaemonWriteAccess: {
    description:
      'Allow the AWS X-Ray Daemon to relay raw trace segments data to the service’s API and retrieve sampling data (rules, targets, etc.) to be used by the X-Ray SDK.',
    created: '2018-08-28T23:00:33Z',
    actions: XRAY,
  },
  AWSXrayWriteOnlyAccess: {
    description: 'AWS X-Ray write only managed policy',
    created: '2016-12-01T18:19:53Z',
    version: 'v2',
    actions: XRAY,
  },
  AmazonS3ReadOnlyAccess: {
    description: 'Provides read only access to all buckets.',
    created: '2015-02-06T18:40:59Z',
    version: 'v3',
    actions: ['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'],
  },
  AmazonS3FullAccess: {
    description: 'Provides full access to all buckets.',
    created: '2015-02-06T18:40:58Z',
    version: 'v2',
    actions: ['s3:*', 's3-object-lambda:*'],
  },
  IAMReadOnlyAccess: {
    description: 'Provides read only access to IAM.',
    created: '2015-02-06T18:40:39Z',
    version: 'v4',
    actions: [
      'iam:GenerateCredentialReport',
      'iam:GenerateServiceLastAccessedDetails',
      'iam:Get*',
      'iam:List*',
      'iam:SimulateCustomPolicy',
      'iam:SimulatePrincipalPolicy',
    ],
  },
  AmazonSQSReadOnlyAccess: {
    description: 'Provides read only access to Amazon SQS.',
    created: '2015-02-06T18:41:08Z',
    version: 'v2',
    actions: [
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ListDeadLetterSourceQueues',
      'sqs:ListQueues',
      'sqs:ListMessageMoveTasks',
      'sqs:ListQueueTags',
    ],
  },
}

const IDS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** An id of AWS's form that is the same in every cloud. */
const idOf = (name: string): string =>
  `ANPA${Array.from(createHash('sha256').update(name).digest().subarray(0, 17), (byte) => IDS[byte % 32]).join('')}`

const managed = ([name, known]: [string, Known]): ManagedPolicy => {
  const { path = '/', description, created, version = 'v1', actions } = known
  const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }]
  const at = Date.parse(created)
  return {
    account: 'aws',
    arn: `arn:aws:iam::aws:policy${path}${name}`,
    name,
    path,
    id: idOf(name),
    description,
    created: at,
    updated: at,
    default: version,
    next: 0,
    versions: [{ id: version, document: JSON.stringify({ Version: '2012-10-17', Statement }, null, 2), created: at }],
    tags: [],
  }
}

export const AWS_POLICIES: ReadonlyMap<string, ManagedPolicy> = new Map(
  Object.entries(KNOWN).map((entry) => {
    const policy = managed(entry)
    return [policy.arn, policy]
  }),
)
