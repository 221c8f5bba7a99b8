import type { Clock } from '../../base/clock.ts'
import type { State } from '../../base/state.ts'

/** A stored log event; times in ms since the epoch. */
export interface StoredEvent {
  id: number
  stream: string
  at: number
  ingested: number
  message: string
}

/** A place between events: those of one moment stand in the order in which they came. */
export interface Position {
  at: number
  id: number
}

/** Which events to read: `from` and `until` are inclusive times. */
export interface Range {
  from: number
  until: number
  /** Only events beyond this place, in the direction of reading. */
  beyond: Position
  backward: boolean
}

/** The rows of log events. An event older than its group's retention is never given out, and is deleted in time. */
export interface Events {
  add(group: Owner, stream: number, events: readonly { timestamp: number; message: string }[]): void
  /** The events of a stream, one by one as they are taken; within one turn. */
  ofStream(group: Owner, stream: number, range: Range): Iterable<StoredEvent>
  ofGroup(group: Owner, range: Range): Iterable<StoredEvent>
  removeStream(stream: number, group: number): void
  removeGroup(group: number): void
}

interface Owner {
  id: number
  retention: number | null
}

export const DAY = 86_400_000
/** AWS counts 26 bytes for each event besides its message (PutLogEvents). */
export const OVERHEAD = 26
/** How often events past their group's retention are deleted. */
const SWEEP_EVERY = DAY / 24

export const START: Position = { at: 0, id: 0 }
export const END: Position = { at: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }
export const sizeOf = (message: string): number => Buffer.byteLength(message) + OVERHEAD
/** The oldest moment that a group still keeps at `now`. */
export const keptSince = (retention: number | null, now: number): number => (retention ? now - retention * DAY : 0)

export const createEvents = (state: State, clock: Clock): Events => {
  state.define(`
    create table if not exists logs_events (
      id integer primary key autoincrement, grp integer, stream integer, at integer, ingested integer, message text);
    create index if not exists logs_events_of_stream on logs_events (stream, at, id);
    create index if not exists logs_events_of_group on logs_events (grp, at, id)`)
  const insert = state.prepare('insert into logs_events (grp, stream, at, ingested, message) values (?, ?, ?, ?, ?)')
  const wrote = state.prepare(`update logs_streams set
    first = min(coalesce(first, ?1), ?1), last = max(coalesce(last, ?2), ?2), ingested = ?3 where id = ?4`)
  const grew = state.prepare('update logs_groups set bytes = bytes + ? where id = ?')
  const select = (owner: 'stream' | 'grp', backward: boolean) =>
    state.prepare(`select e.id, s.name as stream, e.at, e.ingested, e.message
      from logs_events e join logs_streams s on s.id = e.stream
      where e.${owner} = ? and e.at between ? and ? and (e.at, e.id) ${backward ? '<' : '>'} (?, ?)
      order by e.at ${backward ? 'desc' : ''}, e.id ${backward ? 'desc' : ''}`)
  const statements = {
    stream: [select('stream', false), select('stream', true)],
    grp: [select('grp', false), select('grp', true)],
  } as const
  const bytesOf = (where: string) =>
    `select coalesce(sum(length(cast(message as blob)) + ${OVERHEAD}), 0) as bytes from logs_events where ${where}`
  const streamBytes = state.prepare(bytesOf('stream = ?'))
  const deleteOfStream = state.prepare('delete from logs_events where stream = ?')
  const deleteOfGroup = state.prepare('delete from logs_events where grp = ?')
  const retained = state.prepare('select id, retention from logs_groups where retention is not null')
  const oldBytes = state.prepare(bytesOf('grp = ? and at < ?'))
  const deleteOld = state.prepare('delete from logs_events where grp = ? and at < ?')

  let swept = 0
  const sweep = () => {
    if (clock.now() - swept < SWEEP_EVERY) return
    swept = clock.now()
    for (const { id, retention } of retained.all() as unknown as Owner[]) {
      const before = keptSince(retention, swept)
      grew.run(-(oldBytes.get(id, before) as { bytes: number }).bytes, id)
      deleteOld.run(id, before)
    }
  }
  const read = (owner: 'stream' | 'grp', group: Owner, id: number, { from, until, beyond, backward }: Range) => {
    const oldest = Math.max(from, keptSince(group.retention, clock.now()), backward ? 0 : beyond.at)
    const newest = backward ? Math.min(until, beyond.at) : until
    const found = statements[owner][backward ? 1 : 0].iterate(id, oldest, newest, beyond.at, beyond.id)
    return found as unknown as Iterable<StoredEvent>
  }
  return {
    add: (group, stream, events) =>
      state.transaction(() => {
        sweep()
        const now = clock.now()
        let bytes = 0
        for (const { timestamp, message } of events) {
          insert.run(group.id, stream, timestamp, now, message)
          bytes += sizeOf(message)
        }
        const [first, last] = [events[0], events.at(-1)]
        if (!first || !last) return
        wrote.run(first.timestamp, last.timestamp, now, stream)
        grew.run(bytes, group.id)
      }),
    ofStream: (group, stream, range) => read('stream', group, stream, range),
    ofGroup: (group, range) => read('grp', group, group.id, range),
    removeStream(stream, group) {
      grew.run(-(streamBytes.get(stream) as { bytes: number }).bytes, group)
      deleteOfStream.run(stream)
    },
    removeGroup: (group) => void deleteOfGroup.run(group),
  }
}
