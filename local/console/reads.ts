import type { Told } from '../base/story.ts'
import type { Step } from './hops.ts'

/** What clients read. Pages do so every few seconds: the same again is no new trace. */
export interface Reads {
  /** Remembers that a step has written an object, once it has ended. */
  wrote(step: Step): void
  /** The step that has written what a client reads now, if this client has not read it since. */
  writerOf(told: Told): Step | undefined
  /** The step in which a client read the same, with the same outcome. */
  before(told: Told): Step | undefined
  remember(told: Told, step: Step): void
}

/** So many objects, and so many reads, are remembered. */
const KEPT = 500
/** Who comes later than this, in ms, has not waited for it. */
const WAITED = 60_000

const READ = /^(?:Get|Head|List|BatchGet|Query|Scan)/
const WRITES = new Set(['PutObject', 'CopyObject', 'CompleteMultipartUpload'])

/** Whether it is a call that only reads: nothing comes of it. */
export const isRead = ({ kind, operation }: Told): boolean => kind === 'call' && READ.test(operation)

const whoOf = ({ identity, caller }: Told) => identity ?? caller ?? ''
const keyOf = (told: Told) =>
  `${told.service}:${told.operation} ${told.resource} ${told.outcome} ${told.reason} ${whoOf(told)}`

const put = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size > KEPT) map.delete(map.keys().next().value as string)
}

export const createReads = (): Reads => {
  /** By the ARN of the object. */
  const written = new Map<string, { step: Step; readers: Set<string> }>()
  const done = new Map<string, Step>()
  return {
    wrote(step) {
      const { service, operation, resource, outcome } = step.told
      if (service === 's3' && outcome === 'ok' && resource !== undefined && WRITES.has(operation))
        put(written, resource, { step, readers: new Set() })
    },
    writerOf(told) {
      // Who is told that nothing has changed has seen it before.
      if (told.operation !== 'GetObject' || told.outcome !== 'ok' || told.reason !== undefined) return undefined
      const found = written.get(told.resource ?? '')
      if (!found || told.at - found.step.told.at > WAITED || found.readers.has(whoOf(told))) return undefined
      found.readers.add(whoOf(told))
      return found.step
    },
    before: (told) => done.get(keyOf(told)),
    remember: (told, step) => put(done, keyOf(told), step),
  }
}
