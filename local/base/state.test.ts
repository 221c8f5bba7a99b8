import { AsyncLocalStorage } from 'node:async_hooks'
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

  describe('together', () => {
    /** Runs code in a process of its own that has the state as `state`, and tells what it kept. */
    const rowsAfter = (code: string): unknown[] => {
      state.close()
      const script = `import { openState } from '${import.meta.dirname}/state.ts'
        const state = openState(${JSON.stringify(folder)})
        const insert = (x) => state.prepare('insert into t values (?)').run(x)
        const kill = () => process.kill(process.pid, 'SIGKILL')
        ${code}`
      const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
      })
      expect(signal, stderr).to.equal('SIGKILL')
      state = openState(folder)
      return rows()
    }

    it('keeps all that a turn writes or nothing, whatever it waited for', () => {
      const turn = 'const kept = state.together(); insert(1); await null; state.transaction(() => insert(2));'

      expect(rowsAfter(`${turn} kill()`)).to.deep.equal([])
      expect(rowsAfter(`${turn} await kept; insert(3); kill()`)).to.deep.equal([1, 2, 3])
    })

    it('ends before anything from outside is heard', () => {
      const later = (how: string) => rowsAfter(`${how}(kill); state.together(); insert(1); await null`)

      expect(later('setImmediate')).to.deep.equal([1])
      expect(later('setTimeout')).to.deep.equal([1, 1])
    })

    it('undoes a transaction that fails, alone', async () => {
      const kept = state.together()
      insert(1)
      expect(() =>
        state.transaction(() => {
          insert(2)
          throw new Error('no')
        }),
      ).to.throw('no')
      state.transaction(() => insert(3))
      await kept

      expect(rows()).to.deep.equal([1, 3])
    })

    it('runs what waits for the disk at its end, each for its own cause', async () => {
      const heard: unknown[] = []
      const causes = new AsyncLocalStorage()
      const hear = (text: string) => () => heard.push(text, causes.getStore())
      const kept = causes.run('a', () => state.together())
      causes.run('b', () => state.committed(hear('alone')))
      causes.run('c', () => state.transaction(() => state.committed(hear('in a transaction'))))
      expect(state.together()).to.equal(kept)
      expect(heard).to.deep.equal([])
      await kept

      expect(heard).to.deep.equal(['alone', 'b', 'in a transaction', 'c'])
    })

    it('says that nothing was kept where it cannot be written', async () => {
      state.define(`create table parent (id primary key);
        create table child (id references parent deferrable initially deferred)`)
      const heard: string[] = []
      const kept = state.together()
      insert(1)
      state.prepare('insert into child values (7)').run()
      state.committed(() => heard.push('kept'))
      const error = await kept.catch((reason: Error) => reason)

      expect(error).to.have.property('message', 'FOREIGN KEY constraint failed')
      expect([rows(), heard]).to.deep.equal([[], []])
      insert(2)
      expect(rows()).to.deep.equal([2])
    })
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
