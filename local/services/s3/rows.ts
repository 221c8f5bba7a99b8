import type { State } from '../../base/state.ts'

/** So many bytes are kept as a row of the state: to make a file takes ten times as long. */
export const LARGEST_ROW = 16 * 1024

/** The bytes of small objects. */
export interface Rows {
  /** A name for some bytes, which no file has and nothing had before. */
  name(): string
  add(name: string, bytes: Uint8Array): void
  has(name: string): boolean
  /** @throws Error when they are not there */
  read(name: string): Uint8Array
  remove(names: readonly string[]): void
  /** Removes all but `known`. */
  sweep(known: ReadonlySet<string>): void
}

const PREFIX = 'row-'
const idOf = (name: string) => Number(name.slice(PREFIX.length))

export const createRows = (state: State): Rows => {
  state.define('create table if not exists s3_bytes (id integer primary key, bytes blob not null)')
  const last = state.prepare('select max(id) as id from s3_bytes')
  const add = state.prepare('insert into s3_bytes (id, bytes) values (?, ?)')
  const read = state.prepare('select bytes from s3_bytes where id = ?')
  const remove = state.prepare('delete from s3_bytes where id = ?')
  const all = state.prepare('select id from s3_bytes')
  const removeAll = (names: readonly string[]) =>
    state.transaction(() => {
      for (const name of names) remove.run(idOf(name))
    })
  // Numbers of rows that are gone do not come again while this runs: a reader may still ask for them.
  let count = (last.get() as { id: number | null }).id ?? 0
  return {
    name: () => PREFIX + ++count,
    add: (name, bytes) => void add.run(idOf(name), bytes),
    has: (name) => name.startsWith(PREFIX),
    read(name) {
      const row = read.get(idOf(name)) as { bytes: Uint8Array } | undefined
      if (!row) throw new Error(`the bytes ${name} are not there`)
      return row.bytes
    },
    remove(names) {
      if (names.length > 0) removeAll(names)
    },
    sweep: (known) =>
      removeAll((all.all() as { id: number }[]).map(({ id }) => PREFIX + id).filter((name) => !known.has(name))),
  }
}
