import { lowerFirst, malformedXml } from './faults.ts'
import { DEEPEST, emptyMap, noteMissing, type Reading, within } from './reading.ts'
import type { List, Mapping, Member, Shape, Structure } from './shapes.ts'
import { fromText, toText } from './text.ts'
import { type Element, escapeXml } from './xml.ts'

type Values = Record<string, unknown>

/** A value of the model from a parsed element. @throws ServiceError for text of another type. */
export const fromXml = (shape: Shape, element: Element, reading: Reading, depth = 0): unknown => {
  if (depth > DEEPEST) throw malformedXml()
  switch (shape.kind) {
    case 'structure':
      return structureFrom(shape, element, reading, depth)
    case 'list':
      return listFrom(shape, element.children, shape.item.xmlName, reading, depth)
    case 'map':
      return mapFrom(shape, element.children, 'entry', reading, depth)
    case 'events':
      throw malformedXml()
    default: {
      if (element.children.length > 0) throw malformedXml()
      const text = shape.kind === 'string' ? element.text : element.text.trim()
      const value = fromText(shape, text, 'iso')
      if (value === undefined) throw malformedXml()
      return value
    }
  }
}

const structureFrom = (shape: Structure, element: Element, reading: Reading, depth: number): Values => {
  const read: Values = {}
  const byName = Map.groupBy(element.children, ({ name }) => name)
  for (const member of shape.members) {
    if (member.place) continue
    const before = reading.missing.length
    const value = memberFrom(member, element, byName.get(member.xmlName), reading, depth)
    if (value !== undefined) read[member.name] = value
    within(reading, before, lowerFirst(member.name))
  }
  noteMissing(reading, shape, read)
  return read
}

const memberFrom = (
  { shape, flat, attribute, xmlName }: Member,
  element: Element,
  found: Element[] | undefined,
  reading: Reading,
  depth: number,
): unknown => {
  if (attribute) return element.attributes.get(xmlName)
  if (!found) return undefined
  if (flat && shape.kind === 'list') return listFrom(shape, found, xmlName, reading, depth)
  if (flat && shape.kind === 'map') return mapFrom(shape, found, xmlName, reading, depth)
  if (found.length > 1) throw malformedXml()
  return fromXml(shape, found[0] as Element, reading, depth + 1)
}

const listFrom = ({ item }: List, elements: Element[], name: string, reading: Reading, depth: number): unknown[] =>
  elements
    .filter((one) => one.name === name)
    .map((one, index) => {
      const before = reading.missing.length
      const value = fromXml(item.shape, one, reading, depth + 1)
      within(reading, before, `${index + 1}.member`)
      return value
    })

const mapFrom = (
  { key, value }: Mapping,
  elements: Element[],
  name: string,
  reading: Reading,
  depth: number,
): Values => {
  const read = emptyMap()
  for (const entry of elements) {
    if (entry.name !== name) continue
    const keyElement = entry.children.find((one) => one.name === key.xmlName)
    const valueElement = entry.children.find((one) => one.name === value.xmlName)
    if (!keyElement || !valueElement) throw malformedXml()
    read[keyElement.text] = fromXml(value.shape, valueElement, reading, depth + 1)
  }
  return read
}

/** The elements of a structure's members, without one around them. */
export const membersToXml = ({ members }: Structure, value: Values): string => {
  let out = ''
  for (const member of members) {
    const given = value[member.name]
    if (given === undefined || given === null || member.attribute) continue
    if (member.place === undefined) out += memberToXml(member, given)
  }
  return out
}

const memberToXml = (member: Member, value: unknown): string => {
  const { shape, flat, xmlName } = member
  if (flat && shape.kind === 'list') return itemsToXml(shape, value, xmlName)
  if (flat && shape.kind === 'map') return entriesToXml(shape, value, xmlName)
  return toXml(xmlName, shape, value, attributesOf(member, value))
}

/** A value in an element called `name`. `attributes` begins with a space where it is not empty. */
export const toXml = (name: string, shape: Shape, value: unknown, attributes = ''): string => {
  const inner = contentToXml(shape, value)
  return inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`
}

/** What stands within the element of a value. */
export const contentToXml = (shape: Shape, value: unknown): string => {
  switch (shape.kind) {
    case 'structure':
      return membersToXml(shape, value as Values)
    case 'list':
      return itemsToXml(shape, value, shape.item.xmlName)
    case 'map':
      return entriesToXml(shape, value, 'entry')
    case 'events':
      throw new Error('the wire writes no event streams')
    case 'string':
      return escapeXml(String(value))
    default:
      return toText(shape, value, 'iso')
  }
}

const itemsToXml = ({ item }: List, value: unknown, name: string): string => {
  let out = ''
  for (const one of value as unknown[]) if (one !== undefined && one !== null) out += toXml(name, item.shape, one)
  return out
}

const entriesToXml = ({ key, value: item }: Mapping, value: unknown, name: string): string => {
  let out = ''
  for (const [one, given] of Object.entries(value as Values)) {
    if (given === undefined || given === null) continue
    out += `<${name}><${key.xmlName}>${escapeXml(one)}</${key.xmlName}>${toXml(item.xmlName, item.shape, given)}</${name}>`
  }
  return out
}

const attributesOf = ({ shape, xmlNamespace }: Member, value: unknown): string => {
  let out = xmlNamespace ? ` xmlns:${xmlNamespace[0]}="${escapeXml(xmlNamespace[1])}"` : ''
  if (shape.kind !== 'structure') return out
  for (const { attribute, xmlName, name } of shape.members) {
    const given = (value as Values)[name]
    if (attribute && given !== undefined && given !== null) out += ` ${xmlName}="${escapeXml(String(given))}"`
  }
  return out
}
