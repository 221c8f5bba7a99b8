import { BlockList, isIP } from 'node:net'
import { matches, type Part, type Pattern, patternOf } from './patterns.ts'
import type { Request } from './request.ts'
import { patternIn, resolve, type Template, template } from './variables.ts'

/** The condition operators of policies (IAM user guide, "IAM JSON policy elements: Condition operators"). */

/** Whether one value of the request fits one value of the policy. */
export type Test = (given: string, request: Request) => boolean

export interface Operator {
  /** The test that a value of the policy stands for. `variables`: whether the policy's version knows variables. */
  test(wanted: string, variables: boolean): Test
  /** `StringNotEquals` and its kind: holds when no value fits. */
  negated: boolean
}

const never: Test = () => false

const text =
  (wildcards: boolean): Operator['test'] =>
  (wanted, variables) => {
    const compiled = template(wanted, { wildcards, variables })
    const { fixed } = compiled
    if (fixed) return (given) => matches(fixed, given)
    return (given, request) => {
      const pattern = patternIn(compiled, request)
      return pattern !== undefined && matches(pattern, given)
    }
  }

const ignoringCase: Operator['test'] = (wanted, variables) => {
  const compiled = template(wanted, { wildcards: false, variables })
  const lower = (parts: readonly Part[]) =>
    parts
      .map((part) => (typeof part === 'string' ? part : part.text))
      .join('')
      .toLowerCase()
  const fixed = compiled.fixed && lower(compiled.parts as Part[])
  return (given, request) => {
    if (fixed !== undefined) return fixed === given.toLowerCase()
    const parts = resolve(compiled, request)
    return parts !== undefined && lower(parts) === given.toLowerCase()
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
/** A number of a policy or a request; NaN, which fits nothing, for what is none. */
export const readNumber = (given: string): number => (NUMBER.test(given.trim()) ? Number(given) : Number.NaN)

const DATE = /^(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?)?)?$/i
/** ms since the epoch, of one of the W3C's forms of ISO 8601 or of seconds since the epoch; NaN for what is neither. */
export const readDate = (given: string): number => {
  const trimmed = given.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000
  const [, year, month, day = '01', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    DATE.exec(trimmed) ?? []
  if (year === undefined) return Number.NaN
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`
  return Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`,
  )
}

/** Two values, read as numbers or as dates, compared; what cannot be read fits nothing. */
const compared =
  (read: (given: string) => number, fits: (given: number, wanted: number) => boolean): Operator['test'] =>
  (wanted) => {
    const limit = read(wanted)
    return (given) => fits(read(given), limit)
  }

const boolean: Operator['test'] = (wanted, variables) => ignoringCase(wanted.trim(), variables)

/** Both sides in base64, as binary keys are handed over; compared byte for byte. */
const binary: Operator['test'] = (wanted) => {
  const bytes = Buffer.from(wanted, 'base64')
  return (given) => bytes.equals(Buffer.from(given, 'base64'))
}

const LONGEST_PREFIX = { 4: 32, 6: 128 } as const

/** Splits an address or a range in CIDR form; nothing for what is neither. */
export const readRange = (range: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined => {
  const [address = '', given, ...rest] = range.trim().split('/')
  const version = isIP(address) as 0 | 4 | 6
  if (version === 0 || address.includes('%') || rest.length) return undefined
  const longest = LONGEST_PREFIX[version]
  if (given !== undefined && !/^\d{1,3}$/.test(given)) return undefined
  const prefix = given === undefined ? longest : Number(given)
  return prefix > longest ? undefined : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

/** An IPv4 address within IPv6, as a socket for both kinds gives it, counts as IPv4. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

const ipAddress: Operator['test'] = (wanted) => {
  const range = readRange(wanted)
  if (!range) return never
  const { address, prefix, family } = range
  const list = new BlockList()
  list.addSubnet(address, prefix, family)
  return (given) => {
    const plain = MAPPED.exec(given)?.[1] ?? given
    // A list would find an IPv4 address in ranges of IPv6, too.
    return isIP(plain) === (family === 'ipv4' ? 4 : 6) && list.check(plain, family)
  }
}

/** An ARN has six parts; the last one may hold colons itself. */
const splitArn = (arn: string): string[] | undefined => {
  const parts = arn.split(':')
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

/** The six patterns of an ARN's parts. */
const arnPatterns = (parts: readonly Part[]): Pattern[] | undefined => {
  const six: Part[][] = [[]]
  for (const part of parts) {
    if (typeof part === 'string') {
      six.at(-1)?.push(part)
      continue
    }
    const texts = part.text.split(':')
    for (const [index, one] of texts.entries()) {
      if (index > 0) {
        if (six.length < 6) six.push([])
        else six.at(-1)?.push({ text: ':' })
      }
      if (one) six.at(-1)?.push({ text: one })
    }
  }
  return six.length === 6 ? six.map(patternOf) : undefined
}

const arn: Operator['test'] = (wanted, variables) => {
  const compiled: Template = template(wanted, { wildcards: true, variables })
  const fixed = compiled.fixed && arnPatterns(compiled.parts as Part[])
  if (compiled.fixed && !fixed) return never
  return (given, request) => {
    const parts = fixed ? undefined : resolve(compiled, request)
    const patterns = fixed ?? (parts && arnPatterns(parts))
    const six = patterns && splitArn(given)
    return (
      six !== undefined && (patterns as Pattern[]).every((pattern, index) => matches(pattern, six[index] as string))
    )
  }
}

const both = (name: string, not: string, test: Operator['test']): [string, Operator][] => [
  [name, { test, negated: false }],
  [not, { test, negated: true }],
]
const ordered = (kind: string, read: (given: string) => number): [string, Operator][] => [
  ...both(
    `${kind}Equals`,
    `${kind}NotEquals`,
    compared(read, (given, wanted) => given === wanted),
  ),
  [`${kind}LessThan`, { test: compared(read, (given, wanted) => given < wanted), negated: false }],
  [`${kind}LessThanEquals`, { test: compared(read, (given, wanted) => given <= wanted), negated: false }],
  [`${kind}GreaterThan`, { test: compared(read, (given, wanted) => given > wanted), negated: false }],
  [`${kind}GreaterThanEquals`, { test: compared(read, (given, wanted) => given >= wanted), negated: false }],
]

/** All operators but `Null`, which asks for no value, by their names without qualifier and `IfExists`. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...both('StringEquals', 'StringNotEquals', text(false)),
  ...both('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', ignoringCase),
  ...both('StringLike', 'StringNotLike', text(true)),
  ...ordered('Numeric', readNumber),
  ...ordered('Date', readDate),
  ['Bool', { test: boolean, negated: false }],
  ['BinaryEquals', { test: binary, negated: false }],
  ...both('IpAddress', 'NotIpAddress', ipAddress),
  ...both('ArnEquals', 'ArnNotEquals', arn),
  ...both('ArnLike', 'ArnNotLike', arn),
])
