import type { Told } from '../base/story.ts'
import { CLIENT, type Nodes } from './nodes.ts'
import { drawnNode } from './picture/looks.ts'
import type { Hop, Trace } from './types.ts'

/** A hop as it was told. How the map calls its ends is looked up when somebody looks. */
export interface Step {
  told: Told
  readonly trace: Kept
  /** What has caused it. */
  readonly parent?: Step
  /** Somebody from outside reads what `parent` has written. */
  readonly reads?: boolean
}

/** A trace as it is kept. */
export interface Kept {
  readonly id: string
  /** ms since the epoch */
  at: number
  times: number
  readonly steps: Step[]
  /** What its first function was called with, and how large that is. */
  first?: { functionName: string; payload: string }
  bytes: number
}

/** How long what the stacks hold counts as known, ms; and for what they did not hold. */
const LASTS = 5000
const SOON = 250

/** The key of the object that a call of S3 is about. */
const objectOf = ({ service, resource = '' }: Told): string | undefined =>
  service === 's3' ? /^arn:[^:]*:s3:::[^/]+\/(.+)$/s.exec(resource)?.[1] : undefined

/** Writes what was told in the names of the map. */
export const createHops = (nodes: () => Nodes) => {
  // Reading all stacks takes milliseconds, and a trace has many hops.
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
  const targetOf = ({ resource, service }: Told): string => nodeOf(resource) ?? service
  const endsOf = ({ told, parent, reads }: Step): [from: string, to: string, label: string] => {
    const target = targetOf(told)
    // A request for a stage of an API is known by its method and path.
    const name = told.service === 'execute-api' ? told.operation : `${told.service}:${told.operation}`
    if (reads) return [target, told.identity ?? CLIENT.id, name]
    const cause = parent && targetOf(parent.told)
    if (told.kind === 'call') return [nodeOf(told.source) ?? cause ?? told.identity ?? CLIENT.id, target, name]
    // Where no call of Lambda stands between, Lambda itself has read a stream.
    if (cause === undefined || cause === target) return [target, target, 'runs']
    return [cause, target, parent?.told.service === 'dynamodb' ? 'stream' : 'runs']
  }
  const hopOf = (step: Step): Hop => {
    const { told, trace, parent } = step
    const { id, at, durationMs, outcome = 'ok', reason, denial } = told
    const [from, to, label] = endsOf(step)
    const object = objectOf(told)
    return {
      ...{ id, trace: trace.id, at, from, to, label, outcome },
      ...(object === undefined ? {} : { object }),
      ...(parent ? { parent: parent.told.id } : {}),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(reason === undefined ? {} : { reason }),
      ...(denial === undefined ? {} : { denial }),
    }
  }
  const traceOf = ({ id, at, times, steps, first }: Kept): Trace => {
    const hops = steps.map(hopOf)
    const [begun] = hops
    const node = begun && nodesSince(LASTS).byId(begun.to)
    const name = node ? drawnNode(node).name : begun?.to
    const title = !begun ? '' : begun.from === begun.to ? `${name} runs` : `${begun.label} on ${name}`
    return { id, at, title, times, hops, replayable: first !== undefined }
  }
  return { hopOf, traceOf }
}
