import { ServiceError } from '../base/errors.ts'
import type { Matched, Model, RequestHead, Route } from './types.ts'

/**
 * Which operation a request asks for, and the labels of its path; undefined when the service has none like it.
 * `form` is the parsed body of the query protocol.
 */
export const match = (model: Model, head: RequestHead, form?: URLSearchParams): Matched | undefined => {
  const { protocol, operations } = model
  if (protocol === 'json1.0' || protocol === 'json1.1')
    return named(model, head.headers['x-amz-target']?.split('.').pop())
  if (protocol === 'query') return named(model, form?.get('Action') ?? head.query.get('Action'))
  let best: Matched | undefined
  let weight = Number.NEGATIVE_INFINITY
  for (const operation of operations.values()) {
    const { route } = operation
    if (!route || route.weight <= weight) continue
    if (head.bucket !== undefined && (head.bucket !== '') !== 'Bucket' in operation.input.getMemberSchemas()) continue
    const labels = labelsOf(route, head)
    if (!labels) continue
    best = { operation, labels }
    weight = route.weight
  }
  return best
}

const named = ({ operations }: Model, name: string | null | undefined): Matched | undefined => {
  const operation = operations.get(name ?? '')
  return operation && { operation, labels: {} }
}

const labelsOf = (route: Route, { method, path, query, headers }: RequestHead): Record<string, string> | undefined => {
  if (route.method !== method) return
  const found = route.pattern.exec(path)
  if (!found) return
  if (!route.literals.every(([key, value]) => query.has(key) && (value === '' || query.get(key) === value))) return
  if (!route.required.query.every((key) => query.has(key))) return
  if (!route.required.headers.every((key) => headers[key] !== undefined)) return
  return Object.fromEntries(route.labels.map((label, i) => [label, decode(found[i + 1] as string)]))
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.", { status: 400 })
  }
}
