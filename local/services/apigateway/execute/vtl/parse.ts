import { expressionsOf } from './expressions.ts'
import type { Node } from './nodes.ts'
import { TemplateError } from './nodes.ts'
import { createReader } from './reader.ts'

const CONTENT = /[^$#\\]+/y
const SLASHES = /\\+/y
const LINE_COMMENT = /##[^\r\n]*(?:\r?\n)?/y
const DIRECTIVE = /#(?:\{([A-Za-z][\w-]*)\}|((?:end|else|elseif|break|stop)(?!\w)|[A-Za-z][\w-]*))/y
const OPEN = /[ \t]*\(/y
const NAME = /\$([A-Za-z_][\w-]*)/y
const MACRO = /[A-Za-z][\w-]*/y
const IN = /[ \t\r\n]+in[ \t\r\n]+/y
const REST_OF_LINE = /[ \t]*\r?\n/y

/** What AWS does not take: templates have nothing to include, and text does not become a template. */
const REFUSED = new Set(['parse', 'include', 'evaluate'])
const ENDS = new Set(['end', 'else', 'elseif'])

type Terminator = 'end' | 'else' | 'elseif'

/**
 * Reads a template of Velocity 1.7 (user guide, VTL reference), in linear time.
 * @throws TemplateError that names the line
 */
export const parseTemplate = (text: string, level = 0): readonly Node[] => {
  const reader = createReader(text, level)
  const { reference, operand, expression, macroArguments } = expressionsOf(reader, parseTemplate)

  const parenthesised = <T>(read: () => T): T => {
    if (!reader.take(OPEN)) reader.fail('"("')
    reader.space()
    const result = read()
    reader.space()
    reader.expect(')')
    return result
  }
  /** A directive takes the end of its line with it. */
  const endLine = () => reader.take(REST_OF_LINE)
  const name = (): string => reader.take(NAME)?.[1] ?? reader.fail('a variable')

  const block = (...until: Terminator[]): { body: Node[]; ended: Terminator } =>
    reader.deeper(() => {
      const body: Node[] = []
      for (;;) {
        if (reader.ended) reader.fail(`#${until[0]}`)
        const ended = step(body)
        if (!ended) continue
        if (until.includes(ended)) return { body, ended }
        reader.fail(`#${until[0]}`)
      }
    })

  const conditional = (): Node => {
    const branches: { test: ReturnType<typeof expression>; body: Node[] }[] = []
    let otherwise: Node[] = []
    let test = parenthesised(expression)
    for (;;) {
      endLine()
      const { body, ended } = block('end', 'else', 'elseif')
      branches.push({ test, body })
      if (ended === 'elseif') {
        test = parenthesised(expression)
        continue
      }
      if (ended === 'else') {
        endLine()
        otherwise = block('end').body
      }
      endLine()
      return { kind: 'if', branches, otherwise }
    }
  }

  const closed = (): Node[] => {
    endLine()
    const { body } = block('end')
    endLine()
    return body
  }

  const directive = (word: string, begin: number): Node | Terminator | undefined => {
    switch (word) {
      case 'end':
      case 'else':
      case 'elseif':
        return word
      case 'if':
        return conditional()
      case 'set': {
        const node = parenthesised((): Node => {
          const target = reference() ?? reader.fail('a variable')
          reader.space()
          reader.expect('=')
          return { kind: 'set', target, value: expression() }
        })
        endLine()
        return node
      }
      case 'foreach': {
        const [item, over] = parenthesised(() => {
          const variable = name()
          if (!reader.take(IN)) reader.fail('"in"')
          return [variable, operand()] as const
        })
        return { kind: 'foreach', name: item, over, body: closed() }
      }
      case 'break':
      case 'stop':
        endLine()
        return { kind: word }
      case 'define': {
        const variable = parenthesised(name)
        return { kind: 'define', name: variable, body: closed() }
      }
      case 'macro': {
        const [macro, parameters] = parenthesised(() => {
          const called = reader.take(MACRO)?.[0] ?? reader.fail('a name')
          const names: string[] = []
          for (reader.space(); reader.peek('$'); reader.space()) names.push(name())
          return [called, names] as const
        })
        return { kind: 'macro', name: macro, parameters, body: closed() }
      }
    }
    if (REFUSED.has(word)) throw new TemplateError(`#${word} is not part of a mapping template`)
    if (!reader.take(OPEN)) return undefined
    const args = reader.attempt(() => reader.deeper(macroArguments))
    if (!args) return undefined
    const source = text.slice(begin, reader.at)
    endLine()
    return { kind: 'call', name: word, args, source }
  }

  const dollar = (nodes: Node[], slashes: number) => {
    const found = reference()
    if (found) nodes.push({ kind: 'print', reference: found, slashes })
    else {
      content(nodes, `${'\\'.repeat(slashes)}$`)
      reader.expect('$')
      if (reader.ended && level === 0) reader.fail('something after $')
    }
  }

  const hash = (nodes: Node[]): Terminator | undefined => {
    if (reader.take(LINE_COMMENT)) return undefined
    if (reader.peek('#*')) {
      const end = text.indexOf('*#', reader.at + 2)
      if (end < 0) reader.fail('"*#"')
      reader.at = end + 2
      return undefined
    }
    const rawEnd = reader.peek('#[[') ? text.indexOf(']]#', reader.at + 3) : undefined
    if (rawEnd !== undefined) {
      if (rawEnd < 0) reader.fail('"]]#"')
      content(nodes, text.slice(reader.at + 3, rawEnd))
      reader.at = rawEnd + 3
      return undefined
    }
    const begin = reader.at
    const [, wrapped, bare] = reader.take(DIRECTIVE) ?? []
    const word = wrapped ?? bare
    const found = word === undefined ? undefined : directive(word, begin)
    if (typeof found === 'string') return found
    if (found?.kind === 'set') indented(nodes)
    if (found) nodes.push(found)
    else {
      reader.at = begin + 1
      if (reader.ended && level === 0) reader.fail('something after #')
      content(nodes, '#')
    }
    return undefined
  }

  /** Reads on by one node; says which word ended the block, if one did. */
  const step = (nodes: Node[]): Terminator | undefined => {
    const plain = reader.take(CONTENT)
    if (plain) {
      content(nodes, plain[0])
      return undefined
    }
    const slashes = reader.take(SLASHES)?.[0].length ?? 0
    if (reader.peek('$')) {
      dollar(nodes, slashes)
      return undefined
    }
    if (!reader.peek('#')) {
      content(nodes, '\\'.repeat(slashes))
      return undefined
    }
    if (!slashes) return hash(nodes)
    const word = text.slice(reader.at).match(/^#\{?([A-Za-z][\w-]*)/)?.[1] ?? ''
    return escapedDirective(nodes, slashes, word)
  }

  /** Before a directive, too, two backslashes are one, and an odd one makes it text. */
  const escapedDirective = (nodes: Node[], slashes: number, word: string): Terminator | undefined => {
    const known = ENDS.has(word) || REFUSED.has(word) || /^(?:if|set|foreach|break|stop|define|macro)$/.test(word)
    // #set is not among those whose backslashes are halved: Velocity keeps an even number of them.
    content(nodes, '\\'.repeat(known && (word !== 'set' || slashes % 2) ? slashes >> 1 : slashes))
    if (!known || slashes % 2 === 0) return hash(nodes)
    content(nodes, '#')
    reader.at++
    return undefined
  }

  const nodes: Node[] = []
  while (!reader.ended) {
    const ended = step(nodes)
    if (ended) reader.fail(`a block before #${ended}`)
  }
  return nodes
}

/** #set takes spaces before it with it that begin the template or follow a directive or a reference. */
const indented = (nodes: Node[]) => {
  const last = nodes.at(-1)
  if (last?.kind === 'content' && /^[ \t]+$/.test(last.text)) nodes.pop()
}

const content = (nodes: Node[], text: string) => {
  if (text) nodes.push({ kind: 'content', text })
}
