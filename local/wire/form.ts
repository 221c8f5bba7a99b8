import { badText, lowerFirst, malformedForm, malformedInput } from './faults.ts'
import { emptyMap, noteMissing, type Reading, within } from './reading.ts'
import type { List, Mapping, Shape, Structure } from './shapes.ts'
import { fromText } from './text.ts'

/** A form's keys cut at their dots: `Tags.member.1.Key` is three levels down. */
interface Node {
  value: string | undefined
  children: Map<string, Node>
}

/** Deeper keys than any model has say nothing. */
const MOST_PARTS = 40

/**
 * Decodes a form: `+` is a space. @throws ServiceError (400) for a broken percent sign or what is no UTF-8.
 */
export const parseForm = (text: string): [name: string, value: string][] => {
  const fields: [string, string][] = []
  for (const part of text.split('&')) {
    if (part === '') continue
    const mark = part.indexOf('=')
    fields.push(mark < 0 ? [decode(part), ''] : [decode(part.slice(0, mark)), decode(part.slice(mark + 1))])
  }
  return fields
}

const decode = (text: string): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw malformedForm()
  }
}

/** The input of an operation from the fields of a form, in a time linear in their length. */
export const fromForm = (
  shape: Structure,
  fields: Iterable<[string, string]>,
  reading: Reading,
): Record<string, unknown> => {
  const root: Node = { value: undefined, children: new Map() }
  const wanted = new Set(shape.members.map(({ xmlName }) => xmlName))
  for (const [name, value] of fields) {
    const parts = name.split('.', MOST_PARTS + 1)
    if (parts.length > MOST_PARTS || !wanted.has(parts[0] as string)) continue
    let node = root
    for (const part of parts) {
      let child = node.children.get(part)
      if (!child) {
        child = { value: undefined, children: new Map() }
        node.children.set(part, child)
      }
      node = child
    }
    node.value = value
  }
  return structureFrom(shape, root, reading)
}

const valueFrom = (shape: Shape, flat: boolean, node: Node, name: string, reading: Reading): unknown => {
  switch (shape.kind) {
    case 'structure':
      if (node.value) throw malformedInput('Unexpected complex element termination')
      return structureFrom(shape, node, reading)
    case 'list':
      return listFrom(shape, flat, node, name, reading)
    case 'map':
      return mapFrom(shape, flat, node, name, reading)
    case 'events':
      throw malformedInput('Unexpected complex element termination')
    default: {
      if (node.value === undefined) throw malformedInput('Start of structure or map found where not expected.')
      const value = fromText(shape, node.value, 'iso')
      if (value === undefined) throw badText(reading.model, shape, name, node.value)
      return value
    }
  }
}

const structureFrom = (shape: Structure, { children }: Node, reading: Reading): Record<string, unknown> => {
  const read: Record<string, unknown> = {}
  for (const { name, xmlName, shape: inner, flat } of shape.members) {
    const child = children.get(xmlName)
    if (!child) continue
    const before = reading.missing.length
    read[name] = valueFrom(inner, flat, child, xmlName, reading)
    within(reading, before, lowerFirst(name))
  }
  noteMissing(reading, shape, read)
  return read
}

const listFrom = ({ item }: List, flat: boolean, node: Node, name: string, reading: Reading): unknown[] => {
  const items = numbered(node, flat ? undefined : item.xmlName, name)
  return items.map((child, index) => {
    const before = reading.missing.length
    const value = valueFrom(item.shape, false, child, name, reading)
    within(reading, before, `${index + 1}.member`)
    return value
  })
}

const mapFrom = ({ key, value: item }: Mapping, flat: boolean, node: Node, name: string, reading: Reading) => {
  const read = emptyMap()
  for (const { children } of numbered(node, flat ? undefined : 'entry', name)) {
    const keyText = children.get(key.xmlName)?.value
    const child = children.get(item.xmlName)
    if (keyText === undefined || !child) throw malformedInput(`Missing key or value of an entry of ${name}`)
    const before = reading.missing.length
    read[keyText] = valueFrom(item.shape, item.flat, child, name, reading)
    within(reading, before, `${keyText}.member`)
  }
  return read
}

/** The numbered children, by their numbers, whatever order they came in. An empty value is an empty list. */
const numbered = (node: Node, wrapper: string | undefined, name: string): Node[] => {
  if (node.value) throw malformedInput('Unexpected list element termination')
  if (node.children.size === 0) return []
  const { children } = wrapper === undefined ? node : (node.children.get(wrapper) ?? { children: undefined })
  if (!children || (wrapper !== undefined && node.children.size > 1))
    throw malformedInput('Top level element may not be treated as a list')
  const entries = [...children]
  for (const [key] of entries) if (!/^\d{1,9}$/.test(key)) throw malformedInput(`Key ${name} is not numbered`)
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child)
}
