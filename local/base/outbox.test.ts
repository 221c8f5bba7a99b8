import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type MovableClock, movableClock } from './clock.ts'
import { createOutbox, type Outbox, type Parcel } from './outbox.ts'
import { openState, type State } from './state.ts'

const later = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms))

describe('createOutbox', () => {
  let folder: string
  let state: State
  let clock: MovableClock
  let outbox: Outbox
  let faults: unknown[]
  const open = () => {
    state = openState(folder)
    clock = movableClock()
    faults = []
    outbox = createOutbox(state, clock, (error) => faults.push(error))
  }
  const close = async () => {
    await outbox.stop()
    state.close()
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-outbox-'))
    open()
  })
  afterEach(async () => {
    await close()
    rmSync(folder, { recursive: true })
  })

  it('delivers what was accepted, oldest first, and forgets it', async () => {
    const got: unknown[] = []
    for (const n of [1, 2, 3]) outbox.add('q', { n })

    outbox.work<{ n: number }>('q', 1, async ({ body }) => {
      got.push(body.n)
      return undefined
    })
    await later()

    expect(got).to.deep.equal([1, 2, 3])
    expect(outbox.waiting()).to.equal(0)
  })

  it('delivers nothing of a transaction that was rolled back', async () => {
    const got: unknown[] = []
    outbox.work('q', 1, async ({ body }) => {
      got.push(body)
      return undefined
    })

    expect(() =>
      state.transaction(() => {
        outbox.add('q', 'lost')
        throw new Error('no')
      }),
    ).to.throw('no')
    await later()

    expect(got).to.deep.equal([])
    expect(outbox.waiting()).to.equal(0)
  })

  it('delivers at its time', async () => {
    const got: unknown[] = []
    outbox.work('q', 1, async ({ body }) => {
      got.push(body)
      return undefined
    })
    outbox.add('q', 'later', clock.now() + 60_000)
    await later()
    expect(got).to.deep.equal([])

    clock.advance(60_001)
    await later()

    expect(got).to.deep.equal(['later'])
  })

  it('tries again when the worker asks for it, with another body', async () => {
    const tries: Pick<Parcel, 'attempts' | 'body'>[] = []
    outbox.work('q', 1, async ({ attempts, body }) => {
      tries.push({ attempts, body })
      return attempts < 2 ? { retryAt: clock.now() + 60_000, body: `${body}!` } : undefined
    })
    outbox.add('q', 'again')
    for (let i = 0; i < 3; i++) {
      await later()
      clock.advance(60_001)
    }
    await later()

    expect(tries).to.deep.equal([
      { attempts: 0, body: 'again' },
      { attempts: 1, body: 'again!' },
      { attempts: 2, body: 'again!!' },
    ])
    expect(outbox.waiting()).to.equal(0)
  })

  it('tries again what a worker threw at, and tells the fault', async () => {
    let tries = 0
    outbox.work('q', 1, async () => {
      if (++tries === 1) throw new Error('a fault')
      return undefined
    })
    outbox.add('q', 'x')
    await later()
    clock.advance(1000)
    await later()

    expect(tries).to.equal(2)
    expect(faults.map(String)).to.deep.equal(['Error: a fault'])
  })

  it('delivers several at a time, as many as asked for and no more', async () => {
    let now = 0
    let most = 0
    let all = 0
    outbox.work('q', 3, async () => {
      most = Math.max(most, ++now)
      await later(5)
      now--
      all++
      return undefined
    })
    for (let n = 0; n < 10; n++) outbox.add('q', n)
    await later(100)

    expect(most).to.equal(3)
    expect(all).to.equal(10)
  })

  it('keeps what was not delivered over a restart, the one under way too', async () => {
    outbox.work('q', 1, () => new Promise((_, reject) => setTimeout(reject, 10, new Error('the end'))))
    outbox.add('q', 'first')
    outbox.add('q', 'second')
    await later(2)
    await close()
    open()
    const got: unknown[] = []

    outbox.work('q', 1, async ({ body, attempts }) => {
      got.push([body, attempts])
      return undefined
    })
    await later()

    expect(got).to.deep.equal([
      ['first', 0],
      ['second', 0],
    ])
  })
})
