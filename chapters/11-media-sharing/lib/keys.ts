/** Who may see a picture: everybody, or its owner. The first part of its key says which, and nothing else does. */
export type Side = 'public' | 'private'

/** A picture's key, taken apart: `<side>/content/<identityId>/<name>`. */
export interface ContentKey {
  side: Side
  /** ID of the owner's identity in the pool, `us-east-1:…`. */
  identityId: string
  /** The rest of the key; it may hold slashes. */
  name: string
}

const CONTENT = /^(public|private)\/content\/([^/]+)\/(.+)$/s

/** No browser can ask for an address with such a part: it takes `a/../b` for `b` before it asks. */
const DOTS = /(^|\/)\.{1,2}(\/|$)/
/** The longest key of an object, in bytes of UTF-8. */
const LONGEST = 1024

/** Whether each key that is made for a picture is one that S3 takes; that of a private thumbnail is the longest. */
export const fits = (identityId: string, name: string): boolean =>
  new TextEncoder().encode(thumbnailAt({ side: 'private', identityId, name })).length <= LONGEST

/**
 * Takes the (decoded) key of a picture apart; undefined for a key that is none: of another form, too long for the keys of
 * its thumbnail and of the other side, or with `.` or `..` between its slashes.
 */
export const contentKeyOf = (key: string): ContentKey | undefined => {
  const [, side, identityId, name] = CONTENT.exec(key) ?? []
  if (!side || !identityId || !name || DOTS.test(name) || !fits(identityId, name)) return undefined
  return { side: side as Side, identityId, name }
}

/** Where a picture lies. */
export const contentAt = ({ side, identityId, name }: ContentKey): string => `${side}/content/${identityId}/${name}`

/** Where the thumbnail of a picture lies: never under `content/`, which would call the function again. */
export const thumbnailAt = ({ side, identityId, name }: ContentKey): string => `${side}/thumbnail/${identityId}/${name}`

/** Where the list of everybody's pictures lies. */
export const PUBLIC_INDEX = 'public/index/content.json'

/** Where the list of somebody's private pictures lies. */
export const privateIndexOf = (identityId: string): string => `private/index/${identityId}/content.json`
