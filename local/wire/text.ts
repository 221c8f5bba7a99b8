import type { Simple, TimeFormat } from './shapes.ts'

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/
const ISO = /^\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d))?$/
/** RFC 9110's three forms: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. */
const HTTP =
  /^[A-Za-z]{3,9},? (?:\d\d[ -][A-Za-z]{3}[ -]\d{2,4} [\d:]{8}(?:\.\d{1,9})? GMT|[A-Za-z]{3} [ \d]\d [\d:]{8} \d{4})$/

/**
 * A simple value from its text in a form, a header, a query, a path or an XML element; undefined when it is none.
 * `format` is that of a timestamp whose model names none.
 */
export const fromText = (shape: Simple, text: string, format: TimeFormat): unknown => {
  switch (shape.kind) {
    case 'string':
      return text
    case 'number':
      return numberOf(text)
    case 'boolean':
      return /^(?:true|1)$/i.test(text) ? true : /^(?:false|0)$/i.test(text) ? false : undefined
    case 'blob':
      return bytesOf(text)
    case 'timestamp':
      return dateOf(text, shape.format ?? format)
  }
}

/** The text of a simple value; the opposite of {@link fromText}. */
export const toText = (shape: Simple, value: unknown, format: TimeFormat): string => {
  if (shape.kind === 'blob') return toBase64(value)
  if (shape.kind === 'timestamp') return toDate(value as Date, shape.format ?? format)
  return String(value)
}

const numberOf = (text: string): number | undefined => {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

/** Clients may send either form of a date that is not in seconds. */
const dateOf = (text: string, format: TimeFormat): Date | undefined => {
  const seconds = format === 'epoch' ? numberOf(text) : undefined
  const time =
    seconds === undefined ? (ISO.test(text) || HTTP.test(text) ? parseDate(text) : Number.NaN) : seconds * 1000
  return validDate(time)
}

/** Without a zone the time is UTC; an HTTP date has no other. */
const parseDate = (text: string): number =>
  Date.parse(/GMT$|[Zz]$|[+-]\d\d:?\d\d$|^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text} GMT`)

/** A date from milliseconds since the epoch; undefined outside of what a date can be. Seconds times 1000 may be just short. */
export const validDate = (time: number): Date | undefined => {
  const date = new Date(Math.round(time))
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** Bytes from base64 as AWS's services take it: padded, of the standard alphabet, nothing between. */
export const bytesOf = (text: string): Uint8Array | undefined => {
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return undefined
  const bytes = Buffer.from(text, 'base64')
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  // Node leaves out what is not base64, and stops at padding: then there are fewer bytes than there should be.
  return bytes.length === (text.length / 4) * 3 - padding
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : undefined
}

export const toBase64 = (value: unknown): string =>
  typeof value === 'string' ? Buffer.from(value).toString('base64') : viewOf(value as Uint8Array).toString('base64')

/** The same bytes as a Buffer, not copied. */
export const viewOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const toDate = (value: Date, format: TimeFormat): string => {
  if (format === 'http') return value.toUTCString()
  if (format === 'epoch') return String(value.getTime() / 1000)
  return value.toISOString()
}
