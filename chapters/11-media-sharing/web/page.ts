import { formOf, Mend, onSubmit } from '../../07-calling-from-a-client/web/lib/form.ts'
import { show } from '../../07-calling-from-a-client/web/lib/result.ts'
import { mustBeAddress, mustHave } from '../../09-authentication-service/web/lib/checks.ts'
import { SESSION_OVER } from '../../09-authentication-service/web/lib/words.ts'
import { metadataOf, type Texts } from '../lib/texts.ts'
import { addressOf, destinationOf } from './lib/addresses.ts'
import { type Backend, type Member, readBackend } from './lib/backend.ts'
import { createCards } from './lib/cards.ts'
import { closeConfirm, confirmDelete } from './lib/confirm.ts'
import { createDetail } from './lib/detail.ts'
import { createChosen, faultOf, keyOf, typeOf } from './lib/files.ts'
import { found, setText } from './lib/found.ts'
import { createGallery } from './lib/gallery.ts'
import { followLists } from './lib/lists.ts'
import { nameOf, type Picture } from './lib/pictures.ts'
import { send } from './lib/send.ts'
import { createUploads } from './lib/uploads.ts'
import { isSessionOver, wordsOf } from './lib/words.ts'

const [loginForm, addForm] = [formOf('login-form'), formOf('add-picture-form')]
const heading = found('#pictures-heading')
const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
const tell = (text: string) => {
  found('#news').textContent = text // set anew, so that it is read out when it is the same again
}

let known: Promise<Backend> | undefined
/** Who looks at the page: somebody who has logged in, or a guest. */
let member: Member | undefined
/** Of whom the session has ended, and what they had not saved; the next one to log in may be somebody else. */
let left: { identityId: string; unsaved: ReturnType<typeof detail.giveUp> } | undefined

/** What cannot be read this time may be there the next time. */
const backend = (): Promise<Backend> => {
  known ??= readBackend().then((back) => {
    const accounts = found<HTMLAnchorElement>('#accounts')
    accounts.href = back.accounts
    accounts.parentElement?.removeAttribute('hidden')
    return back
  })
  known.catch(() => {
    known = undefined
  })
  return known
}

const address = async (key: string, uploadDate: string) =>
  addressOf(await lists.client(), (await backend()).bucket, key, uploadDate)
const isOwn = ({ identityId }: Picture) => identityId === member?.identityId

const gallery = createGallery()

const edit = async (picture: Picture, now: Texts) => {
  await during((who) => who.edit(picture, now))
  gallery.edited(picture, now)
  draw()
  tell('The changes are saved.')
}
const move = async (picture: Picture) => {
  const toPublic = picture.side === 'private'
  await during((who) => who.move(picture.objectKey, toPublic))
  gallery.gone(picture)
  draw()
  tell(`${nameOf(picture)} is ${toPublic ? 'public' : 'private'} now: it comes back in a moment.`)
}
const remove = async (picture: Picture): Promise<boolean> => {
  const deleted = await confirmDelete(nameOf(picture), () => during((who) => who.remove(picture.objectKey)))
  if (!deleted) return false
  const next = cards.after(picture.objectKey)
  gallery.gone(picture)
  draw()
  if (next === undefined || !cards.focus(next)) heading.focus()
  tell(`${nameOf(picture)} is deleted.`)
  return true
}

const cards = createCards(found('#pictures'), { isOwn, address, open: (picture) => detail.open(picture), remove })
const detail = createDetail({
  ...{ isOwn, address, edit, move, remove },
  closed({ objectKey }) {
    if (!cards.focus(objectKey)) heading.focus()
  },
})
const uploads = createUploads(found('#uploads'), {
  async send({ file, objectKey, texts }, sent, signal) {
    const { bucket } = await backend()
    await during(async ({ s3 }) => {
      const destination = await destinationOf(s3, bucket, objectKey, { type: typeOf(file) ?? '', texts })
      await send(file, destination, sent, signal)
    })
    lists.now()
  },
  shown: (objectKey) => gallery.find(objectKey)?.uploadDate,
  waits: isSessionOver,
  present: () => member !== undefined,
  tell,
  finished(failed) {
    if (!member) return
    if (failed === 0) show('success', 'Everything is uploaded.')
    else show('failure', `${plural(failed, 'picture')} could not be uploaded: see why below.`)
  },
})

