import { formOf, Mend, onSubmit } from '../../07-calling-from-a-client/web/lib/form.ts'
import { show } from '../../07-calling-from-a-client/web/lib/result.ts'
import { mustBeAddress, mustHave } from '../../09-authentication-service/web/lib/checks.ts'
import { SESSION_OVER } from '../../09-authentication-service/web/lib/words.ts'
import { PUBLIC_INDEX, privateIndexOf, type Side } from '../lib/keys.ts'
import { metadataOf, type Texts } from '../lib/texts.ts'
import { addressOf, destinationOf } from './lib/addresses.ts'
import { type Backend, type Member, readBackend } from './lib/backend.ts'
import { createCards } from './lib/cards.ts'
import { closeConfirm, confirmDelete } from './lib/confirm.ts'
import { createDetail } from './lib/detail.ts'
import { createChosen, faultOf, keyOf, typeOf } from './lib/files.ts'
import { found, setText } from './lib/found.ts'
import { createGallery } from './lib/gallery.ts'
import { type IndexReader, readerOf } from './lib/indexReader.ts'
import { nameOf, type Picture } from './lib/pictures.ts'
import { send } from './lib/send.ts'
import { createUploads } from './lib/uploads.ts'
import { watch } from './lib/watch.ts'
import { isSessionOver, wordsOf } from './lib/words.ts'

const [loginForm, addForm] = [formOf('login-form'), formOf('add-picture-form')]
const heading = found('#pictures-heading')
const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
const tell = (text: string) => setText(found('#news'), text)

let known: Promise<Backend> | undefined
/** Who looks at the page: somebody who has logged in, or a guest. */
let member: Member | undefined
let readers: Map<Side, IndexReader> | undefined
/** Of whom the session has ended, and what they had not saved; the next one to log in may be somebody else. */
let left: { identityId: string; unsaved: ReturnType<typeof detail.giveUp> } | undefined
let [asked, unchanged] = [0, 0]

/** What cannot be read this time may be there the next time. */
const backend = (): Promise<Backend> => {
  known ??= readBackend().then((back) => {
    const accounts = found<HTMLAnchorElement>('#accounts')
    accounts.href = back.accounts
    accounts.hidden = false
    return back
  })
  known.catch(() => {
    known = undefined
  })
  return known
}

const client = async () => member?.s3 ?? (await guest())
let asGuest: ReturnType<Backend['guest']> | undefined
const guest = async () => {
  asGuest ??= (await backend()).guest()
  return asGuest
}
const address = async (key: string) => addressOf(await client(), (await backend()).bucket, key)
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
    looking.now()
  },
  shown: (objectKey) => gallery.find(objectKey)?.uploadDate,
  waits: isSessionOver,
  tell,
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

/** Asks for the lists of who looks at the page. */
const look = async (): Promise<void> => {
  const { bucket } = await backend()
  const who = member
  const s3 = await client()
  const isFirst = readers === undefined
  readers ??= new Map<Side, IndexReader>([
    ['public', readerOf(s3, bucket, PUBLIC_INDEX)],
    ...(who ? [['private', readerOf(s3, bucket, privateIndexOf(who.identityId))] as const] : []),
  ])
  const mine = readers
  const answers = await Promise.allSettled([...mine].map(async ([side, one]) => [side, await one.read()] as const))
  // Somebody has come or gone meanwhile: what was asked in another's name is not shown.
  if (mine !== readers) return
  asked += answers.length
  for (const answer of answers)
    if (answer.status === 'fulfilled') {
      const [side, pictures] = answer.value
      if (pictures) gallery.set(side, pictures)
      else unchanged++
    }
  setText(
    found('#asked'),
    `The lists were asked for ${plural(asked, 'time')}; ${plural(unchanged, 'time')} nothing had changed.`,
  )
  const failure = answers.find((answer) => answer.status === 'rejected')
  if (answers.some((answer) => answer.status === 'fulfilled' && answer.value[1])) {
    const come = draw()
    if (come > 0) tell(isFirst ? `${plural(come, 'picture')}.` : `${plural(come, 'new picture')}.`)
  }
  if (!failure) return
  if (isSessionOver(failure.reason)) {
    if (who) return sessionOver()
    asGuest = undefined
    readers = undefined
  }
  throw failure.reason
}

const looking = watch(look, (failure) => {
  const seconds = Math.round((failure?.wait ?? 0) / 1000)
  const text = failure && `The lists cannot be read. ${wordsOf(failure.error)} The next try is in ${seconds} seconds.`
  setText(found('#connection'), text ?? '')
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
  readers = undefined
  gallery.set('private', [])
  draw()
  loginForm.hidden = member !== undefined
  addForm.hidden = member === undefined
  found('#hint').hidden = member !== undefined
  looking.now()
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
  return member !== undefined
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

looking.now()
