import type { State } from '../../base/state.ts'

/** So many bytes are kept as a row of the state: to make a file takes ten times as long. */
export const LARGEST_ROW = 16 * 1024

/** The bytes of small objects. */
export interface Rows {
  /** Gives their name, which no file has. */
  add(bytes: Uint8Array): string
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
  // Numbers of rows that are gone come never again: a reader may still ask for them.
  state.define('create table if not exists s3_bytes (id integer primary key autoincrement, bytes blob not null)')
  const add = state.prepare('insert into s3_bytes (bytes) values (?)')
  const read = state.prepare('select bytes from s3_bytes where id = ?')
  const remove = state.prepare('delete from s3_bytes where id = ?')
  const all = state.prepare('select id from s3_bytes')
  const removeAll = (names: readonly string[]) =>
    state.transaction(() => {
      for (const name of names) remove.run(idOf(name))
    })
  return {
    add: (bytes) => PREFIX + add.run(bytes).lastInsertRowid,
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
