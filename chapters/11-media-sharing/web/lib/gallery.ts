import type { Side } from '../../lib/keys.ts'
import type { Texts } from '../../lib/texts.ts'
import { newestFirst, type Picture } from './pictures.ts'

/** All pictures that the page shows: what the lists say, and what somebody has just done and they do not say yet. */
export interface Gallery {
  /** Takes over what a list says. */
  set(side: Side, pictures: Picture[]): void
  /** A picture was deleted or moved away: its list will say so a moment later. */
  gone(picture: Picture): void
  /** A picture has other texts now: its list will say so a moment later. */
  edited(picture: Picture, now: Texts): void
  find(objectKey: string): Picture | undefined
  all(): Picture[]
}

export const createGallery = (): Gallery => {
  const lists: Record<Side, Picture[]> = { public: [], private: [] }
  const leaving = new Map<string, string>() // objectKey → uploadDate of what is gone
  const texts = new Map<string, { before: Texts; now: Texts }>()
  const shownNow = (picture: Picture): Picture => {
    const edit = texts.get(picture.objectKey)
    return edit ? { ...picture, ...edit.now } : picture
  }
  const all = () =>
    newestFirst(
      [...lists.public, ...lists.private]
        .filter(({ objectKey, uploadDate }) => leaving.get(objectKey) !== uploadDate)
        .map(shownNow),
    )
  return {
    set(side, pictures) {
      lists[side] = pictures
      const listed = new Map([...lists.public, ...lists.private].map((one) => [one.objectKey, one]))
      for (const [key, uploadDate] of leaving) if (listed.get(key)?.uploadDate !== uploadDate) leaving.delete(key)
      for (const [key, { before }] of texts) {
        const one = listed.get(key)
        if (one?.title !== before.title || one.description !== before.description) texts.delete(key)
      }
    },
    gone({ objectKey, uploadDate }) {
      leaving.set(objectKey, uploadDate)
    },
    edited({ objectKey }, now) {
      const listed = [...lists.public, ...lists.private].find((one) => one.objectKey === objectKey)
      if (!listed) return
      const before = { title: listed.title, description: listed.description }
      texts.set(objectKey, { before, now })
    },
    find: (objectKey) => all().find((one) => one.objectKey === objectKey),
    all,
  }
}