/** Does something as who has logged in. @throws what went wrong; an ended session is noted before */
const during = async (work: (who: Member) => Promise<void>): Promise<void> => {
  const who = member
  try {
    if (!who) throw new Error(SESSION_OVER)
    await work(who)
  } catch (error) {
    if (isSessionOver(error) && who === member) sessionOver()
    throw error
  }
}

const draw = (): number => {
  const pictures = gallery.all()
  const come = cards.render(pictures)
  found('#empty').hidden = pictures.length > 0
  uploads.seen()
  return come
}

const lists = followLists({
  backend,
  member: () => member,
  changed: gallery.set,
  draw(isFirst) {
    const come = draw()
    if (come > 0) tell(plural(come, isFirst ? 'picture' : 'new picture'))
  },
  over: () => sessionOver(),
})

const showEnd = (ends: Date) => {
  const time = found<HTMLTimeElement>('#add-picture-form time')
  time.dateTime = ends.toISOString()
  time.textContent = ends.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
}

/** Shows the page to somebody else: private pictures go, and what was read in their name. */
const change = (next: Member | undefined) => {
  member?.end()
  member = next
  tell('')
  gallery.set('private', [])
  draw()
  loginForm.hidden = member !== undefined
  addForm.hidden = member === undefined
  found('#hint').hidden = member !== undefined
  lists.restart()
}

const sessionOver = () => {
  if (!member) return
  closeConfirm()
  left = { identityId: member.identityId, unsaved: detail.giveUp() }
  change(undefined)
  show('failure', SESSION_OVER)
  found('#password').focus()
}

onSubmit(
  loginForm,
  'Logging in…',
  async (fields) => {
    mustHave(fields, { email: 'Email', password: 'Password' })
    mustBeAddress(fields, 'email')
    const { email = '', password = '' } = fields
    const begun = await (await backend()).logIn(email, password, (over) => {
      if (over) sessionOver()
      else if (member) showEnd(member.ends())
    })
    if (typeof begun === 'string') return { outcome: 'failure', text: `You are not logged in. ${begun}` }
    const same = left?.identityId === begun.identityId
    if (!same) forget()
    found<HTMLInputElement>('#password').value = ''
    setText(found('#who'), email)
    showEnd(begun.ends())
    change(begun)
    found('#mediaFile').focus()
    if (left?.unsaved) detail.open(left.unsaved.picture, left.unsaved.draft)
    left = undefined
    uploads.resume()
    return { text: 'You have logged in.' }
  },
  (error) => `You are not logged in. ${wordsOf(error)}`,
)

/** Nothing of what somebody has typed and chosen is left. */
const forget = () => {
  left = undefined
  uploads.clear()
  addForm.reset()
}

found('#logout').addEventListener('click', () => {
  forget()
  loginForm.reset()
  change(undefined)
  show('notice', 'You have logged out.')
  found('#email').focus()
})

const chosen = createChosen(found('#mediaFile'), found('#chosen'), () => {
  if (!member) show('failure', 'Please log in before you add pictures.')
  return member !== undefined && !document.querySelector('dialog[open]')
})

onSubmit(
  addForm,
  'Looking at the pictures…',
  async (fields) => {
    if (!member) throw new Error(SESSION_OVER)
    const { identityId } = member
    const files = chosen.files()
    mustHave(
      { ...fields, mediaFile: files.length > 0 ? 'chosen' : '' },
      { mediaFile: 'Pictures', description: 'Description' },
    )
    const faults = files.map((file) => faultOf(file, identityId)).filter((fault) => fault !== undefined)
    if (faults.length > 0) throw new Mend(faults.join(' '), ['mediaFile'])
    const { title = '', description = '', 'is-public': isPublic } = fields
    const texts = { title: title.toWellFormed(), description: description.toWellFormed() }
    try {
      metadataOf(texts)
    } catch (error) {
      throw new Mend(wordsOf(error), ['title', 'description'])
    }
    const side = isPublic ? 'public' : 'private'
    uploads.add(files.map((file) => ({ file, texts, objectKey: keyOf(file, side, identityId) })))
    addForm.reset()
    return { outcome: 'notice', text: `${plural(files.length, 'picture')} on the way.` }
  },
  (error) => `Nothing is uploaded. ${wordsOf(error)}`,
)

lists.now()
