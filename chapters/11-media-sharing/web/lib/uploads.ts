import type { Texts } from '../../lib/texts.ts'
import { made, setText } from './found.ts'
import { wordsOf } from './words.ts'

/** So many files are sent at the same time. */
const AT_ONCE = 3
/** When a picture has no thumbnail so long after its upload, in ms, there will be none. */
const LATE = 30_000

/** A file on its way. */
export interface Upload {
  file: File
  objectKey: string
  texts: Texts
}

/** What the list of uploads needs of the page. */
export interface Sender {
  /** Sends a file. @throws what `wordsOf` knows */
  send(upload: Upload, sent: (bytes: number) => void, signal: AbortSignal): Promise<void>
  /** `uploadDate` of the picture that is shown under a key. */
  shown(objectKey: string): string | undefined
  /** Whether it failed because the session is over: then the upload waits until somebody has logged in again. */
  waits(error: unknown): boolean
  /** Whether the lists of who uploads are shown at the moment. */
  present(): boolean
  /** Something to be read out. */
  tell(text: string): void
  /** Nothing is on its way any more. @param failed so many are still to be tried again */
  finished(failed: number): void
}

export interface Uploads {
  add(uploads: Upload[]): void
  /** Goes on with what has waited for somebody to log in. */
  resume(): void
  /** Pictures have come: those whose upload is in the list leave it. */
  seen(): void
  /** Stops everything, and forgets it. */
  clear(): void
}

interface Row extends Upload {
  element: HTMLLIElement
  state: 'queued' | 'sending' | 'waiting' | 'failed' | 'sent' | 'late'
  stop: AbortController
  before: string | undefined
  late?: ReturnType<typeof setTimeout>
}

const UNITS = ['bytes', 'KB', 'MB'] as const
/** A number of bytes for people: `1.2 MB`. */
export const sizeOf = (bytes: number): string => {
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2
  return `${(bytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${UNITS[step]}`
}

/** The list of files that are uploaded, a row with a progress bar each; at most three are on their way at a time. */
export const createUploads = (list: HTMLUListElement, sender: Sender): Uploads => {
  const rows = new Set<Row>()

  const drop = (row: Row) => {
    row.stop.abort(new DOMException('stopped', 'AbortError'))
    clearTimeout(row.late)
    rows.delete(row)
    // Who stood on a button of the row goes on with the next one, or with the form.
    if (row.element.contains(document.activeElement)) {
      const next = (row.element.nextElementSibling ?? row.element.previousElementSibling)?.querySelector('button')
      ;(next ?? document.querySelector<HTMLElement>('#mediaFile'))?.focus()
    }
    row.element.remove()
  }
  const show = (row: Row, text: string, buttons: Record<string, () => void> = {}) => {
    const state = row.element.querySelector('.state')
    if (state) setText(state, text)
    row.element.dataset.state = row.state
    const held = row.element.contains(document.activeElement)
    const shown = [...row.element.querySelectorAll('button')].map(({ textContent }) => textContent)
    if (shown.join() === Object.keys(buttons).join()) return
    const all = Object.entries(buttons).map(([label, onclick]) =>
      made('button', { type: 'button', className: 'second', onclick, ariaLabel: `${label}: ${row.file.name}` }, label),
    )
    row.element.querySelector('.buttons')?.replaceChildren(...all)
    if (held) (all[0] ?? document.querySelector<HTMLElement>('#mediaFile'))?.focus()
  }
  const progress = (row: Row, bytes: number) => {
    const bar = row.element.querySelector('progress')
    if (bar) bar.value = bytes
    const all = bytes >= row.file.size
    show(row, all ? 'Sent, waiting for the answer…' : `${sizeOf(bytes)} of ${sizeOf(row.file.size)}`, {
      Stop: () => drop(row),
    })
  }
  const failed = (row: Row, error: unknown) => {
    if (!rows.has(row)) return
    row.state = sender.waits(error) ? 'waiting' : 'failed'
    if (row.state === 'waiting') show(row, 'Waits until you have logged in again.', { Remove: () => drop(row) })
    else {
      show(row, wordsOf(error), { 'Try again': () => again(row), Remove: () => drop(row) })
      sender.tell(`${row.file.name} is not uploaded: ${wordsOf(error)}`)
    }
  }
  const done = (row: Row) => {
    row.state = 'sent'
    show(row, 'Uploaded; its thumbnail is being made…')
    sender.tell(`${row.file.name} is uploaded.`)
    wait(row)
    seen(row) // the list may have been quicker than the answer
  }
  const wait = (row: Row) => {
    row.late = setTimeout(() => {
      if (!sender.present()) return wait(row)
      row.state = 'late'
      show(row, 'Uploaded, but there is no thumbnail of it: is it a picture?', { Remove: () => drop(row) })
    }, LATE)
  }
  /** Its picture has come: the row has done its work. */
  const seen = (row: Row) => {
    const shown = row.state === 'sent' ? sender.shown(row.objectKey) : undefined
    if (shown !== undefined && shown !== row.before) drop(row)
  }
  const begin = async (row: Row) => {
    row.state = 'sending'
    row.before = sender.shown(row.objectKey)
    progress(row, 0)
    let stopped = false
    try {
      await sender.send(row, (bytes) => progress(row, bytes), row.stop.signal)
      if (rows.has(row)) done(row)
    } catch (error) {
      stopped = row.stop.signal.aborted
      failed(row, error)
    }
    fill()
    const states = [...rows].map(({ state }) => state)
    if (!stopped && !states.some((state) => ['queued', 'sending', 'waiting'].includes(state)))
      sender.finished(states.filter((state) => state === 'failed').length)
  }
  /** Lets as many go as may. */
  const fill = () => {
    for (const row of rows) {
      const sending = [...rows].filter(({ state }) => state === 'sending')
      if (sending.length >= AT_ONCE) return
      // Of two files of one name the later one is to stay, so it is sent later.
      if (row.state === 'queued' && !sending.some(({ objectKey }) => objectKey === row.objectKey)) begin(row)
    }
  }
  const again = (row: Row) => {
    row.state = 'queued'
    row.stop = new AbortController()
    show(row, 'Waits for its turn.', { Remove: () => drop(row) })
    fill()
  }

  return {
    add(uploads) {
      for (const upload of uploads) {
        const { name, size } = upload.file
        const bar = made('progress', { max: Math.max(1, size), value: 0, ariaLabel: `Upload of ${name}` })
        const parts = [made('span', { className: 'name' }, name), bar, made('span', { className: 'state' })]
        const element = made('li', {}, ...parts, made('span', { className: 'buttons' }))
        const row: Row = { ...upload, element, state: 'queued', stop: new AbortController(), before: undefined }
        // What is uploaded anew under the same name takes the place of what has failed.
        for (const other of rows) if (other.objectKey === row.objectKey && other.state !== 'sending') drop(other)
        rows.add(row)
        list.append(element)
        show(row, 'Waits for its turn.', { Remove: () => drop(row) })
      }
      fill()
    },
    resume() {
      for (const row of rows) if (row.state === 'waiting') again(row)
    },
    seen() {
      for (const row of rows) seen(row)
    },
    clear() {
      for (const row of rows) drop(row)
    },
  }
}
