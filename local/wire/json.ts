import { lowerFirst, misfit, tooDeep } from './faults.ts'
import { DEEPEST, emptyMap, noteMissing, noteOne, type Reading, within } from './reading.ts'
import type { List, Mapping, Shape, Simple, Structure } from './shapes.ts'
import { bytesOf, fromText, toBase64, toText, validDate } from './text.ts'

type Json = Record<string, unknown>

/**
 * A value of the model from parsed JSON. Null counts as absent; members that the model does not know are left out.
 * @throws ServiceError for a value of another type.
 */
export const fromJson = (shape: Shape, value: unknown, reading: Reading, depth = 0): unknown => {
  if (depth > DEEPEST) throw tooDeep()
  switch (shape.kind) {
    case 'structure':
      if (!isObject(value)) throw misfit(reading.model, shape, value)
      return structureFrom(shape, value, reading, depth)
    case 'list':
      if (!Array.isArray(value)) throw misfit(reading.model, shape, value)
      return listFrom(shape, value, reading, depth)
    case 'map':
      if (!isObject(value)) throw misfit(reading.model, shape, value)
      return mapFrom(shape, value, reading, depth)
    case 'events':
      throw misfit(reading.model, shape, value)
    default: {
      const read = simpleFrom(shape, value)
      if (read === undefined) throw misfit(reading.model, shape, value)
      return read
    }
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const structureFrom = (shape: Structure, value: Json, reading: Reading, depth: number): Json => {
  const read: Json = {}
  for (const { name, jsonName, shape: inner } of shape.members) {
    const given = value[jsonName]
    if (given === undefined || given === null) continue
    const before = reading.missing.length
    read[name] = fromJson(inner, given, reading, depth + 1)
    within(reading, before, lowerFirst(name))
  }
  noteMissing(reading, shape, read)
  return read
}

const listFrom = ({ item }: List, value: unknown[], reading: Reading, depth: number): unknown[] =>
  value.map((given, index) => {
    const before = reading.missing.length
    const read = given === null ? noteOne(reading, 'member') : fromJson(item.shape, given, reading, depth + 1)
    within(reading, before, given === null ? `${index + 1}` : `${index + 1}.member`)
    return read
  })

const mapFrom = ({ value: member }: Mapping, value: Json, reading: Reading, depth: number): Json => {
  const read = emptyMap()
  for (const key of Object.keys(value)) {
    const given = value[key]
    const before = reading.missing.length
    read[key] = given === null ? noteOne(reading, 'member') : fromJson(member.shape, given, reading, depth + 1)
    within(reading, before, given === null ? key : `${key}.member`)
  }
  return read
}

/** AWS takes the words for true and false in strings too. */
const YES = /^(?:true|yes|y|t|1)$/i
const NO = /^(?:false|no|n|f|0)$/i

/** Undefined: not of this type. */
const simpleFrom = (shape: Simple, value: unknown): unknown => {
  switch (shape.kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'number':
      // 1e999 is valid JSON and no number.
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined
    case 'boolean':
      if (typeof value === 'boolean') return value
      return typeof value !== 'string' ? undefined : YES.test(value) ? true : NO.test(value) ? false : undefined
    case 'blob':
      return typeof value === 'string' ? bytesOf(value) : undefined
    case 'timestamp':
      if (typeof value === 'number') return validDate(value * 1000)
      return typeof value === 'string' && shape.format ? fromText(shape, value, shape.format) : undefined
  }
}

/**
 * A value of an answer as JSON.stringify takes it. Members that the model does not know, or that are null, are left out.
 */
export const toJson = (shape: Shape, value: unknown): unknown => {
  switch (shape.kind) {
    case 'structure': {
      const from = value as Json
      const out: Json = {}
      for (const { name, jsonName, shape: inner } of shape.members) {
        const given = from[name]
        if (given !== undefined && given !== null) out[jsonName] = toJson(inner, given)
      }
      return out
    }
    case 'list':
      return (value as unknown[]).map((one) =>
        one === null || one === undefined ? null : toJson(shape.item.shape, one),
      )
    case 'map': {
      const out = emptyMap()
      for (const [key, one] of Object.entries(value as Json))
        if (one !== undefined && one !== null) out[key] = toJson(shape.value.shape, one)
      return out
    }
    case 'blob':
      return toBase64(value)
    case 'timestamp':
      if (shape.format === undefined || shape.format === 'epoch') return (value as Date).getTime() / 1000
      return toText(shape, value, shape.format)
    case 'events':
      throw new Error('the wire writes no event streams')
    default:
      return value
  }
}
