import { LASTS } from './addresses.ts'
import { made, setText } from './found.ts'
import { nameOf, type Picture } from './pictures.ts'

/** How long to wait before a thumbnail is tried again that a fresh address does not show, in ms: longer each time. */
const [PAUSE, LONGEST_PAUSE] = [3_000, 60_000]

/** What cards need of the page. */
export interface Hands {
  /** Whether a picture is the visitor's own. */
  isOwn(picture: Picture): boolean
  /** A signed address of an object. */
  address(key: string, uploadDate: string): Promise<string>
  open(picture: Picture): void
  remove(picture: Picture): void
}

interface Card {
  element: HTMLLIElement
  image: HTMLImageElement
  picture: Picture
  signed: number
  tries: number
}

const SIDES = { public: 'Public', private: 'Private' } as const

/**
 * The list of pictures, a card each. Only what has changed is touched: a card stays the same element as long as its
 * picture is there. The address of a thumbnail is made when the card comes near the window, and made anew when it has
 * expired before the browser used it.
 */
export const createCards = (list: HTMLUListElement, hands: Hands) => {
  const cards = new Map<string, Card>()

  const sign = async (card: Card) => {
    const { thumbnailKey, uploadDate } = card.picture
    const address = await hands.address(thumbnailKey, uploadDate).catch(() => undefined)
    // Meanwhile the picture may be another one.
    if (card.picture.uploadDate !== uploadDate) return
    card.signed = performance.now()
    if (address) card.image.src = address
    else later(card)
  }
  /** Those near the window that have no address yet; the last one that came is the next one to get it. */
  const waiting: Set<Card> = new Set()
  let signing = false
  const signAll = async () => {
    if (signing) return
    signing = true
    for (let card = [...waiting].at(-1); card; card = [...waiting].at(-1)) {
      waiting.delete(card)
      near.unobserve(card.image)
      await sign(card)
      await new Promise((resolve) => setTimeout(resolve)) // whoever scrolls goes first
    }
    signing = false
  }
  const later = (card: Card) => {
    const wait = Math.min(LONGEST_PAUSE, PAUSE * 2 ** card.tries++)
    setTimeout(() => card.element.isConnected && near.observe(card.image), wait)
  }
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const key = target.closest('li')?.dataset.key
        const card = key === undefined ? undefined : cards.get(key)
        if (card?.image !== target) continue
        if (isIntersecting) waiting.add(card)
        else waiting.delete(card)
      }
      signAll()
    },
    { rootMargin: '400px' },
  )

  const create = (picture: Picture): Card => {
    const image = made('img', {
      crossOrigin: 'anonymous',
      alt: '',
      loading: 'lazy',
      decoding: 'async',
      width: 200,
      height: 200,
    })
    const open = made(
      'button',
      { type: 'button', className: 'open' },
      image,
      made('span', { className: 'title', dir: 'auto' }),
    )
    const side = made('p', { className: 'side' }, SIDES[picture.side])
    const description = made('p', { className: 'description', dir: 'auto' })
    const element = made('li', { className: `card ${picture.side}` }, made('h3', {}, open), side, description)
    element.dataset.key = picture.objectKey
    const card: Card = { element, image, picture, signed: 0, tries: 0 }
    image.onload = () => {
      card.tries = 0
    }
    image.onerror = () => {
      // An address that has expired says nothing of the thumbnail.
      if (performance.now() - card.signed > LASTS * 1000) near.observe(image)
      else later(card)
    }
    return card
  }
  const fill = (card: Card, picture: Picture, isNew: boolean) => {
    const { element, image } = card
    const other = isNew || card.picture.uploadDate !== picture.uploadDate
    card.picture = picture
    const title = element.querySelector('.title')
    const description = element.querySelector('.description')
    if (title) setText(title, nameOf(picture))
    title?.classList.toggle('untitled', picture.title.trim() === '')
    if (description) setText(description, picture.description)
    const own = hands.isOwn(picture)
    const cross = element.querySelector<HTMLButtonElement>('.delete')
    if (!own) cross?.remove()
    else if (!cross) element.append(made('button', { type: 'button', className: 'delete' }, '×'))
    const label = `Delete ${nameOf(picture)}`
    const shown = element.querySelector('.delete')
    if (shown && shown.ariaLabel !== label) shown.ariaLabel = label
    if (!other) return
    card.tries = 0
    near.unobserve(image) // what is observed already is told anew
    near.observe(image)
  }
  const drop = (card: Card) => {
    const { element, image } = card
    near.unobserve(image)
    waiting.delete(card)
    image.onerror = null
    if (element.contains(document.activeElement)) {
      const next = (element.nextElementSibling ?? element.previousElementSibling)?.querySelector<HTMLElement>('.open')
      ;(next ?? document.querySelector<HTMLElement>('#pictures-heading'))?.focus()
    }
    element.remove()
  }

  list.addEventListener('click', ({ target }) => {
    const button = (target as Element).closest('button')
    const card = cards.get(button?.closest('li')?.dataset.key ?? '')
    if (!button || !card) return
    if (button.className === 'delete') hands.remove(card.picture)
    else hands.open(card.picture)
  })

  return {
    /** Shows these pictures, in this order. @returns how many have come */
    render(pictures: Picture[]): number {
      const keys = new Set(pictures.map(({ objectKey }) => objectKey))
      for (const [key, card] of cards)
        if (!keys.has(key)) {
          cards.delete(key)
          drop(card)
        }
      let come = 0
      let at = list.firstElementChild
      for (const picture of pictures) {
        const known = cards.get(picture.objectKey)
        const card = known ?? create(picture)
        if (!known) {
          cards.set(picture.objectKey, card)
          come++
        }
        fill(card, picture, !known)
        if (card.element === at) at = at.nextElementSibling
        else list.insertBefore(card.element, at)
      }
      return come
    },
    /** The key of the picture that stands behind another one, or before it where it is the last. */
    after(objectKey: string): string | undefined {
      const element = cards.get(objectKey)?.element
      return ((element?.nextElementSibling ?? element?.previousElementSibling) as HTMLElement | null)?.dataset.key
    },
    /** Puts the focus on a picture's card. @returns whether there is one */
    focus(objectKey: string): boolean {
      const open = cards.get(objectKey)?.element.querySelector<HTMLElement>('.open')
      open?.focus()
      return open !== undefined && open !== null
    },
  }
}
