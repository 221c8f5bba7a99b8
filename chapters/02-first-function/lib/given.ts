/**
 * A text field of an event as it was given, or `undefined` when it is absent, empty or blank: all three mean "not given".
 * @throws TypeError when the field holds something else than text.
 */
export const given = (event: Record<string, unknown> | null, field: string): string | undefined => {
  const value = event?.[field] ?? ''
  if (typeof value !== 'string') throw new TypeError(`${field} must be a string, but is ${JSON.stringify(value)}`)
  return value.trim() === '' ? undefined : value
}
