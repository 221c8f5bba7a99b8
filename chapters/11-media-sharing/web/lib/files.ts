import { type ContentKey, contentAt, fits } from '../../lib/keys.ts'
import { LARGEST, TYPES } from '../../lib/limits.ts'
import { made } from './found.ts'
import { sizeOf } from './uploads.ts'

const ENDINGS: Record<string, string> = { jpg: TYPES[0], jpeg: TYPES[0], png: TYPES[1], gif: TYPES[2] }

/** The type of a picture's file, by what the system says or else by its ending; nothing for what is no picture. */
export const typeOf = ({ name, type }: File): string | undefined => {
  if (type !== '') return TYPES.find((known) => known === type)
  return ENDINGS[name.slice(name.lastIndexOf('.') + 1).toLowerCase()]
}

/** The key of somebody's file: the same name is the same key, however the system writes its letters. */
export const keyOf = (file: File, side: ContentKey['side'], identityId: string): string =>
  contentAt({ side, identityId, name: file.name.normalize('NFC') })

/** Why a file cannot be uploaded, or nothing. */
export const faultOf = (file: File, identityId: string): string | undefined => {
  if (!typeOf(file)) return `${file.name} is neither JPEG, PNG nor GIF.`
  if (file.size === 0) return `${file.name} is empty.`
  if (file.size > LARGEST) return `${file.name} has ${sizeOf(file.size)}, more than 50 MB.`
  if (!fits(identityId, file.name.normalize('NFC'))) return `The name of ${file.name} is too long.`
  return undefined
}

/**
 * The files of an input, as a list that one can take them out of again, and that grows by what is dropped on the page.
 * What the input holds is all there is: no second list can disagree with it.
 * @param dropped is asked before dropped files are taken: whether the form takes any now
 */
export const createChosen = (input: HTMLInputElement, list: HTMLUListElement, dropped: () => boolean) => {
  let before: File[] = []
  const set = (files: File[]) => {
    const transfer = new DataTransfer()
    // Of two files with one name the later one counts: it would overwrite the other.
    for (const file of new Map(files.map((one) => [one.name.normalize('NFC'), one])).values()) transfer.items.add(file)
    input.files = transfer.files
    show()
  }
  const show = () => {
    before = [...(input.files ?? [])]
    list.replaceChildren(
      ...before.map((file) => {
        const onclick = () => {
          set(before.filter((one) => one !== file))
          input.focus()
        }
        const cross = made(
          'button',
          { type: 'button', className: 'second', ariaLabel: `Leave out ${file.name}`, onclick },
          '×',
        )
        return made('li', {}, made('span', { className: 'name' }, `${file.name}, ${sizeOf(file.size)}`), cross)
      }),
    )
  }
  input.addEventListener('change', () => {
    // Who opens the choice again and leaves it loses nothing.
    if (input.files?.length) set([...input.files])
    else set(before)
  })
  input.form?.addEventListener('reset', () => setTimeout(show))
  const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true
  const mark = (over: boolean) => document.documentElement.classList.toggle('dragging', over)
  addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault() // else the browser would leave the page and show the file
    mark(true)
  })
  addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && mark(false))
  addEventListener('drop', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    mark(false)
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length > 0 && dropped()) set([...before, ...files])
  })
  return { files: (): File[] => [...(input.files ?? [])] }
}
