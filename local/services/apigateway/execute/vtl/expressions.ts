import { whole } from '../json.ts'
import type { Expression, Node, Operator, Reference, Step } from './nodes.ts'
import type { createReader } from './reader.ts'

export type TemplateReader = ReturnType<typeof createReader>

/** Reads what stands in a double-quoted string as a template of its own. */
export type ReadText = (text: string, level: number) => readonly Node[]

const REFERENCE = /\$(!?)(\{?)([A-Za-z_][\w-]*)/y
const PROPERTY = /\.([A-Za-z][\w-]*)/y
const OPEN = /[ \t]*\(/y
const NUMBER = /-?[0-9]+(?:(\.[0-9]*)?([eE][+-]?[0-9]+)?)/y
const RANGE_END = /[ \t\r\n]*\.\.[ \t\r\n]*/y
const SINGLE = /'((?:[^']|'')*)'/y
const DOUBLE = /"((?:[^"]|"")*)"/y
const WORD = /(?:true|false)(?![\w-])/y

/** The operators, weakest first, with the words for them (Velocity 1.7 user guide, "Conditionals"). */
const LEVELS: readonly { readonly pattern: RegExp; readonly names: Readonly<Record<string, Operator>> }[] = [
  { pattern: /\|\||or(?![\w-])/y, names: { or: '||' } },
  { pattern: /&&|and(?![\w-])/y, names: { and: '&&' } },
  { pattern: /==|!=|eq(?![\w-])|ne(?![\w-])/y, names: { eq: '==', ne: '!=' } },
  { pattern: /<=|>=|<|>|[lg][te](?![\w-])/y, names: { lt: '<', le: '<=', gt: '>', ge: '>=' } },
  { pattern: /[+-]/y, names: {} },
  { pattern: /[*/%]/y, names: {} },
]

/** Reads references and expressions at the place where `reader` stands. */
export const expressionsOf = (reader: TemplateReader, readText: ReadText) => {
  const list = (end: string): Expression[] => {
    const items: Expression[] = []
    reader.space()
    while (!reader.eat(end)) {
      if (items.length) reader.expect(',')
      reader.space()
      items.push(operand())
      reader.space()
    }
    return items
  }

  const steps = (): Step[] => {
    const found: Step[] = []
    for (;;) {
      const [, name] = reader.take(PROPERTY) ?? []
      if (name !== undefined) {
        if (!reader.take(OPEN)) found.push({ kind: 'property', name })
        else found.push({ kind: 'method', name, args: reader.deeper(() => list(')')) })
      } else if (reader.eat('[')) {
        reader.space()
        const index = reader.deeper(operand)
        reader.space()
        reader.expect(']')
        found.push({ kind: 'index', index })
      } else return found
    }
  }

  /** A reference, or nothing where the dollar sign is only text. */
  const reference = (): Reference | undefined => {
    const begin = reader.at
    const [, quiet, wrapped, name] = reader.take(REFERENCE) ?? []
    if (name === undefined) return undefined
    const path = steps()
    if (wrapped) reader.expect('}')
    return {
      kind: 'reference',
      name,
      steps: path,
      quiet: quiet === '!',
      source: reader.text.slice(begin, reader.at),
    }
  }

  const bracket = (): Expression => {
    reader.expect('[')
    reader.space()
    if (reader.eat(']')) return { kind: 'list', items: [] }
    const first = operand()
    if (reader.take(RANGE_END)) {
      const to = operand()
      reader.space()
      reader.expect(']')
      return { kind: 'range', from: first, to }
    }
    reader.space()
    if (reader.eat(']')) return { kind: 'list', items: [first] }
    reader.expect(',')
    return { kind: 'list', items: [first, ...list(']')] }
  }

  const map = (): Expression => {
    reader.expect('{')
    const entries: [Expression, Expression][] = []
    reader.space()
    while (!reader.eat('}')) {
      if (entries.length) reader.expect(',')
      reader.space()
      const key = operand()
      reader.space()
      reader.expect(':')
      reader.space()
      entries.push([key, operand()])
      reader.space()
    }
    return { kind: 'map', entries }
  }

  /** What an argument, an element or a key may be: no operators. */
  const operand = (): Expression =>
    reader.deeper(() => {
      if (reader.peek('[')) return bracket()
      if (reader.peek('{')) return map()
      const [, single] = reader.take(SINGLE) ?? []
      if (single !== undefined) return { kind: 'literal', value: single.replaceAll("''", "'") }
      const [, double] = reader.take(DOUBLE) ?? []
      if (double !== undefined) {
        const text = double
          .replaceAll('""', '"')
          .replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
        return /[$#]/.test(text)
          ? { kind: 'text', parts: readText(text, reader.level) }
          : { kind: 'literal', value: text }
      }
      const word = reader.take(WORD)
      if (word) return { kind: 'literal', value: word[0] === 'true' }
      return number() ?? reference() ?? reader.fail('a value')
    })

  const number = (): Expression | undefined => {
    const begin = reader.at
    let found = reader.take(NUMBER)
    if (!found) return undefined
    // [1..3]: the dots are those of the range.
    if (found[1] === '.' && reader.peek('.')) {
      reader.at = begin
      found = reader.take(/-?[0-9]+/y)
    }
    if (found?.[1] || found?.[2]) return { kind: 'decimal', text: found[0] }
    return { kind: 'literal', value: whole(BigInt((found?.[0] ?? '').slice(0, 1000))) }
  }

  const unary = (): Expression => {
    reader.space()
    return reader.deeper(() => {
      if (!reader.peek('!=') && (reader.eat('!') || reader.take(/not(?![\w-])/y))) return { kind: 'not', of: unary() }
      if (!reader.eat('(')) return operand()
      const inner = expression()
      reader.space()
      reader.expect(')')
      return inner
    })
  }

  const binary = (level: number): Expression => {
    const { pattern, names } = LEVELS[level] ?? {}
    if (!pattern || !names) return unary()
    let left = binary(level + 1)
    for (;;) {
      reader.space()
      const [found] = reader.take(pattern) ?? []
      if (found === undefined) return left
      const operator = names[found] ?? (found as Operator)
      // Velocity reads -1 as one number, and two numbers in a row as a mistake.
      if (operator === '-' && /[0-9]/.test(reader.text[reader.at] ?? '')) reader.fail('a space after "-"')
      left = { kind: 'binary', operator, left, right: binary(level + 1) }
    }
  }

  const expression = (): Expression => binary(0)
  /** The arguments of a macro: with commas between them, or spaces only. */
  const macroArguments = (): Expression[] => {
    const items: Expression[] = []
    for (reader.space(); !reader.eat(')'); reader.space()) {
      if (items.length && reader.eat(',')) reader.space()
      items.push(operand())
    }
    return items
  }
  return { reference, operand, expression, macroArguments }
}
