import { invalid } from './dynalite.ts'

/** A number as DynamoDB has them: sign, at most 38 significant digits, exponent; exact, never a float. */
interface Decimal {
  /** 1, 0 or -1. */
  sign: number
  /** Significant digits without zeros at either end; `''` for zero. */
  digits: string
  /** The value is 0.digits × 10^exponent. */
  exponent: number
}

const parse = (text: string): Decimal => {
  const [, minus, whole = '', fraction = '', power = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const all = whole + fraction
  const digits = all.replace(/^0+/, '')
  const leading = all.length - digits.length
  const bare = digits.replace(/0+$/, '')
  if (!bare) return { sign: 0, digits: '', exponent: 0 }
  return { sign: minus === '-' ? -1 : 1, digits: bare, exponent: whole.length - leading + Number(power) }
}

const print = ({ sign, digits, exponent }: Decimal): string => {
  if (!sign) return '0'
  const text =
    exponent <= 0
      ? `0.${'0'.repeat(-exponent)}${digits}`
      : digits.length <= exponent
        ? digits.padEnd(exponent, '0')
        : `${digits.slice(0, exponent)}.${digits.slice(exponent)}`
  return sign < 0 ? `-${text}` : text
}

/** Magnitudes from 1e-130 to 9.99…e125, 38 significant digits ("Naming rules and data types", Number). */
const check = (number: Decimal): Decimal => {
  if (number.exponent > 126)
    throw invalid('Number overflow. Attempting to store a number with magnitude larger than supported range')
  if (number.exponent < -129)
    throw invalid('Number underflow. Attempting to store a number with magnitude smaller than supported range')
  if (number.digits.length > 38) throw invalid('Attempting to store more than 38 significant digits in a Number')
  return number
}

/** Whether a text is a number: digits, maybe a sign, a point and an exponent. */
export const isNumber = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)

/** The one spelling of a number: plain digits, no zeros in front or behind. */
export const normalise = (text: string): string => print(check(parse(text)))

/** The sum of two numbers, exactly. @throws ServiceError ValidationException when it cannot be stored */
export const plus = (a: string, b: string): string => {
  const [left, right] = [parse(a), parse(b)]
  if (!left.sign) return print(right)
  if (!right.sign) return print(left)
  const last = Math.min(left.exponent - left.digits.length, right.exponent - right.digits.length)
  const scaled = ({ sign, digits, exponent }: Decimal) =>
    BigInt(sign) * BigInt(digits) * 10n ** BigInt(exponent - digits.length - last)
  return print(check(parse(`${scaled(left) + scaled(right)}e${last}`)))
}

export const minus = (a: string, b: string): string => plus(a, b.startsWith('-') ? b.slice(1) : `-${b}`)

export const byteOrder = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b)

/** Less than, equal to, greater than zero as `a` is to `b`. */
export const compareNumbers = (a: string, b: string): number => byteOrder(sortable(a), sortable(b))

/** The least exponent becomes 0, the greatest 255. */
const SHIFT = 129

/** Bytes that sort as the numbers do: sign, exponent, digits; a negative number's are inverted. */
export const sortable = (text: string): Buffer => {
  const { sign, digits, exponent } = parse(text)
  if (!sign) return Buffer.from([0x80])
  const magnitude = Buffer.concat([Buffer.from([0x81, exponent + SHIFT]), Buffer.from(digits, 'latin1')])
  if (sign > 0) return magnitude
  // The end of a longer number would otherwise sort behind that of a shorter one.
  return Buffer.concat([magnitude.map((byte) => 255 - byte), Buffer.from([255])])
}

/** How many bytes a number counts for: two digits a byte, and one; one more below zero. */
export const numberSize = (text: string): number => {
  const { sign, digits, exponent } = parse(text)
  if (!sign) return 1
  // Pairs of digits are counted from the point, so an odd place at either end takes a byte of its own.
  const pairs = Math.ceil((digits.length + (exponent % 2 ? 1 : 0)) / 2)
  return 1 + pairs + (sign < 0 ? 1 : 0)
}
