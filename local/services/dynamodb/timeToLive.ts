import type { Ground } from '../../base/ground.ts'
import { found, tableKeys } from './access.ts'
import type { Operations } from './calls.ts'
import { invalid } from './dynalite.ts'
import { partOf } from './indexes.ts'
import { knownTable, nameArn, tableName } from './names.ts'
import type { DynamoDBStore } from './store.ts'

/** How often what has expired is deleted, in ms. */
const EVERY = 30_000
/** Items at a time: between them requests are answered. */
const BATCH = 200
/** Items that expired longer ago, in s, are kept ("Using time to live (TTL)": five years). */
const OLDEST = 5 * 365 * 24 * 3600

/** Deletes the items of all tables whose time is over, as the service itself does. @returns how many */
export const deleteExpired = (store: DynamoDBStore, { clock }: Ground): number => {
  const now = Math.floor(clock.now() / 1000)
  let deleted = 0
  for (const table of store.tables.expiring())
    for (;;) {
      const items = store.entries.expired(partOf(table), now - OLDEST, now, BATCH)
      store.transaction(() => {
        for (const item of items) store.change(table, item, undefined, true)
      })
      deleted += items.length
      if (items.length < BATCH) break
    }
  return deleted
}

/** Deletes what expires, and forgets old stream records, from now on; ends by itself when the state is closed. */
export const startExpiry = (store: DynamoDBStore, ground: Ground): void => {
  const { clock, log } = ground
  clock.after(EVERY, () => {
    try {
      deleteExpired(store, ground)
      store.streams.trim(clock.now())
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ERR_INVALID_STATE') return // the cloud was stopped
      log({ level: 'error', from: 'dynamodb', text: 'deleting expired items failed and is tried again', cause })
    }
    startExpiry(store, ground)
  })
}

export const timeToLive = {
  DescribeTimeToLive: {
    action({ TableName }, call) {
      const name = tableName(TableName, call)
      return ['dynamodb:DescribeTimeToLive', nameArn(name), tableKeys(found(name, call))]
    },
    run({ TableName }, call) {
      const { expiry } = knownTable(tableName(TableName, call), call)
      return {
        TimeToLiveDescription: expiry
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: expiry.attribute }
          : { TimeToLiveStatus: 'DISABLED' },
      }
    },
  },
  UpdateTimeToLive: {
    action({ TableName }, call) {
      const name = tableName(TableName, call)
      return ['dynamodb:UpdateTimeToLive', nameArn(name), tableKeys(found(name, call))]
    },
    run({ TableName, TimeToLiveSpecification }, call) {
      const { store } = call
      const { Enabled = false, AttributeName = '' } = TimeToLiveSpecification
      if (!AttributeName || Buffer.byteLength(AttributeName) > 255)
        throw invalid('TimeToLive AttributeName must be at least 1 and at most 255 bytes long')
      return store.transaction(() => {
        const table = knownTable(tableName(TableName, call), call)
        if (table.expiry && table.expiry.attribute !== AttributeName)
          throw invalid(
            `TimeToLive is active on a different AttributeName: current AttributeName is ${table.expiry.attribute}`,
          )
        if (!table.expiry === !Enabled)
          throw invalid(Enabled ? 'TimeToLive is already enabled' : 'TimeToLive is already disabled')
        table.expiry = Enabled ? { attribute: AttributeName } : undefined
        store.tables.save(table)
        store.noteExpiry(table)
        return { TimeToLiveSpecification: { Enabled, AttributeName } }
      })
    },
  },
} satisfies Operations
