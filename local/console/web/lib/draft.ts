export interface SampleEvent {
  name: string
  text: string
}
export interface FunctionSummary {
  name: string
  description: string
  events: string[]
}
export interface Chapter {
  id: string
  title: string
  functions: FunctionSummary[]
  pages: { name: string; url: string }[]
}
export interface FunctionDetail {
  name: string
  arn: string
  description: string
  chapter?: string
  memory: number
  timeout: number
  environment: string[]
  role: string
  policies: { name: string; policy: object }[]
  events: SampleEvent[]
}
export interface InvokeAnswer {
  requestId: string
  status: number
  payload: string
  functionError?: string
  log: string
  durationMs?: number
  billedMs?: number
  initMs?: number
  memoryUsedMb?: number
  memoryMb: number
}
export interface MapNode {
  id: string
  kind: string
  name: string
  physicalId: string
}
export interface MapEdge {
  from: string
  to: string
  kind: 'event' | 'access'
  label: string
}
export interface ChapterMap {
  chapter: string
  nodes: MapNode[]
  edges: MapEdge[]
}
export interface Hop {
  trace: string
  at: number
  from: string
  to: string
  label: string
  durationMs?: number
  outcome: 'ok' | 'error' | 'denied'
  reason?: string
}
export interface Trace {
  id: string
  at: number
  title: string
  hops: Hop[]
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
  url: string
  etag: string
}
export interface TableSummary {
  name: string
  items: number
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
  outcome: string
  reason: string
  statement?: { policy: string; kind: string; index: number; sid?: string; document?: object }
}
