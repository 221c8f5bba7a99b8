import type { State } from '../../base/state.ts'
import type { Story } from '../../base/story.ts'
import { arnOf } from './indexes.ts'
import { keyOf } from './keys.ts'
import { itemSize } from './sizes.ts'
import type { Item, KeyElement, StreamView, Table } from './types.ts'

/** A stream of a table; one that was disabled can be read until its records are gone. Times in ms since the epoch. */
export interface Stream {
  arn: string
  label: string
  account: string
  region: string
  table: string
  view: StreamView
  keys: KeyElement[]
  created: number
  disabled: number | null
}

/** A change of one item, as the stream's view shows it; `sequence` orders all changes. */
export interface StreamRecord {
  sequence: number
  /** ms since the epoch */
  at: number
  event: 'INSERT' | 'MODIFY' | 'REMOVE'
  keys: Item
  oldImage?: Item
  newImage?: Item
  size: number
  /** Whether time to live took the item away: the record's `userIdentity` is then the service itself. */
  expired: boolean
}

/** How long a record can be read, in ms ("Change data capture for DynamoDB Streams"). */
const KEPT = 24 * 3600 * 1000

/** So many records are remembered with what caused them. */
const CAUSES = 10_000

/** The streams of all tables, and their records. */
export interface Streams {
  /** Begins the stream that `table.stream` names. */
  open(table: Table, at: number): void
  /** Ends it; its records stay for a day. */
  close(table: Table, at: number): void
  /** Records a change of a table that has a stream. */
  record(table: Table, at: number, before: Item | undefined, after: Item | undefined, expired: boolean): void
  /** The streams of an account in a region, of one table if given, oldest first. */
  list(place: { account: string; region: string }, table?: string): Stream[]
  get(arn: string): Stream | undefined
  /** The first and the last record of a stream that can be read; where there is none, both are the newest of all streams. */
  extent(arn: string): { first: number; last: number }
  /** What caused a record, where that happened a moment ago. */
  causeOf(sequence: number): string | undefined
  /** The oldest place of all streams: what stood before it was trimmed. */
  horizon(): number
  /** Hears of each stream that has a new record. Gives what ends it. */
  watch(watcher: (arn: string) => void): () => void
  /** Records of a stream behind `sequence`, oldest first. */
  read(arn: string, sequence: number, limit: number): StreamRecord[]
  /** Forgets records that are older than a day, and streams that ended before. */
  trim(now: number): void
}

export const streamArn = (table: Table, label: string): string => `${arnOf(table)}/stream/${label}`

/** What a view shows of a change. */
const images = (view: StreamView, before: Item | undefined, after: Item | undefined) => ({
  oldImage: view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES' ? before : undefined,
  newImage: view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES' ? after : undefined,
})

const text = (item: Item | undefined) => (item ? JSON.stringify(item) : null)
const parsed = (stored: unknown): Item | undefined => (typeof stored === 'string' ? JSON.parse(stored) : undefined)

export const createStreams = (state: State, story?: Story): Streams => {
  state.define(`
    create table if not exists dynamodb_streams (
      arn text primary key, label text, account text, region text, tbl text, view text, keys text,
      created integer, disabled integer);
    create table if not exists dynamodb_stream_records (
      sequence integer primary key autoincrement, stream text, at integer, event text, keys text,
      old text, new text, size integer, expired integer);
    create index if not exists dynamodb_stream_order on dynamodb_stream_records (stream, sequence);
    create index if not exists dynamodb_stream_age on dynamodb_stream_records (at)`)
  const open = state.prepare('insert into dynamodb_streams values (?, ?, ?, ?, ?, ?, ?, ?, null)')
  const close = state.prepare('update dynamodb_streams set disabled = ? where arn = ?')
  const insert = state.prepare(`insert into dynamodb_stream_records
    (stream, at, event, keys, old, new, size, expired) values (?, ?, ?, ?, ?, ?, ?, ?)`)
  const list = state.prepare(`select * from dynamodb_streams where account = ?1 and region = ?2
    and (?3 is null or tbl = ?3) order by created, arn`)
  const get = state.prepare('select * from dynamodb_streams where arn = ?')
  const read = state.prepare(
    'select * from dynamodb_stream_records where stream = ? and sequence > ? order by sequence limit ?',
  )
  const extent = state.prepare(
    'select min(sequence) as first, max(sequence) as last from dynamodb_stream_records where stream = ?',
  )
  const highest = state.prepare("select seq from sqlite_sequence where name = 'dynamodb_stream_records'")
  const oldest = state.prepare('select min(sequence) as first from dynamodb_stream_records')
  const trim = state.prepare('delete from dynamodb_stream_records where at < ?')
  const drop = state.prepare('delete from dynamodb_streams where disabled < ?')
  const streamOf = (row: unknown): Stream => {
    const stream = row as Omit<Stream, 'keys'> & { tbl: string; keys: string }
    const { tbl, keys, ...rest } = stream
    return { ...rest, table: tbl, keys: JSON.parse(keys) }
  }
  const newest = (): number => (highest.get() as { seq: number } | undefined)?.seq ?? 0
  const watchers = new Set<(arn: string) => void>()
  const causes = new Map<number, string>()
  return {
    open(table, at) {
      if (!table.stream) return
      const { label, view } = table.stream
      const { account, region, name, keys } = table
      open.run(streamArn(table, label), label, account, region, name, view, JSON.stringify(keys), at)
    },
    close: (table, at) => void (table.stream && close.run(at, streamArn(table, table.stream.label))),
    record(table, at, before, after, expired) {
      const item = after ?? before
      if (!table.stream || !item) return
      const event = !before ? 'INSERT' : after ? 'MODIFY' : 'REMOVE'
      const keys = keyOf(table, item)
      const { oldImage, newImage } = images(table.stream.view, before, after)
      const size = [keys, oldImage, newImage].reduce((sum, one) => sum + (one ? itemSize(one) : 0), 0)
      const arn = streamArn(table, table.stream.label)
      const { lastInsertRowid } = insert.run(
        arn,
        at,
        event,
        JSON.stringify(keys),
        text(oldImage),
        text(newImage),
        size,
        expired ? 1 : 0,
      )
      const cause = story?.cause()
      if (cause !== undefined) {
        causes.set(Number(lastInsertRowid), cause)
        if (causes.size > CAUSES) causes.delete(causes.keys().next().value as number)
      }
      if (watchers.size)
        state.committed(() => {
          for (const watcher of watchers) watcher(arn)
        })
    },
    list: ({ account, region }, table) => list.all(account, region, table ?? null).map(streamOf),
    get(arn) {
      const row = get.get(arn)
      return row && streamOf(row)
    },
    extent(arn) {
      const { first, last } = extent.get(arn) as { first: number | null; last: number | null }
      if (first !== null && last !== null) return { first, last }
      return { first: newest(), last: newest() }
    },
    causeOf: (sequence) => causes.get(sequence),
    horizon: () => (oldest.get() as { first: number | null }).first ?? newest() + 1,
    watch(watcher) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    read: (arn, sequence, limit) =>
      read.all(arn, sequence, limit).map((row) => ({
        sequence: row.sequence as number,
        at: row.at as number,
        event: row.event as StreamRecord['event'],
        keys: parsed(row.keys) as Item,
        oldImage: parsed(row.old),
        newImage: parsed(row.new),
        size: row.size as number,
        expired: row.expired === 1,
      })),
    trim(now) {
      trim.run(now - KEPT)
      drop.run(now - KEPT)
    },
  }
}
