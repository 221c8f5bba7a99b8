import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry } from '../../template.ts'
import { getAtt, given, inherited, ref, type SamContext, type SamResource } from '../types.ts'
import { mappingOf } from './mapping.ts'
import { sqs } from './polls.ts'
import { type EventType, permission, type SamEvent } from './types.ts'

/** A topic that invokes the function: by a subscription of its own, or by a queue between the two. */
export const snsEvent: EventType = {
  properties: ['Topic', 'Region', 'FilterPolicy', 'FilterPolicyScope', 'SqsSubscription', 'RedrivePolicy'],
  required: ['Topic'],
  transform(event, resource, context) {
    const id = `${resource.id}${event.name}`
    const { Topic, SqsSubscription: queued } = event.properties
    if (!queued)
      return {
        [`${id}Permission`]: permission(event, resource, 'sns.amazonaws.com', { SourceArn: Topic }),
        [id]: subscription(event, resource, 'lambda', event.invoked.arn),
      }
    if (queued === true) return byNewQueue(id, event, resource, context)
    if (!isDict(queued)) throw event.refuse("'SqsSubscription' should be a map.", [event.properties, 'SqsSubscription'])
    const { QueueArn: arn, QueueUrl: url, QueuePolicyLogicalId: policyId, BatchSize: size } = queued
    if (!arn || !url) throw event.refuse('No QueueARN or QueueURL provided.', [event.properties, 'SqsSubscription'])
    return byQueue(id, event, resource, context, { arn, url, policyId: String(policyId || `${id}QueuePolicy`), size })
  },
}

const subscription = (
  { properties: { Topic, Region, FilterPolicy, FilterPolicyScope, RedrivePolicy } }: SamEvent,
  { entry }: SamResource,
  Protocol: string,
  Endpoint: unknown,
): ResourceEntry => ({
  Type: 'AWS::SNS::Subscription',
  ...inherited(entry),
  Properties: given({ Protocol, Endpoint, TopicArn: Topic, Region, FilterPolicy, FilterPolicyScope, RedrivePolicy }),
})

interface Between {
  arn: unknown
  url: unknown
  policyId: string
  size?: unknown
}

/** The topic writes to the queue, and Lambda polls it. */
const byQueue = (
  id: string,
  event: SamEvent,
  resource: SamResource,
  context: SamContext,
  { arn, url, policyId, size }: Between,
): Record<string, ResourceEntry> => {
  const polling = { ...event, properties: { Queue: arn, BatchSize: size || 10, Enabled: true } }
  const policy: Dict = {
    Version: '2012-10-17',
    Statement: [
      {
        Action: 'sqs:SendMessage',
        Effect: 'Allow',
        Principal: '*',
        Resource: arn,
        Condition: { ArnEquals: { 'aws:SourceArn': event.properties.Topic } },
      },
    ],
  }
  return {
    ...mappingOf(`${id}EventSourceMapping`, sqs, polling, resource, context),
    [policyId]: {
      Type: 'AWS::SQS::QueuePolicy',
      ...inherited(resource.entry),
      Properties: { PolicyDocument: policy, Queues: [url] },
    },
    [id]: subscription(event, resource, 'sqs', arn),
  }
}

const byNewQueue = (id: string, event: SamEvent, resource: SamResource, context: SamContext) => {
  const topicId = isDict(event.properties.Topic) ? event.properties.Topic.Ref : undefined
  const topic = typeof topicId === 'string' ? context.resources[topicId] : undefined
  // A topic that keeps the order writes to a queue that does.
  const fifo = context.parameter(topic?.Properties?.FifoTopic)
  const queueId = `${id}Queue`
  const queue: ResourceEntry = {
    Type: 'AWS::SQS::Queue',
    ...inherited(resource.entry),
    ...(fifo ? { Properties: { FifoQueue: fifo } } : {}),
  }
  const between = { arn: getAtt(queueId, 'Arn'), url: ref(queueId), policyId: `${id}QueuePolicy` }
  return { [queueId]: queue, ...byQueue(id, event, resource, context, between) }
}
