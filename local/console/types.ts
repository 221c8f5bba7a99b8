/**
 * What the console's pages and its server say to each other.
 *
 * Everything lies under `/_console/`. Every request below `/_console/api/` carries the header {@link TOKEN_HEADER} with
 * the token that the page brings along: `<meta name="console-token" content="…">` in its head. Without it, or from
 * another origin, the answer is 403. A refusal of any kind is a {@link Refusal}, with the status of what went wrong.
 * Times are milliseconds since the epoch, sizes are bytes, and nodes of maps and hops are named by ARNs.
 *
 * | request | answer |
 * |---|---|
 * | GET `chapters` | {@link Chapter}`[]` |
 * | GET `functions/<name>` | {@link FunctionDetail} |
 * | POST `functions/<name>/invoke` {@link InvokeAsked} | {@link InvokeAnswer} |
 * | POST `functions/<name>/seed` {@link SeedAsked} | `{}` |
 * | GET `maps/<chapter>` | {@link ChapterMap} |
 * | GET `traces` | {@link Trace}`[]`, newest first |
 * | GET `traces/<id>` | {@link Trace} |
 * | POST `traces/<id>/replay` | {@link ReplayAnswer} |
 * | GET `buckets` | {@link BucketSummary}`[]` |
 * | GET `buckets/<name>?prefix=&after=` | {@link ObjectPage} |
 * | GET `tables` | {@link TableSummary}`[]` |
 * | GET `tables/<name>?after=` | {@link ItemPage} |
 * | GET `logs` | {@link LogLine}`[]`, oldest first |
 * | GET `logs/groups` | {@link LogGroup}`[]` |
 * | GET `logs/streams?group=` | {@link LogStream}`[]`, the one written last first |
 * | GET `logs/events?group=&stream=` | {@link LogLine}`[]`, oldest first |
 * | GET `schedules` | {@link Schedule}`[]` |
 * | POST `schedules/run` {@link RunAsked} | `{}` |
 * | GET `decisions?caller=&action=&allowed=` | {@link DecisionRow}`[]`, newest first |
 * | GET `live` | a stream of {@link LiveEvents}, as `text/event-stream` |
 */

/** The header that carries the token. */
export const TOKEN_HEADER = 'x-console-token'

/** Why something was not done, in words. */
export interface Refusal {
  message: string
  /** AWS's code, where a service refused. */
  code?: string
}

/** A sample event: `events/<function>.<case>.json` beside the code. */
export interface SampleEvent {
  /** The case. */
  name: string
  /** JSON, as it stands in the file, with this cloud's address in it. */
  text: string
  /** Whether calls must be made before it makes sense (`seed`): `invoke` does not make them by itself. */
  seeded: boolean
}

export interface FunctionSummary {
  /** The function's name on AWS. */
  name: string
  arn: string
  description: string
  /** The cases of its sample events. */
  events: string[]
}

/** A chapter: the folder that the code of its functions comes from. */
export interface Chapter {
  /** `05` */
  id: string
  /** `Standalone functions` */
  title: string
  functions: FunctionSummary[]
  /** Its web pages, by the Outputs `Site05` of the stack. */
  pages: { name: string; url: string }[]
  /** The README, from the project's folder: `chapters/05-standalone-functions/README.md`. */
  readme?: string
}

export interface FunctionDetail {
  name: string
  arn: string
  description: string
  chapter?: string
  /** MB */
  memory: number
  /** seconds */
  timeout: number
  /** Names of its variables; their values may be secrets. */
  environment: string[]
  /** The ARN of its role. */
  role: string
  policies: { name: string; policy: object }[]
  events: SampleEvent[]
}

export interface InvokeAsked {
  /** JSON, at most 6 MB. */
  payload: string
  /** `Event`: accepted for later; the answer has status 202 and nothing else. */
  type: 'RequestResponse' | 'Event'
}

export interface SeedAsked {
  /** The case of the sample event. */
  event: string
}

export interface InvokeAnswer {
  requestId: string
  /** 200, or 202 for `Event`. */
  status: number
  /** The function's JSON, or Lambda's error document; `''` for `Event`. */
  payload: string
  functionError?: string
  /** The last 4 KB of its log. */
  log: string
  /** The figures of the REPORT line; times in ms. */
  durationMs?: number
  billedMs?: number
  initMs?: number
  memoryUsedMb?: number
  memoryMb: number
}

