import type { Shown } from '../../lib/edit.ts'
import { contentKeyOf, type Side } from '../../lib/keys.ts'

/** A picture as the page shows it. */
export interface Picture extends Shown {
  side: Side
  thumbnailKey: string
  /** ISO 8601; another one for each upload under the same key. */
  uploadDate: string
  /** Name of the file, for a picture without a title. */
  name: string
}

/** What a picture is called. */
export const nameOf = ({ title, name }: Pick<Picture, 'title' | 'name'>): string => (title.trim() === '' ? name : title)

const pictureOf = (
  entry: Partial<Record<keyof Shown | 'thumbnailKey' | 'uploadDate', unknown>>,
): Picture | undefined => {
  const { objectKey, identityId, thumbnailKey, uploadDate, title, description } = entry ?? {}
  const parts = typeof objectKey === 'string' ? contentKeyOf(objectKey) : undefined
  const texts = [thumbnailKey, uploadDate, title, description].every((text) => typeof text === 'string')
  return parts && parts.identityId === identityId && texts
    ? ({ ...parts, objectKey, thumbnailKey, uploadDate, title, description } as Picture)
    : undefined
}

/** The pictures of an index, `[]` for what is none. An entry that is not one is left out. */
export const picturesIn = (json: string): Picture[] => {
  try {
    const entries: unknown = JSON.parse(json)
    return Array.isArray(entries) ? entries.map(pictureOf).filter((one) => one !== undefined) : []
  } catch {
    return []
  }
}

/** Newest first; of the same moment by key, so that the order never changes by itself. */
export const newestFirst = (pictures: Picture[]): Picture[] =>
  pictures.sort((a, b) =>
    a.uploadDate === b.uploadDate ? (a.objectKey < b.objectKey ? -1 : 1) : a.uploadDate < b.uploadDate ? 1 : -1,
  )
