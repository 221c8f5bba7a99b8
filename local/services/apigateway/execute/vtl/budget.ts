import { TemplateError } from './nodes.ts'

/** What one evaluation of a template may use: counted, so that the same template always ends at the same place. */
export interface Budget {
  /** Counts steps. */
  spend(steps: number): void
  /** Counts the characters of a text that came to be, and gives it back. */
  text(made: string): string
  /** Refuses what lies deeper than values may. */
  level(depth: number): void
  /** Refuses a list or map of more elements. */
  size(elements: number): void
}

const MOST_STEPS = 2_000_000
/** All texts that one evaluation makes: a body of 10 MB, a few times. */
const MOST_CHARACTERS = 64 * 1024 * 1024
const MOST_ELEMENTS = 1_000_000
const DEEPEST = 600

export const createBudget = (): Budget => {
  let steps = 0
  let characters = 0
  return {
    spend(used) {
      steps += used
      if (steps > MOST_STEPS) throw new TemplateError('The template takes too many steps')
    },
    text(made) {
      characters += made.length
      if (characters > MOST_CHARACTERS) throw new TemplateError('The template makes too much text')
      return made
    },
    level(depth) {
      if (depth > DEEPEST) throw new TemplateError('A value of the template has too many levels')
    },
    size(elements) {
      if (elements > MOST_ELEMENTS) throw new TemplateError('A list of the template has too many elements')
    },
  }
}
