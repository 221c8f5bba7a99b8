import type { Ground } from '../base/ground.ts'
import { type Told, UNSEEN } from '../base/story.ts'
import { refused } from './answers.ts'
import { cut } from './cut.ts'
import { createHops, type Kept, type Step } from './hops.ts'
import type { Nodes } from './nodes.ts'
import { createReads, isRead } from './reads.ts'
import type { Hop, Trace } from './types.ts'

/** What happened lately, as trees. */
export interface Traces {
  /** The newest first. */
  list(): Trace[]
  /** @throws ServiceError 404 */
  get(id: string): Trace
  /** The identities that had a part in what is kept. */
  identities(): Set<string>
  /** The function and the event that a trace ran first. @throws ServiceError 404, 409 */
  eventOf(id: string): { functionName: string; payload: string }
  /** Runs something that is not to be told: what the console itself reads. */
  unseen<T>(run: () => T): T
  /** Runs something whose steps become a trace of their own; gives that trace's id. */
  anew<T>(run: () => T): { id: string; result: T }
  stop(): void
}

/** So much is kept. */
const TRACES = 200
/** So many more wait to be forgotten together. */
const SLACK = 50
const HOPS = 300
const STEPS = 10_000
const PAYLOADS = 8 * 1024 * 1024

/** Calls of clients that move data or an event, and requests for APIs; all calls of functions are told, and all denied. */
const MOVES =
  /^(?:lambda:Invoke|execute-api:(?!OPTIONS ).*|s3:.*Object|s3:CompleteMultipartUpload|dynamodb:(?:.*Item.*|Query|Scan|TransactWrite.*)|(?:sns|sqs|events|ses|kinesis):(?:Publish|Send|Put(?:Events|Record)).*)$/
/** What a service does on the side while it works. */
const ASIDE = new Set(['logs', 'iam', 'cloudformation'])

/** Letters of a reason that are kept: what a function throws may be megabytes. */
const LONGEST = 4000

/** Whether a request for an API has ended, and was refused or only read. */
const isFruitless = ({ service, operation, outcome }: Told): boolean =>
  service === 'execute-api' && outcome !== undefined && (outcome !== 'ok' || /^(?:GET|HEAD) /.test(operation))

/** Of what services do by themselves, only what comes from an API, a rule or a schedule to a function. */
const moves = ({ service, operation, source, cause }: Told): boolean => {
  const name = `${service}:${operation}`
  return source === undefined ? MOVES.test(name) : name === 'lambda:Invoke' && cause === undefined
}

/**
 * Hears what happens, and keeps it as it was told: every call of the cloud comes by here. Hops are made of it when
 * somebody looks. @param live the pages that are open
 */
