import { createHash } from 'node:crypto'
import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import type { Published } from './publish.ts'
import { chooseIf, getAtt, given, ifOf, inherited, isNoValue, ref, type SamContext, type SamResource } from './types.ts'

const statement = (Action: string, Resource: unknown): Dict => ({ Action, Effect: 'Allow', Resource })

/** By type of a destination: the end of its policy's name, and what the function must be allowed to do. */
const POLICIES: Record<string, [name: string, statements: (arn: unknown) => Dict[]] | undefined> = {
  SQS: ['SQSPolicy', (arn) => [statement('sqs:SendMessage', arn)]],
  SNS: ['SNSPolicy', (arn) => [statement('sns:publish', arn)]],
  EventBridge: ['EventBridgePolicy', (arn) => [statement('events:PutEvents', arn)]],
  Lambda: ['LambdaPolicy', (arn) => [statement('lambda:InvokeFunction', arn)]],
  S3Bucket: [
    'S3Policy',
    (arn) => [statement('s3:PutObject', { 'Fn::Join': ['/', [arn, '*']] }), statement('s3:ListBucket', arn)],
  ],
}

/** What SAM makes where a destination names no ARN: its type, the end of its logical ID, its ARN. */
const MADE: Record<string, [type: string, suffix: string, arn: (id: string) => Dict] | undefined> = {
  SQS: ['AWS::SQS::Queue', 'Queue', (id) => getAtt(id, 'Arn')],
  SNS: ['AWS::SNS::Topic', 'Topic', ref],
}

const MEMBERS = new Set(['DestinationConfig', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts'])

/** The AWS::Lambda::EventInvokeConfig of a function, the queues and topics made for it, and the policies it needs. */
export const invokeConfigOf = (
  resource: SamResource,
  context: SamContext,
  published: Published | undefined,
): { resources: Record<string, ResourceEntry>; policies: Dict[] } => {
  const { id, entry, properties } = resource
  const config = properties.EventInvokeConfig
  if (config === undefined || config === null) return { resources: {}, policies: [] }
  if (!isDict(config)) throw resource.refuse("'EventInvokeConfig' should be a map.", [properties, 'EventInvokeConfig'])
  for (const member of Object.keys(config))
    if (!MEMBERS.has(member)) throw resource.refuse(`EventInvokeConfig has no property ${member}.`, [config, member])
  const logicalId = `${id}EventInvokeConfig`
  const resources: Record<string, ResourceEntry> = {}
  const policies: Dict[] = []
  const destinations: Dict = {}
  const wanted = config.DestinationConfig ?? {}
  if (!isDict(wanted)) throw resource.refuse("'DestinationConfig' should be a map.", [config, 'DestinationConfig'])
  for (const outcome of Object.keys(wanted))
    if (outcome !== 'OnSuccess' && outcome !== 'OnFailure')
      throw resource.refuse(`DestinationConfig has no property ${outcome}.`, [wanted, outcome])
  for (const outcome of ['OnSuccess', 'OnFailure']) {
    const destination = wanted[outcome]
    if (destination === undefined || destination === null) continue
    if (!isDict(destination)) throw resource.refuse(`'${outcome}' should be a map.`, [wanted, outcome])
    const made = destinationOf(destination, logicalId, outcome, resource, context)
    Object.assign(resources, made.resources)
    policies.push(made.policy)
    destinations[outcome] = { Destination: made.arn }
  }
  resources[logicalId] = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    ...inherited(entry),
    ...(published ? { DependsOn: [published.aliasId] } : {}),
    Properties: given({
      FunctionName: ref(id),
      Qualifier: published?.name ?? '$LATEST',
      DestinationConfig: destinations,
      MaximumEventAgeInSeconds: config.MaximumEventAgeInSeconds,
      MaximumRetryAttempts: config.MaximumRetryAttempts,
    }),
  }
  return { resources, policies }
}

const destinationOf = (
  destination: Dict,
  logicalId: string,
  outcome: string,
  resource: SamResource,
  context: SamContext,
): { resources: Record<string, ResourceEntry>; policy: Dict; arn: unknown } => {
  const type = context.parameter(destination.Type)
  const policy = typeof type === 'string' ? POLICIES[type] : undefined
  if (typeof type !== 'string' || !policy)
    throw resource.refuse(
      `'Type: ${String(destination.Type)}' must be one of [${Object.keys(POLICIES).join(', ')}].`,
      destination,
    )
  const [suffix, statements] = policy
  const base = `${logicalId}${outcome}`
  const policyFor = (arn: unknown) => ({
    PolicyName: `${base}${suffix}`,
    PolicyDocument: { Statement: statements(arn) },
  })
  const when = whenMissing(destination.Destination, logicalId, resource, context)
  if (!when) {
    const arn = destination.Destination
    return { resources: {}, policy: policyFor(arn), arn }
  }
  const make = MADE[type]
  if (!make) throw resource.refuse('Destination is required if Type is not [SQS, SNS].', destination)
  const [resourceType, idSuffix, arnOf] = make
  const id = `${base}${idSuffix}`
  const arn = when.condition ? chooseIf(when.condition, arnOf(id), when.otherwise) : arnOf(id)
  const Condition = both(resource.entry.Condition, when.condition, resource, context)
  return {
    resources: { [id]: { Type: resourceType, ...inherited(resource.entry), ...(Condition ? { Condition } : {}) } },
    policy: policyFor(arn),
    arn,
  }
}

/** When a destination's ARN is missing: always (no condition), under a condition, or never (undefined). */
const whenMissing = (
  arn: unknown,
  logicalId: string,
  resource: SamResource,
  { conditions }: SamContext,
): { condition?: string; otherwise?: unknown } | undefined => {
  if (arn === undefined || arn === null) return {}
  const [condition, yes, no] = ifOf(arn, resource.refuse) ?? []
  if (condition === undefined || isNoValue(yes) === isNoValue(no)) return undefined
  if (isNoValue(yes)) return { condition, otherwise: no }
  const opposite = `NOT${condition}${hashOf(logicalId)}`
  conditions[opposite] = { 'Fn::Not': [{ Condition: condition }] }
  return { condition: opposite, otherwise: yes }
}

const both = (
  own: string | undefined,
  other: string | undefined,
  { id }: SamResource,
  { conditions }: SamContext,
): string | undefined => {
  if (!own || !other) return own ?? other
  const name = `${own}AND${other}${hashOf(id)}`
  conditions[name] = { 'Fn::And': [{ Condition: own }, { Condition: other }] }
  return name
}

const hashOf = (text: string): string => createHash('sha1').update(text).digest('hex').slice(0, 10)
