import { createHash } from 'node:crypto'

/**
 * A part of what takes long, the same one each time, that changes little when some come and go; all of it in
 * `npm run test:full`.
 * @param name of what is sampled
 * @param keyOf tells them apart
 */
export const sampleOf = <T>(all: readonly T[], most: number, name: string, keyOf: (one: T) => string): T[] => {
  if (process.env.TEST_FULL === '1') return [...all]
  const rank = (one: T) =>
    createHash('sha256')
      .update(`${name} ${keyOf(one)}`)
      .digest('hex')
  return all.toSorted((a, b) => rank(a).localeCompare(rank(b))).slice(0, most)
}
