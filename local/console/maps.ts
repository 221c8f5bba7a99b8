import type { PolicySource } from '../iam/types.ts'
import type { Pool } from '../services/cognito-identity/store.ts'
import type { EventsStore } from '../services/events/store.ts'
import type { LambdaFunction } from '../services/lambda/types.ts'
import type { SchedulerStore } from '../services/scheduler/store.ts'
import type { Cloud } from '../services/service.ts'
import { CLIENT, type Nodes } from './nodes.ts'
import type { ChapterMap, MapEdge, MapNode } from './types.ts'

/** What a map is drawn from. */
export interface MapParts {
  cloud: Cloud
  place: { account: string; region: string }
  events: EventsStore
  scheduler: SchedulerStore
  nodes: Nodes
  policiesOf(role: string): readonly PolicySource[]
  /** The identity pools, whose roles clients get. */
  pools(): readonly Pool[]
}

const listed = (value: unknown): string[] => (value === undefined ? [] : [value].flat().map(String))

/** What is wanted of buckets, streams, rules, schedules and APIs: one line for each that leads to a function. */
const eventLines = async (functions: readonly LambdaFunction[], parts: MapParts) => {
  const { cloud, place, events, scheduler } = parts
  const lines: { from: string; to: string; label: string }[] = []
  const wanted = new Set(functions.map(({ arn }) => arn))
  const add = (from: string, to: string | undefined, label: string) => {
    const arn = to?.split(':').slice(0, 7).join(':')
    if (arn && wanted.has(arn)) lines.push({ from, to: arn, label })
  }
  const { Buckets = [] } = await cloud('s3').ListBuckets({})
  for (const { Name = '' } of Buckets) {
    const { LambdaFunctionConfigurations = [] } = await cloud('s3').GetBucketNotificationConfiguration({ Bucket: Name })
    for (const { LambdaFunctionArn, Events = [] } of LambdaFunctionConfigurations)
      add(`arn:aws:s3:::${Name}`, LambdaFunctionArn, Events.join(', '))
  }
  const { EventSourceMappings = [] } = await cloud('lambda').ListEventSourceMappings({})
  for (const { EventSourceArn = '', FunctionArn } of EventSourceMappings)
    add(EventSourceArn, FunctionArn, EventSourceArn.includes(':dynamodb:') ? 'stream' : 'messages')
  for (const rule of events.rules(place))
    for (const { Arn } of rule.targets) add(rule.arn, Arn, rule.schedule ?? 'event pattern')
  for (const { arn, target, expression } of scheduler.schedules(place)) add(arn, target.Arn, expression)
  // Who else may send a function something says its policy, with the source.
  for (const fn of functions)
    for (const { Principal, Condition } of fn.statements) {
      const principals = typeof Principal === 'object' ? listed(Principal.Service) : []
      if (!principals.some((one) => /^(?:apigateway|sns)\.amazonaws\.com$/.test(one))) continue
      for (const keys of Object.values(Condition ?? {}))
        for (const source of listed(Object.entries(keys).find(([key]) => /^aws:sourcearn$/i.test(key))?.[1])) {
          const [, , method = '*', ...path] = source.split('/')
          add(source, fn.arn, source.includes(':sns:') ? 'messages' : `${method} /${path.join('/')}`)
        }
    }
  return lines
}

/** What a role lets its sessions call, by the resource's node. */
const accessLines = (role: string, { nodes, policiesOf }: MapParts): Map<MapNode, Set<string>> => {
  const found = new Map<MapNode, Set<string>>()
  for (const { kind, policy } of policiesOf(role)) {
    if (kind !== 'identity') continue
    for (const { Effect, Action, Resource } of [policy.Statement].flat())
      if (Effect === 'Allow')
        for (const resource of listed(Resource)) {
          const node = nodes.ofArn(resource)
          if (!node) continue
          const actions = found.get(node) ?? new Set()
          for (const action of listed(Action)) actions.add(action)
          found.set(node, actions)
        }
  }
  return found
}

/** A chapter's functions with all that reaches them and all that they may call, from what is there. */
export const mapOf = async (
  chapter: string,
  functions: readonly LambdaFunction[],
  parts: MapParts,
): Promise<ChapterMap> => {
  const nodes = new Map<string, MapNode>([[CLIENT.id, CLIENT]])
  const edges = new Map<string, MapEdge>()
  const link = (from: MapNode | undefined, to: MapNode | undefined, kind: MapEdge['kind'], label: string) => {
    if (!from || !to) return
    for (const node of [from, to]) nodes.set(node.id, node)
    const key = `${from.id} ${to.id} ${kind}`
    const before = edges.get(key)
    const labels = [...new Set([...(before?.label.split(', ') ?? []), ...label.split(', ')])]
    edges.set(key, { from: from.id, to: to.id, kind, label: labels.join(', ') })
  }
  const reached = new Set<string>()
  for (const { from, to, label } of await eventLines(functions, parts)) {
    const source = parts.nodes.ofArn(from)
    link(source, parts.nodes.ofArn(to), 'event', label)
    reached.add(to)
    if (source?.kind === 'bucket' || source?.kind === 'api') link(CLIENT, source, 'access', 'requests')
  }
  for (const fn of functions) {
    const own = parts.nodes.ofArn(fn.arn)
    if (!reached.has(fn.arn)) link(CLIENT, own, 'access', 'lambda:InvokeFunction')
    for (const [node, actions] of accessLines(fn.configuration.role, parts))
      link(own, node, 'access', [...actions].join(', '))
  }
  // What identities of a pool may call of all this.
  for (const pool of parts.pools())
    for (const role of Object.values(pool.roles))
      for (const [node, actions] of accessLines(role, parts)) {
        if (!nodes.has(node.id)) continue
        const own = parts.nodes.ofArn(`arn:aws:cognito-identity:${pool.region}:${pool.account}:identitypool/${pool.id}`)
        link(CLIENT, own, 'access', 'credentials')
        link(own, node, 'access', [...actions].join(', '))
      }
  return { chapter, nodes: [...nodes.values()], edges: [...edges.values()] }
}
