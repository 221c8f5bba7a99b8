import { TemplateError } from './nodes.ts'

/** Levels of blocks, brackets and strings within one another. */
const DEEPEST = 100

/** A place in a template that moves on, in linear time. */
export interface Reader {
  readonly text: string
  at: number
  readonly ended: boolean
  /** Takes `pattern` (sticky) where it stands here. */
  take(pattern: RegExp): RegExpExecArray | undefined
  /** Takes `token` where it stands here. */
  eat(token: string): boolean
  expect(token: string): void
  peek(token: string): boolean
  /** Spaces, tabs and line ends. */
  space(): void
  fail(expected: string): never
  /** What `read` reads, or nothing, and the place unchanged, where it fails. */
  attempt<T>(read: () => T): T | undefined
  /** Runs `read` one level deeper. */
  deeper<T>(read: () => T): T
}

const SPACE = /[ \t\r\n]*/y

/** `level` is that of the template around a string that is read by itself. */
export const createReader = (text: string, level = 0): Reader & { readonly level: number } => {
  let at = 0
  let depth = level
  let attempts = 0
  const fail = (expected: string): never => {
    // An attempt's message is not read, and the line costs time.
    if (attempts) throw new TemplateError(expected)
    const line = text.slice(0, at).split('\n').length
    const found = at < text.length ? JSON.stringify(text.slice(at, at + 20)) : 'the end of the template'
    throw new TemplateError(`Line ${line}: expected ${expected}, found ${found}`)
  }
  const reader = {
    text,
    get at() {
      return at
    },
    set at(place: number) {
      at = place
    },
    get ended() {
      return at >= text.length
    },
    get level() {
      return depth
    },
    take(pattern: RegExp) {
      pattern.lastIndex = at
      const found = pattern.exec(text)
      if (!found) return undefined
      at = pattern.lastIndex
      return found
    },
    peek: (token: string) => text.startsWith(token, at),
    eat(token: string) {
      if (!text.startsWith(token, at)) return false
      at += token.length
      return true
    },
    expect(token: string) {
      if (!reader.eat(token)) fail(`"${token}"`)
    },
    space() {
      reader.take(SPACE)
    },
    fail,
    attempt<T>(read: () => T): T | undefined {
      const begin = at
      attempts++
      try {
        return read()
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
        at = begin
        return undefined
      } finally {
        attempts--
      }
    },
    deeper<T>(read: () => T): T {
      if (depth >= DEEPEST) throw new TemplateError(`A template of more than ${DEEPEST} levels`)
      depth++
      try {
        return read()
      } finally {
        depth--
      }
    },
  }
  return reader
}
