import type { NormalizedSchema } from '@smithy/core/schema'

export type TimeFormat = 'iso' | 'http' | 'epoch'

/** A value that is written as one piece of text. `format`: where the model names it; else its place in the message does. */
export type Simple =
  | { kind: 'string' }
  | { kind: 'boolean' }
  | { kind: 'number' }
  | { kind: 'blob'; streaming: boolean }
  | { kind: 'timestamp'; format: TimeFormat | undefined }

export interface List {
  kind: 'list'
  item: Member
}

export interface Mapping {
  kind: 'map'
  key: Member
  value: Member
}

/** A structure, a union or an error. */
export interface Structure {
  kind: 'structure'
  name: string
  /** The name of its element where it is the whole body. */
  xmlName: string
  readonly members: readonly Member[]
}

/** What goes on while an answer is under way; none of our services has it. */
export interface EventStream {
  kind: 'events'
}

export type Shape = Simple | List | Mapping | Structure | EventStream

/**
 * Where a member stands in an HTTP message of the REST protocols; without a place it is in the body. Headers in lower case;
 * `queries` are all parameters of the query that are nothing else.
 */
export type Place =
  | { in: 'label' | 'payload' | 'status' | 'queries' }
  | { in: 'query' | 'header' | 'headers'; name: string }

export interface Member {
  name: string
  shape: Shape
  required: boolean
  place: Place | undefined
  /** Its name in JSON. */
  jsonName: string
  /** Its element in XML, its part of the key in a form. */
  xmlName: string
  /** XML: an attribute of the element instead of an element of its own. */
  attribute: boolean
  /** XML and forms: a list or map without an element of its own around its items. */
  flat: boolean
  /** A prefix that its attributes use, and what that stands for. */
  xmlNamespace: readonly [prefix: string, uri: string] | undefined
}

interface Traits {
  httpLabel?: number
  httpPayload?: number
  httpResponseCode?: number
  httpQuery?: string
  httpQueryParams?: number
  httpHeader?: string
  httpPrefixHeaders?: string
  jsonName?: string
  xmlName?: string
  xmlAttribute?: number
  xmlFlattened?: number
  xmlNamespace?: [string, string]
}

const FORMATS: Record<number, TimeFormat | undefined> = { 5: 'iso', 6: 'http', 7: 'epoch' }

/** Turns the SDK's schemas into shapes, each once and its parts when they are needed: a shape may hold itself. */
export type Shapes = (schema: NormalizedSchema) => Shape

export const createShapes = (): Shapes => {
  const known = new Map<unknown, Shape>()

  const shapeOf: Shapes = (schema) => {
    const source = schema.getSchema()
    const before = known.get(source)
    if (before) return before
    const shape = make(schema)
    known.set(source, shape)
    return shape
  }

  const make = (schema: NormalizedSchema): Shape => {
    if (schema.isStructSchema()) return schema.isStreaming() ? { kind: 'events' } : structureOf(schema)
    if (schema.isListSchema()) {
      const item = once(() => memberOf(schema.getValueSchema(), 'member'))
      return {
        kind: 'list',
        get item() {
          return item()
        },
      }
    }
    if (schema.isMapSchema()) {
      const key = once(() => memberOf(schema.getKeySchema(), 'key'))
      const value = once(() => memberOf(schema.getValueSchema(), 'value'))
      return {
        kind: 'map',
        get key() {
          return key()
        },
        get value() {
          return value()
        },
      }
    }
    if (schema.isStringSchema()) return { kind: 'string' }
    if (schema.isBooleanSchema()) return { kind: 'boolean' }
    if (schema.isNumericSchema()) return { kind: 'number' }
    if (schema.isBlobSchema()) return { kind: 'blob', streaming: schema.isStreaming() }
    if (schema.isTimestampSchema()) return { kind: 'timestamp', format: FORMATS[schema.getSchema() as number] }
    throw new Error(`the wire does not know the shape of ${schema.getName(true)}`)
  }

  const structureOf = (schema: NormalizedSchema): Structure => {
    const name = schema.getName() ?? ''
    const source = schema.getSchema() as unknown as [number, string, string, unknown, string[], unknown[], number?]
    // The schema counts its required members, which stand first.
    const required = source[6] ?? 0
    const { xmlName = name } = schema.getOwnTraits() as Traits
    const members = once(() =>
      [...schema.structIterator()].map(([key, member], index) => memberOf(member, key, index < required)),
    )
    return {
      kind: 'structure',
      name,
      xmlName,
      get members() {
        return members()
      },
    }
  }

  const memberOf = (schema: NormalizedSchema, name: string, required = false): Member => {
    const traits = schema.getMergedTraits() as Traits
    const own = schema.getMemberTraits() as Traits
    const shape = shapeOf(schema)
    return {
      name,
      shape,
      required,
      place: placeOf(traits),
      jsonName: own.jsonName ?? name,
      xmlName: own.xmlName ?? (traits.httpPayload && shape.kind === 'structure' ? shape.xmlName : name),
      attribute: traits.xmlAttribute !== undefined,
      flat: traits.xmlFlattened !== undefined,
      xmlNamespace: traits.xmlNamespace,
    }
  }
  return shapeOf
}

const placeOf = (traits: Traits): Place | undefined => {
  if (traits.httpLabel) return { in: 'label' }
  if (traits.httpPayload) return { in: 'payload' }
  if (traits.httpResponseCode) return { in: 'status' }
  if (traits.httpQueryParams) return { in: 'queries' }
  if (traits.httpQuery) return { in: 'query', name: traits.httpQuery }
  if (traits.httpHeader) return { in: 'header', name: traits.httpHeader.toLowerCase() }
  if (traits.httpPrefixHeaders) return { in: 'headers', name: traits.httpPrefixHeaders.toLowerCase() }
  return undefined
}

/** Makes a value when it is first asked for. */
const once = <T>(make: () => T): (() => T) => {
  let value: T | undefined
  return () => {
    value ??= make()
    return value
  }
}
