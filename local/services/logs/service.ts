import { service } from '../service.ts'
import { groups } from './groups.ts'
import { reading } from './reading.ts'
import { groupPolicy, resourcePolicies } from './resourcePolicies.ts'
import { logGroup } from './resources.ts'
import { createLogsStore } from './store.ts'
import { streams } from './streams.ts'
import { tags } from './tags.ts'
import { writing } from './writing.ts'

/**
 * CloudWatch Logs: groups with retention and tags, streams, PutLogEvents, GetLogEvents, FilterLogEvents, resource policies
 * of the account. Left out: those of one group, subscription and metric filters, Insights queries, exports, KMS keys, deletion protection, other classes
 * than STANDARD, in filter patterns regular expressions and space-delimited events.
 */
export const logs = service(
  {
    name: 'logs',
    sdk: () => import('@aws-sdk/client-cloudwatch-logs'),
    protocol: 'json1.1',
    target: 'Logs_20140328',
    denied: 'AccessDeniedException',
    // A batch of 1 MB as JSON: each event has a frame of its own, and characters may be escaped.
    largest: 8_388_608,
    store: createLogsStore,
    resourcePolicy: groupPolicy,
    resources: { 'AWS::Logs::LogGroup': logGroup },
  },
  { ...groups, ...streams, ...writing, ...reading, ...tags, ...resourcePolicies },
)
