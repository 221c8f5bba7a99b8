import type { S3Client } from '@aws-sdk/client-s3'
import { PUBLIC_INDEX, privateIndexOf, type Side } from '../../lib/keys.ts'
import type { Backend, Member } from './backend.ts'
import { found, setText } from './found.ts'
import { type IndexReader, readerOf } from './indexReader.ts'
import type { Picture } from './pictures.ts'
import { watch } from './watch.ts'
import { isSessionOver, wordsOf } from './words.ts'

/** What following the lists needs of the page. */
export interface ListHands {
  backend(): Promise<Backend>
  /** Who has logged in, if anybody has. */
  member(): Member | undefined
  /** A list has changed. */
  changed(side: Side, pictures: Picture[]): void
  /** All that has changed is known. @param isFirst for the first time since this person looks */
  draw(isFirst: boolean): void
  /** The member's credentials have ended. */
  over(): void
}

export interface Lists {
  /** S3 with the credentials of whoever looks at the page. */
  client(): Promise<S3Client>
  /** Asks at once. */
  now(): void
  /** Somebody else looks at the page: everything is asked for anew, in their name. */
  restart(): void
}

const times = (count: number) => `${count} time${count === 1 ? '' : 's'}`

/** Follows the list of everybody's pictures and, for who has logged in, that of their own private ones. */
export const followLists = ({ backend, member, changed, draw, over }: ListHands): Lists => {
  let readers: Map<Side, IndexReader> | undefined
  let guest: S3Client | undefined
  let [asked, unchanged] = [0, 0]

  const client = async (): Promise<S3Client> => {
    const back = await backend()
    guest ??= back.guest()
    return member()?.s3 ?? guest
  }
  /** @param isSecond as a new guest, after the credentials of the one before have ended */
  const look = async (isSecond = false): Promise<void> => {
    const { bucket } = await backend()
    const who = member()
    const s3 = await client()
    if (who !== member()) return
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
    let news = false
    for (const answer of answers)
      if (answer.status === 'fulfilled') {
        const [side, pictures] = answer.value
        if (pictures) changed(side, pictures)
        else unchanged++
        news ||= pictures !== undefined
      }
    setText(found('#asked'), `The lists were asked for ${times(asked)}; ${times(unchanged)} nothing had changed.`)
    if (news) draw(isFirst)
    const failure = answers.find((answer) => answer.status === 'rejected')
    if (!failure) return
    if (!isSessionOver(failure.reason)) throw failure.reason
    if (who) return over()
    guest = undefined
    readers = undefined
    if (isSecond) throw failure.reason
    return look(true)
  }
  const watching = watch(
    () => look(),
    (failure) => {
      const seconds = Math.round((failure?.wait ?? 0) / 1000)
      const words = failure && `The lists cannot be read. ${wordsOf(failure.error)} Next try in ${seconds} seconds.`
      setText(found('#connection'), words ?? '')
    },
  )
  return {
    client,
    now: watching.now,
    restart() {
      readers = undefined
      watching.now()
    },
  }
}
