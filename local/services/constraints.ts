import { ServiceError } from '../base/errors.ts'

/** What one member of a request breaks, in the words of AWS's request validation; nothing when it keeps to its model. */
export type Broken = string | undefined

const LONGEST_SHOWN = 1000
const shown = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? ` '${String(value).slice(0, LONGEST_SHOWN)}'`
    : Array.isArray(value) && value.every((one) => typeof one === 'string')
      ? ` '[${value.join(', ').slice(0, LONGEST_SHOWN)}]'`
      : ''
const broken = (member: string, value: unknown, rule: string): Broken =>
  `Value${shown(value)} at '${member}' failed to satisfy constraint: ${rule}`

/** A text or list whose length must be within `min` and `max`. An absent value breaks nothing. */
export const length = (member: string, value: { length: number } | undefined, min: number, max: number): Broken => {
  if (value === undefined) return undefined
  if (value.length < min) return broken(member, value, `Member must have length greater than or equal to ${min}`)
  if (value.length > max) return broken(member, value, `Member must have length less than or equal to ${max}`)
  return undefined
}

/** A text that must match `pattern` as a whole; `shown` is how AWS writes that pattern. */
export const pattern = (
  member: string,
  value: string | undefined,
  pattern: RegExp,
  shown = pattern.source.replace(/^\^|\$$/g, ''),
): Broken =>
  value === undefined || pattern.test(value)
    ? undefined
    : broken(member, value, `Member must satisfy regular expression pattern: ${shown}`)

/** A number that must be within `min` and `max`. */
export const range = (
  member: string,
  value: number | undefined,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): Broken => {
  if (value === undefined) return undefined
  if (!(value >= min)) return broken(member, value, `Member must have value greater than or equal to ${min}`)
  if (value > max) return broken(member, value, `Member must have value less than or equal to ${max}`)
  return undefined
}

/** A value that must be one of `values`. */
export const oneOf = (
  member: string,
  value: string | number | undefined,
  values: readonly (string | number)[],
): Broken =>
  value === undefined || values.includes(value)
    ? undefined
    : broken(member, value, `Member must satisfy enum value set: [${values.join(', ')}]`)

/** Refuses a request that breaks its model, naming all that it breaks. @throws ServiceError `code` */
export const keep = (code: string, ...found: Broken[]): void => {
  const all = found.filter((one) => one !== undefined)
  if (!all.length) return
  throw new ServiceError(code, `${all.length} validation error${all.length > 1 ? 's' : ''} detected: ${all.join('; ')}`)
}
