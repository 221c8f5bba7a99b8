import { join } from 'node:path'
import type { Ground } from '../../base/ground.ts'
import type { State } from '../../base/state.ts'
import { createFiles, type Files } from './files.ts'
import { type Objects, objectTable } from './objectTable.ts'
import type { Bucket, ReadPolicy, Settings } from './types.ts'
import { type Uploads, uploadTable } from './uploadTable.ts'

export interface Buckets {
  find(name: string): Bucket | undefined
  /** An account's buckets, by name. */
  of(account: string): Bucket[]
  /** All buckets that have a setting. */
  having(name: keyof Settings): Bucket[]
  add(bucket: Bucket): void
  /** With all its settings. */
  remove(name: string): void
  setting<Name extends keyof Settings>(bucket: string, name: Name): Settings[Name] | undefined
  set<Name extends keyof Settings>(bucket: string, name: Name, value: Settings[Name]): void
  unset(bucket: string, name: keyof Settings): void
}

/** All that S3 remembers: metadata and small objects in tables, other bytes in files. Buckets share one name space over accounts and regions. */
export interface S3Store {
  readonly buckets: Buckets
  readonly objects: Objects
  readonly uploads: Uploads
  readonly files: Files
  /** Policies that took part in a decision, by bucket. */
  readonly policies: Map<string, ReadPolicy>
  /** A number higher than any before, by which the events of a key are put in order. */
  sequence(now: number): number
}

const bucketTable = (state: State): Buckets => {
  state.define(`create table if not exists s3_buckets (
      name text primary key, account text not null, region text not null, created integer not null) without rowid;
    create table if not exists s3_settings (
      bucket text not null, name text not null, value text not null, primary key (bucket, name)) without rowid`)
  const find = state.prepare('select * from s3_buckets where name = ?')
  const of = state.prepare('select * from s3_buckets where account = ? order by name')
  const having = state.prepare(`select * from s3_buckets where name in
    (select bucket from s3_settings where name = ?) order by name`)
  const add = state.prepare('insert into s3_buckets (name, account, region, created) values (?, ?, ?, ?)')
  const remove = state.prepare('delete from s3_buckets where name = ?')
  const settings = state.prepare('select name, value from s3_settings where bucket = ?')
  const set = state.prepare('insert or replace into s3_settings (bucket, name, value) values (?, ?, ?)')
  const unset = state.prepare('delete from s3_settings where bucket = ? and name = ?')
  const unsetAll = state.prepare('delete from s3_settings where bucket = ?')
  /** What was read of buckets, and their settings as text: every request asks for several. */
  const known = new Map<string, { bucket: Bucket | undefined; settings: Map<string, string> }>()
  const read = (name: string) => {
    const found = known.get(name)
    if (found) return found
    const rows = settings.all(name) as { name: string; value: string }[]
    const one = {
      bucket: find.get(name) as Bucket | undefined,
      settings: new Map(rows.map(({ name, value }) => [name, value])),
    }
    // What a transaction reads may be rolled back; of names that are no bucket's there may be many.
    if (one.bucket && !state.inTransaction) known.set(name, one)
    return one
  }
  return {
    find: (name) => read(name).bucket,
    of: (account) => of.all(account) as unknown as Bucket[],
    having: (name) => having.all(name) as unknown as Bucket[],
    add({ name, account, region, created }) {
      known.delete(name)
      add.run(name, account, region, created)
    },
    remove(name) {
      known.delete(name)
      unsetAll.run(name)
      remove.run(name)
    },
    setting(bucket, name) {
      const text = read(bucket).settings.get(name)
      return text === undefined ? undefined : JSON.parse(text)
    },
    set(bucket, name, value) {
      known.delete(bucket)
      set.run(bucket, name, JSON.stringify(value))
    },
    unset(bucket, name) {
      known.delete(bucket)
      unset.run(bucket, name)
    },
  }
}

const createSequence = (state: State): S3Store['sequence'] => {
  state.define(
    'create table if not exists s3_sequence (one integer primary key check (one = 1), last integer not null)',
  )
  // Microseconds leave room for many events in a millisecond, and for a clock that goes back.
  const next = state.prepare(`insert into s3_sequence (one, last) values (1, ?)
    on conflict (one) do update set last = max(last + 1, excluded.last) returning last`)
  return (now) => (next.get(now * 1000) as { last: number }).last
}

export const createStore = ({ state, ids }: Pick<Ground, 'state' | 'ids'>): S3Store => {
  const files = createFiles(join(state.folder, 's3'), ids, state)
  const buckets = bucketTable(state)
  const objects = objectTable(state, files)
  const uploads = uploadTable(state, files, objects)
  files.sweep(objects.files())
  return { buckets, objects, uploads, files, policies: new Map(), sequence: createSequence(state) }
}