export const createTraces = (
  { outbox: { story } }: Ground,
  nodes: () => Nodes,
  live: { listened(): boolean; tell(hop: Hop): void },
): Traces => {
  const traces = new Map<string, Kept>()
  /** By the id of what was told; what is done on the side stands for the step that it is done in. */
  const steps = new Map<string, Step>()
  const planned = new Set<string>()
  const reads = createReads()
  const { hopOf, traceOf } = createHops(nodes)
  let bytes = 0

  const forget = () => {
    // Many at a time: a map that loses its first entry again and again looks for it longer and longer.
    const full = traces.size >= TRACES + SLACK || bytes > PAYLOADS
    for (const [id, trace] of full ? traces : []) {
      if (traces.size <= TRACES && bytes <= PAYLOADS) break
      traces.delete(id)
      bytes -= trace.bytes
      // Its steps are still known, for what comes of them; its event, and the others of it, nobody sees any more.
      delete trace.first
      trace.steps.length = 0
    }
    // Of what nobody can follow any more only the latest are worth a thought.
    if (steps.size < 2 * STEPS) return
    for (const id of steps.keys())
      if (steps.size > STEPS) steps.delete(id)
      else break
  }
  const begin = (id: string, at: number): Kept => {
    const trace: Kept = { id, at, times: 1, steps: [], bytes: 0 }
    traces.set(id, trace)
    return trace
  }
  const add = (step: Step): Step => {
    steps.set(step.told.id, step)
    if (step.trace.steps.length < HOPS) step.trace.steps.push(step)
    return step
  }
  const keepEvent = (trace: Kept, { operation: functionName, payload }: Told) => {
    if (payload === undefined || trace.first || !traces.has(trace.id)) return
    trace.first = { functionName, payload }
    trace.bytes = payload.length
    bytes += trace.bytes
  }

  /** Counts what is the same as before, as the newest; nothing where it is not, or is forgotten. */
  const sameAgain = (told: Told): Step | undefined => {
    const before = reads.before(told)
    if (!before || !traces.delete(before.trace.id)) return undefined
    traces.set(before.trace.id, before.trace)
    before.told = { ...told, id: before.told.id }
    Object.assign(before.trace, { at: told.at, times: before.trace.times + 1 })
    return before
  }
  /** A request for an API that has ended, and of which nothing came, is not told again and again. */
  const unite = (step: Step) => {
    const { told, trace } = step
    if (trace.id !== told.id || trace.steps.length > 1 || !isFruitless(told)) return
    if (sameAgain(told)) traces.delete(trace.id)
    else reads.remember(told, step)
  }
  /** A read that has ended: of what a trace has written, the same as before, or a trace of its own. */
  const read = (told: Told): Step => {
    const writer = reads.writerOf(told)
    if (writer) return add({ told, trace: writer.trace, parent: writer, reads: true })
    const before = sameAgain(told)
    if (before) return before
    const step = add({ told, trace: begin(told.id, told.at) })
    reads.remember(told, step)
    return step
  }
  /** The step of what nothing is known to have caused; none for what is not told. */
  const first = (told: Told): Step | undefined => {
    const { cause = '', at, id } = told
    if (planned.has(cause)) return add({ told, trace: traces.get(cause) ?? begin(cause, at) })
    if (told.kind === 'call' && told.outcome !== 'denied' && !moves(told)) return undefined
    if (!isRead(told)) return add({ told, trace: begin(id, at) })
    // Nothing comes of it, and what it has read is known at its end.
    return told.outcome === undefined ? undefined : read(told)
  }
  const next = (told: Told, parent: Step): Step | undefined => {
    if (told.kind === 'run' || !ASIDE.has(told.service)) return add({ told, trace: parent.trace, parent })
    steps.set(told.id, parent)
    return undefined
  }
  const hear = (told: Told) => {
    if (told.reason !== undefined) told.reason = cut(told.reason, LONGEST)
    const known = steps.get(told.id)
    if (known && known.told.id !== told.id) return
    const cause = known || told.cause === undefined ? undefined : steps.get(told.cause)
    const step = known ?? (cause ? next(told, cause) : first(told))
    if (!step) return
    if (told.kind === 'run') {
      if (!known) keepEvent(step.trace, told)
      // An event is kept once.
      step.told = { ...told, payload: undefined }
    } else if (step.parent && !step.reads) reads.wrote(step)
    else if (known) unite(step)
    if (!known) forget()
    if (live.listened()) live.tell(hopOf(step))
  }
  const stop = story.watch(hear)
  const named = (id: string): Kept => {
    const trace = traces.get(id)
    if (!trace) throw refused(404, 'This trace is not kept any more.')
    return trace
  }
  return {
    list: () => [...traces.values()].slice(-TRACES).reverse().map(traceOf),
    get: (id) => traceOf(named(id)),
    identities() {
      const all = [...traces.values()].flatMap(({ steps }) => steps.map(({ told }) => told.identity))
      return new Set(all.filter((identity) => identity !== undefined))
    },
    eventOf(id) {
      const { first } = named(id)
      if (!first)
        throw refused(409, 'This trace ran no function whose event is known, so there is nothing to send again.')
      return first
    },
    unseen: (run) => story.within(UNSEEN, run),
    anew(run) {
      const id = story.next()
      planned.add(id)
      if (planned.size > TRACES) planned.delete(planned.values().next().value as string)
      return { id, result: story.within(id, run) }
    },
    stop,
  }
}
