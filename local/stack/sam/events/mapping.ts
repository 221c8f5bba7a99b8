import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { managedPolicyArn } from '../policies.ts'
import { given, inherited, isIntrinsic, type SamContext, type SamResource } from '../types.ts'
import type { EventType, SamEvent } from './types.ts'

/** Properties of events that AWS::Lambda::EventSourceMapping has under the same name. */
const PASSED = [
  'BatchSize',
  'StartingPosition',
  'StartingPositionTimestamp',
  'Enabled',
  'MaximumBatchingWindowInSeconds',
  'MaximumRetryAttempts',
  'BisectBatchOnFunctionError',
  'MaximumRecordAgeInSeconds',
  'ParallelizationFactor',
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
  'TumblingWindowInSeconds',
  'FunctionResponseTypes',
  'FilterCriteria',
  'KmsKeyArn',
  'ScalingConfig',
  'ProvisionedPollerConfig',
  'MetricsConfig',
  'LoggingConfig',
]

const FILTERED = new Set(['DocumentDB', 'DynamoDB', 'Kinesis', 'MQ', 'MSK', 'SelfManagedKafka', 'SQS'])

/** What one kind of source adds to a mapping. */
export interface Poll {
  type: string
  /** The property with the source's ARN. */
  source?: string
  /** Properties of this kind alone. */
  properties?: readonly string[]
  required?: readonly string[]
  /** AWS's managed policy that the function needs. */
  managed?: string
  /** Inline policies that the function needs. */
  policies?(event: SamEvent, id: string, context: SamContext): Dict[]
  /** What the mapping says of the source besides its ARN. */
  config?(event: SamEvent): Dict
}

const statement = (Action: string, Resource: unknown): Dict => ({ Action, Effect: 'Allow', Resource })

/** By type of a destination: the end of its policy's name, and what the function must be allowed to do. */
const DESTINATIONS: Record<string, [suffix: string, statements: (arn: unknown) => Dict[]] | undefined> = {
  SQS: ['SQSPolicy', (arn) => [statement('sqs:SendMessage', arn)]],
  SNS: ['SNSPolicy', (arn) => [statement('sns:publish', arn)]],
  S3: [
    'S3Policy',
    (arn) => [statement('s3:PutObject', { 'Fn::Join': ['/', [arn, '*']] }), statement('s3:ListBucket', arn)],
  ],
}

/** The DestinationConfig of a mapping without SAM's own member Type, and the policy that the type asks for. */
const destinationOf = ({ properties, refuse }: SamEvent, id: string): { config?: Dict; policy?: Dict } => {
  const config = properties.DestinationConfig
  if (config === undefined || config === null) return {}
  if (!isDict(config) || !isDict(config.OnFailure))
    throw refuse("'DestinationConfig.OnFailure' should be a map.", [properties, 'DestinationConfig'])
  const { Type: type, ...onFailure } = config.OnFailure
  const passed = { ...config, OnFailure: onFailure }
  if (!type || type === 'Kafka') return { config: passed }
  const [suffix, statements] = DESTINATIONS[String(type)] ?? []
  if (!suffix || !statements)
    throw refuse("The only valid values for 'Type' are 'SQS', 'SNS', 'S3', and 'Kafka'", [config.OnFailure, 'Type'])
  const PolicyDocument = { Statement: statements(onFailure.Destination) }
  return { config: passed, policy: { PolicyName: `${id}${suffix}`, PolicyDocument } }
}

const checkFilter = ({ properties, refuse }: SamEvent, type: string) => {
  const filter = properties.FilterCriteria
  if (!filter || isIntrinsic(filter)) return
  if (!FILTERED.has(type))
    throw refuse(`FilterCriteria is only available for ${[...FILTERED].join(', ')} events.`, [
      properties,
      'FilterCriteria',
    ])
  if (!isDict(filter) || Object.keys(filter).some((name) => name !== 'Filters'))
    throw refuse('FilterCriteria field has a wrong format', [properties, 'FilterCriteria'])
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
const documentOf = (policy: unknown) => (isDict(policy) ? policy.PolicyDocument : undefined)

/** Adds to the function's role what it needs for a source, unless the role has it. */
const allow = (role: ResourceEntry, managed: string | undefined, policies: Dict[]) => {
  const properties = role.Properties as Dict
  const arns = (properties.ManagedPolicyArns ?? []) as unknown[]
  if (managed && !arns.includes(managed)) properties.ManagedPolicyArns = [...arns, managed]
  for (const policy of policies) {
    const inline = (properties.Policies ?? []) as unknown[]
    if (!inline.some((one) => same(documentOf(one), documentOf(policy)))) properties.Policies = [...inline, policy]
  }
}

/** The mapping of a source to what the function's events invoke; the function's role may read the source. */
export const mappingOf = (
  id: string,
  poll: Poll,
  event: SamEvent,
  { entry }: SamResource,
  context: SamContext,
): Record<string, ResourceEntry> => {
  const { properties, invoked, role } = event
  checkFilter(event, poll.type)
  const { config, policy } = destinationOf(event, id)
  const managed = poll.managed && managedPolicyArn(poll.managed, context.partition)
  allow(role, managed, [...(poll.policies?.(event, id, context) ?? []), ...(policy ? [policy] : [])])
  return {
    [id]: {
      Type: 'AWS::Lambda::EventSourceMapping',
      ...inherited(entry),
      Properties: given({
        FunctionName: invoked.name,
        EventSourceArn: poll.source && properties[poll.source],
        ...Object.fromEntries(PASSED.map((name) => [name, properties[name]])),
        DestinationConfig: config,
        ...poll.config?.(event),
      }),
    },
  }
}

/** An event that Lambda polls for. */
export const polled = (poll: Poll): EventType => ({
  properties: [...PASSED, 'DestinationConfig', ...(poll.source ? [poll.source] : []), ...(poll.properties ?? [])],
  required: [...(poll.source ? [poll.source] : []), ...(poll.required ?? [])],
  transform: (event, resource, context) => mappingOf(`${resource.id}${event.name}`, poll, event, resource, context),
})
