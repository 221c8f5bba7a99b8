import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** A pattern that {@link checkPattern} has let through. */
export type EventPattern = { [field: string]: Rules | EventPattern | EventPattern[] }
type Rules = (string | number | boolean | null | Filter)[]
/** One content filter: an object with one member. */
export type Filter = Record<string, unknown>

type Dict = Record<string, unknown>
export const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Whether an event fits a pattern (EventBridge user guide, "Comparison operators for use in event patterns"). All fields
 * of the pattern must fit; of a list in the event, one element.
 */
export const matches = (pattern: EventPattern, event: unknown): boolean => {
  if (Array.isArray(event)) return event.some((one) => matches(pattern, one))
  const fields = isDict(event) ? event : {}
  return Object.entries(pattern).every(([field, wanted]) => {
    if (isAlternatives(field, wanted)) return wanted.some((one) => matches(one, event))
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined
    return Array.isArray(wanted) ? (wanted as Rules).some((rule) => fits(rule, value)) : matches(wanted, value)
  })
}

/** `$or` with a list of patterns; as the name of a field it may stand too, with a list of values. */
export const isAlternatives = (field: string, wanted: unknown): wanted is EventPattern[] =>
  field === '$or' &&
  Array.isArray(wanted) &&
  wanted.length >= 2 &&
  wanted.every((one) => isDict(one) && !Object.keys(one).some((name) => FILTERS.has(name)))

export const FILTERS: ReadonlySet<string> = new Set([
  'prefix',
  'suffix',
  'anything-but',
  'numeric',
  'exists',
  'equals-ignore-case',
  'wildcard',
  'cidr',
])

/** The single values of a field: what an object holds is not its own value. */
const leavesOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value.flatMap(leavesOf) : value === undefined || isDict(value) ? [] : [value]

const fits = (rule: Rules[number], value: unknown): boolean => {
  const leaves = leavesOf(value)
  if (isDict(rule) && typeof rule.exists === 'boolean') return rule.exists === leaves.length > 0
  return leaves.some((leaf) => (isDict(rule) ? passes(rule, leaf) : rule === leaf))
}

const passes = (filter: Filter, leaf: unknown): boolean => {
  const [[name, wanted]] = Object.entries(filter) as [[string, unknown]]
  switch (name) {
    case 'anything-but':
      return isDict(wanted) ? !anyOf(wanted, leaf) : ![wanted].flat().includes(leaf)
    case 'numeric':
      return typeof leaf === 'number' && inRange(wanted as (string | number)[], leaf)
    case 'cidr':
      return typeof leaf === 'string' && inBlock(wanted as string, leaf)
    default:
      return typeof leaf === 'string' && textFits(name, wanted, leaf)
  }
}

/** The filter within an anything-but: one text, or several of which one is enough. */
const anyOf = (filter: Filter, leaf: unknown): boolean => {
  const [[name, wanted]] = Object.entries(filter) as [[string, unknown]]
  return typeof leaf === 'string' && [wanted].flat().some((one) => textFits(name, one, leaf))
}

const textFits = (name: string, wanted: unknown, leaf: string): boolean => {
  if (isDict(wanted)) return textFits(name, lower(wanted['equals-ignore-case']), lower(leaf))
  const text = wanted as string
  if (name === 'prefix') return leaf.startsWith(text)
  if (name === 'suffix') return leaf.endsWith(text)
  if (name === 'wildcard') return wildcard(text, leaf)
  return lower(leaf) === lower(text)
}
const lower = (text: unknown): string => String(text).toLowerCase()

/** `*` is any text, `\*` a star, `\\` a backslash. Linear: each piece is looked for after the one before. */
const wildcard = (pattern: string, text: string): boolean => {
  const pieces = ['']
  for (const [token] of pattern.matchAll(/\\[*\\]|./gsu))
    if (token === '*') pieces.push('')
    else pieces.push(pieces.pop() + (token.length > 1 ? token.slice(1) : token))
  const first = pieces.shift() ?? ''
  const last = pieces.pop()
  if (last === undefined) return text === first
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const piece of pieces) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= text.length - last.length
}

const COMPARE: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}
const inRange = (wanted: (string | number)[], leaf: number): boolean => {
  for (let i = 0; i < wanted.length; i += 2)
    if (!COMPARE[wanted[i] as string]?.(leaf, wanted[i + 1] as number)) return false
  return true
}

const family = (address: string) => (isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined)

/** The block of addresses that `10.0.0.0/24` names; nothing for what is none. */
export const blockOf = (cidr: string): BlockList | undefined => {
  const [address = '', bits = '', ...rest] = cidr.split('/')
  const kind = family(address)
  if (!kind || rest.length || !/^\d{1,3}$/.test(bits) || Number(bits) > (kind === 'ipv4' ? 32 : 128)) return undefined
  const block = new BlockList()
  block.addSubnet(address, Number(bits), kind)
  return block
}
const inBlock = (cidr: string, address: string): boolean => {
  const kind = family(address)
  return (
    kind !== undefined && kind === family(cidr.split('/')[0] ?? '') && (blockOf(cidr)?.check(address, kind) ?? false)
  )
}
