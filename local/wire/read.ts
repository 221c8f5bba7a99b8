import { JsonShapeDeserializer, XmlShapeDeserializer } from '@aws-sdk/core/protocols'
import { FromStringShapeDeserializer } from '@smithy/core/protocols'
import type { NormalizedSchema } from '@smithy/core/schema'
import { readForm } from './form.ts'
import { settings } from './settings.ts'
import type { Body, Matched, Model, RequestHead } from './types.ts'

/** The input of an operation, from its request. */
export const read = async (
  model: Model,
  { operation, labels }: Matched,
  head: RequestHead,
  body: Body,
): Promise<Record<string, unknown>> => {
  const { input } = operation
  if (input.isUnitSchema()) return {}
  const bytes = body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : undefined
  const text = bytes?.toString() ?? ''
  const content = (schema: NormalizedSchema): unknown =>
    model.protocol === 'restXml'
      ? new XmlShapeDeserializer(settings(model)).read(schema, text)
      : new JsonShapeDeserializer(settings(model)).readObject(schema as never, JSON.parse(text))
  if (model.protocol === 'json1.0' || model.protocol === 'json1.1')
    return new JsonShapeDeserializer(settings(model)).readObject(input as never, text ? JSON.parse(text) : {})
  if (model.protocol === 'query')
    return readForm(input, new Map([...head.query, ...new URLSearchParams(text)])) as Record<string, unknown>
  const simple = new FromStringShapeDeserializer(settings(model))
  const { query, headers } = head
  const out: Record<string, unknown> = {}
  let inBody = false
  for (const [name, member] of input.structIterator()) {
    const traits = member.getMergedTraits() as Record<string, string>
    if (traits.httpLabel) {
      if (labels[name] !== undefined) out[name] = simple.read(member, labels[name])
    } else if (traits.httpQuery) {
      if (query.has(traits.httpQuery))
        out[name] = member.isListSchema()
          ? query.getAll(traits.httpQuery)
          : simple.read(member, query.get(traits.httpQuery) as string)
    } else if (traits.httpHeader) {
      const value = headers[traits.httpHeader.toLowerCase()]
      if (value !== undefined) out[name] = simple.read(member, value)
    } else if (traits.httpPrefixHeaders) {
      const prefix = traits.httpPrefixHeaders.toLowerCase()
      out[name] = Object.fromEntries(
        Object.entries(headers)
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, value]) => [key.slice(prefix.length), value]),
      )
    } else if (traits.httpPayload) {
      if (!bytes) out[name] = body
      else if (bytes.length)
        out[name] =
          member.isBlobSchema() || member.isStreaming() ? bytes : member.isStringSchema() ? text : content(member)
    } else if (!traits.httpQueryParams) inBody = true
  }
  if (inBody && text) Object.assign(out, content(input))
  if (head.bucket) out.Bucket = head.bucket
  return out
}
