import { invalid } from './dynalite.ts'
import type { Path } from './paths.ts'
import { isReserved } from './reserved.ts'
import type { Value } from './types.ts'

/** The placeholders of a request's expressions, and which of them no expression has used yet. */
export interface Placeholders {
  readonly names: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, Value>>
  readonly unusedNames: Set<string>
  readonly unusedValues: Set<string>
}

/** Largest expression, in bytes, and most operators and functions in one ("Expression parameters" of the quotas). */
const LARGEST = 4096
const MOST_OPERATORS = 300
/** Largest index of a list element. */
const LARGEST_INDEX = 2 ** 31 - 1

interface Token {
  text: string
  start: number
  end: number
}

/** What can stand in an expression: a name, a placeholder, an index, a sign; anything else is one character. */
const TOKEN = /[#:]?[A-Za-z0-9_]+|<>|<=|>=|[^\s]/gu

/** A kind of fault; an expression's first fault of the kind that comes first is the one that is told. */
export type Fault =
  | 'parentheses'
  | 'unknownFunction'
  | 'misusedFunction'
  | 'reserved'
  | 'section'
  | 'placeholder'
  | 'overlap'
  | 'conflict'
  | 'operands'
  | 'distinct'
  | 'type'

/** An expression as it is read, word by word. */
export interface Reader {
  /** Whether the next word is this one, in any case. */
  next(text: string): boolean
  /** Takes the next word when it is this one. */
  take(text: string): boolean
  /** @throws ServiceError when the next word is another one */
  expect(text: string): void
  /** The word that comes next, or one further on; `''` at the end. */
  peek(further?: number): string
  /** The name of a function, when a call comes next; takes name and parenthesis. */
  call(): string | undefined
  /** Which word comes next, to point at with {@link unexpected}. */
  position(): number
  /** Refuses the word at a position, or the next one: it cannot stand there. */
  unexpected(position?: number): never
  /** A document path; every path read is kept. */
  path(): Path
  /** The value of a `:placeholder`. */
  value(): Value
  /** Notes what is wrong with what could be read. */
  fault(kind: Fault, message: string): void
  /** Counts an operator or function. */
  operator(): void
  /** The paths read so far. */
  readonly paths: Path[]
  /** Ends reading. @throws ServiceError for words that are left, and for the first fault in `order` */
  end(order: readonly Fault[]): void
}

/** How a path stands in a message. */
export const shown = (path: Path): string =>
  `[${path.map((piece) => (typeof piece === 'number' ? `[${piece}]` : piece)).join(', ')}]`

/** Begins to read an expression; `kind` is the member that holds it. @throws ServiceError ValidationException */
export const readExpression = (kind: string, text: string, placeholders: Placeholders): Reader => {
  const refuse = (message: string) => invalid(`Invalid ${kind}: ${message}`)
  if (text.trim() === '') throw refuse('The expression can not be empty;')
  const size = Buffer.byteLength(text)
  if (size > LARGEST) throw refuse(`Expression size has exceeded the maximum allowed size; expression size: ${size}`)
  const tokens: Token[] = Array.from(text.matchAll(TOKEN), ({ 0: word, index }) => ({
    text: word,
    start: index,
    end: index + word.length,
  }))
  const faults = new Map<Fault, string>()
  const paths: Path[] = []
  let at = 0
  let operators = 0

  const peek = (further = 0) => tokens[at + further]?.text ?? ''
  const next = (word: string) => peek().toUpperCase() === word
  const unexpected = (position = at): never => {
    const near = text.slice(tokens[Math.max(0, position - 1)]?.start ?? 0, tokens[position + 1]?.end)
    throw refuse(`Syntax error; token: "${tokens[position]?.text ?? '<EOF>'}", near: "${near.trim()}"`)
  }
  const take = (word: string) => {
    if (!next(word)) return false
    at++
    return true
  }
  const expect = (word: string) => {
    if (!take(word)) unexpected()
  }
  const fault = (kind: Fault, message: string) => {
    if (!faults.has(kind)) faults.set(kind, message)
  }
  const named = (): string => {
    const word = peek()
    if (!/^(#\w+|[A-Za-z_]\w*)$/.test(word)) unexpected()
    at++
    if (!word.startsWith('#')) {
      if (isReserved(word)) fault('reserved', `Attribute name is a reserved keyword; reserved keyword: ${word}`)
      return word
    }
    placeholders.unusedNames.delete(word)
    const name = placeholders.names[word]
    if (name === undefined)
      fault(
        'placeholder',
        `An expression attribute name used in the document path is not defined; attribute name: ${word}`,
      )
    return name ?? ''
  }
  const operator = () => {
    if (++operators > MOST_OPERATORS)
      throw refuse(`The expression contains too many operators; operator count: ${operators}`)
  }
  return {
    peek,
    operator,
    call() {
      const name = peek()
      if (!/^[A-Za-z_]\w*$/.test(name) || peek(1) !== '(') return undefined
      at += 2
      operator()
      return name
    },
    next,
    take,
    expect,
    unexpected,
    fault,
    paths,
    position: () => at,
    path() {
      const path: [string, ...(string | number)[]] = [named()]
      for (;;) {
        if (take('.')) path.push(named())
        else if (take('[')) {
          if (!/^\d+$/.test(peek())) unexpected()
          const index = Number(peek())
          if (index > LARGEST_INDEX) fault('type', `List index is not within the allowable range; index: [${peek()}]`)
          at++
          expect(']')
          path.push(index)
        } else break
      }
      paths.push(path)
      return path
    },
    value() {
      const word = peek()
      if (!/^:\w+$/.test(word)) unexpected()
      at++
      placeholders.unusedValues.delete(word)
      const value = placeholders.values[word]
      if (value) return value
      fault('placeholder', `An expression attribute value used in expression is not defined; attribute value: ${word}`)
      return { NULL: true }
    },
    end(order) {
      if (at < tokens.length) unexpected()
      for (const kind of order) {
        const message = faults.get(kind)
        if (message) throw refuse(message)
      }
    },
  }
}
