import { Mend } from '../../../07-calling-from-a-client/web/lib/form.ts'

/** How many characters a password has, as the service wants it. */
const [LEAST, MOST] = [8, 256]

/** @param labels the fields that must be filled in, by name, as the page calls them. @throws Mend that names the others */
export const mustHave = (fields: Record<string, string>, labels: Record<string, string>): void => {
  const missing = Object.keys(labels).filter((name) => (fields[name] ?? '').trim() === '')
  if (missing.length === 0) return
  throw new Mend(`Please fill in: ${missing.map((name) => labels[name]).join(', ')}.`, missing)
}

/** Whether an address can be one at all: the service looks closer. @throws Mend */
export const mustBeAddress = (fields: Record<string, string>, name: string): void => {
  if (!/^\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*$/.test(fields[name] ?? ''))
    throw new Mend('This is not an e-mail address. One looks like name@example.com.', [name])
}

/** A new password and its repetition. @throws Mend when they differ, or are too short or too long */
export const mustBePassword = (fields: Record<string, string>, name: string, again: string): void => {
  if (fields[name] !== fields[again]) throw new Mend('The two passwords differ. Please type them again.', [name, again])
  const { length } = [...(fields[name] ?? '')]
  if (length < LEAST) throw new Mend(`The password must have at least ${LEAST} characters.`, [name])
  if (length > MOST) throw new Mend(`The password must have at most ${MOST} characters.`, [name])
}
