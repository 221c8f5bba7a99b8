import type { Ground } from '../base/ground.ts'

/** The bucket of a destination; undefined where it is another resource. */
export const bucketOf = (arn: string): string | undefined => /^arn:aws:s3:::([^/]+)$/.exec(arn)?.[1]

/** The key of a record of what failed now (Lambda developer guide): `<prefix>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>`. */
export const failureKey = ({ clock, ids }: Pick<Ground, 'clock' | 'ids'>, prefix: string): string => {
  const now = new Date(clock.now()).toISOString()
  return `${prefix}/${now.slice(0, 10).replaceAll('-', '/')}/${now.slice(0, 19).replaceAll(':', '.')}-${ids.uuid()}`
}
