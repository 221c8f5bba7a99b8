/**
 * What the console's server and its pages say to each other, as JSON under `/_console/api/`. Every request carries the
 * header `x-console-token` with the token that stands in the page (`<meta name="console-token" content="…">`); an
 * EventSource and the address of a picture, which have no headers, carry it as `token=` in the query. A refusal is
 * `{ "message": "…" }`, in words, with a status of 400, 403, 404, 413 or 500. Times are ms since the epoch.
 *
 * | request | answer |
 * | --- | --- |
 * | `GET chapters` | `Chapter[]` |
 * | `GET functions/<name>` | `FunctionDetail` |
 * | `POST functions/<name>/invoke` `{ payload, type, event? }` | `InvokeAnswer` |
 * | `GET maps/<chapter>`, `GET maps/all` | `ChapterMap` |
 * | `GET nodes` | `MapNode[]`: what traces may name, resources of all stacks and identities that were seen |
 * | `GET traces` | `Trace[]`, the newest first |
 * | `GET traces/<id>.svg?token=` | the trace as a picture of its own, to be kept |
 * | `POST traces/<id>/replay` | `{ trace }`: the id of the new one |
 * | `GET buckets` | `BucketSummary[]` |
 * | `GET buckets/<bucket>?prefix=` | `ObjectDetail[]`, the first 200 |
 * | `GET objects/<bucket>?key=&token=` | the object itself, shown as no page |
 * | `GET tables`, `GET tables/<table>` | `TableSummary[]`, the first 100 items as plain JSON |
 * | `GET logs` | `LogLine[]`, the last 500 |
 * | `GET schedules`, `POST schedules/run` `{ arn }` | `Schedule[]`, `{}` |
 * | `GET decisions` | `DecisionRow[]`, the newest first |
 * | `GET mails` | `Mail[]`, the newest first |
 * | `GET live?token=` | server-sent events: `hop` (`Hop`), `log` (`LogLine`), `mail` (`Mail`) |
 */

import type { Denial } from '../base/story.ts'

export type { Denial }

/** Most objects of a bucket, and items of a table, that are shown at once. */
export const LISTED = 200
export const ITEMS = 100

/** A sample event of a function: `events/<function>.<name>.json`. */
export interface SampleEvent {
  /** Its case: `john`. */
  name: string
  text: string
}

export interface FunctionSummary {
  /** As the cloud calls it. */
  name: string
  /** As the book calls it, where it does. */
  called: string
  description: string
  /** The cases of its sample events. */
  events: string[]
}

export interface Chapter {
  /** `05`; empty for resources that belong to no chapter. */
  id: string
  title: string
  functions: FunctionSummary[]
  pages: { name: string; url: string }[]
}

export interface FunctionDetail {
  name: string
  called: string
  arn: string
  description: string
  chapter?: string
  /** MB */
  memory: number
  /** seconds */
  timeout: number
  /** Names only: values may be secrets. */
  environment: string[]
  role: string
  policies: { name: string; policy: object }[]
  events: SampleEvent[]
}

/** What a function is invoked with. */
export interface InvokeRequest {
  /** JSON */
  payload: string
  type: 'RequestResponse' | 'Event'
  /** The case that the payload comes from, so that what it needs is put in place first. */
  event?: string
}

export interface InvokeAnswer {
  requestId: string
  status: number
  /** JSON, or empty. */
  payload: string
  functionError?: string
  log: string
  durationMs?: number
  billedMs?: number
  initMs?: number
  memoryUsedMb?: number
  memoryMb: number
}

/** A resource of the stack; an identity of a pool; or `client`: everybody else who calls from outside. */
export interface MapNode {
  /** Its logical ID, the id of the identity, or `client`. */
  id: string
  kind: 'client' | 'person' | 'function' | 'bucket' | 'table' | 'schedule' | 'rule' | 'api' | 'queue' | 'topic' | 'pool'
  /** What it is called: of a function, its name in the book. */
  name: string
  physicalId: string
}

/** `event`: what happens at `from` reaches `to` by itself. `access`: `from` may call `to`, as its policies say. */
export interface MapEdge {
  from: string
  to: string
  kind: 'event' | 'access'
  label: string
}

export interface ChapterMap {
  /** `11`, or `all` */
  chapter: string
  nodes: MapNode[]
  edges: MapEdge[]
}

/** One step of something that happened: a call, or an event that reached a function. */
export interface Hop {
  id: string
  /** The hop that caused it. */
  parent?: string
  trace: string
  at: number
  /** Ids of map nodes; what is no node of the map goes by the name of its service. */
  from: string
  to: string
  /** `s3:PutObject`, `runs`; `stream` is a run with records of the stream of the table that it comes from. */
  label: string
  /** The key of the object of a bucket that it was about. */
  object?: string
  /** Missing while it lasts. */
  durationMs?: number
  outcome: 'ok' | 'error' | 'denied'
  reason?: string
  denial?: Denial
}

/**
 * What one thing from outside has caused. A hop is told again when it ends. Who reads an object for the first time after
 * it was written belongs to what has written it: that hop goes from the bucket to the reader.
 */
export interface Trace {
  id: string
  at: number
  /** `s3:PutObject on pictures` */
  title: string
  /** How often the same was read, one time after the other; only the last one is told. */
  times: number
  /** In the order in which they began. */
  hops: Hop[]
  /** Whether what began it can be done again. */
  replayable: boolean
}

export interface BucketSummary {
  name: string
  objects: number
  bytes: number
}

export interface ObjectSummary {
  key: string
  size: number
  modified: number
  contentType: string
}

export interface ObjectDetail extends ObjectSummary {
  metadata: Record<string, string>
  /** Where it is shown, relative to `/_console/`, without the token. */
  url: string
  etag: string
}

export interface TableSummary {
  name: string
  items: number
  /** Names of partition and sort key. */
  key: string[]
}

export interface LogLine {
  at: number
  functionName: string
  message: string
}

export interface Schedule {
  arn: string
  name: string
  expression: string
  next?: number
  targets: string[]
  enabled: boolean
}

export interface DecisionRow {
  id: string
  at: number
  caller: string
  action: string
  resource: string
  allowed: boolean
  /** `allow`, `explicitDeny`, `implicitDeny` */
  outcome: string
  reason: string
  /** The statement that decided, or, when nothing allows, came nearest. */
  statement?: { policy: string; kind: string; index: number; sid?: string; document?: object }
}

export interface Mail {
  id: string
  at: number
  from: string
  to: string[]
  subject: string
  text?: string
  html?: string
  headers: [name: string, value: string][]
}
