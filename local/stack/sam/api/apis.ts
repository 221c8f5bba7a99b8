import { type Dict, isDict } from '../../source.ts'
import type { ResourceEntry, Template } from '../../template.ts'
import { withGlobals } from '../globals.ts'
import { type ApiWork, chooseIf, noValue } from '../types.ts'
import { ANY, addPath, cloned, isDefinition, isVersion3, pathsOf, skeleton } from './definition.ts'

/** A kind of API: how its events call it, and the one that is there without being written down. */
export interface ApiKind {
  readonly type: string
  readonly eventType: string
  /** The property of an event that names its API. */
  readonly reference: string
  readonly implicitId: string
  readonly implicitCondition: string
  readonly stageName: string | undefined
  readonly skeleton: () => Dict
}

export const REST: ApiKind = {
  type: 'AWS::Serverless::Api',
  eventType: 'Api',
  reference: 'RestApiId',
  implicitId: 'ServerlessRestApi',
  implicitCondition: 'ServerlessRestApiCondition',
  stageName: 'Prod',
  skeleton,
}

export const HTTP: ApiKind = {
  type: 'AWS::Serverless::HttpApi',
  eventType: 'HttpApi',
  reference: 'ApiId',
  implicitId: 'ServerlessHttpApi',
  implicitCondition: 'ServerlessHttpApiCondition',
  stageName: undefined,
  skeleton: () => ({ openapi: '3.0.1', info: { version: '1.0', title: { Ref: 'AWS::StackName' } }, paths: {} }),
}

interface ApiEvent {
  apiId: string
  path: string
  method: string
  /** Whether the event names its API. */
  isNamed: boolean
  entry: ResourceEntry
  settings: unknown
}

/** The API that a reference means: a Ref, or its name. */
export const apiIdOf = (reference: unknown): unknown =>
  isDict(reference) && 'Ref' in reference ? reference.Ref : reference

/** What has events. */
const CALLERS = new Set(['AWS::Serverless::Function', 'AWS::Serverless::StateMachine'])

const eventsOf = (
  resources: Record<string, ResourceEntry>,
  { eventType, reference, implicitId }: ApiKind,
): ApiEvent[] =>
  Object.values(resources).flatMap((entry) => {
    const events = CALLERS.has(entry.Type) ? entry.Properties?.Events : undefined
    if (!isDict(events)) return []
    return Object.values(events).flatMap((event) => {
      const bare = eventType === HTTP.eventType
      if (!isDict(event) || event.Type !== eventType || !(isDict(event.Properties) || bare)) return []
      const properties = isDict(event.Properties) ? event.Properties : {}
      // An HTTP API's event without a path takes all that no other one does.
      const all = bare && !properties.Path && !properties.Method
      const path = all ? '$default' : properties.Path
      const method = all ? ANY : properties.Method
      const apiId = apiIdOf(properties[reference] ?? { Ref: implicitId })
      if (typeof apiId !== 'string' || typeof path !== 'string' || typeof method !== 'string') return []
      return [{ apiId, path, method, isNamed: reference in properties, entry, settings: properties.RouteSettings }]
    })
  })

/** The resources of a template with the API that its events call without naming one. */
export const withImplicit = (template: Template, kind: ApiKind): Template => {
  const { resources, source } = template
  const events = eventsOf(resources, kind).filter(({ apiId }) => apiId === kind.implicitId)
  if (!events.length) return template
  const attributes: Partial<ResourceEntry> = {}
  const conditions = new Set(events.map(({ entry }) => entry.Condition))
  if (!conditions.has(undefined))
    attributes.Condition = oneOf([...conditions] as string[], kind.implicitCondition, template)
  for (const name of ['DeletionPolicy', 'UpdateReplacePolicy'] as const) {
    const wanted = new Set(events.map(({ entry }) => entry[name]))
    const strongest = ['Retain', 'Snapshot', 'Delete'].find((one) => wanted.has(one))
    if (strongest) attributes[name] = strongest
  }
  const first = events[0]?.entry
  const implicit: ResourceEntry = {
    Type: kind.type,
    ...attributes,
    Properties: {
      ...(kind.stageName === undefined ? {} : { StageName: kind.stageName }),
      ...implicitTags(events, template),
    },
  }
  return { ...template, resources: { ...resources, [kind.implicitId]: source.carry(first, implicit) } }
}

