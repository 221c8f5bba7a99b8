import type { Ground } from '../../base/ground.ts'
import { createEntries, type Entries } from './entries.ts'
import { entryOf, partOf } from './indexes.ts'
import { placeInTable, samePlace } from './keys.ts'
import { itemSize } from './sizes.ts'
import { createStreams, type Streams } from './streams.ts'
import { createTables, type Tables } from './tableRows.ts'
import { createTokens, type Tokens } from './tokens.ts'
import type { Index, Item, Table } from './types.ts'
import { attribute, equalItems } from './values.ts'

/** Everything that DynamoDB keeps. */
export interface DynamoDBStore {
  readonly tables: Tables
  readonly entries: Entries
  readonly streams: Streams
  readonly tokens: Tokens
  /** Runs `run` in one transaction: all that it changes, or, when it throws, nothing. */
  transaction<T>(run: () => T): T
  item(table: Table, key: Item): Item | undefined
  /**
   * Changes one item of a table, with its indexes and its stream record. Belongs into a transaction.
   * @returns the indexes whose entries changed, with the sizes of the entries that were written and removed
   */
  change(table: Table, before: Item | undefined, after: Item | undefined, expired?: boolean): IndexChange[]
  /** Bytes of the items of a partition and of what local indexes hold of them. */
  collectionSize(table: Table, key: Item): number
  /** Fills an index from the items of its table. */
  fill(table: Table, index: Index): void
  /** Notes for each item when it is to go, by the table's attribute of time to live. */
  noteExpiry(table: Table): void
}

/** Sizes in bytes of the entries that a change wrote to and removed from an index. */
export interface IndexChange {
  index: Index
  sizes: number[]
}

/** When an item is to go, in s since the epoch: its number in the attribute of time to live. */
const expiryOf = ({ expiry }: Table, item: Item): number | undefined => {
  const number = expiry && attribute(item, expiry.attribute)?.N
  return number === undefined ? undefined : Number(number)
}

export const createDynamoDBStore = ({ state, clock, outbox }: Ground): DynamoDBStore => {
  const entries = createEntries(state)
  const streams = createStreams(state, outbox.story)
  const { transaction } = state

  const changeIndex = (table: Table, index: Index, before: Item | undefined, after: Item | undefined): number[] => {
    const part = partOf(table, index)
    const [old, now] = [entryOf(table, index, before), entryOf(table, index, after)]
    const stays = old && now && samePlace(old.at, now.at)
    if (stays && equalItems(old.item, now.item)) return []
    const sizes: number[] = []
    const oldSize = old && itemSize(old.item)
    if (old && !stays) {
      entries.remove(part, old.at, oldSize as number)
      sizes.push(oldSize as number)
    }
    if (now) {
      const size = itemSize(now.item)
      entries.put(part, now.at, now.item, size, stays ? oldSize : undefined)
      sizes.push(Math.max(size, stays ? (oldSize as number) : 0))
    }
    return sizes
  }
  const allItems = function* (table: Table) {
    yield* entries.scan(partOf(table), { from: 0, to: Number.MAX_SAFE_INTEGER })
  }
  return {
    entries,
    streams,
    transaction,
    tables: createTables(state),
    tokens: createTokens(state),
    item: (table, key) => entries.get(partOf(table), placeInTable(table, key)),
    change(table, before, after, expired = false) {
      const item = after ?? before
      if (!item || (before && after && equalItems(before, after))) return []
      const at = placeInTable(table, item)
      const size = before && itemSize(before)
      if (after) entries.put(partOf(table), at, after, itemSize(after), size, expiryOf(table, after))
      else entries.remove(partOf(table), at, size ?? 0)
      streams.record(table, clock.now(), before, after, expired)
      return table.indexes.flatMap((index) => {
        const sizes = changeIndex(table, index, before, after)
        return sizes.length ? { index, sizes } : []
      })
    },
    collectionSize(table, key) {
      const at = placeInTable(table, key)
      const local = table.indexes.filter(({ kind }) => kind === 'local')
      return [undefined, ...local].reduce((sum, index) => sum + entries.partitionSize(partOf(table, index), at), 0)
    },
    fill(table, index) {
      for (const { item } of allItems(table)) changeIndex(table, index, undefined, item)
    },
    noteExpiry(table) {
      for (const { item, at } of allItems(table)) entries.setExpiry(partOf(table), at, expiryOf(table, item))
    },
  }
}
