import type { State } from '../../base/state.ts'
import { LARGEST_SORT, NO_BYTES, type Place } from './keys.ts'
import type { Item } from './types.ts'

/** An item of a table, or what an index holds of it. */
export interface Row {
  at: Place
  item: Item
  /** Bytes it counts for. */
  size: number
}

/** Entries of one partition, in the order of their sort keys; `from` is part of it, `to` is not. */
export interface PartitionRange {
  place: number
  hash: Uint8Array
  from?: Uint8Array
  to?: Uint8Array
  /** Begin behind this one, in the direction of reading. */
  after?: Place
  reverse?: boolean
}

/** Entries of partitions from place `from` on, up to but without `to`. */
export interface ScanRange {
  from: number
  to: number
  after?: Place
}

/** The entries of tables and of indexes, sorted; a part is a table or an index, see `partOf`. */
export interface Entries {
  get(part: string, at: Place): Item | undefined
  /** `before` is the size of the entry that stands there, `expires` the time (s since the epoch) when it is to go. */
  put(part: string, at: Place, item: Item, size: number, before?: number, expires?: number): void
  remove(part: string, at: Place, before: number): void
  clear(part: string): void
  partition(part: string, range: PartitionRange): Iterable<Row>
  scan(part: string, range: ScanRange): Iterable<Row>
  totals(part: string): { items: number; bytes: number }
  /** Bytes of all entries of one partition. */
  partitionSize(part: string, at: Place): number
  /** Up to `limit` items that were to go after `since` and until `now` (s since the epoch). */
  expired(part: string, since: number, now: number, limit: number): Item[]
  setExpiry(part: string, at: Place, expires?: number): void
}

/** Higher than every sort key. */
const HIGHEST = new Uint8Array(LARGEST_SORT + 1).fill(255)

/** The key that comes next: with it `>` and `<=` become `>=` and `<`. */
export const next = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, Uint8Array.of(0)])

/** The first key behind all that begin with `bytes`. */
export const afterPrefix = (bytes: Uint8Array): Uint8Array | undefined => {
  const last = bytes.findLastIndex((byte) => byte < 255)
  if (last < 0) return undefined
  const bound = Uint8Array.from(bytes.subarray(0, last + 1))
  bound[last] = (bound[last] as number) + 1
  return bound
}

interface Stored extends Place {
  value: string
  size: number
}
const rowOf = ({ place, hash, sort, owner, value, size }: Stored): Row => ({
  at: { place, hash, sort, owner },
  item: JSON.parse(value),
  size,
})

/** The entries in SQLite: one row each, in the order in which they are read. */
export const createEntries = (state: State): Entries => {
  state.define(`
    create table if not exists dynamodb_entries (
      part text, place integer, hash blob, sort blob, owner blob, size integer, expires real, value text,
      primary key (part, place, hash, sort, owner)) without rowid;
    create index if not exists dynamodb_expiry on dynamodb_entries (part, expires) where expires is not null;
    create table if not exists dynamodb_parts (part text primary key, items integer, bytes integer) without rowid`)
  const one = 'part = ? and place = ? and hash = ? and sort = ? and owner = ?'
  const select = state.prepare(`select value from dynamodb_entries where ${one}`)
  const upsert = state.prepare('insert or replace into dynamodb_entries values (?, ?, ?, ?, ?, ?, ?, ?)')
  const remove = state.prepare(`delete from dynamodb_entries where ${one}`)
  const clear = state.prepare('delete from dynamodb_entries where part = ?')
  const expire = state.prepare(`update dynamodb_entries set expires = ? where ${one}`)
  const expired = state.prepare(
    'select value from dynamodb_entries where part = ? and expires > ? and expires <= ? order by expires limit ?',
  )
  const totals = state.prepare('select items, bytes from dynamodb_parts where part = ?')
  const sum = state.prepare('select sum(size) as bytes from dynamodb_entries where part = ? and place = ? and hash = ?')
  const count = state.prepare(`insert into dynamodb_parts values (?1, ?2, ?3)
    on conflict do update set items = items + ?2, bytes = bytes + ?3`)
  const forget = state.prepare('delete from dynamodb_parts where part = ?')

  const columns = 'select place, hash, sort, owner, size, value from dynamodb_entries where part = ?'
  const inPartition = `${columns} and place = ? and hash = ? and sort >= ? and sort < ?`
  const forward = state.prepare(`${inPartition} order by sort, owner`)
  const forwardAfter = state.prepare(`${inPartition} and (sort, owner) > (?, ?) order by sort, owner`)
  const backward = state.prepare(`${inPartition} order by sort desc, owner desc`)
  const backwardAfter = state.prepare(`${inPartition} and (sort, owner) < (?, ?) order by sort desc, owner desc`)
  const order = 'order by place, hash, sort, owner'
  const scan = state.prepare(`${columns} and place >= ? and place < ? ${order}`)
  const scanAfter = state.prepare(`${columns} and (place, hash, sort, owner) > (?, ?, ?, ?) and place < ? ${order}`)

  const add = (part: string, items: number, bytes: number) => {
    if (items || bytes) count.run(part, items, bytes)
  }
  const rows = function* (found: Iterable<unknown>): Iterable<Row> {
    for (const row of found) yield rowOf(row as Stored)
  }
  return {
    get(part, { place, hash, sort, owner }) {
      const row = select.get(part, place, hash, sort, owner) as { value: string } | undefined
      return row && JSON.parse(row.value)
    },
    put(part, { place, hash, sort, owner }, item, size, before, expires) {
      upsert.run(part, place, hash, sort, owner, size, expires ?? null, JSON.stringify(item))
      add(part, before === undefined ? 1 : 0, size - (before ?? 0))
    },
    remove(part, { place, hash, sort, owner }, before) {
      if (remove.run(part, place, hash, sort, owner).changes) add(part, -1, -before)
    },
    clear(part) {
      clear.run(part)
      forget.run(part)
    },
    partition(part, { place, hash, from = NO_BYTES, to = HIGHEST, after, reverse }) {
      const range = [part, place, hash, from, to] as const
      if (after) return rows((reverse ? backwardAfter : forwardAfter).iterate(...range, after.sort, after.owner))
      return rows((reverse ? backward : forward).iterate(...range))
    },
    scan(part, { from, to, after }) {
      if (!after) return rows(scan.iterate(part, from, to))
      return rows(scanAfter.iterate(part, after.place, after.hash, after.sort, after.owner, to))
    },
    totals: (part) => (totals.get(part) as { items: number; bytes: number } | undefined) ?? { items: 0, bytes: 0 },
    partitionSize: (part, { place, hash }) => Number(sum.get(part, place, hash)?.bytes ?? 0),
    expired: (part, since, now, limit) =>
      (expired.all(part, since, now, limit) as { value: string }[]).map(({ value }) => JSON.parse(value)),
    setExpiry: (part, { place, hash, sort, owner }, expires) =>
      void expire.run(expires ?? null, part, place, hash, sort, owner),
  }
}
