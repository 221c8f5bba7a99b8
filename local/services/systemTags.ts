/**
 * Tags that AWS itself hangs on a resource: `aws:cloudformation:stack-name` and its kin. Nobody else sets, changes or
 * removes them, and they count for no quota ("Tagging your AWS resources", limits and requirements).
 */
export type Tags = Readonly<Record<string, string>>

export const isSystemTag = (key: string): boolean => /^aws:/i.test(key)

const only = (tags: Tags, system: boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => isSystemTag(key) === system))

/** Those that a caller has given. */
export const ownTags = (tags: Tags = {}): Record<string, string> => only(tags, false)

/** Those that AWS has given. */
export const systemTags = (tags: Tags = {}): Record<string, string> => only(tags, true)