/** The tags that those who call an API hand on to it. */
const implicitTags = (events: ApiEvent[], { globals }: Template): Dict => {
  const tags: Dict = {}
  for (const { isNamed, entry } of events) {
    const section = globals[entry.Type.replace('AWS::Serverless::', '')]
    const general = isDict(section) ? section : {}
    const own = entry.Properties ?? {}
    const given = own.Tags || general.Tags
    if (!isNamed && isDict(given) && (own.PropagateTags || general.PropagateTags)) Object.assign(tags, given)
  }
  return Object.keys(tags).length ? { Tags: tags, PropagateTags: true } : {}
}

/** The APIs of a kind, with the paths that events add to those that SAM manages. */
export const worksOf = (template: Template, kind: ApiKind): Map<string, ApiWork> => {
  const { resources, source } = template
  const works = new Map<string, ApiWork>()
  for (const [id, entry] of Object.entries(resources)) {
    if (entry.Type !== kind.type) continue
    const properties = withGlobals(id, entry, template)
    const { DefinitionBody: given, OpenApiVersion: version } = properties
    // As written: a place that Globals name comes too late, and is refused beside the definition that SAM begins.
    const { DefinitionBody: written, DefinitionUri: uri } = entry.Properties ?? {}
    const managed = written === undefined && uri === undefined
    const body = managed ? kind.skeleton() : isDict(given) ? cloned(given, source) : undefined
    if (managed && body && isVersion3(version) && body.swagger !== undefined) {
      delete body.swagger
      body.openapi = version
    }
    works.set(id, { body, managed, properties: { ...properties } })
  }
  const byPath = new Map<string, Set<string | undefined>>()
  const events = eventsOf(resources, kind)
  for (const { apiId, path, method, entry, settings } of events) {
    const work = works.get(apiId)
    if (work && isDict(settings))
      addRouteSettings(work, method === ANY ? path : `${method.toUpperCase()} ${path}`, settings, entry)
    if (!work?.managed || !isDefinition(work.body)) continue
    addPath(work.body, path, method)
    const key = `${apiId} ${path}`
    byPath.set(key, (byPath.get(key) ?? new Set()).add(entry.Condition))
  }
  for (const [id, { managed, body }] of works) {
    if (!managed || !body) continue
    for (const path of pathsOf(body)) {
      const conditions = byPath.get(`${id} ${path}`)
      if (!conditions || conditions.has(undefined)) continue
      const name = `${id}${path.replaceAll('/', 'SLASH').replaceAll('{', 'OB').replaceAll('}', 'CB')}PathCondition`
      const paths = body.paths as Dict
      paths[path] = chooseIf(oneOf([...conditions] as string[], name, template), paths[path], noValue)
    }
  }
  return works
}

/** Settings of a route that an event brings along. */
const addRouteSettings = (
  { properties }: ApiWork,
  route: string,
  settings: Dict,
  { Condition: condition }: ResourceEntry,
) => {
  const all = isDict(properties.RouteSettings) ? properties.RouteSettings : {}
  const own = isDict(all[route]) ? (all[route] as Dict) : {}
  const added = condition ? chooseIf(condition, settings, noValue) : settings
  properties.RouteSettings = { ...all, [route]: { ...own, ...added } }
}

/** The name of the condition that holds when one of several does. */
const oneOf = (conditions: string[], name: string, { conditions: all }: Template): string => {
  if (conditions.length === 1) return conditions[0] as string
  all[name] = { 'Fn::Or': [...conditions].sort().map((Condition) => ({ Condition })) }
  return name
}
