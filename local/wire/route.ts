import type { Structure } from './shapes.ts'
import type { Crossing, Operation, Protocol, Route } from './types.ts'

/** What the model says about how an operation is asked for: `GET /{Key+}?acl`. */
export const routeOf = ([method, uri]: readonly [string, string, number], input: Structure | undefined): Route => {
  const [path = '/', search] = uri.split('?')
  const query = new URLSearchParams(search)
  const literals = [...query].filter(([name]) => name !== 'x-id')
  const required = { query: [] as string[], headers: [] as string[] }
  for (const member of input?.members ?? []) {
    if (!member.required) break
    if (member.place?.in === 'query') required.query.push(member.place.name)
    if (member.place?.in === 'header') required.headers.push(member.place.name)
  }
  return {
    method,
    path,
    labels: [...path.matchAll(LABEL)].map(([, label]) => label as string),
    literals,
    required,
    weight: literals.length + required.query.length + required.headers.length,
    hint: query.get('x-id'),
  }
}

const LABEL = /\{(\w+)(\+?)\}/g

/**
 * The routes of a service by method and path, so that a path is tried once. Paths with fewer labels come first, then
 * those with more segments: `/2015-03-31/functions/{name}/code` before `/2015-03-31/functions/{name}`.
 */
export const crossingsOf = (operations: Iterable<Operation>, protocol: Protocol): Map<string, Crossing[]> => {
  const byMethod = new Map<string, Map<string, Crossing>>()
  for (const operation of operations) {
    const { route, input } = operation
    if (!route) continue
    const bucket =
      protocol === 'restXml' && !!input?.members.some(({ name, place }) => name === 'Bucket' && place?.in === 'label')
    const byPath = byMethod.get(route.method) ?? new Map<string, Crossing>()
    byMethod.set(route.method, byPath)
    const key = `${bucket} ${route.path}`
    const crossing = byPath.get(key) ?? { bucket, path: patternOf(route.path, protocol), operations: [] }
    byPath.set(key, crossing)
    crossing.operations.push(operation)
  }
  return new Map([...byMethod].map(([method, byPath]) => [method, sorted([...byPath.values()])]))
}

const sorted = (crossings: Crossing[]): Crossing[] => {
  for (const { operations } of crossings) operations.sort((a, b) => weightOf(b) - weightOf(a))
  return crossings.sort((a, b) => labelsOf(a) - labelsOf(b) || b.path.source.length - a.path.source.length)
}

const weightOf = ({ route }: Operation) => route?.weight ?? 0
const labelsOf = ({ operations }: Crossing) => operations[0]?.route?.labels.length ?? 0

/** S3's keys may end in a slash; elsewhere one at the end says nothing, and older clients send it. */
const patternOf = (path: string, protocol: Protocol): RegExp => {
  const source = path
    .split(LABEL_PARTS)
    .map((part) => (part.endsWith('+}') ? '(.+)' : part.endsWith('}') ? '([^/]+)' : part.replaceAll('.', '\\.')))
    .join('')
  return new RegExp(protocol === 'restXml' ? `^${source}$` : `^${source.replace(/\/$/, '')}/?$`)
}

const LABEL_PARTS = /(\{\w+\+?\})/
