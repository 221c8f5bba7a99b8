import type { Clock } from './clock.ts'
import type { State } from './state.ts'
import { createStory, type Story } from './story.ts'

/** Something accepted that is still to be delivered: a row, written in the transaction of what caused it. */
export interface Parcel<Body = unknown> {
  readonly id: number
  readonly queue: string
  /** When it was accepted, ms since the epoch. */
  readonly at: number
  /** How often it was tried before. */
  readonly attempts: number
  readonly body: Body
}

/** What a worker wants done with a parcel: nothing more (`undefined`), or another try later, with a changed body if given. */
export type Verdict = undefined | { retryAt: number; body?: unknown }
export type Worker<Body> = (parcel: Parcel<Body>) => Promise<Verdict>

export interface Outbox {
  /** What causes what: a parcel is delivered as an effect of what accepted it. */
  readonly story: Story
  /** Accepts a parcel, due now or at `dueAt` (ms since the epoch). Survives a kill from the moment its transaction ends. */
  add(queue: string, body: unknown, dueAt?: number): number
  /** Delivers a queue's parcels as they fall due, `parallel` at a time, oldest first. What throws is tried again. */
  work<Body>(queue: string, parallel: number, worker: Worker<Body>): void
  /** Parcels not yet delivered, in one queue or in all. */
  waiting(queue?: string): number
  /** Starts no further delivery; resolves when those under way have ended. */
  stop(): Promise<void>
}

/** A worker that throws has a fault; its parcel is tried again after this many milliseconds, ever longer. */
const AFTER_A_FAULT = (attempts: number) => Math.min(60_000, 200 * 2 ** attempts)

interface Queue {
  worker: Worker<unknown>
  parallel: number
  busy: Set<number>
}

/** The durable queues between an operation and what it causes. `fault` hears of every worker that threw. */
export const createOutbox = (state: State, clock: Clock, fault: (error: unknown, parcel: Parcel) => void): Outbox => {
  state.define(`create table if not exists outbox (
    id integer primary key autoincrement, queue text, at integer, due integer, attempts integer, body text, cause text);
    create index if not exists outbox_due on outbox (queue, due, id)`)
  // A state from before the column came to be.
  const columns = state.prepare('pragma table_info(outbox)').all() as { name: string }[]
  if (!columns.some(({ name }) => name === 'cause')) state.define('alter table outbox add column cause text')
  const story = createStory()
  const insert = state.prepare('insert into outbox (queue, at, due, attempts, body, cause) values (?, ?, ?, 0, ?, ?)')
  const due = state.prepare('select * from outbox where queue = ? and due <= ? order by due, id limit ?')
  const next = state.prepare('select min(due) as due from outbox where queue = ? and due > ?')
  const again = state.prepare('update outbox set due = ?, attempts = attempts + 1, body = ? where id = ?')
  const done = state.prepare('delete from outbox where id = ?')
  const count = state.prepare('select count(*) as n from outbox where queue = ?')
  const countAll = state.prepare('select count(*) as n from outbox')

  const queues = new Map<string, Queue>()
  const timers = new Map<string, () => void>()
  const running = new Set<Promise<void>>()
  let stopped = false

  const deliver = async (queue: Queue, row: Record<string, unknown>) => {
    const { id, queue: name, at, attempts } = row as { id: number; queue: string; at: number; attempts: number }
    const parcel: Parcel = { id, queue: name, at, attempts, body: JSON.parse(row.body as string) }
    queue.busy.add(id)
    try {
      const verdict = await story.within((row.cause as string | null) ?? undefined, () => queue.worker(parcel))
      if (verdict) again.run(verdict.retryAt, JSON.stringify(verdict.body ?? parcel.body), id)
      else done.run(id)
    } catch (error) {
      if (stopped) return // cut short by the end of the cloud: it stays as it was, and is due at the next start
      fault(error, parcel)
      again.run(clock.now() + AFTER_A_FAULT(attempts), row.body as string, id)
    } finally {
      queue.busy.delete(id)
    }
  }
  const wake = (name: string) => {
    const queue = queues.get(name)
    if (!queue || stopped) return
    const free = queue.parallel - queue.busy.size
    if (free > 0) {
      // Parcels under way stay in the table until they are delivered, so look past them.
      for (const row of due.all(name, clock.now(), queue.parallel) as Record<string, unknown>[]) {
        if (queue.busy.has(row.id as number) || queue.busy.size >= queue.parallel) continue
        const run = deliver(queue, row).then(() => {
          running.delete(run)
          wake(name)
        })
        running.add(run)
      }
    }
    timers.get(name)?.()
    const { due: later } = next.get(name, clock.now()) as { due: number | null }
    if (later !== null)
      timers.set(
        name,
        clock.after(Math.max(1, later - clock.now()), () => wake(name)),
      )
  }
  return {
    story,
    add(queue, body, dueAt = clock.now()) {
      const id = Number(
        insert.run(queue, clock.now(), dueAt, JSON.stringify(body), story.cause() ?? null).lastInsertRowid,
      )
      state.committed(() => setImmediate(wake, queue))
      return id
    },
    work(queue, parallel, worker) {
      queues.set(queue, { worker: worker as Worker<unknown>, parallel, busy: new Set() })
      setImmediate(wake, queue)
    },
    waiting: (queue) => ((queue === undefined ? countAll.get() : count.get(queue)) as { n: number }).n,
    async stop() {
      stopped = true
      for (const cancel of timers.values()) cancel()
      await Promise.all(running)
    },
  }
}
