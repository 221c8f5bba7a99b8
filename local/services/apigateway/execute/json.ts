/** A value of JSON as templates see it: Java's LinkedHashMap keeps every key's place, so a Map and not an object. */
export type Json = null | boolean | string | number | bigint | Decimal | Json[] | Map<string, Json>

/** A number with a fraction or an exponent: printed as it was written. */
export interface Decimal {
  readonly decimal: number
  readonly text: string
}

export const isDecimal = (value: unknown): value is Decimal =>
  typeof value === 'object' && value !== null && 'decimal' in value

export const decimal = (value: number, text = javaDouble(value)): Decimal => ({ decimal: value, text })

/** A whole number, as a bigint only where a number cannot hold it. */
export const whole = (value: bigint | number): number | bigint =>
  typeof value === 'number'
    ? Number.isSafeInteger(value)
      ? value
      : BigInt(Math.trunc(value))
    : value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : value

/** As Java's Double.toString: `1.0`, `1.0E10`. */
const javaDouble = (value: number): string => {
  if (Number.isNaN(value) || !Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

/** Levels of arrays and objects that are read. */
const DEEPEST = 500

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const WORDS: ReadonlyMap<string, Json> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

/**
 * Reads JSON (RFC 8259) in linear time, with numbers and the order of keys as they were sent.
 * @throws SyntaxError for what is not JSON, or has more than 500 levels
 */
export const parseJson = (text: string): Json => {
  let at = 0
  const fail = (): never => {
    throw new SyntaxError(`Unexpected ${at < text.length ? `character at position ${at}` : 'end of JSON'}`)
  }
  const skip = () => {
    SPACE.lastIndex = at
    SPACE.test(text)
    at = SPACE.lastIndex
  }
  const take = (character: string): boolean => {
    skip()
    if (text[at] !== character) return false
    at++
    return true
  }
  const string = (): string => {
    if (text[at] !== '"') fail()
    let end = at + 1
    let escaped = false
    for (; text[end] !== '"'; end++) {
      if (end >= text.length || text.charCodeAt(end) < 32) fail()
      if (text[end] !== '\\') continue
      escaped = true
      end++
    }
    const raw = text.slice(at, end + 1)
    at = end + 1
    return escaped ? (JSON.parse(raw) as string) : raw.slice(1, -1)
  }
  const number = (): Json => {
    NUMBER.lastIndex = at
    const found = NUMBER.exec(text)
    if (!found) return fail()
    at = NUMBER.lastIndex
    const [raw, fraction, exponent] = found
    return fraction || exponent ? decimal(Number(raw), raw) : whole(raw.length < 16 ? Number(raw) : integer(raw))
  }
  const value = (level: number): Json => {
    if (level > DEEPEST) throw new SyntaxError(`More than ${DEEPEST} levels`)
    skip()
    const first = text[at]
    if (first === '"') return string()
    if (first === '{') return object(level)
    if (first === '[') return array(level)
    for (const [word, meaning] of WORDS)
      if (text.startsWith(word, at)) {
        at += word.length
        return meaning
      }
    return number()
  }
  const object = (level: number): Json => {
    at++
    const map = new Map<string, Json>()
    if (take('}')) return map
    do {
      skip()
      const key = string()
      if (!take(':')) fail()
      map.set(key, value(level + 1))
    } while (take(','))
    if (!take('}')) fail()
    return map
  }
  const array = (level: number): Json => {
    at++
    const list: Json[] = []
    if (take(']')) return list
    do list.push(value(level + 1))
    while (take(','))
    if (!take(']')) fail()
    return list
  }
  const result = value(0)
  skip()
  if (at < text.length) fail()
  return result
}

/** The digits that a whole number may have: reading more takes quadratic time. */
const MOST_DIGITS = 1000

const integer = (raw: string): bigint => {
  if (raw.length > MOST_DIGITS) throw new SyntaxError(`A number has more than ${MOST_DIGITS} digits`)
  return BigInt(raw)
}

/** Writes JSON without spaces. `spend` is told how much comes, and may stop it by throwing. */
export const printJson = (value: Json, spend: (characters: number) => void = () => {}, level = 0): string => {
  if (level > DEEPEST) throw new SyntaxError(`More than ${DEEPEST} levels`)
  if (typeof value === 'string') {
    spend(value.length + 2)
    return JSON.stringify(value)
  }
  spend(2)
  if (isDecimal(value)) return value.text
  if (Array.isArray(value)) return `[${value.map((item) => printJson(item, spend, level + 1)).join(',')}]`
  if (value instanceof Map) {
    const members = [...value].map(([key, item]) => {
      spend(key.length + 2)
      return `${JSON.stringify(key)}:${printJson(item, spend, level + 1)}`
    })
    return `{${members.join(',')}}`
  }
  return String(value)
}

/** The same value as plain objects, for what reads JSON by itself (schemas). */
export const plain = (text: string): unknown => JSON.parse(text)
