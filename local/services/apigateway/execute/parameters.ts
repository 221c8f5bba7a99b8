import type { Headers } from '../types.ts'

/** Values by name, in the order in which they were sent. */
export type Multi = Map<string, string[]>

const add = (values: Multi, name: string, value: string) => {
  const list = values.get(name)
  list ? list.push(value) : values.set(name, [value])
}

/** Percent signs that mean nothing stay as they are. */
export const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * A path as policies are held against it: one spelling, however the client wrote it, so that no Deny is got around by
 * `%61dmin`. Where a segment holds a slash, that stays encoded.
 */
export const plainPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => encodeURI(percentDecoded(segment).toWellFormed()).replace(/[/?#]/g, encodeURIComponent))
    .join('/')

/** The parameters of a query string, decoded. */
export const queryOf = (rawQuery: string): Multi => {
  const values: Multi = new Map()
  for (const part of rawQuery.split('&')) {
    if (!part) continue
    const equals = part.indexOf('=')
    const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
    add(values, percentDecoded(name.replaceAll('+', ' ')), percentDecoded(value.replaceAll('+', ' ')))
  }
  return values
}

/** The headers under the names as they were sent; the first spelling of a name counts. */
export const headersOf = (headers: Headers): Multi => {
  const values: Multi = new Map()
  const spelling = new Map<string, string>()
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (!spelling.has(lower)) spelling.set(lower, name)
    add(values, spelling.get(lower) ?? name, value)
  }
  return values
}

/** The values of a header, whatever the case of its name. */
export const headerValues = (headers: Headers, name: string): string[] => {
  const lower = name.toLowerCase()
  return headers.filter(([other]) => other.toLowerCase() === lower).map(([, value]) => value)
}
/** The last value of a header: API Gateway's choice where it has one place for several. */
export const header = (headers: Headers, name: string): string | undefined => headerValues(headers, name).at(-1)

/** `text/plain; charset=utf-8` → `text/plain` */
export const mediaType = (value: string): string => (value.split(';', 1)[0] ?? '').trim().toLowerCase()

/** Whether one of the API's binary media types covers this one: `image/png`, `image/*`, `*` + `/*`. */
export const isBinary = (types: readonly string[] | undefined, type: string): boolean =>
  (types ?? []).some((pattern) => {
    const wanted = pattern.toLowerCase()
    return wanted === '*/*' || wanted === type || (wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1)))
  })

/** A member of a record that strangers name: its own, never what every object has. */
export const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record && Object.hasOwn(record, name) ? record[name] : undefined

/** The last of the values, for what holds one only. */
export const singles = (values: Multi): Map<string, string> =>
  new Map([...values].map(([name, list]) => [name, list.at(-1) ?? '']))
