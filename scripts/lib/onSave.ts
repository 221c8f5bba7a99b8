import { readFileSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Editors write in several steps: how long to wait until they are done, in ms. */
const QUIET = 100

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // between an editor's removing and renaming
  }
}

/**
 * Runs `saved` whenever a file was saved with another text, one run after the other, never two at a time; what is saved
 * during a run causes one more. The folder is watched, as many editors put a new file in place of the old one.
 * @param failed hears what `saved` threw
 * @returns ends the watching
 */
export const onSave = (file: string, saved: () => Promise<void>, failed: (error: unknown) => void): (() => void) => {
  let text = textOf(file)
  let wait: NodeJS.Timeout | undefined
  let turn = Promise.resolve()
  const look = async () => {
    const now = textOf(file)
    if (now === undefined || now === text) return
    text = now
    await saved()
  }
  const watcher = watch(dirname(file), (_, name) => {
    if (name !== null && name !== basename(file)) return
    clearTimeout(wait)
    wait = setTimeout(() => {
      turn = turn.then(look).catch(failed)
    }, QUIET)
  })
  return () => {
    clearTimeout(wait)
    watcher.close()
  }
}
