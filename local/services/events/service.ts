import { service } from '../service.ts'
import { putEvents } from './putEvents.ts'
import { rule } from './resources.ts'
import { rules } from './rules.ts'
import { createEventsStore } from './store.ts'
import { tags } from './tags.ts'
import { targets } from './targets.ts'

/**
 * EventBridge: rules of the bus `default` by schedule and by event pattern, their targets, PutEvents, TestEventPattern,
 * tags. Left out: other buses, targets that are no Lambda functions, archives, replays, connections, API destinations,
 * global endpoints, partner sources, events of services other than S3.
 */
export const events = service(
  {
    name: 'events',
    sdk: () => import('@aws-sdk/client-eventbridge'),
    protocol: 'json1.1',
    target: 'AWSEvents',
    denied: 'AccessDeniedException',
    // Ten entries of 1 MB in all as JSON in JSON: characters may be escaped twice.
    largest: 4 * 1024 ** 2,
    store: createEventsStore,
    resources: { 'AWS::Events::Rule': rule },
  },
  { ...rules, ...targets, ...putEvents, ...tags },
)
