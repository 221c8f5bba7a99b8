import type { Ground } from '../../base/ground.ts'
import { createEvents, type Events } from './events.ts'
import { createPolicies, type Policies } from './policyTable.ts'

/** A log group. Times in ms since the epoch, retention in days. */
export interface Group {
  id: number
  account: string
  region: string
  name: string
  created: number
  retention: number | null
  bytes: number
}

/** A log stream of a group; `first`, `last` and `ingested` are null until it has an event. */
export interface Stream {
  id: number
  grp: number
  name: string
  created: number
  first: number | null
  last: number | null
  ingested: number | null
}

export interface Place {
  account: string
  region: string
}

/** Which log groups, streams and events there are. */
export interface LogsStore {
  readonly events: Events
  readonly policies: Policies
  group(place: Place, name: string): Group | undefined
  /** Groups in the order of their names, after `after`, whose name begins with `prefix` and contains `text`. */
  groups(place: Place, options: { prefix: string; text: string; after: string; limit: number }): Group[]
  addGroup(place: Place, name: string, tags: Record<string, string>): void
  /** Removes a group with its streams, events and tags. */
  removeGroup(group: Group): void
  retain(group: Group, days: number | null): void
  stream(group: Group, name: string): Stream | undefined
  /** Every stream whose name begins with `prefix`, by name. */
  streams(group: Group, prefix: string): Stream[]
  addStream(group: Group, name: string): void
  removeStream(stream: Stream): void
  tags(group: Group): Record<string, string>
  tag(group: Group, tags: Record<string, string>): void
  untag(group: Group, keys: readonly string[]): void
}

export const createLogsStore = ({ state, clock }: Ground): LogsStore => {
  state.define(`
    create table if not exists logs_groups (
      id integer primary key autoincrement, account text, region text, name text, created integer, retention integer,
      bytes integer default 0, unique (account, region, name));
    create table if not exists logs_streams (
      id integer primary key autoincrement, grp integer, name text, created integer,
      first integer, last integer, ingested integer, unique (grp, name));
    create table if not exists logs_tags (grp integer, key text, value text, primary key (grp, key))`)
  const events = createEvents(state, clock)
  const oneGroup = state.prepare('select * from logs_groups where account = ? and region = ? and name = ?')
  const someGroups = state.prepare(`select * from logs_groups where account = ? and region = ? and name > ?
    and substr(name, 1, length(?4)) = ?4 and instr(lower(name), lower(?5)) > 0 order by name limit ?6`)
  const insertGroup = state.prepare('insert into logs_groups (account, region, name, created) values (?, ?, ?, ?)')
  const retention = state.prepare('update logs_groups set retention = ? where id = ?')
  const oneStream = state.prepare('select * from logs_streams where grp = ? and name = ?')
  const someStreams = state.prepare(
    'select * from logs_streams where grp = ?1 and substr(name, 1, length(?2)) = ?2 order by name',
  )
  const insertStream = state.prepare('insert into logs_streams (grp, name, created) values (?, ?, ?)')
  const deleteStream = state.prepare('delete from logs_streams where id = ?')
  const allTags = state.prepare('select key, value from logs_tags where grp = ? order by key')
  const putTag = state.prepare('insert or replace into logs_tags (grp, key, value) values (?, ?, ?)')
  const dropTag = state.prepare('delete from logs_tags where grp = ? and key = ?')
  const dropGroup = ['logs_tags where grp', 'logs_streams where grp', 'logs_groups where id'].map((from) =>
    state.prepare(`delete from ${from} = ?`),
  )

  const tag = (id: number, tags: Record<string, string>) => {
    for (const [key, value] of Object.entries(tags)) putTag.run(id, key, value)
  }
  return {
    events,
    policies: createPolicies({ state, clock }),
    group: ({ account, region }, name) => oneGroup.get(account, region, name) as Group | undefined,
    groups: ({ account, region }, { prefix, text, after, limit }) =>
      someGroups.all(account, region, after, prefix, text, limit) as unknown as Group[],
    addGroup: ({ account, region }, name, tags) =>
      state.transaction(() => {
        const { lastInsertRowid } = insertGroup.run(account, region, name, clock.now())
        tag(Number(lastInsertRowid), tags)
      }),
    removeGroup: ({ id }) =>
      state.transaction(() => {
        events.removeGroup(id)
        for (const one of dropGroup) one.run(id)
      }),
    retain: ({ id }, days) => void retention.run(days, id),
    stream: (group, name) => oneStream.get(group.id, name) as Stream | undefined,
    streams: (group, prefix) => someStreams.all(group.id, prefix) as unknown as Stream[],
    addStream: (group, name) => void insertStream.run(group.id, name, clock.now()),
    removeStream: ({ id, grp }) =>
      state.transaction(() => {
        events.removeStream(id, grp)
        deleteStream.run(id)
      }),
    tags: ({ id }) =>
      Object.fromEntries((allTags.all(id) as { key: string; value: string }[]).map((t) => [t.key, t.value])),
    tag: ({ id }, tags) => state.transaction(() => tag(id, tags)),
    untag: ({ id }, keys) =>
      state.transaction(() => {
        for (const key of keys) dropTag.run(id, key)
      }),
  }
}
