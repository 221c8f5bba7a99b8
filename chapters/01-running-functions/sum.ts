interface Numbers {
  value1: number
  value2: number
}

/** A field of the event as a finite number; anything else, `"10"` too, is an error that names the field. */
const number = (event: Partial<Numbers> | null, field: keyof Numbers): number => {
  const value: unknown = event?.[field]
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new TypeError(`${field} must be a number, but is ${JSON.stringify(value) ?? 'missing'}`)
  return value
}

/**
 * Adds two numbers. Chapter 1.
 * @returns `30` for `{ "value1": 10, "value2": 20 }`.
 * @throws TypeError when a value is no number: without the check `"10"` and `"20"` would be joined to `"1020"`.
 * @throws RangeError when the sum is too large for a number: JSON has no infinity.
 */
export const handler = async (event: Partial<Numbers> | null): Promise<number> => {
  const sum = number(event, 'value1') + number(event, 'value2')
  if (!Number.isFinite(sum)) throw new RangeError('the sum of value1 and value2 is too large')
  return sum
}
