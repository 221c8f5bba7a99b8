import { actions, regional } from './policyStatements.ts'

/**
 * A text with `<Source.Arn>`, `<Destination.Arn>`, `<Destination.Name>`, `<Source.ResourceId>`, `<Source.Qualifier>` for
 * what the two ends of a connector are.
 */
export type Ends = string

export type Access = 'Read' | 'Write'

/** What a connector makes: a policy of a role, a permission of a function, or a policy of a queue or topic. */
export type Profile =
  | {
      kind: 'role'
      /** Whose role: the source's, or else the destination's. */
      of: 'source' | 'destination'
      /** Who waits for the policy: the source, or the mapping between the two. */
      awaitedBy?: 'source' | 'mapping'
      /** Sets of permissions that are allowed; any where there are none. */
      combinations?: Access[][]
      access: Partial<Record<Access, [actions: string[], on: Ends[]][]>>
    }
  | { kind: 'permission'; principal: string; source: Ends; account?: Ends }
  | { kind: 'queue' | 'topic'; principal: string; action: string }

const HERE: Ends[] = ['<Destination.Arn>']
const write = (service: string, names: string, on: Ends[] = HERE): Profile => ({
  kind: 'role',
  of: 'source',
  access: { Write: [[actions(service, names), on]] },
})
const permission = (service: string, source: Ends = '<Source.Arn>'): Profile => ({
  kind: 'permission',
  principal: `${service}.amazonaws.com`,
  source,
})

