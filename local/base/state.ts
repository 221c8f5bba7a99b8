import { AsyncLocalStorage } from 'node:async_hooks'
import { existsSync, mkdirSync } from 'node:fs'
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
  /** Whether a transaction is open: what is read now may be rolled back. */
  readonly inTransaction: boolean
  /** Runs `run` once what is being written is safe on disk; at once outside a transaction; never after a roll-back. */
  committed(run: () => void): void
  /**
   * Puts all that is written from here to the end of this turn of the event loop into one transaction, what others write
   * in this turn included: for work in many steps that tells nobody of them before they are safe on disk, when this
   * resolves. Rejects with what kept them from it: then nothing of this turn is there.
   * @param finish writes what is left to be written, in the end
   */
  together(finish?: () => void): Promise<void>
  close(): void
}

/** Opens the state in `folder`, and makes it when it is not there. */
export const openState = (folder: string): State => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'state.db')
  const isNew = !existsSync(file)
  const db = new DatabaseSync(file)
  // The folder is this process's alone: without sharing, a read takes a third, a write two thirds.
  db.exec('pragma locking_mode = exclusive; pragma temp_store = memory')
  // Nothing is in a new one that the disk would have to be waited for, six times; what comes later waits as it should.
  if (isNew) db.exec('pragma synchronous = off; pragma journal_mode = wal; pragma user_version = 1')
  db.exec('pragma journal_mode = wal; pragma synchronous = normal')
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? db.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  let waiting: (() => void)[] | undefined
  let group: { waiting: (() => void)[]; finish: Set<() => void>; end: Promise<void> } | undefined

  /** Runs `run` between two statements, and a third one if it throws. */
  const between = <T>([begin, end, undo]: readonly [string, string, string], run: () => T): T => {
    const after: (() => void)[] = []
    prepare(begin).run()
    waiting = after
    let value: T
    try {
      value = run()
      prepare(end).run()
    } catch (error) {
      // Where nothing can be written any more SQLite has undone all by itself.
      if (db.isTransaction) db.exec(undo)
      throw error
    } finally {
      waiting = undefined
    }
    if (group) group.waiting.push(...after)
    else for (const one of after) one()
    return value
  }
  const endGroup = () => {
    const { waiting: after = [], finish = [] } = group ?? {}
    try {
      for (const one of finish) one()
      prepare('commit').run()
    } catch (error) {
      if (db.isTransaction) db.exec('rollback')
      throw error
    } finally {
      group = undefined
    }
    for (const one of after) one()
  }
  return {
    folder,
    get inTransaction() {
      return waiting !== undefined || group !== undefined
    },
    define: (sql) => db.exec(sql),
    prepare,
    transaction(run) {
      if (waiting) return run()
      return between(
        group
          ? ['savepoint step', 'release step', 'rollback to step; release step']
          : ['begin immediate', 'commit', 'rollback'],
        run,
      )
    },
    committed(run) {
      // What waits for the group goes on as an effect of its own cause, not of the group's.
      const own = group ? AsyncLocalStorage.bind(run) : run
      if (waiting) waiting.push(own)
      else if (group) group.waiting.push(own)
      else run()
    },
    together(finish) {
      if (waiting) throw new Error('a transaction is one already')
      if (group) {
        if (finish) group.finish.add(finish)
        return group.end
      }
      prepare('begin immediate').run()
      const { promise: end, resolve, reject } = Promise.withResolvers<void>()
      group = { waiting: [], finish: new Set(finish ? [finish] : []), end }
      // Its queue comes after that of promises, and before anything from outside.
      process.nextTick(() => {
        try {
          endGroup()
          resolve()
        } catch (error) {
          reject(error)
        }
      })
      return end
    },
    close: () => db.close(),
  }
}
