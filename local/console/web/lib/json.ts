/** What is wrong with a text that should be JSON, and where. */
export interface JsonFault {
  line: number
  column: number
  message: string
}

/** One token of JSON after white space. */
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none in a string
  /[ \t\n\r]*("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:])/y
const WORD = /[ \t\n\r]*("[^"\n]{0,30}"?|'[^'\n]{0,30}'?|[\w$.+-]{1,30}|.)/suy

/**
 * Finds the first fault of a text. Engines word and place the faults of `JSON.parse` differently, or not at all; this
 * says line and column everywhere.
 */
export const jsonFault = (text: string): JsonFault | undefined => {
  let at = 0
  let token = ''
  let start = 0
  let fault: JsonFault | undefined
  const fail = (message: string, where = start): false => {
    const before = text.slice(0, where)
    const line = before.split('\n').length
    fault ??= { line, column: where - before.lastIndexOf('\n'), message }
    return false
  }
  const next = (): string => {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    token = found?.[1] ?? ''
    start = found ? TOKEN.lastIndex - token.length : at + (/^[ \t\n\r]*/.exec(text.slice(at))?.[0].length ?? 0)
    if (found) at = TOKEN.lastIndex
    return token
  }
  const given = (): string => {
    if (start >= text.length) return 'the text ends'
    WORD.lastIndex = start
    const word = WORD.exec(text)?.[1] ?? ''
    return `there is ${word.startsWith('"') ? word : `“${word}”`}`
  }
  const expected = (what: string) => fail(`Expected ${what}, but ${given()}.`)
  const quoted = () => token.startsWith('"')

  const value = (depth: number): boolean => {
    if (depth > 500) return fail('There are more than 500 levels.')
    if (token === '{') return members(depth)
    if (token === '[') return elements(depth)
    if (token === '' || '}],:'.includes(token)) return expected('a value')
    return true
  }
  const members = (depth: number): boolean => {
    if (next() === '}') return true
    for (;;) {
      if (!quoted()) return expected('a name in double quotes')
      if (next() !== ':') return expected('a colon after the name')
      next()
      if (!value(depth + 1)) return false
      if (next() === '}') return true
      if (token !== ',') return expected('a comma or }')
      next()
    }
  }
  const elements = (depth: number): boolean => {
    if (next() === ']') return true
    for (;;) {
      if (!value(depth + 1)) return false
      if (next() === ']') return true
      if (token !== ',') return expected('a comma or ]')
      next()
    }
  }

  next()
  if (value(0) && (next() !== '' || text.slice(at).trim() !== '')) expected('the end')
  return fault
}

/** A JSON text laid out in lines; another text as it is. */
export const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