const BUS = write('events', 'PutEvents')
const INVOKE = write('lambda', 'InvokeAsync InvokeFunction')
const EXECUTIONS: Ends[] = [regional('states', 'execution:<Destination.Name>:*')]
const RULE: Ends[] = [regional('events', 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule')]
const API = permission('apigateway', regional('execute-api', '<Source.ResourceId>/<Source.Qualifier>'))

const OBJECTS: Ends[] = ['<Destination.Arn>', '<Destination.Arn>/*']
const BUCKET: Profile = {
  kind: 'role',
  of: 'source',
  access: {
    Read: [
      [
        actions(
          's3',
          'GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTorrent ListBucket ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts',
        ),
        OBJECTS,
      ],
    ],
    Write: [
      [
        actions(
          's3',
          'AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectLegalHold PutObjectRetention RestoreObject',
        ),
        OBJECTS,
      ],
    ],
  },
}

const ITEMS: Ends[] = ['<Destination.Arn>', '<Destination.Arn>/index/*']
const TABLE: Profile = {
  kind: 'role',
  of: 'source',
  access: {
    Read: [[actions('dynamodb', 'GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect'), ITEMS]],
    Write: [
      [
        actions('dynamodb', 'PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate'),
        ITEMS,
      ],
    ],
  },
}

/** By the types of source and destination (SAM developer guide, "Supported source and destination resource types"). */
const PROFILES: Record<string, Record<string, Profile | undefined> | undefined> = {
  'AWS::DynamoDB::Table': {
    'AWS::Lambda::Function': {
      kind: 'role',
      of: 'destination',
      awaitedBy: 'mapping',
      access: {
        Read: [
          [actions('dynamodb', 'DescribeStream GetRecords GetShardIterator ListStreams'), ['<Source.Arn>/stream/*']],
        ],
      },
    },
  },
  'AWS::Events::Rule': {
    'AWS::SNS::Topic': { kind: 'topic', principal: 'events.amazonaws.com', action: 'sns:Publish' },
    'AWS::Events::EventBus': BUS,
    'AWS::StepFunctions::StateMachine': write('states', 'StartExecution'),
    'AWS::Lambda::Function': permission('events'),
    'AWS::SQS::Queue': { kind: 'queue', principal: 'events.amazonaws.com', action: 'sqs:SendMessage' },
  },
  'AWS::Lambda::Function': {
    'AWS::Lambda::Function': INVOKE,
    'AWS::S3::Bucket': BUCKET,
    'AWS::DynamoDB::Table': TABLE,
    'AWS::SQS::Queue': {
      kind: 'role',
      of: 'source',
      access: {
        Read: [[actions('sqs', 'ReceiveMessage GetQueueAttributes'), HERE]],
        Write: [[actions('sqs', 'DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue'), HERE]],
      },
    },
    'AWS::SNS::Topic': write('sns', 'Publish'),
    'AWS::StepFunctions::StateMachine': {
      kind: 'role',
      of: 'source',
      access: {
        Write: [
          [actions('states', 'StartExecution StartSyncExecution'), HERE],
          [['states:StopExecution'], EXECUTIONS],
        ],
        Read: [
          [actions('states', 'DescribeStateMachine ListExecutions'), HERE],
          [actions('states', 'DescribeExecution DescribeStateMachineForExecution GetExecutionHistory'), EXECUTIONS],
        ],
      },
    },
    'AWS::Events::EventBus': BUS,
    'AWS::Location::PlaceIndex': {
      kind: 'role',
      of: 'source',
      access: {
        Read: [
          [
            actions(
              'geo',
              'DescribePlaceIndex GetPlace SearchPlaceIndexForPosition SearchPlaceIndexForSuggestions SearchPlaceIndexForText',
            ),
            HERE,
          ],
        ],
      },
    },
  },
  'AWS::ApiGatewayV2::Api': { 'AWS::Lambda::Function': API },
  'AWS::ApiGateway::RestApi': { 'AWS::Lambda::Function': API },
  'AWS::SNS::Topic': {
    'AWS::SQS::Queue': { kind: 'queue', principal: 'sns.amazonaws.com', action: 'sqs:SendMessage' },
    'AWS::Lambda::Function': permission('sns'),
  },
  'AWS::SQS::Queue': {
    'AWS::Lambda::Function': {
      kind: 'role',
      of: 'destination',
      awaitedBy: 'mapping',
      combinations: [['Read', 'Write']],
      access: {
        Write: [[['sqs:DeleteMessage'], ['<Source.Arn>']]],
        Read: [[actions('sqs', 'ReceiveMessage GetQueueAttributes'), ['<Source.Arn>']]],
      },
    },
  },
  'AWS::S3::Bucket': {
    'AWS::Lambda::Function': {
      kind: 'permission',
      principal: 's3.amazonaws.com',
      source: '<Source.Arn>',
      account: `\${AWS::AccountId}`,
    },
  },
  'AWS::StepFunctions::StateMachine': {
    'AWS::Lambda::Function': INVOKE,
    'AWS::SNS::Topic': write('sns', 'Publish'),
    'AWS::SQS::Queue': write('sqs', 'SendMessage'),
    'AWS::S3::Bucket': BUCKET,
    'AWS::DynamoDB::Table': TABLE,
    'AWS::StepFunctions::StateMachine': {
      kind: 'role',
      of: 'source',
      awaitedBy: 'source',
      combinations: [['Read'], ['Read', 'Write']],
      access: {
        Read: [
          [['states:DescribeExecution'], EXECUTIONS],
          [['events:DescribeRule'], RULE],
        ],
        Write: [
          [['states:StartExecution'], HERE],
          [['states:StopExecution'], EXECUTIONS],
          [actions('events', 'PutTargets PutRule'), RULE],
        ],
      },
    },
    'AWS::Events::EventBus': BUS,
  },
  'AWS::AppSync::DataSource': {
    'AWS::DynamoDB::Table': TABLE,
    'AWS::Lambda::Function': write('lambda', 'InvokeAsync InvokeFunction', [
      '<Destination.Arn>',
      '<Destination.Arn>:*',
    ]),
    'AWS::Events::EventBus': BUS,
  },
  'AWS::AppSync::GraphQLApi': {
    'AWS::Lambda::Function': permission('appsync', regional('appsync', 'apis/<Source.ResourceId>')),
  },
}

export const profileOf = (source: string, destination: string): Profile | undefined => PROFILES[source]?.[destination]
