import { isUtf8 } from 'node:buffer'
import { brokenJson, lowerFirst, malformedForm, malformedXml, misfit, missingBody, missingMembers } from './faults.ts'
import { fromForm, parseForm } from './form.ts'
import { fromHead } from './head.ts'
import { fromJson } from './json.ts'
import { noteMissing, noteOne, type Reading } from './reading.ts'
import type { Member, Structure } from './shapes.ts'
import { viewOf } from './text.ts'
import type { Body, Matched, Model, RequestHead } from './types.ts'
import { parseXml } from './xml.ts'
import { fromXml } from './xmlShapes.ts'

type Input = Record<string, unknown>

/**
 * The input of an operation, from its request: only members that the model knows, each of its type, the required ones
 * all there. In time linear in the request. @throws ServiceError (400) for a request that does not fit the model, with
 * the code and the words of its service.
 */
export const read = async (model: Model, matched: Matched, head: RequestHead, body: Body): Promise<Input> => {
  const { input } = matched.operation
  if (!input) return {}
  const reading: Reading = { model, missing: [] }
  const read = readers[model.protocol](input, { ...matched, head, body }, reading)
  if (reading.missing.length > 0) throw missingMembers(model, reading.missing)
  return read
}

interface Message extends Matched {
  head: RequestHead
  body: Body
}
type Reader = (input: Structure, message: Message, reading: Reading) => Input

const readJson: Reader = (input, { body }, reading) => {
  const text = textOf(body, () => brokenJson(reading.model, 'Invalid UTF-8'))
  return parseInto(input, text, reading)
}

const readForm: Reader = (input, { head, body }, reading) => {
  const fields = [...head.query, ...parseForm(textOf(body, malformedForm))]
  return fromForm(input, fields, reading)
}

const readRest: Reader = (input, { operation, labels, head, body }, reading) => {
  const read: Input = {}
  for (const member of input.members) {
    const { place, name } = member
    if (!place) continue
    const value =
      place.in === 'payload'
        ? payloadFrom(member, body, reading)
        : fromHead(member, place, { operation, labels, head, model: reading.model })
    if (value !== undefined) read[name] = value
  }
  if (head.bucket) read.Bucket = head.bucket
  for (const { name, required, place } of input.members) {
    if (!required) break
    if (place && read[name] === undefined) noteOne(reading, lowerFirst(name))
  }
  const { inputBody } = operation
  if (inputBody) Object.assign(read, bodyFrom(inputBody, body, reading))
  return read
}

const readers: Record<Model['protocol'], Reader> = {
  'json1.0': readJson,
  'json1.1': readJson,
  query: readForm,
  restJson: readRest,
  restXml: readRest,
}

/** The members of a REST request that have no place of their own. */
const bodyFrom = (shape: Structure, body: Body, reading: Reading): Input => {
  const text = documentOf(body, reading)
  if (text === '') {
    noteMissing(reading, shape, {})
    return {}
  }
  return documentFrom(shape, shape.xmlName, text, reading)
}

/** The one member that is the whole body: bytes as they are, or a document. */
const payloadFrom = ({ shape, required, xmlName }: Member, body: Body, reading: Reading): unknown => {
  if (shape.kind === 'blob') return shape.streaming || (body as Uint8Array).length > 0 ? body : undefined
  const text = documentOf(body, reading)
  if (text === '') {
    if (required && reading.model.protocol === 'restXml') throw missingBody()
    return undefined
  }
  return shape.kind === 'structure' ? documentFrom(shape, xmlName, text, reading) : text
}

const documentOf = (body: Body, { model }: Reading): string =>
  textOf(body, model.protocol === 'restXml' ? malformedXml : () => brokenJson(model, 'Invalid UTF-8'))

const documentFrom = (shape: Structure, xmlName: string, text: string, reading: Reading): Input => {
  if (reading.model.protocol !== 'restXml') return parseInto(shape, text, reading)
  const root = parseXml(text)
  if (root.name !== xmlName) throw malformedXml()
  return fromXml(shape, root, reading) as Input
}

const parseInto = (shape: Structure, text: string, reading: Reading): Input => {
  const { model } = reading
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw brokenJson(model, (error as Error).message)
  }
  if (Array.isArray(value)) throw misfit(model, shape, value)
  if (typeof value !== 'object' || value === null) throw brokenJson(model, 'not an object')
  return fromJson(shape, value, reading) as Input
}

const textOf = (body: Body, broken: () => Error): string => {
  if (!(body instanceof Uint8Array)) throw new Error('this operation does not stream its body')
  if (!isUtf8(body)) throw broken()
  return viewOf(body).toString()
}
