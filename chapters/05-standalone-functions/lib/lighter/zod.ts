/**
 * What jimp asks of zod, in the place of all of zod (59 KB): it checks the options of a resize. Whatever else is asked of
 * it is an error at the start of the function, so nothing goes unchecked. `template.yaml` puts it there (Alias).
 */
const schema = (expected: string, fits: (value: unknown) => boolean) => ({
  fits,
  parse: <T>(value: T): T => {
    if (fits(value)) return value
    throw new TypeError(`expected ${expected}, given ${JSON.stringify(value)}`)
  },
  optional: () => schema(`${expected} or nothing`, (value) => value === undefined || fits(value)),
  min: (least: number) => schema(`${expected}, ${least} or more`, (value) => fits(value) && (value as number) >= least),
})
type Schema = ReturnType<typeof schema>

export const z = {
  number: () => schema('a number', (value) => typeof value === 'number' && !Number.isNaN(value)),
  nativeEnum: (names: Record<string, unknown>) =>
    schema(`one of ${Object.values(names).join(', ')}`, (value) => Object.values(names).includes(value)),
  instanceof: (made: new (...args: never[]) => unknown) => schema(`a ${made.name}`, (value) => value instanceof made),
  union: (several: Schema[]) => schema('one of several forms', (value) => several.some(({ fits }) => fits(value))),
  object: (fields: Record<string, Schema>) =>
    schema(`an object of ${Object.keys(fields).join(', ')}`, (value) => {
      const given = value as Record<string, unknown> | null
      return (
        typeof given === 'object' &&
        given !== null &&
        Object.keys(fields).every((name) => fields[name]?.fits(given[name]))
      )
    }),
}
