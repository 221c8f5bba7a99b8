import type { MapNode } from '../types.ts'
import type { IconName } from './drawings.ts'

/** How each kind of node is drawn, and what it is called. */
export const LOOKS: Record<MapNode['kind'], { icon: IconName; what: string }> = {
  function: { icon: 'function', what: 'function' },
  bucket: { icon: 'bucket', what: 'bucket' },
  table: { icon: 'table', what: 'table' },
  schedule: { icon: 'clock', what: 'schedule' },
  rule: { icon: 'rule', what: 'rule' },
  api: { icon: 'api', what: 'API' },
  queue: { icon: 'queue', what: 'queue' },
  topic: { icon: 'topic', what: 'topic' },
  pool: { icon: 'box', what: 'identity pool' },
  person: { icon: 'person', what: 'identity' },
  client: { icon: 'web', what: 'and your clients' },
}

/** Something on a map. */
export interface Drawn {
  id: string
  icon: IconName
  name: string
  /** What it is, in a few words: `function`, `bucket`, `function, 312 ms`. */
  what: string
  /** Its own name, where that is another one. */
  also?: string
  /** Its page, where it has one. */
  href?: string
}

export interface DrawnLine {
  from: string
  to: string
  /** An event goes along it, a function or a person may call, or was denied to. */
  kind: 'event' | 'access' | 'denied'
  /** What goes along it: `s3:ObjectCreated:* images/` */
  label: string
  /** What stands on it: numbers and times. */
  notes?: readonly string[]
  failed?: boolean
}

export const lineKey = ({ from, to, kind }: Pick<DrawnLine, 'from' | 'to' | 'kind'>): string =>
  `${from}→${to}${kind === 'denied' ? ' denied' : ''}`

/** An id of an identity, `us-east-1:…`, where there is room for its beginning only. */
export const shortened = (text: string): string =>
  text.replace(/\b[a-z]{2}(?:-[a-z]+)+-\d:([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '$1…')

/**
 * A node as it is drawn. A function is known by its name in the book. A bucket by its name in the template: its own is
 * long, and the same for all but its end.
 */
export const drawnNode = ({ id, kind, name, physicalId }: MapNode): Drawn => {
  const { icon, what } = LOOKS[kind]
  if (kind === 'client') return { id, icon, name: 'You', what }
  if (kind === 'person') return { id, icon, name, what: `${what} ${shortened(id)}`, also: physicalId }
  const shown = kind === 'function' ? name : id
  return { id, icon, name: shown, what, ...(physicalId === shown ? {} : { also: physicalId }) }
}

/** What is no resource of a stack goes by its name: a service. */
export const unknownNode = (id: string): Drawn => ({ id, icon: 'box', name: id, what: 'service' })
