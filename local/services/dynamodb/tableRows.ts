import type { State } from '../../base/state.ts'
import type { Table } from './types.ts'

/** Where a table is: names are unique within an account and region. */
export interface Scope {
  account: string
  region: string
}

/** Which tables there are. A table that was read is the reader's own: changes count once they are saved. */
export interface Tables {
  get(scope: Scope, name: string): Table | undefined
  /** As `get`, for who only reads: one and the same until the table changes. */
  known(scope: Scope, name: string): Readonly<Table> | undefined
  /** Names in their order, behind `after`. */
  names(scope: Scope, after: string, limit: number): string[]
  add(table: Omit<Table, 'id'>): Table
  save(table: Table): void
  remove(table: Table): void
  /** Tables, of all accounts and regions, that have an attribute of time to live. */
  expiring(): Table[]
}

interface Row {
  id: number
  account: string
  region: string
  name: string
  settings: string
}
const tableOf = ({ id, account, region, name, settings }: Row): Table => ({
  ...JSON.parse(settings),
  id,
  account,
  region,
  name,
})
/** So many tables are kept as they were read. */
const KEPT = 1000
const keyOf = ({ account, region }: Scope, name: string) => `${account} ${region} ${name}`

const settingsOf = ({ account, region, name, ...settings }: Omit<Table, 'id'>): string =>
  JSON.stringify({ ...settings, id: undefined })

export const createTables = (state: State): Tables => {
  state.define(`create table if not exists dynamodb_tables (
    id integer primary key autoincrement, account text, region text, name text, settings text, expires integer,
    unique (account, region, name))`)
  const get = state.prepare('select * from dynamodb_tables where account = ? and region = ? and name = ?')
  const names = state.prepare(
    'select name from dynamodb_tables where account = ? and region = ? and name > ? order by name limit ?',
  )
  const add = state.prepare(
    'insert into dynamodb_tables (account, region, name, settings, expires) values (?, ?, ?, ?, 0)',
  )
  const save = state.prepare('update dynamodb_tables set settings = ?, expires = ? where id = ?')
  const remove = state.prepare('delete from dynamodb_tables where id = ?')
  const expiring = state.prepare('select * from dynamodb_tables where expires = 1 order by id')
  const kept = new Map<string, Readonly<Table>>()
  const find = ({ account, region }: Scope, name: string) => {
    const row = get.get(account, region, name)
    return row && tableOf(row as unknown as Row)
  }
  const forget = (table: Table) => kept.delete(keyOf(table, table.name))
  return {
    get: find,
    known(scope, name) {
      const key = keyOf(scope, name)
      const known = kept.get(key)
      if (known) return known
      const table = find(scope, name)
      // What a transaction has changed may be taken back.
      if (!table || state.inTransaction) return table
      if (kept.size >= KEPT) kept.clear()
      kept.set(key, Object.freeze(table))
      return table
    },
    names: ({ account, region }, after, limit) =>
      names.all(account, region, after, limit).map((row) => String(row.name)),
    add(table) {
      const { account, region, name } = table
      const { lastInsertRowid } = add.run(account, region, name, settingsOf(table))
      return { ...table, id: Number(lastInsertRowid) }
    },
    save(table) {
      save.run(settingsOf(table), table.expiry ? 1 : 0, table.id)
      forget(table)
    },
    remove(table) {
      remove.run(table.id)
      forget(table)
    },
    expiring: () => expiring.all().map((row) => tableOf(row as unknown as Row)),
  }
}
