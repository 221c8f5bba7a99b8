import type { Method, Resource } from '@aws-sdk/client-api-gateway'
import { own, percentDecoded } from './parameters.ts'

/** Where a request goes. */
export interface Route {
  readonly resource: Resource
  readonly method: Method
  /** Decoded, by name; a greedy one holds its slashes. */
  readonly pathParameters: ReadonlyMap<string, string>
}

interface Branch {
  readonly literals: Map<string, Branch>
  parameter?: { name: string; branch: Branch }
  /** `{proxy+}` */
  greedy?: { name: string; resource: Resource }
  resource?: Resource
}

const branch = (): Branch => ({ literals: new Map() })

/** The routes of an API: resources that have methods. */
export interface Router {
  /** Undefined: no such path, or no such method of it. */
  find(method: string, path: string): Route | undefined
}

const segmentsOf = (path: string): string[] => path.replace(/^\//, '').replace(/\/$/, '').split('/')

export const createRouter = (resources: readonly Resource[]): Router => {
  const root = branch()
  for (const resource of resources)
    if (Object.keys(resource.resourceMethods ?? {}).length) insert(root, resource, segmentsOf(resource.path ?? '/'))
  return {
    find(httpMethod, path) {
      const found = walk(root, segmentsOf(path), 0)
      const methods = found?.resource.resourceMethods
      const method = own(methods, httpMethod) ?? methods?.ANY
      if (!found || !method) return undefined
      return { resource: found.resource, method, pathParameters: new Map(found.parameters) }
    },
  }
}

const insert = (root: Branch, resource: Resource, segments: readonly string[]) => {
  let at = root
  for (const segment of segments) {
    const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(segment) ?? []
    if (name !== undefined && greedy) {
      at.greedy = { name, resource }
      return
    }
    if (name !== undefined) {
      at.parameter ??= { name, branch: branch() }
      at = at.parameter.branch
    } else {
      const next = at.literals.get(segment) ?? branch()
      at.literals.set(segment, next)
      at = next
    }
  }
  at.resource = resource
}

interface Found {
  resource: Resource
  parameters: [string, string][]
}

/** A literal goes before a parameter, a parameter before the rest of the path; the longest way that leads somewhere wins. */
const walk = (at: Branch, segments: readonly string[], index: number): Found | undefined => {
  const segment = segments[index]
  if (segment === undefined) return at.resource && { resource: at.resource, parameters: [] }
  const text = percentDecoded(segment)
  const literal = at.literals.get(segment) ?? at.literals.get(text)
  const straight = literal && walk(literal, segments, index + 1)
  if (straight) return straight
  if (at.parameter && segment !== '') {
    const found = walk(at.parameter.branch, segments, index + 1)
    if (found) return { ...found, parameters: [[at.parameter.name, text], ...found.parameters] }
  }
  if (!at.greedy || segment === '') return undefined
  const rest = segments.slice(index).map(percentDecoded).join('/')
  return { resource: at.greedy.resource, parameters: [[at.greedy.name, rest]] }
}
