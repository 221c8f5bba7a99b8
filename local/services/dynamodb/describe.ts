import type {
  GlobalSecondaryIndexDescription,
  LocalSecondaryIndexDescription,
  ProvisionedThroughputDescription,
  TableDescription,
} from '@aws-sdk/client-dynamodb'
import { arnOf, partOf } from './indexes.ts'
import type { DynamoDBStore } from './store.ts'
import { streamArn } from './streams.ts'
import type { Index, Table, Throughput } from './types.ts'

const DAY = 24 * 3600 * 1000
const date = (at: number | undefined) => (at === undefined ? undefined : new Date(at))

/** Decreases of the present day (UTC). */
export const decreasesToday = ({ decreases }: Throughput, now: number): number[] =>
  decreases.filter((at) => Math.floor(at / DAY) === Math.floor(now / DAY))

const throughput = (one: Throughput | undefined, now: number): ProvisionedThroughputDescription => ({
  LastIncreaseDateTime: date(one?.increased),
  LastDecreaseDateTime: date(one?.decreased),
  NumberOfDecreasesToday: one ? decreasesToday(one, now).length : 0,
  ReadCapacityUnits: one?.read ?? 0,
  WriteCapacityUnits: one?.write ?? 0,
})

/** What a table, or an index, is ready to serve at once: a new one on demand, or what is provisioned if that is more. */
const warm = ({ read, write }: Throughput, onDemand: boolean) => ({
  ReadUnitsPerSecond: onDemand ? 12_000 : read,
  WriteUnitsPerSecond: onDemand ? 4_000 : write,
  Status: 'ACTIVE' as const,
})

const NONE: Throughput = { read: 0, write: 0, decreases: [] }

/** A table as AWS describes it. `status` is that of the table and its global indexes. */
export const describe = (
  table: Table,
  store: DynamoDBStore,
  now: number,
  status: TableDescription['TableStatus'] = 'ACTIVE',
): TableDescription => {
  const onDemand = table.onDemandSince !== undefined
  const common = (index: Index): LocalSecondaryIndexDescription => {
    const { items, bytes } = store.entries.totals(partOf(table, index))
    return {
      IndexName: index.name,
      KeySchema: index.keys,
      Projection: index.projection,
      IndexSizeBytes: bytes,
      ItemCount: items,
      IndexArn: arnOf(table, index.name),
    }
  }
  const local = table.indexes.filter(({ kind }) => kind === 'local').map(common)
  const global = table.indexes
    .filter(({ kind }) => kind === 'global')
    .map(
      (index): GlobalSecondaryIndexDescription => ({
        ...common(index),
        IndexStatus: status === 'CREATING' ? 'CREATING' : 'ACTIVE',
        ProvisionedThroughput: throughput(index.throughput, now),
        OnDemandThroughput: index.onDemand,
        WarmThroughput: warm(index.throughput ?? NONE, onDemand),
      }),
    )
  const { items, bytes } = store.entries.totals(partOf(table))
  return {
    TableName: table.name,
    TableStatus: status,
    TableArn: arnOf(table),
    TableId: table.uuid,
    CreationDateTime: new Date(table.created),
    AttributeDefinitions: table.definitions,
    KeySchema: table.keys,
    ItemCount: items,
    TableSizeBytes: bytes,
    ProvisionedThroughput: throughput(table.throughput, now),
    BillingModeSummary: onDemand
      ? { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: date(table.onDemandSince) }
      : undefined,
    OnDemandThroughput: table.onDemand,
    WarmThroughput: warm(table.throughput, onDemand),
    LocalSecondaryIndexes: local.length ? local : undefined,
    GlobalSecondaryIndexes: global.length ? global : undefined,
    StreamSpecification: table.stream && { StreamEnabled: true, StreamViewType: table.stream.view },
    LatestStreamLabel: table.lastStream,
    LatestStreamArn: table.lastStream === undefined ? undefined : streamArn(table, table.lastStream),
    SSEDescription: table.encryption && {
      Status: 'ENABLED',
      SSEType: 'KMS',
      KMSMasterKeyArn: table.encryption.key ?? `arn:aws:kms:${table.region}:${table.account}:alias/aws/dynamodb`,
    },
    TableClassSummary: table.tableClass && { TableClass: table.tableClass },
    DeletionProtectionEnabled: table.protected,
  }
}
