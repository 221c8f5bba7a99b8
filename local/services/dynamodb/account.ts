import { keep, range } from '../constraints.ts'
import { found, tableKeys } from './access.ts'
import type { DynamoDBCall, Operations } from './calls.ts'
import { invalid } from './dynalite.ts'
import { knownTable, nameArn, tableName } from './names.ts'
import type { Table } from './types.ts'

/** How many days back point-in-time recovery reaches, unless a table says less. */
const DAYS = 35
const DAY = 24 * 3600 * 1000
/** Point-in-time recovery lags behind by so many ms. */
const LAG = 5 * 60_000

const backups = ({ recovery }: Table, { ground }: DynamoDBCall) => ({
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: 'ENABLED' as const,
    PointInTimeRecoveryDescription: recovery
      ? {
          PointInTimeRecoveryStatus: 'ENABLED' as const,
          RecoveryPeriodInDays: recovery.days,
          EarliestRestorableDateTime: new Date(Math.max(recovery.since, ground.clock.now() - recovery.days * DAY)),
          LatestRestorableDateTime: new Date(Math.max(recovery.since, ground.clock.now() - LAG)),
        }
      : { PointInTimeRecoveryStatus: 'DISABLED' as const },
  },
})

/** What is told about the account, the endpoint and backups; nothing is ever restored. */
export const account = {
  DescribeEndpoints: {
    action: () => ['dynamodb:DescribeEndpoints', '*'],
    run: (_, { facts }) => ({ Endpoints: [{ Address: new URL(facts.origin).host, CachePeriodInMinutes: 1440 }] }),
  },
  DescribeLimits: {
    action: () => ['dynamodb:DescribeLimits', '*'],
    run: () => ({
      AccountMaxReadCapacityUnits: 80_000,
      AccountMaxWriteCapacityUnits: 80_000,
      TableMaxReadCapacityUnits: 40_000,
      TableMaxWriteCapacityUnits: 40_000,
    }),
  },
  DescribeContinuousBackups: {
    action({ TableName }, call) {
      const name = tableName(TableName, call)
      return ['dynamodb:DescribeContinuousBackups', nameArn(name), tableKeys(found(name, call))]
    },
    run: ({ TableName }, call) => backups(knownTable(tableName(TableName, call), call), call),
  },
  UpdateContinuousBackups: {
    action({ TableName }, call) {
      const name = tableName(TableName, call)
      return ['dynamodb:UpdateContinuousBackups', nameArn(name), tableKeys(found(name, call))]
    },
    run({ TableName, PointInTimeRecoverySpecification: asked }, call) {
      keep('ValidationException', range('recoveryPeriodInDays', asked.RecoveryPeriodInDays, 1, DAYS))
      if (!asked.PointInTimeRecoveryEnabled && asked.RecoveryPeriodInDays !== undefined)
        throw invalid('Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.')
      return call.store.transaction(() => {
        const table = knownTable(tableName(TableName, call), call)
        table.recovery = asked.PointInTimeRecoveryEnabled
          ? {
              since: table.recovery?.since ?? call.ground.clock.now(),
              days: asked.RecoveryPeriodInDays ?? table.recovery?.days ?? DAYS,
            }
          : undefined
        call.store.tables.save(table)
        return backups(table, call)
      })
    },
  },
} satisfies Operations
