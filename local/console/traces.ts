import type { Ground } from '../base/ground.ts'
import { type Told, UNSEEN } from '../base/story.ts'
import { refused } from './answers.ts'
import { CLIENT, type Nodes } from './nodes.ts'
import type { Hop, Trace } from './types.ts'

/** What happened lately, as trees. */
export interface Traces {
  /** The newest first. */
  list(): Trace[]
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
const HOPS = 300
const PAYLOADS = 8 * 1024 * 1024
/** How long what the stacks hold counts as known, ms; and for what they did not hold. */
const LASTS = 5000
const SOON = 250

/** Calls of clients that move data or an event; all calls of functions are told. */
const MOVES =
  /^(?:lambda:Invoke|s3:.*Object|s3:CompleteMultipartUpload|dynamodb:(?:.*Item.*|Query|Scan|TransactWrite.*)|(?:sns|sqs|events|ses|kinesis):(?:Publish|Send|Put(?:Events|Record)).*)$/
/** What a service does on the side while it works. */
const ASIDE = new Set(['logs', 'sts', 'iam', 'cloudformation'])

interface Kept extends Trace {
  bytes: number
  first?: { functionName: string; payload: string }
}

export const createTraces = ({ outbox: { story } }: Ground, nodes: () => Nodes, tell: (hop: Hop) => void): Traces => {
  const traces = new Map<string, Kept>()
  /** Where what was told belongs: its trace, its hop if it has one, and who acts in it. */
  const places = new Map<string, { trace: string; hop?: string; actor: string }>()
  const planned = new Set<string>()
  let bytes = 0

  const forget = () => {
    while (traces.size > TRACES || bytes > PAYLOADS) {
      const [id, trace] = traces.entries().next().value as [string, Kept]
      traces.delete(id)
      bytes -= trace.bytes
    }
    // Of what nobody can follow any more only the latest are worth a thought.
    while (places.size > TRACES * HOPS) places.delete(places.keys().next().value as string)
  }
  // Reading all stacks takes milliseconds, and every call of the cloud comes by here.
  let known: Nodes | undefined
  let readAt = 0
  const nodesSince = (ms: number): Nodes => {
    if (!known || performance.now() - readAt > ms) {
      known = nodes()
      readAt = performance.now()
    }
    return known
  }
  const nodeOf = (arn: string | undefined): string | undefined => {
    if (arn === undefined) return undefined
    const id = nodesSince(LASTS).ofArn(arn)?.id
    // What no stack knew a moment ago may have been made since.
    return id === undefined || known?.byId(id) ? id : nodesSince(SOON).ofArn(arn)?.id
  }

  const hopOf = (told: Told, trace: string, cause?: { hop?: string; actor: string }): Hop => {
    const target = nodeOf(told.resource)
    const run = told.kind === 'run'
    const source = nodeOf(told.source)
    const from = run ? (target ?? told.operation) : (source ?? cause?.actor ?? CLIENT.id)
    const { durationMs, outcome = 'ok', reason } = told
    return {
      ...{ id: told.id, trace, at: told.at, from, to: target ?? told.service, outcome },
      label: run ? 'runs' : `${told.service}:${told.operation}`,
      ...(cause?.hop === undefined ? {} : { parent: cause.hop }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(reason === undefined ? {} : { reason }),
    }
  }
  const hear = (told: Told) => {
    const cause = told.cause === undefined ? undefined : places.get(told.cause)
    const begins = told.cause === undefined || planned.has(told.cause) || !cause
    const name = `${told.service}:${told.operation}`
    // A call is about what IAM was asked; that is known at its end, or when something comes of it.
    if (begins && told.kind === 'call' && (!MOVES.test(name) || told.source !== undefined)) return
    const known = places.get(told.id)
    const trace = known?.trace ?? (planned.has(told.cause ?? '') ? (told.cause as string) : (cause?.trace ?? told.id))
    const aside =
      told.kind === 'call' && ASIDE.has(told.service) && cause?.actor !== undefined && told.service !== 'sts'
    if (aside) return void places.set(told.id, { ...(cause as { actor: string }), trace })
    const hop = hopOf(told, trace, cause)
    places.set(told.id, { trace, hop: told.id, actor: hop.to })
    let kept = traces.get(trace)
    if (!kept) {
      if (known) return
      kept = { id: trace, at: told.at, title: '', hops: [], replayable: false, bytes: 0 }
      traces.set(trace, kept)
    }
    const index = kept.hops.findIndex(({ id }) => id === told.id)
    if (index >= 0) kept.hops[index] = hop
    else if (kept.hops.length < HOPS) kept.hops.push(hop)
    else return
    const [first] = kept.hops
    if (first) kept.title = first.label === 'runs' ? `${first.to} runs` : `${first.label} on ${first.to}`
    if (told.kind === 'run' && told.payload !== undefined && !kept.first) {
      kept.first = { functionName: told.operation, payload: told.payload }
      kept.replayable = true
      kept.bytes = told.payload.length
      bytes += kept.bytes
    }
    forget()
    tell(hop)
  }
  const stop = story.watch(hear)
  return {
    list: () =>
      [...traces.values()]
        .reverse()
        .map(({ id, at, title, hops, replayable }) => ({ id, at, title, hops, replayable })),
    eventOf(id) {
      const trace = traces.get(id)
      if (!trace) throw refused(404, 'This trace is not kept any more.')
      if (!trace.first)
        throw refused(409, 'This trace ran no function whose event is known, so there is nothing to send again.')
      return trace.first
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
