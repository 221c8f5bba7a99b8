import { ServiceError } from '../base/errors.ts'
import type { Field } from './formData.ts'

/** The policy of a form ("POST policy" in "Browser-based uploads using POST", S3's API reference). */

export interface PostPolicy {
  /** ms since the epoch */
  expiration: number
  conditions: Condition[]
}

interface Condition {
  operator: 'eq' | 'starts-with' | 'content-length-range'
  /** As it stands in the policy, for what is said of it; a simple condition stands as the `eq` that it means. */
  text: string
  /** Of `eq` and `starts-with`, in lower case, with its dollar sign. */
  field: string
  value: string
  /** Of `content-length-range`, in bytes; not numbers where the policy has none. */
  min: number
  max: number
}

const invalid = (message: string) =>
  new ServiceError('InvalidPolicyDocument', `Invalid Policy: ${message}`, { status: 400 })
const failed = (message: string) =>
  new ServiceError('AccessDenied', `Invalid according to Policy: ${message}`, { status: 403 })
const conditionFailed = ({ text }: Condition) => failed(`Policy Condition failed: ${text}`)

const textOf = (items: readonly unknown[]) => `[${items.map((item) => JSON.stringify(item)).join(', ')}]`

const comparison = (operator: 'eq' | 'starts-with', items: readonly unknown[]): Condition => {
  const [, field, value] = items
  if (typeof field !== 'string' || typeof value !== 'string') throw invalid('Invalid JSON.')
  return { operator, text: textOf(items), field: field.toLowerCase(), value, min: 0, max: 0 }
}

const bound = (value: unknown): number => {
  if (typeof value === 'number' && !Number.isInteger(value)) throw invalid('Invalid JSON.')
  return /^-?\d+$/.test(String(value)) ? Number(value) : Number.NaN
}

const conditionOf = (given: unknown): Condition => {
  if (Array.isArray(given)) {
    const [operator] = given
    if (operator === undefined) throw invalid('Invalid Condition: missing operation identifier.')
    const name = String(operator).toLowerCase()
    if (name !== 'eq' && name !== 'starts-with' && name !== 'content-length-range')
      throw invalid(`Invalid Condition: unknown operation '${operator}'.`)
    if (given.length !== 3) throw invalid(`Invalid ${name}: wrong number of arguments.`)
    if (name !== 'content-length-range') return comparison(name, given)
    return { operator: name, text: textOf(given), field: '', value: '', min: bound(given[1]), max: bound(given[2]) }
  }
  if (typeof given !== 'object' || given === null) throw invalid('Invalid condition test: must be a List or Object.')
  const [pair, another] = Object.entries(given)
  if (!pair || another)
    throw invalid('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.')
  const [name, value] = pair
  if (value === null) throw invalid('Invalid JSON.')
  if (typeof value !== 'string') throw invalid('Invalid Simple-Condition: value must be a string.')
  return comparison('eq', ['eq', `$${name}`, value])
}

const EXPIRATION = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Reads the policy of a form, in base64. @throws ServiceError InvalidPolicyDocument (400) */
export const readPostPolicy = (encoded: string): PostPolicy => {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(encoded)) throw invalid('invalid Base64 encoding.')
  let policy: unknown
  try {
    policy = JSON.parse(Buffer.from(encoded, 'base64').toString())
  } catch {
    throw invalid('Invalid JSON.')
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) throw invalid('Invalid JSON.')
  const { expiration, conditions, ...other } = policy as Record<string, unknown>
  const [unexpected] = Object.keys(other)
  if (unexpected !== undefined) throw invalid(`Unexpected: '${unexpected.toLowerCase()}'`)
  if (expiration === undefined) throw invalid('Policy missing expiration.')
  if (conditions === undefined) throw invalid('Policy missing conditions.')
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.")
  const at = EXPIRATION.test(String(expiration)) ? Date.parse(String(expiration)) : Number.NaN
  if (Number.isNaN(at)) throw invalid(`Invalid 'expiration' value: '${expiration}'`)
  return { expiration: at, conditions: conditions.map(conditionOf) }
}

const holds = ({ operator, field, value }: Condition, given: string | undefined): boolean => {
  if (given === undefined) return false
  if (operator === 'eq') return given === value
  // Of a list of types each must be one that the policy wants.
  const values = field === '$content-type' ? given.split(',').map((one) => one.trim()) : [given]
  return values.every((one) => one.startsWith(value))
}

/** Fields that no condition need name. */
const EXEMPT = /^(policy|file|signature|awsaccesskeyid|x-amz-signature|bucket|x-ignore-.*)$/

/** Whether a form is as its policy wants it, its file aside. @throws ServiceError AccessDenied (403) */
export const checkPostPolicy = (
  { expiration, conditions }: PostPolicy,
  fields: ReadonlyMap<string, Field>,
  bucket: string,
  now: number,
): void => {
  if (expiration <= now) throw failed('Policy expired.')
  for (const condition of conditions) {
    const { operator, field, min, max } = condition
    const given = field === '$bucket' ? bucket : fields.get(field.slice(1))?.value
    const right =
      operator === 'content-length-range'
        ? !Number.isNaN(min) && !Number.isNaN(max)
        : field.startsWith('$') && holds(condition, given)
    if (!right) throw conditionFailed(condition)
  }
  const covered = new Set(conditions.map(({ field }) => field.slice(1)))
  const extra = [...fields].filter(([name]) => !covered.has(name) && !EXEMPT.test(name)).map(([, { name }]) => name)
  if (extra.length > 0) throw failed(`Extra input fields: ${extra.join(', ')}`)
}

/** S3's largest object in one POST. */
const LARGEST = 5 * 1024 ** 3

/** The bytes of a file, as long as a policy's ranges let it be. @throws ServiceError EntityTooLarge, EntityTooSmall (400) */
export async function* withinRanges(
  bytes: AsyncIterable<Uint8Array>,
  conditions: readonly Condition[],
): AsyncGenerator<Uint8Array> {
  const ranges = conditions.filter(({ operator }) => operator === 'content-length-range')
  const max = Math.min(LARGEST, ...ranges.map((range) => range.max))
  const min = Math.max(0, ...ranges.map((range) => range.min))
  let size = 0
  for await (const part of bytes) {
    size += part.length
    if (size > LARGEST) break
    // What is too much is still counted, so that the refusal can say how much it was.
    if (size <= max) yield part
  }
  if (size > max)
    throw new ServiceError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      status: 400,
      ProposedSize: size,
      MaxSizeAllowed: max,
    })
  if (size < min)
    throw new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      status: 400,
      ProposedSize: size,
      MinSizeAllowed: min,
    })
}