/** What a node of a map is; another service may bring another one. */
export type NodeKind =
  | 'client'
  | 'function'
  | 'bucket'
  | 'table'
  | 'topic'
  | 'queue'
  | 'api'
  | 'schedule'
  | 'rule'
  | (string & {})

export interface MapNode {
  /** The ARN; `client` for who asks from outside. */
  id: string
  kind: NodeKind
  name: string
  physicalId: string
}

/** `event`: this causes that to run. `access`: a policy lets it call that. */
export interface MapEdge {
  from: string
  to: string
  kind: 'event' | 'access'
  /** `s3:ObjectCreated:*`, `dynamodb:PutItem, dynamodb:GetItem`, `GET /greeting` */
  label: string
}

/** A chapter's functions with all that they touch. The pages lay it out. */
export interface ChapterMap {
  chapter: string
  nodes: MapNode[]
  edges: MapEdge[]
}

/** One step of an event: a call of AWS, or a run of a function. */
export interface Hop {
  id: string
  /** The trace that it belongs to. */
  trace: string
  /** The hop that caused it; none for the first. */
  parent?: string
  at: number
  /** Nodes; equal for the run of a function itself. */
  from: string
  to: string
  kind: 'call' | 'invocation'
  /** `s3:PutObject images/a.jpg`, `runs` */
  label: string
  /** Missing while it is under way. */
  durationMs?: number
  outcome: 'ok' | 'error' | 'denied'
  /** Why it failed or was denied. */
  reason?: string
}

/** A tree of hops, in the order in which they ended or, of a run, began; a hop that is sent again replaces the former. */
export interface Trace {
  /** The root of AWS's X-Amzn-Trace-Id. */
  id: string
  at: number
  title: string
  hops: Hop[]
  /** Whether the event of its first run of a function is still known, so that it can be sent again. */
  replayable: boolean
}

export interface ReplayAnswer {
  /** The function that got the event again. */
  functionName: string
  /** 202: it was accepted, and what follows is a trace of its own. */
  status: number
}

export interface BucketSummary {
  name: string
  objects: number
  bytes: number
  /** There are more objects than were counted. */
  more: boolean
}

export interface ObjectDetail {
  key: string
  size: number
  modified: number
  contentType: string
  etag: string
  metadata: Record<string, string>
  /** Its bytes, inside a sandbox; the address ends with the cloud. Pictures as they are, all else as plain text or a download. */
  url: string
}

export interface ObjectPage {
  objects: ObjectDetail[]
  /** Given as `after`, brings the next page. */
  next?: string
}

export interface TableSummary {
  name: string
  items: number
  /** The names of the hash and the range key. */
  key: string[]
  /** The attribute that ends an item's life. */
  ttl?: string
}

export interface ItemPage {
  items: Record<string, unknown>[]
  /** Given as `after`, brings the next page. */
  next?: string
}

export interface LogLine {
  at: number
  /** The function, or the log group for lines that no function wrote. */
  functionName: string
  message: string
}

export interface LogGroup {
  name: string
  bytes: number
}

export interface LogStream {
  name: string
  last?: number
}

/** A schedule of EventBridge Scheduler, or a rule of EventBridge with a schedule. */
export interface Schedule {
  arn: string
  name: string
  expression: string
  /** When it fires next; missing when it does not. */
  next?: number
  targets: string[]
  enabled: boolean
}

export interface RunAsked {
  arn: string
}

export interface DecisionRow {
  id: string
  at: number
  caller: string
  action: string
  resource: string
  allowed: boolean
  outcome: 'allow' | 'explicitDeny' | 'implicitDeny'
  reason: string
  /** The statement that decided, or the one that came nearest. */
  statement?: {
    policy: string
    kind: string
    /** From 0. */
    index: number
    sid?: string
    /** What did not fit, of the nearest. */
    missed?: string
    /** The policy that it stands in; without one, only the statement is known, and `index` is its place here. */
    document?: object
  }
}

/** The messages of the stream by their names; `data` is JSON. What a slow page misses is dropped: it reads the lists again. */
export interface LiveEvents {
  hop: Hop
  log: LogLine
  decision: DecisionRow
}
