import { isUtf8 } from 'node:buffer'
import { badText } from './faults.ts'
import { emptyMap } from './reading.ts'
import type { Member, Place, Shape, Simple, TimeFormat } from './shapes.ts'
import { fromText, toText } from './text.ts'
import type { Model, Operation, RequestHead } from './types.ts'

/** Where a member of a REST request may stand outside of its body. */
export interface Head {
  operation: Operation
  labels: Readonly<Record<string, string>>
  head: RequestHead
  model: Model
}

/** A member from path, query or headers; undefined where it is not there. @throws ServiceError for one of another type. */
export const fromHead = ({ name, shape }: Member, place: Place, { operation, labels, head, model }: Head): unknown => {
  switch (place.in) {
    case 'label': {
      const text = labels[name]
      return text === undefined ? undefined : simpleFrom(model, shape, name, text, 'iso')
    }
    case 'query': {
      if (!head.query.has(place.name)) return undefined
      if (shape.kind === 'list')
        return head.query.getAll(place.name).map((text) => simpleFrom(model, shape.item.shape, place.name, text, 'iso'))
      const text = head.query.get(place.name) as string
      // `?max-keys=` says as little as nothing.
      return text === '' && shape.kind !== 'string' ? undefined : simpleFrom(model, shape, place.name, text, 'iso')
    }
    case 'header': {
      const text = head.headers[place.name]
      if (text === undefined) return undefined
      if (shape.kind === 'list')
        return itemsOf(text).map((item) => simpleFrom(model, shape.item.shape, place.name, item, 'http'))
      if (shape.kind === 'timestamp' && !place.name.startsWith('x-amz-')) return fromText(shape, text, 'http')
      return simpleFrom(model, shape, place.name, utf8Of(text), 'http')
    }
    case 'queries':
      return otherQueries(operation, head)
    case 'headers':
      return prefixed(head.headers, place.name)
    default:
      return undefined
  }
}

/** HTTP's own dates are ignored where they are none (RFC 9110, 13.1.3); AWS's must be right. */
const simpleFrom = (model: Model, shape: Shape, name: string, text: string, format: TimeFormat): unknown => {
  const value = fromText(shape as Simple, text, format)
  if (value === undefined) throw badText(model, shape, name, text)
  return value
}

/** The first value of each parameter that neither the route nor another member names. */
const otherQueries = ({ input, route }: Operation, { query }: RequestHead): Record<string, unknown> | undefined => {
  const named = new Set(route?.literals.map(([name]) => name))
  for (const { place } of input?.members ?? []) if (place?.in === 'query') named.add(place.name)
  let read: Record<string, unknown> | undefined
  for (const [name, value] of query) {
    if (named.has(name)) continue
    read ??= emptyMap()
    read[name] ??= value
  }
  return read
}

const prefixed = (headers: RequestHead['headers'], prefix: string): Record<string, unknown> | undefined => {
  let read: Record<string, unknown> | undefined
  for (const name in headers) {
    if (!name.startsWith(prefix)) continue
    read ??= emptyMap()
    read[name.slice(prefix.length)] = utf8Of(headers[name] as string)
  }
  return read
}

/** Node reads the bytes of a header as Latin 1; where they are UTF-8, that is what the client meant. */
const utf8Of = (text: string): string => {
  if (!/[\u0080-\u00ff]/.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : text
}

/** `a, "b, c"`: items may be quoted. */
const itemsOf = (text: string): string[] => {
  const items: string[] = []
  for (const [, quoted, plain] of text.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)/g)) {
    const item = quoted?.replace(/\\(.)/g, '$1') ?? plain?.trim() ?? ''
    if (item !== '') items.push(item)
  }
  return items
}

/** A member of an answer as a header. Line breaks cannot come in, whatever it holds. */
export const toHeader = (shape: Shape, value: unknown): string => {
  if (shape.kind === 'list')
    return (value as unknown[])
      .map((one) => toText(shape.item.shape as Simple, one, 'http'))
      .map((one) => (/[",]/.test(one) ? `"${one.replace(/["\\]/g, '\\$&')}"` : one))
      .join(', ')
  return headerSafe(toText(shape as Simple, value, 'http'))
}

/** What is not printable ASCII goes as RFC 2047 says, which is how S3 gives back metadata. */
export const headerSafe = (text: string): string =>
  /^[\t\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
