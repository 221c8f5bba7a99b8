import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** What a cloud remembers: one SQLite database (WAL, so that a kill at any moment leaves it whole) and files beside it. */
export interface State {
  /** The folder that holds everything; files go below it. */
  readonly folder: string
  /** Runs SQL that makes tables; each store calls it once, with `create table if not exists`. */
  define(sql: string): void
  /** A statement, compiled once. */
  prepare(sql: string): StatementSync
  /** Runs `run` in one transaction, in this turn; a transaction within another is part of that one. */
  transaction<T>(run: () => T): T
  /** Runs `run` once what is being written is safe on disk; at once outside a transaction; never after a roll-back. */
  committed(run: () => void): void
  close(): void
}

/** Opens the state in `folder`, and makes it when it is not there. */
export const openState = (folder: string): State => {
  mkdirSync(folder, { recursive: true })
  const db = new DatabaseSync(join(folder, 'state.db'))
  // The folder is this process's alone: without sharing, a read takes a third, a write two thirds.
  db.exec(
    'pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal; pragma temp_store = memory',
  )
  const statements = new Map<string, StatementSync>()
  let waiting: (() => void)[] | undefined
  return {
    folder,
    define: (sql) => db.exec(sql),
    prepare(sql) {
      const statement = statements.get(sql) ?? db.prepare(sql)
      statements.set(sql, statement)
      return statement
    },
    transaction(run) {
      if (waiting) return run()
      waiting = []
      db.exec('begin immediate')
      try {
        const value = run()
        db.exec('commit')
        const then = waiting
        waiting = undefined
        for (const one of then) one()
        return value
      } catch (error) {
        waiting = undefined
        if (db.isTransaction) db.exec('rollback')
        throw error
      }
    },
    committed: (run) => (waiting ? void waiting.push(run) : run()),
    close: () => db.close(),
  }
}
