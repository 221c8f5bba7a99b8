import { found, setText } from './found.ts'
import { wordsOf } from './words.ts'

const dialog = () => found<HTMLDialogElement>('#confirm')

/**
 * Asks before a picture is deleted, and deletes it; a failure is shown, and it can be tried again.
 * @returns whether it was deleted
 */
export const confirmDelete = (name: string, remove: () => Promise<void>): Promise<boolean> => {
  const [yes, no] = [found<HTMLButtonElement>('#confirm-yes'), found<HTMLButtonElement>('#confirm-no')]
  const status = found('#confirm-status')
  setText(found('#confirm-heading'), `Delete “${name}”?`)
  setText(status, '')
  dialog().showModal()
  no.focus()
  return new Promise((resolve) => {
    let deleted = false
    no.onclick = () => dialog().close()
    yes.onclick = async () => {
      if (yes.ariaBusy === 'true') return
      yes.ariaBusy = 'true'
      status.className = ''
      setText(status, 'Deleting…')
      try {
        await remove()
        deleted = true
        dialog().close()
      } catch (error) {
        status.className = 'failure'
        setText(status, `The picture is not deleted. ${wordsOf(error)}`)
      } finally {
        yes.ariaBusy = 'false'
      }
    }
    dialog().onclose = () => {
      setText(found('#confirm-heading'), '')
      resolve(deleted)
    }
  })
}

/** Goes away without an answer. */
export const closeConfirm = (): void => dialog().close()
