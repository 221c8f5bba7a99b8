import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml'
import { type Dict, pathOf, type Source } from './source.ts'

/** Tags of YAML 1.1 that CloudFormation does not read (user guide, "CloudFormation template formats"). */
const FOREIGN = /^tag:yaml\.org,2002:(binary|omap|pairs|set|timestamp)$/

/** CloudFormation's limit for templates, in bytes (1 MB from S3). */
const LARGEST = 1_000_000
/** A template of 1 MB has fewer values; aliases of aliases could make a small text explode. */
const MOST_VALUES = 500_000
const DEEPEST = 100

/** Short forms of functions: `!Sub` is `Fn::Sub`; `Ref` and `Condition` go without the prefix. */
const FUNCTIONS = new Map(
  [
    'And',
    'Base64',
    'Cidr',
    'Equals',
    'FindInMap',
    'GetAtt',
    'GetAZs',
    'If',
    'ImportValue',
    'Join',
    'Length',
    'Not',
    'Or',
    'Select',
    'Split',
    'Sub',
    'ToJsonString',
    'Transform',
  ].map((name) => [`!${name}`, `Fn::${name}`]),
)
  .set('!Ref', 'Ref')
  .set('!Condition', 'Condition')

/** Reads the text of a template: YAML or JSON with CloudFormation's short tags, which come back in their long form. */
export const readYaml = (text: string, source: Source): unknown => {
  if (Buffer.byteLength(text) > LARGEST) throw source.mistake(`a template may have ${LARGEST} bytes at most.`)
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.1',
    // The tags of functions are read below; to the parser each is a warning.
    logLevel: 'error',
    lineCounter: lines,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !FOREIGN.test(tag.tag)),
  })
  const [fault] = document.errors
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0])
    // A template that came over the wire is refused in CloudFormation's words.
    if (!source.name) throw source.mistake(`Template format error: YAML not well-formed. (line ${line}, column ${col})`)
    const root = {}
    source.place(root, { path: '', line, members: new Map() })
    throw source.mistake(`this is not YAML: ${fault.message.split(/ at line \d+|\n/)[0]?.replace(/\.$/, '')}.`, root)
  }
  return new Reader(lines, source).value(document.contents, '', 0)
}

/** Turns the syntax tree into plain values and remembers where they stand. */
class Reader {
  readonly #anchors = new Map<string, Node>()
  readonly #lines: LineCounter
  readonly #source: Source
  #count = 0

  constructor(lines: LineCounter, source: Source) {
    this.#lines = lines
    this.#source = source
  }

  #line(node: Node | null): number {
    return node?.range ? this.#lines.linePos(node.range[0]).line : 1
  }

  #mistake(message: string, node: Node | null, path: string) {
    const spot = {}
    this.#source.place(spot, { path, line: this.#line(node), members: new Map() })
    return this.#source.mistake(message, spot)
  }

  value(node: Node | null, path: string, depth: number, line = this.#line(node)): unknown {
    // In the order of the text, so that an alias finds the anchor before it.
    if (node && 'anchor' in node && node.anchor) this.#anchors.set(node.anchor, node)
    if (++this.#count > MOST_VALUES) throw this.#mistake('the template has too many values.', node, path)
    if (depth > DEEPEST) throw this.#mistake('the values are nested too deeply, or contain themselves.', node, path)
    const plain = this.#plain(node, path, depth, line)
    const tag = node && 'tag' in node && !isAlias(node) ? node.tag : undefined
    if (!tag || tag.startsWith('tag:yaml.org,2002:')) return plain
    const name = FUNCTIONS.get(tag)
    if (!name) throw this.#mistake(`the tag ${tag} is none that CloudFormation knows.`, node, path)
    // Attributes may hold dots, logical IDs do not.
    const argument = name === 'Fn::GetAtt' && typeof plain === 'string' ? splitAttribute(plain) : plain
    const call: Dict = { [name]: argument }
    this.#source.place(call, { path, line, members: new Map([[name, line]]) })
    if (argument !== plain)
      this.#source.place(argument as object, { path: pathOf(path, name), line, members: new Map() })
    return call
  }

  #plain(node: Node | null, path: string, depth: number, line: number): unknown {
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source)
      if (!target) throw this.#mistake(`there is no anchor &${node.source} before this.`, node, path)
      return this.value(target, path, depth + 1, line)
    }
    if (isMap(node)) {
      const map: Dict = {}
      const members = new Map<string, number>()
      this.#source.place(map, { path, line, members })
      for (const { key, value } of node.items) {
        const name = keyOf(key as Node)
        if (name === undefined) throw this.#mistake('a key must be a string.', key as Node, path)
        if (isScalar(key) && key.addToJSMap) {
          // `<<: *base`: CloudFormation itself does not merge; `sam` does before it uploads.
          for (const [inherited, one] of Object.entries(this.#merged(value as Node, path, depth)))
            if (!Object.hasOwn(map, inherited)) define(map, inherited, one)
          continue
        }
        // A map or list begins where its key stands.
        const begins = this.#line(key as Node)
        members.set(name, begins)
        define(map, name, this.value(value as Node | null, pathOf(path, name), depth + 1, begins))
      }
      return map
    }
    if (isSeq(node)) {
      const list: unknown[] = []
      const members = new Map<string, number>()
      this.#source.place(list, { path, line, members })
      for (const [index, item] of node.items.entries()) {
        members.set(String(index), this.#line(item as Node))
        list.push(this.value(item as Node | null, pathOf(path, String(index)), depth + 1))
      }
      return list
    }
    const { value = null, source } = (node ?? {}) as Partial<Scalar>
    // In YAML 1.1 a lone dot has the form of a number; what has no value as one is text, as JSON has it too.
    return typeof value === 'number' && !Number.isFinite(value) ? source : value
  }

  #merged(node: Node, path: string, depth: number): Dict {
    const value = this.value(node, path, depth + 1)
    return Object.assign({}, ...(Array.isArray(value) ? value.toReversed() : [value])) as Dict
  }
}

/** A key named `__proto__` is a key like any other. */
const define = (map: Dict, name: string, value: unknown) =>
  Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true })

/** Keys are strings as they are written: `yes:` and `012:` are no booleans and numbers. */
const keyOf = (key: Node | null): string | undefined =>
  isScalar(key) ? (typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))) : undefined

const splitAttribute = (text: string): string[] => {
  const dot = text.indexOf('.')
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)]
}
