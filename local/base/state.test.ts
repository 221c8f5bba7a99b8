import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Mistake } from './errors.ts'
import { lockFolder } from './lock.ts'
import { openState, type State } from './state.ts'

describe('openState', () => {
  let folder: string
  let state: State
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-state-'))
    state = openState(folder)
    state.define('create table if not exists t (x)')
  })
  afterEach(() => {
    state.close()
    rmSync(folder, { recursive: true })
  })
  const insert = (x: number) => state.prepare('insert into t values (?)').run(x)
  const rows = () =>
    state
      .prepare('select x from t order by x')
      .all()
      .map(({ x }) => x)

  it('keeps all of a transaction or nothing', () => {
    state.transaction(() => insert(1))
    expect(() =>
      state.transaction(() => {
        insert(2)
        throw new Error('no')
      }),
    ).to.throw('no')

    expect(rows()).to.deep.equal([1])
  })

  it('takes a transaction within another as part of it', () => {
    expect(() =>
      state.transaction(() => {
        state.transaction(() => insert(1))
        throw new Error('no')
      }),
    ).to.throw('no')

    expect(rows()).to.deep.equal([])
  })

  it('runs what waits for the end of a transaction after it, and not after a roll-back', () => {
    const heard: string[] = []
    state.transaction(() => {
      state.committed(() => heard.push('kept'))
      heard.push('inside')
    })
    try {
      state.transaction(() => {
        state.committed(() => heard.push('lost'))
        throw new Error('no')
      })
    } catch {}
    state.committed(() => heard.push('at once'))

    expect(heard).to.deep.equal(['inside', 'kept', 'at once'])
  })
})

describe('lockFolder', () => {
  const inAnotherProcess = (folder: string) =>
    spawnSync(
      process.execPath,
      [
        '-e',
        `import('${import.meta.dirname}/lock.ts').then(({ lockFolder }) => lockFolder(${JSON.stringify(folder)})).then(() => console.log('taken'), (e) => console.log(e.name, e.message))`,
      ],
      { encoding: 'utf8' },
    ).stdout.trim()

  it('lets one process have a folder, until it ends', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-lock-'))
    try {
      const free = lockFolder(folder)
      expect(() => lockFolder(folder)).to.throw(Mistake, 'Another local cloud already runs on')
      expect(inAnotherProcess(folder)).to.equal(
        `Mistake Another local cloud already runs on ${folder}: stop that one first, or use it.`,
      )

      free()

      expect(inAnotherProcess(folder)).to.equal('taken')
      lockFolder(folder)() // the other process has ended, and its lock with it
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
