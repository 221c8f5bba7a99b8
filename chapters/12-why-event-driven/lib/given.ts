/** A number of an event, within bounds. @throws TypeError, RangeError that name the field */
export const numberOf = (value: unknown, field: string, { min = 0, max = 1e12, whole = false } = {}): number => {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new TypeError(`${field} must be a number, but is ${JSON.stringify(value) ?? 'missing'}`)
  if (value < min || value > max) throw new RangeError(`${field} must be between ${min} and ${max}, but is ${value}`)
  if (whole && !Number.isInteger(value)) throw new RangeError(`${field} must be a whole number, but is ${value}`)
  return value
}

/** A list of an event with at least one element. @throws TypeError that names the field */
export const listOf = (value: unknown, field: string, most: number): unknown[] => {
  if (!Array.isArray(value) || value.length === 0)
    throw new TypeError(`${field} must be a list, but is ${JSON.stringify(value) ?? 'missing'}`)
  if (value.length > most) throw new RangeError(`${field} must have ${most} elements at most, but has ${value.length}`)
  return value
}

/** One of some texts of an event. @throws TypeError that names the field */
export const oneOf = <T extends string>(value: unknown, field: string, texts: readonly T[]): T => {
  const found = texts.find((text) => text === value)
  if (found === undefined)
    throw new TypeError(`${field} must be ${texts.join(' or ')}, but is ${JSON.stringify(value) ?? 'missing'}`)
  return found
}

/** An element of an event that must be an object. @throws TypeError that names it */
export const objectOf = (value: unknown, field: string): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${field} must be an object, but is ${JSON.stringify(value) ?? 'missing'}`)
  return value as Record<string, unknown>
}
