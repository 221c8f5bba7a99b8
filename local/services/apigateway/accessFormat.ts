import { invalid } from './errors.ts'
import { substituted } from './execute/templates.ts'

/** The format of access logs, of REST and of HTTP APIs: text with `$context.name` in it, a line a request. */

/** API Gateway quotas, in bytes: "Access log template size", and "CloudWatch Logs log entry", with what Logs adds to each. */
const LARGEST_FORMAT = 3 * 1024
const LARGEST_LINE = 1024 ** 2 - 26
/** Letters of a value that are written: what a function throws may be megabytes. */
const LONGEST = 4096

const END = /\r?\n$/

/** @throws ServiceError `BadRequestException` */
export const checkFormat = (format: string): void => {
  if (/[\r\n]/.test(format.replace(END, '')))
    throw invalid('Access Log format must be single line, new line character is allowed only at end of the format')
  if (!/\$(?:context\.|\{context\.)(?:requestId|extendedRequestId)\b/.test(format))
    throw invalid('Access Log format must contain at least $context.requestId')
  if (Buffer.byteLength(format) > LARGEST_FORMAT)
    throw invalid(`Access Log format must be at most ${LARGEST_FORMAT} bytes`)
}

type Value = string | number | null | undefined

const ENTITIES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '"': '&quot;', '\\': '\\\\' }
/** As AWS writes what clients and functions say: nothing in it ends a text of JSON, or a line. */
const safe = (value: Value): string | undefined =>
  value === null || value === undefined
    ? undefined
    : String(value)
        .slice(0, LONGEST)
        .replace(/[<>"\\]/g, (letter) => ENTITIES[letter] as string)
        .replace(/\p{Cc}+/gu, ' ')

const cut = (line: string): string =>
  Buffer.byteLength(line) > LARGEST_LINE
    ? new TextDecoder().decode(Buffer.from(line).subarray(0, LARGEST_LINE), { stream: true })
    : line

/** One line of a format. @param find the value of a variable, by its name after `$context.`; without one it is `-` */
export const lineOf = (format: string, find: (name: string) => Value): string => {
  const written = (name: string) => {
    if (name !== 'error.messageString') return safe(find(name))
    const message = safe(find('error.message'))
    return message === undefined ? undefined : `"${message}"`
  }
  return cut(substituted(format.replace(END, ''), written, '-'))
}
