import type { Dict } from '../../source.ts'
import { isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { getAtt, given, inherited, ref, type SamResource } from '../types.ts'
import { type EventType, permission, type SamEvent } from './types.ts'

/** Ids of targets have at most 64 characters (API reference of EventBridge, "Target"). */
const LONGEST = 64
/** The id of a rule's target: the rule's own, and what kind of thing is called. */
export const targetId = (id: string, suffix: string): string => id.slice(0, LONGEST - suffix.length) + suffix

/** A queue that takes what could not be delivered: its ARN, and what is made for it. */
export interface DeadLetters {
  arn: unknown
  resources: Record<string, ResourceEntry>
}

/** The queue of `DeadLetterConfig`: the one that it names, or one that is made. */
export const deadLettersOf = (
  id: string,
  event: Pick<SamEvent, 'properties' | 'refuse'>,
  resource: SamResource,
  policyOf?: (queueId: string) => Record<string, ResourceEntry>,
): DeadLetters | undefined => {
  const config = event.properties.DeadLetterConfig
  if (config === undefined || config === null) return undefined
  const spot = [event.properties, 'DeadLetterConfig'] as const
  if (!isDict(config)) throw event.refuse("'DeadLetterConfig' should be a map.", spot)
  if ('Arn' in config && 'Type' in config)
    throw event.refuse("You can either define 'Arn' or 'Type' property of DeadLetterConfig.", spot)
  if ('Type' in config && config.Type !== 'SQS')
    throw event.refuse("The only valid value for 'Type' property of DeadLetterConfig is 'SQS'.", spot)
  if (!('Arn' in config) && !('Type' in config))
    throw event.refuse("No 'Arn' or 'Type' property provided for DeadLetterConfig.", spot)
  if (config.Arn !== undefined && config.Arn !== null) return { arn: config.Arn, resources: {} }
  if (config.QueueLogicalId !== undefined && typeof config.QueueLogicalId !== 'string')
    throw event.refuse('QueueLogicalId must be a string', [config, 'QueueLogicalId'])
  const queueId = config.QueueLogicalId || `${id}Queue`
  const queue: ResourceEntry = { Type: 'AWS::SQS::Queue', ...inherited(resource.entry) }
  return { arn: getAtt(queueId, 'Arn'), resources: { [queueId]: queue, ...policyOf?.(queueId) } }
}

/** What lets a rule put into its queue what it could not deliver. */
export const queuePolicy = (id: string, queueId: string, { entry }: SamResource): Record<string, ResourceEntry> => ({
  [`${id}QueuePolicy`]: {
    Type: 'AWS::SQS::QueuePolicy',
    ...inherited(entry),
    Properties: {
      Queues: [ref(queueId)],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'sqs:SendMessage',
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Resource: getAtt(queueId, 'Arn'),
            Condition: { ArnEquals: { 'aws:SourceArn': getAtt(id, 'Arn') } },
          },
        ],
      },
    },
  },
})

/** The rule, the permission that it needs, and the queue for what could not be delivered. */
const ruleOf = (event: SamEvent, resource: SamResource, rule: Dict): Record<string, ResourceEntry> => {
  const { properties, name, refuse } = event
  const id = `${resource.id}${name}`
  if (properties.State && properties.Enabled !== undefined && properties.Enabled !== null)
    throw refuse('State and Enabled Properties cannot both be specified.')
  const enabled = properties.Enabled
  const state =
    enabled === undefined || enabled === null ? properties.State || undefined : enabled ? 'ENABLED' : 'DISABLED'
  const dead = deadLettersOf(id, event, resource, (queueId) => queuePolicy(id, queueId, resource))
  const target =
    isDict(properties.Target) && 'Id' in properties.Target ? properties.Target.Id : targetId(id, 'LambdaTarget')
  return {
    [id]: {
      Type: 'AWS::Events::Rule',
      ...inherited(resource.entry),
      Properties: given({
        ...rule,
        State: state,
        Targets: [
          given({
            Arn: event.invoked.arn,
            Id: target,
            Input: properties.Input,
            InputPath: properties.InputPath,
            DeadLetterConfig: dead && { Arn: dead.arn },
            RetryPolicy: properties.RetryPolicy,
            InputTransformer: properties.InputTransformer,
          }),
        ],
      }),
    },
    ...dead?.resources,
    [`${id}Permission`]: permission(event, resource, 'events.amazonaws.com', { SourceArn: getAtt(id, 'Arn') }),
  }
}

/** A rule that invokes the function on a schedule. */
export const scheduleEvent: EventType = {
  properties: [
    'Schedule',
    'RuleName',
    'Input',
    'Enabled',
    'State',
    'Name',
    'Description',
    'DeadLetterConfig',
    'RetryPolicy',
  ],
  required: ['Schedule'],
  transform(event, resource) {
    const { Schedule, Name, Description } = event.properties
    return ruleOf(event, resource, { ScheduleExpression: Schedule, Name, Description })
  },
}

/** A rule that invokes the function for the events that fit its pattern. */
export const eventBridgeRule: EventType = {
  properties: [
    'EventBusName',
    'RuleName',
    'Pattern',
    'DeadLetterConfig',
    'RetryPolicy',
    'Input',
    'InputPath',
    'Target',
    'Enabled',
    'State',
    'InputTransformer',
  ],
  required: [],
  transform(event, resource) {
    const { EventBusName, Pattern, RuleName } = event.properties
    return ruleOf(event, resource, { EventBusName, EventPattern: Pattern, Name: RuleName })
  },
}
