import { parseJson } from '../json.ts'
import { TemplateError } from './nodes.ts'
import type { Host, Value } from './values.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\n': '\\n',
  '\t': '\\t',
  '\f': '\\f',
  '\r': '\\r',
}

/** As StringEscapeUtils.escapeJavaScript of Apache Commons Lang: ASCII only, quotes of both kinds and slashes escaped. */
export const escapeJavaScript = (text: string): string =>
  text.replace(/["'\\/]/g, '\\$&').replace(/[^\x20-\x7f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    return ESCAPES[character] ?? `\\u${code}`
  })

/** As java.net.URLEncoder: a form's value. */
const urlEncode = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

const urlDecode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new TemplateError('$util.urlDecode: a percent sign without its two digits')
  }
}

const json = (text: string): Value => {
  try {
    return parseJson(text)
  } catch {
    throw new TemplateError('$util.parseJson: the text is not JSON')
  }
}

/** Characters that a function takes: more than a body has. */
const MOST = 16 * 1024 * 1024

const FUNCTIONS: ReadonlyMap<string, (text: string) => Value> = new Map<string, (text: string) => Value>([
  ['escapeJavaScript', escapeJavaScript],
  ['parseJson', json],
  ['urlEncode', urlEncode],
  ['urlDecode', urlDecode],
  ['base64Encode', (text) => Buffer.from(text).toString('base64')],
  ['base64Decode', (text) => Buffer.from(text, 'base64').toString()],
])

/** `$util` ("$util Variables" of API Gateway's mapping template reference). Each takes a text; others have no such method. */
export const utilOf = (): Host => ({
  property: () => null,
  call(method, args, budget) {
    const [text] = args
    const run = FUNCTIONS.get(method)
    if (!run || args.length !== 1 || typeof text !== 'string') return undefined
    if (text.length > MOST) throw new TemplateError(`$util.${method}: the text is too long`)
    // Each looks at every character, and may call for each.
    budget.spend(1 + (text.length >> 4))
    const result = run(text)
    return typeof result === 'string' ? budget.text(result) : result
  },
})
