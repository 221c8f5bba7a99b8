import { malformedXml } from './faults.ts'

/** An element of a parsed document. Names are without their prefix; attributes keep theirs. */
export interface Element {
  name: string
  attributes: ReadonlyMap<string, string>
  children: Element[]
  /** Its own text, without that of its children. */
  text: string
}

/** How deep elements may nest; AWS's deepest request takes 10. */
const DEEPEST = 100
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
/** Name, and what follows up to the end of the tag. Quoted values may hold `>`. */
const OPEN =
  /<([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)((?:\s+[A-Za-z_:][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y
const ATTRIBUTE = /\s+([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const CLOSE = /<\/([A-Za-z_][\w.:-]*)\s*>/y

/**
 * Parses the XML that a request may hold: elements, attributes, text, CDATA, comments and processing instructions. A
 * document type is refused, and with it every entity but XML's five: nothing is ever fetched or expanded. Linear in its
 * input. @throws ServiceError (400 MalformedXML) for anything else.
 */
export const parseXml = (source: string): Element => {
  const text = source.replace(/\r\n?/g, '\n')
  const document: Element = { name: '', attributes: NONE, children: [], text: '' }
  const open = [document]
  let at = 0
  while (at < text.length) {
    const parent = open[open.length - 1] as Element
    const next = text.indexOf('<', at)
    const end = next < 0 ? text.length : next
    if (end > at) parent.text += unescaped(text.slice(at, end))
    if (next < 0) break
    at = next
    if (text.startsWith('<!--', at)) at = skip(text, at + 4, '-->')
    else if (text.startsWith('<?', at)) at = skip(text, at + 2, '?>')
    else if (text.startsWith('<![CDATA[', at) && parent !== document) {
      const close = skip(text, at + 9, ']]>')
      parent.text += text.slice(at + 9, close - 3)
      at = close
    } else if (text.startsWith('</', at)) {
      CLOSE.lastIndex = at
      const tag = CLOSE.exec(text)
      if (!tag || parent === document || localName(tag[1] as string) !== parent.name) throw malformedXml()
      open.pop()
      at = CLOSE.lastIndex
    } else {
      OPEN.lastIndex = at
      const tag = OPEN.exec(text)
      if (!tag || open.length > DEEPEST) throw malformedXml()
      const element = {
        name: localName(tag[1] as string),
        attributes: attributesOf(tag[2] as string),
        children: [],
        text: '',
      }
      parent.children.push(element)
      if (tag[3] === '') open.push(element)
      at = OPEN.lastIndex
    }
  }
  const [root, ...others] = document.children
  if (open.length !== 1 || !root || others.length > 0 || document.text.trim() !== '') throw malformedXml()
  return root
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)

/** The place after `end`. */
const skip = (text: string, from: number, end: string): number => {
  const at = text.indexOf(end, from)
  if (at < 0) throw malformedXml()
  return at + end.length
}

const NONE: ReadonlyMap<string, string> = new Map()

const attributesOf = (text: string): ReadonlyMap<string, string> => {
  if (text === '') return NONE
  const attributes = new Map<string, string>()
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    if (attributes.has(name as string)) throw malformedXml()
    attributes.set(name as string, unescaped((double ?? single) as string))
  }
  return attributes
}

const unescaped = (text: string): string =>
  text.includes('&')
    ? text.replace(/&([^;&]{0,10});?/g, (whole, name: string) => (whole.endsWith(';') ? character(name) : fail()))
    : text

const fail = (): never => {
  throw malformedXml()
}

const character = (name: string): string => {
  const number = /^#(?:x([\da-fA-F]{1,6})|(\d{1,7}))$/.exec(name)
  if (!number) return ENTITIES[name] ?? fail()
  const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16)
  return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || code === 0 ? fail() : String.fromCodePoint(code)
}

/** What XML cannot hold as it is, and a carriage return, which a parser would make a line feed. */
const SPECIAL = /[^\t\n !#-%'-;=?-~\u00a0-\ufffd]/g
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as it may stand in an element or an attribute. */
export const escapeXml = (text: string): string =>
  text.search(SPECIAL) < 0
    ? text
    : text.replace(SPECIAL, (one) => ESCAPES[one] ?? `&#x${one.charCodeAt(0).toString(16)};`)
