import { jsonMatcher } from './jsonPatterns.ts'
import { invalid } from './names.ts'

/** Whether a message fits a filter pattern. */
export type Matcher = (message: string) => boolean

/** One term of a pattern: `?optional`, `-excluded` or wanted; a word, or a phrase between quotation marks. */
const TERM = /\s*([?-]?)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/y

/**
 * Reads a filter pattern for unstructured events (all terms must be there, `-` excludes, of several `?` terms one must be
 * there; upper and lower case differ) or for JSON events (`{ $.level = "ERROR" }`), as in "Filter pattern syntax" of the
 * CloudWatch Logs user guide. `?` terms beside others are ignored, as there. Left out, and refused: regular expressions
 * (`%…%`) and patterns for space-delimited events (`[…]`).
 * @throws ServiceError `InvalidParameterException`
 */
export const matcher = (pattern: string): Matcher => {
  const text = pattern.trim()
  if (text.startsWith('{')) return jsonMatcher(text)
  if (text.startsWith('['))
    throw invalid('Invalid filter pattern: the local cloud has no patterns for space-delimited events.')
  const terms: Record<'' | '?' | '-', string[]> = { '': [], '?': [], '-': [] }
  for (let at = 0; at < text.length; at = TERM.lastIndex) {
    TERM.lastIndex = at
    const [, kind = '', phrase, word = ''] = TERM.exec(text) ?? []
    if (TERM.lastIndex === 0) throw invalid('Invalid filter pattern')
    if (word.startsWith('%')) throw invalid('Invalid filter pattern: the local cloud has no regular expressions.')
    if (phrase === undefined && !/^[\p{L}\p{N}_]+$/u.test(word)) throw invalid(`Invalid character(s) in term '${word}'`)
    terms[kind as '' | '?' | '-'].push(phrase?.replace(/\\(.)/g, '$1') ?? word)
  }
  const alone = terms[''].length + terms['-'].length === 0
  return (message) =>
    terms[''].every((term) => message.includes(term)) &&
    !terms['-'].some((term) => message.includes(term)) &&
    (!alone || !terms['?'].length || terms['?'].some((term) => message.includes(term)))
}
