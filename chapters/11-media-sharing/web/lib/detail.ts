import { metadataOf, type Texts } from '../../lib/texts.ts'
import { LASTS } from './addresses.ts'
import { found, setText } from './found.ts'
import { nameOf, type Picture } from './pictures.ts'
import { wordsOf } from './words.ts'

/** What the dialog needs of the page. */
export interface DetailHands {
  isOwn(picture: Picture): boolean
  address(key: string, uploadDate: string): Promise<string>
  edit(picture: Picture, now: Texts): Promise<void>
  move(picture: Picture): Promise<void>
  /** Asks, and deletes. @returns whether it is deleted */
  remove(picture: Picture): Promise<boolean>
  /** The dialog is closed: the focus goes where the picture is. */
  closed(picture: Picture): void
}

/** The dialog of one picture: large, with its texts, and for its owner with what can be done. */
export const createDetail = (hands: DetailHands) => {
  const dialog = found<HTMLDialogElement>('#detail')
  const form = found<HTMLFormElement>('#detail-form')
  const [title, text] = [found<HTMLInputElement>('#detail-title'), found<HTMLTextAreaElement>('#detail-text')]
  const status = found('#detail-status')
  const image = found<HTMLImageElement>('#detail-picture')
  const move = found<HTMLButtonElement>('#detail-move')
  let shown: Picture | undefined
  /** What stood in the fields at first: a field leaves out line breaks that a title may have. */
  let first: Texts = { title: '', description: '' }
  let busy = false
  let signed = 0

  const say = (words: string, outcome = '') => {
    status.className = outcome
    setText(status, words)
  }
  const typed = (): Texts => ({ title: title.value.toWellFormed(), description: text.value.toWellFormed() })
  const changed = () => {
    const now = typed()
    return shown !== undefined && (now.title !== first.title || now.description !== first.description)
  }
  /** Nothing of the picture stays on the page: it may be private. */
  const clear = () => {
    shown = undefined
    image.removeAttribute('src')
    image.alt = ''
    title.defaultValue = text.defaultValue = ''
    form.reset()
    for (const part of ['#detail-heading', '#detail-description', '#detail-status']) setText(found(part), '')
  }
  const showPicture = async (picture: Picture) => {
    const address = await hands.address(picture.objectKey, picture.uploadDate).catch(() => undefined)
    if (shown?.objectKey !== picture.objectKey) return
    signed = performance.now()
    if (address) image.src = address
    else say('The picture cannot be shown: it has no address.', 'failure')
  }
  image.onerror = () => {
    if (!shown || !image.hasAttribute('src')) return
    // A minute has gone by since the address was made: it opens nothing any more.
    if (performance.now() - signed > LASTS * 1000) showPicture(shown)
    else say('The picture cannot be shown.', 'failure')
  }

  /** Does one thing at a time; what goes wrong is said in the dialog, which stays. @returns whether it went well */
  const during = async (waiting: string, wrong: string, work: () => Promise<void>): Promise<boolean> => {
    if (busy) return false
    busy = true
    form.ariaBusy = 'true'
    say(waiting)
    try {
      await work()
      say('')
      return true
    } catch (error) {
      say(`${wrong} ${wordsOf(error)}`, 'failure')
      return false
    } finally {
      busy = false
      form.ariaBusy = 'false'
    }
  }
  const save = async (picture: Picture) => {
    if (!changed()) return
    const now = typed()
    metadataOf(now) // what does not fit there could never be moved to the other side
    await hands.edit(picture, now)
    first = now
  }
  /** Closes the dialog once what was typed is saved. */
  const leave = async () => {
    const picture = shown
    if (!picture) return dialog.close()
    if (await during('Saving…', 'The changes are not saved.', () => save(picture))) dialog.close()
  }
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    leave()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    leave()
  })
  form.addEventListener('reset', () => say(changed() ? 'As it was before.' : ''))
  dialog.addEventListener('close', () => {
    const picture = shown
    if (!picture) return
    // A browser lets nobody hold a dialog open against a second Escape; what was typed is not given up for that.
    if (changed()) {
      dialog.showModal()
      leave()
      return
    }
    clear()
    hands.closed(picture)
  })
  move.addEventListener('click', async () => {
    const picture = shown
    if (!picture) return
    const moved = await during('Moving…', 'The picture stays where it is.', async () => {
      await save(picture)
      await hands.move(picture)
    })
    if (moved) dialog.close()
  })
  found('#detail-delete').addEventListener('click', async () => {
    const picture = shown
    if (!picture || busy || !(await hands.remove(picture))) return
    form.reset()
    dialog.close()
  })

  return {
    /** @param draft what was typed before, and not saved yet */
    open(picture: Picture, draft?: Texts): void {
      shown = picture
      const own = hands.isOwn(picture)
      const side = picture.side === 'public' ? '(Public)' : '(Private)'
      setText(found('#detail-heading'), `${nameOf(picture)} ${side}`)
      setText(found('#detail-description'), picture.description)
      found('#detail-description').hidden = own
      found('#detail-fields').hidden = !own
      found('#detail-own').hidden = !own
      title.defaultValue = picture.title
      text.defaultValue = picture.description
      form.reset()
      first = typed()
      if (draft) [title.value, text.value] = [draft.title, draft.description]
      setText(move, picture.side === 'public' ? 'Make private' : 'Make public')
      image.alt = nameOf(picture)
      say('')
      dialog.showModal()
      found(own ? '#detail-title' : '#detail-heading').focus()
      showPicture(picture)
    },
    /** Closes the dialog because the session is over. @returns what was typed in it and is not saved */
    giveUp(): { picture: Picture; draft: Texts } | undefined {
      const kept = shown && changed() ? { picture: shown, draft: typed() } : undefined
      clear()
      dialog.close()
      return kept
    },
  }
}
