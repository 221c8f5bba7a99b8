import { type Outcome, show } from './result.ts'

/** What a form's run ends with: a message, green unless it says otherwise. */
export interface Ending {
  outcome?: Outcome
  text: string
}

/** The form's fields by name, as they were typed. */
const fieldsOf = (form: HTMLFormElement): Record<string, string> =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))

/**
 * Runs something when a form is sent, and shows in the area `result` what came of it. While it runs the form's button is
 * disabled, so that nothing is sent twice; whoever came by keyboard finds the focus where it was.
 * @param run gets the fields; what it throws is shown red, in the words of `wordsOf`
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
    show('notice', waiting)
    try {
      const { outcome = 'success', text } = await run(fieldsOf(form))
      show(outcome, text)
    } catch (error) {
      show('failure', wordsOf(error))
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
