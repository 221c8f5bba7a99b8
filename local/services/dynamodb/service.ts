import { service } from '../service.ts'
import { account } from './account.ts'
import { batches } from './batches.ts'
import { items } from './items.ts'
import { reads } from './reads.ts'
import { table } from './resources.ts'
import { createDynamoDBStore } from './store.ts'
import { tables } from './tables.ts'
import { tableUpdate } from './tableUpdate.ts'
import { tags } from './tags.ts'
import { startExpiry, timeToLive } from './timeToLive.ts'
import { transactions } from './transactions.ts'

/**
 * DynamoDB: tables with local and global indexes, items, batches, Query, Scan, transactions, time to live, tags, streams
 * (written here; DynamoDB Streams reads them). All that an operation changes, the item, its indexes and its stream record, is
 * one transaction.
 * Left out: PartiQL, backups and restores, imports and exports, global tables, Kinesis streaming, Contributor Insights,
 * resource policies, indexes with several attributes in one key; capacity is counted and described, never throttled.
 */
export const dynamodb = service(
  {
    name: 'dynamodb',
    sdk: () => import('@aws-sdk/client-dynamodb'),
    protocol: 'json1.0',
    target: 'DynamoDB_20120810',
    denied: 'AccessDeniedException',
    largest: 16 * 1024 * 1024,
    store(ground) {
      const store = createDynamoDBStore(ground)
      startExpiry(store, ground)
      return store
    },
    resources: { 'AWS::DynamoDB::Table': table },
  },
  { ...tables, ...tableUpdate, ...items, ...batches, ...reads, ...transactions, ...timeToLive, ...tags, ...account },
)
