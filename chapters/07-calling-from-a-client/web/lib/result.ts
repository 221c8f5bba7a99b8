/** How a message looks: green, red, or plain. */
export type Outcome = 'success' | 'failure' | 'notice'

/**
 * Shows a message in the page's area `result`, which screen readers read out. It is set as text, never as HTML: it may
 * hold what a stranger wrote.
 */
export const show = (outcome: Outcome, text: string): void => {
  const area = document.querySelector('#result')
  if (!area) throw new Error('the page has no area called result')
  area.className = outcome
  area.textContent = text
}
