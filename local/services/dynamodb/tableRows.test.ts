import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openState, type State } from '../../base/state.ts'
import { createTables, type Tables } from './tableRows.ts'
import type { Table } from './types.ts'

const SCOPE = { account: '123456789012', region: 'us-east-1' }
const TABLE: Omit<Table, 'id'> = {
  ...{ ...SCOPE, name: 'T', uuid: 'u', created: 1, keys: [], definitions: [], indexes: [], protected: false, tags: {} },
  throughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } as unknown as Table['throughput'],
}

describe('The rows of tables', () => {
  let folder: string
  let state: State
  let tables: Tables
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tables-'))
    state = openState(folder)
    tables = createTables(state)
    tables.add(TABLE)
  })
  afterEach(() => {
    state.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const get = () => tables.get(SCOPE, 'T') as Table
  const protectedNow = () => tables.known(SCOPE, 'T')?.protected

  it('give who only reads the same table, until it changes', () => {
    const known = tables.known(SCOPE, 'T')

    expect(tables.known(SCOPE, 'T')).to.equal(known)
    expect(known).to.deep.equal(get())
    expect(Object.isFrozen(known)).to.equal(true)

    tables.save({ ...get(), protected: true })
    expect(protectedNow()).to.equal(true)

    tables.remove(get())
    expect(tables.known(SCOPE, 'T')).to.equal(undefined)
  })

  it('give what a transaction has changed to it alone, until it is committed', () => {
    const attempt = () =>
      state.transaction(() => {
        expect(protectedNow()).to.equal(false)
        tables.save({ ...get(), protected: true })
        expect(protectedNow()).to.equal(true)
        throw new Error('taken back')
      })

    expect(protectedNow()).to.equal(false)
    expect(attempt).to.throw('taken back')
    expect(protectedNow()).to.equal(false)
  })

  it('tell tables of one name in two places apart', () => {
    tables.add({ ...TABLE, region: 'eu-west-1', protected: true })

    expect(protectedNow()).to.equal(false)
    expect(tables.known({ ...SCOPE, region: 'eu-west-1' }, 'T')?.protected).to.equal(true)
    expect(tables.known({ ...SCOPE, account: '210987654321' }, 'T')).to.equal(undefined)
  })
})
