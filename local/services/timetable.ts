import type { Ground } from '../base/ground.ts'

/** When which rule or schedule is due next: rows that a restart finds again. Times in ms since the epoch. */
export interface Timetable {
  /** Nothing for `due` takes the row away. */
  set(key: string, due: number | undefined): void
  due(key: string): number | undefined
  /** The earliest rows that are due at `now`, at most `limit`. */
  ripe(now: number, limit: number): { key: string; due: number }[]
  /** When the next row is due. */
  next(): number | undefined
  /** Hears, once it is safe on disk, that a row has changed. */
  watch(run: () => void): void
}

/** What fires as its times come; `sources/` looks at the clock. */
export interface Timed {
  readonly timetable: Timetable
  /** The time `due` of `key` has come: accepts its deliveries and sets the next time, in one transaction. */
  fire(key: string, due: number): void
  /** The time `due` of `key` went by while nothing ran: sets the next time after `now`. */
  miss(key: string, now: number): void
}

/** The timetable of the service `name`. */
export const createTimetable = ({ state }: Ground, name: string): Timetable => {
  const table = `${name}_timetable`
  state.define(`create table if not exists ${table} (key text primary key, due integer);
    create index if not exists ${table}_due on ${table} (due)`)
  const put = state.prepare(`insert or replace into ${table} (key, due) values (?, ?)`)
  const drop = state.prepare(`delete from ${table} where key = ?`)
  const one = state.prepare(`select due from ${table} where key = ?`)
  const some = state.prepare(`select key, due from ${table} where due <= ? order by due limit ?`)
  const first = state.prepare(`select min(due) as due from ${table}`)
  let told = () => {}
  return {
    set(key, due) {
      if (due === undefined) drop.run(key)
      else put.run(key, due)
      state.committed(() => told())
    },
    due: (key) => (one.get(key) as { due: number } | undefined)?.due,
    ripe: (now, limit) => some.all(now, limit) as { key: string; due: number }[],
    next: () => (first.get() as { due: number | null }).due ?? undefined,
    watch: (run) => {
      told = run
    },
  }
}
