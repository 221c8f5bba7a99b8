import { invalid } from './names.ts'

type Test = (event: unknown) => boolean
type Step = { name: string } | { index: number } | { all: true }

const TOKEN =
  /\s*(?:(\|\||&&|[()]|!=|<=|>=|[=<>])|(\$(?:\.[\w-]+|\[(?:\d+|\*|'[^']*'|"[^"]*")\]|\.(?=\[))*)|"((?:[^"\\]|\\.)*)"|([^\s()&|=<>!"]+))/y
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

interface Token {
  kind: 'sign' | 'selector' | 'phrase' | 'word' | 'end'
  text: string
}

const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const [, sign, selector, phrase, word] = TOKEN.exec(text) ?? []
    if (TOKEN.lastIndex === 0) {
      if (!text.slice(at).trim()) break
      throw invalid('Invalid filter pattern')
    }
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
    else if (selector !== undefined) tokens.push({ kind: 'selector', text: selector })
    else if (phrase !== undefined) tokens.push({ kind: 'phrase', text: phrase.replace(/\\(.)/g, '$1') })
    else tokens.push({ kind: 'word', text: word ?? '' })
  }
  return tokens
}

const stepsOf = (selector: string): Step[] =>
  [...selector.matchAll(/\.([\w-]+)|\[(?:(\d+)|(\*)|'([^']*)'|"([^"]*)")\]/g)].map(([, dot, index, all, ...quoted]) =>
    index !== undefined
      ? { index: Number(index) }
      : all !== undefined
        ? { all: true }
        : { name: dot ?? quoted[0] ?? quoted[1] ?? '' },
  )

/** Every value that a selector points at; none where the event has no such property. */
const valuesAt = (event: unknown, steps: Step[]): unknown[] =>
  steps.reduce<unknown[]>(
    (values, step) =>
      values.flatMap((value) => {
        if ('all' in step) return Array.isArray(value) ? value : []
        if ('index' in step) return Array.isArray(value) && step.index < value.length ? [value[step.index]] : []
        const object = value as Record<string, unknown>
        return value !== null && typeof value === 'object' && Object.hasOwn(value, step.name) ? [object[step.name]] : []
      }),
    [event],
  )

/** `*` stands for any text. Found part by part, so that the time stays linear in the text. */
const like = (text: string, wanted: string): boolean => {
  const parts = wanted.split('*')
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (parts.length === 1) return text === wanted
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > text.length - last.length) return false
    at = found + part.length
  }
  return true
}

const orders: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

const comparison = (steps: Step[], sign: string, { kind, text }: Token): Test => {
  const number = kind === 'word' && NUMBER.test(text) ? Number(text) : undefined
  const order = orders[sign]
  if (order) {
    if (number === undefined) throw invalid('Invalid filter pattern: < and > compare numbers.')
    return (event) => valuesAt(event, steps).some((value) => typeof value === 'number' && order(value, number))
  }
  const equal = (value: string | number) =>
    typeof value === 'string'
      ? like(value, text)
      : number === undefined
        ? kind === 'word' && like(`${value}`, text)
        : value === number
  // What is neither text nor number does not fit the pattern's form, whichever way it compares.
  return (event) =>
    valuesAt(event, steps).some(
      (value) => (typeof value === 'string' || typeof value === 'number') && equal(value) === (sign === '='),
    )
}

/**
 * Reads a pattern for JSON events: `{ ($.level = "ERROR" || $.latency >= 500) && $.user.id != 1 }`, with `IS NULL`,
 * `IS TRUE`, `IS FALSE`, `NOT EXISTS`, `*` in texts, `$.list[0]`, `$.list[*]` and `$['a.b']`.
 * @throws ServiceError `InvalidParameterException`
 */
export const jsonMatcher = (pattern: string): ((message: string) => boolean) => {
  if (!pattern.endsWith('}')) throw invalid('Invalid filter pattern')
  const tokens = tokensOf(pattern.slice(1, -1))
  let at = 0
  const next = (): Token => tokens[at++] ?? { kind: 'end', text: '' }
  const sign = (text: string) => tokens[at]?.kind === 'sign' && tokens[at]?.text === text && ++at > 0
  const word = () => next().text.toUpperCase()

  const condition = (): Test => {
    if (sign('(')) {
      const inner = any()
      if (!sign(')')) throw invalid('Invalid filter pattern: a parenthesis is not closed.')
      return inner
    }
    const selector = next()
    if (selector.kind !== 'selector')
      throw invalid(`Invalid filter pattern: "${selector.text}" is not a selector like $.name`)
    const steps = stepsOf(selector.text)
    const operator = next()
    if (operator.kind === 'sign' && /^(?:!=|[<>]=?|=)$/.test(operator.text)) {
      const value = next()
      if (value.kind !== 'phrase' && value.kind !== 'word') throw invalid('Invalid filter pattern: a value is missing.')
      return comparison(steps, operator.text, value)
    }
    const said = operator.kind === 'word' && `${operator.text.toUpperCase()} ${word()}`
    if (said === 'NOT EXISTS') return (event) => valuesAt(event, steps).length === 0
    const wanted = { 'IS NULL': null, 'IS TRUE': true, 'IS FALSE': false }[`${said}`]
    if (wanted === undefined) throw invalid(`Invalid filter pattern: "${operator.text}" is not an operator.`)
    return (event) => valuesAt(event, steps).includes(wanted)
  }
  const all = (): Test => {
    const tests = [condition()]
    while (sign('&&')) tests.push(condition())
    return (event) => tests.every((test) => test(event))
  }
  const any = (): Test => {
    const tests = [all()]
    while (sign('||')) tests.push(all())
    return (event) => tests.some((test) => test(event))
  }
  const test = any()
  if (at < tokens.length) throw invalid(`Invalid filter pattern: "${next().text}" is not expected here.`)
  return (message) => {
    const text = message.trimStart()
    if (!text.startsWith('{') && !text.startsWith('[')) return false
    try {
      return test(JSON.parse(message))
    } catch {
      return false // not JSON: no such pattern fits
    }
  }
}
