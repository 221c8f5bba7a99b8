import { type Outcome, show } from './result.ts'

/** What a form's run ends with: a message, green unless it says otherwise. */
export interface Ending {
  outcome?: Outcome
  text: string
}

/** What the person at the page can mend in the form: a sentence, and the fields it speaks of. */
export class Mend extends Error {
  readonly fields: string[]

  constructor(message: string, fields: string[]) {
    super(message)
    this.fields = fields
  }
}

/** Marks the fields that are to be mended, for screen readers too, and puts the focus on the first. */
const mark = (form: HTMLFormElement, names: string[]): void => {
  const inputs = [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')]
  for (const input of inputs)
    if (names.includes(input.name)) input.setAttribute('aria-invalid', 'true')
    else input.removeAttribute('aria-invalid')
  inputs.find(({ name }) => names.includes(name))?.focus()
}

/** The form's fields by name, as they were typed. */
const fieldsOf = (form: HTMLFormElement): Record<string, string> =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))

/**
 * Runs something when a form is sent, and shows in the area `result` what came of it. While it runs the form's button is
 * disabled, so that nothing is sent twice; whoever came by keyboard finds the focus where it was.
 * @param run gets the fields; what it throws is shown red: a `Mend` as it is, all else in the words of `wordsOf`
 */
export const onSubmit = (
  form: HTMLFormElement,
  waiting: string,
  run: (fields: Record<string, string>) => Promise<Ending>,
  wordsOf: (error: unknown) => string,
): void => {
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]')
  if (!button) throw new Error('the form has no button')
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (button.disabled) return
    const focused = document.activeElement
    button.disabled = true
    form.setAttribute('aria-busy', 'true')
    mark(form, [])
    show('notice', waiting)
    try {
      const { outcome = 'success', text } = await run(fieldsOf(form))
      show(outcome, text)
    } catch (error) {
      show('failure', error instanceof Mend ? error.message : wordsOf(error))
      if (error instanceof Mend) mark(form, error.fields)
    } finally {
      button.disabled = false
      form.removeAttribute('aria-busy')
      if (focused === button && document.activeElement === document.body) button.focus()
    }
  })
}

/** A form of the page. @throws Error when it is not there */
export const formOf = (id: string): HTMLFormElement => {
  const form = document.querySelector<HTMLFormElement>(`form#${id}`)
  if (!form) throw new Error(`the page has no form ${id}`)
  return form
}
