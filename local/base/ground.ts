import type { Clock } from './clock.ts'
import type { Ids } from './ids.ts'
import type { Log } from './log.ts'
import type { Outbox } from './outbox.ts'
import type { State } from './state.ts'

/** What every part of one cloud stands on. Nothing is global: two clouds in one process have two grounds. */
export interface Ground {
  readonly account: string
  readonly state: State
  readonly clock: Clock
  readonly ids: Ids
  readonly outbox: Outbox
  readonly log: Log
  /** The folder where bundles are kept, shared by all clouds of a machine. */
  readonly cache: string
  /** The address of the door, `http://127.0.0.1:4566`, once it is open. */
  url(): string
}
