import { ServiceError } from '../base/errors.ts'
import type { Crossing, Matched, Model, Operation, RequestHead, Route } from './types.ts'

/**
 * Which operation a request asks for, and the labels of its path; undefined when the service has none like it.
 * `form` is the parsed body of the query protocol. @throws ServiceError (400) for a path that is no UTF-8.
 */
export const match = (model: Model, head: RequestHead, form?: URLSearchParams): Matched | undefined => {
  switch (model.protocol) {
    case 'json1.0':
    case 'json1.1':
      return named(model, head.headers['x-amz-target']?.split('.').pop())
    case 'query':
      return named(model, form?.get('Action') ?? head.query.get('Action'))
    default:
      return routed(model, head)
  }
}

const named = ({ operations }: Model, name: string | null | undefined): Matched | undefined => {
  const operation = operations.get(name ?? '')
  return operation && { operation, labels: {} }
}

const routed = ({ crossings, protocol }: Model, head: RequestHead): Matched | undefined => {
  for (const crossing of crossings.get(head.method) ?? []) {
    if (head.bucket !== undefined && crossing.bucket !== (head.bucket !== '')) continue
    const found = crossing.path.exec(head.path)
    if (!found) continue
    const operation = choose(crossing, head, protocol === 'restXml')
    if (!operation) continue
    const labels: Record<string, string> = {}
    operation.route?.labels.forEach((label, i) => {
      labels[label] = decode(found[i + 1] as string, protocol === 'restXml')
    })
    return { operation, labels }
  }
  return undefined
}

/** In S3 required members tell operations apart; elsewhere the one that lacks some is still the one that is meant. */
const choose = ({ operations }: Crossing, head: RequestHead, strict: boolean): Operation | undefined => {
  const fitting = operations.filter(({ route }) => route && hasLiterals(route, head))
  const whole = fitting.filter(({ route }) => route && hasRequired(route, head))
  const [first] = whole
  if (!first) return strict ? undefined : fitting.at(-1)
  const hint = head.query.get('x-id')
  const hinted = hint === null ? undefined : whole.find(({ route }) => route?.hint === hint)
  return hinted && hinted.route?.weight === first.route?.weight ? hinted : first
}

const hasLiterals = ({ literals }: Route, { query }: RequestHead): boolean =>
  literals.every(([name, value]) => (value === '' ? query.has(name) : query.get(name) === value))

const hasRequired = ({ required }: Route, { query, headers }: RequestHead): boolean =>
  required.query.every((name) => query.has(name)) && required.headers.every((name) => headers[name] !== undefined)

/** S3 takes a plus sign in a path for a space, as in a query; clients send `%2B` for a plus. */
const decode = (text: string, plus: boolean): string => {
  const spaced = plus && text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.", { status: 400 })
  }
}
