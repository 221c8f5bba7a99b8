import { type Context, createContext, Script } from 'node:vm'
import { TemplateError } from './nodes.ts'

/** Milliseconds that one search may take: a pattern that goes back and forth would stop the whole cloud. */
const LONGEST = 500

const SCRIPTS = {
  test: 'pattern.test(text)',
  replace: 'text.replace(pattern, replacement)',
  places: 'Array.from(text.matchAll(pattern), (match) => [match.index, match[0].length])',
}
/** Made when it is first needed: few templates search for what may take long. */
let made: { sandbox: Context; scripts: Map<string, Script> } | undefined

/** Characters that one replacement may bring. */
const MOST = 16 * 1024 * 1024

const compile = (pattern: string, flags: string): RegExp => {
  try {
    return new RegExp(pattern.replace(/^\(\?([is]+)\)/, ''), `${flags}${/^\(\?([is]+)\)/.exec(pattern)?.[1] ?? ''}`)
  } catch {
    throw new TemplateError(`Not a regular expression: ${pattern}`)
  }
}

const within = <T>(script: keyof typeof SCRIPTS, values: Record<string, unknown>): T => {
  made ??= {
    sandbox: createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } }),
    scripts: new Map(Object.entries(SCRIPTS).map(([name, code]) => [name, new Script(code)])),
  }
  const { sandbox, scripts } = made
  Object.assign(sandbox, values)
  try {
    return scripts.get(script)?.runInContext(sandbox, { timeout: LONGEST }) as T
  } catch {
    throw new TemplateError(`A regular expression takes too long: ${values.pattern}`)
  } finally {
    for (const key of Object.keys(values)) delete sandbox[key]
  }
}
/** Where nothing repeats, nothing can go back and forth; a short text is soon done. */
const isSimple = (pattern: string, text: string) =>
  text.length < 16 || (text.length < 100_000 && !/[*+{]/.test(pattern))

/** Whether the pattern fits the WHOLE text, as Java's `matches`; its dot stops at line ends. */
export const matchesWhole = (pattern: string, text: string): boolean => {
  const whole = compile(`^(?:${pattern})$`, '')
  return isSimple(pattern, text) ? whole.test(text) : within('test', { pattern: whole, text })
}

type Places = readonly (readonly [at: number, length: number])[]

const places = (found: RegExp, pattern: string, text: string): Places =>
  isSimple(pattern, text)
    ? Array.from(text.matchAll(found.global ? found : new RegExp(found, 'g')), (match) => [
        match.index,
        match[0].length,
      ])
    : within('places', { pattern: found.global ? found : new RegExp(found, 'g'), text })

/** Whether the pattern fits somewhere in the text. */
export const finds = (pattern: string, text: string): boolean => {
  const found = compile(pattern, '')
  return isSimple(pattern, text) ? found.test(text) : within('test', { pattern: found, text })
}

/** Java's replaceAll and replaceFirst: `$1` and `\$` in the replacement. */
export const replace = (text: string, pattern: string, by: string, all: boolean): string => {
  const found = compile(pattern, all ? 'g' : '')
  const written = by.replace(/\\(.)|\$(\d)|\$/gs, (_, escaped?: string, group?: string) => {
    if (escaped !== undefined) return escaped === '$' ? '$$' : escaped
    return group === undefined ? '$$' : group === '0' ? '$&' : `$${group}`
  })
  if (by.length * (text.length + 1) > MOST && places(found, pattern, text).length * by.length > MOST)
    throw new TemplateError('The template makes too much text')
  if (isSimple(pattern, text)) return text.replace(found, written)
  return within('replace', { pattern: found, text, replacement: written })
}

/** Java's split: without the empty parts at the end; at most `limit` parts where it is above 0, all where it is below. */
export const split = (text: string, pattern: string, limit = 0): string[] => {
  const found = compile(pattern, 'g')
  const parts: string[] = []
  let begin = 0
  for (const [at, length] of places(found, pattern, text)) {
    if (limit > 0 && parts.length === limit - 1) break
    if (!length && (at === 0 || at === text.length)) continue
    parts.push(text.slice(begin, at))
    begin = at + length
  }
  parts.push(text.slice(begin))
  if (limit === 0) while (parts.length > 1 && parts.at(-1) === '') parts.pop()
  return parts
}
