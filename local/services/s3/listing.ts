/** One page of a list: what it holds, in order, and where the next one begins. */
export interface Page<Item> {
  items: Item[]
  /** Beginnings that several keys share, each counting as one. */
  prefixes: string[]
  /** The key from which the next page goes on, itself included; missing on the last page. */
  next?: string
  /** The last key or shared beginning of this page. */
  last?: string
}

export interface Ask {
  prefix: string
  delimiter: string
  /** Keys from here on, itself included. */
  start: string
  /** Items and shared beginnings together, at most. */
  most: number
}

/**
 * The smallest text after all that begin with `prefix`, in the order of code points, which is that of UTF-8 bytes;
 * nothing when there is none.
 */
export const after = (prefix: string): string | undefined => {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number)
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
  }
  return undefined
}

/** The smallest text after `text`. */
export const following = (text: string): string => `${text}\0`

/** Whether `a` comes after `b` in the order of their UTF-8. */
const isAfter = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0

/** What a key and all others with the same beginning are shown as, up to the first delimiter after the prefix. */
export const sharedPrefix = (key: string, prefix: string, delimiter: string): string | undefined => {
  if (delimiter === '') return undefined
  const at = key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}

/**
 * A page of a list as S3 makes them. `from` gives items with keys from `start` on and before `end`, in the order of the
 * keys' UTF-8; items behind a shared beginning are never read.
 */
export const pageOf = <Item extends { key: string }>(
  from: (start: string, end: string | undefined) => Iterable<Item>,
  { prefix, delimiter, start, most }: Ask,
): Page<Item> => {
  const page: Page<Item> = { items: [], prefixes: [] }
  if (most === 0) return page
  const end = after(prefix)
  let at: string | undefined = isAfter(start, prefix) ? start : prefix
  while (at !== undefined) {
    const shared: string | undefined = fill(page, from(at, end), prefix, delimiter, most)
    at = shared === undefined ? undefined : after(shared)
  }
  return page
}

/** Adds items until the page is full, until they end, or until a shared beginning, which it gives back. */
const fill = <Item extends { key: string }>(
  page: Page<Item>,
  items: Iterable<Item>,
  prefix: string,
  delimiter: string,
  most: number,
): string | undefined => {
  for (const item of items) {
    if (page.items.length + page.prefixes.length === most) {
      page.next = item.key
      return undefined
    }
    const shared = sharedPrefix(item.key, prefix, delimiter)
    page.last = shared ?? item.key
    if (shared !== undefined) {
      page.prefixes.push(shared)
      return shared
    }
    page.items.push(item)
  }
  return undefined
}
