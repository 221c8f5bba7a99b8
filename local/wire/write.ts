import { Readable } from 'node:stream'
import { JsonShapeSerializer, XmlShapeSerializer } from '@aws-sdk/core/protocols'
import { ToStringShapeSerializer } from '@smithy/core/protocols'
import { settings } from './settings.ts'
import type { Model, Operation, WireResponse } from './types.ts'

/** The headers that carry the id of a request. */
export const requestIds = ({ protocol }: Model, requestId: string): Record<string, string> =>
  protocol === 'restXml'
    ? { 'x-amz-request-id': requestId, 'x-amz-id-2': Buffer.from(requestId).toString('base64') }
    : { 'x-amzn-requestid': requestId }

/** The answer of an operation that went well. */
export const write = (model: Model, operation: Operation, output: unknown, requestId: string): WireResponse => {
  const value = (output ?? {}) as Record<string, unknown>
  const headers = requestIds(model, requestId)
  const { name, output: schema } = operation
  const { protocol } = model
  if (protocol === 'json1.0' || protocol === 'json1.1') {
    const to = new JsonShapeSerializer(settings(model))
    to.write(schema, value)
    headers['content-type'] = `application/x-amz-json-${protocol.slice(4)}`
    return { status: 200, headers, body: schema.isUnitSchema() ? '{}' : (to.flush() as string) }
  }
  if (protocol === 'query') {
    let result = ''
    if (!schema.isUnitSchema()) {
      const to = new XmlShapeSerializer({ ...(settings(model) as object), xmlNamespace: '' } as never)
      to.write(schema, value)
      const inner = (to.flush() as string).replace(/^<[^>]*?\/>$/, '').replace(/^<[^>]*>|<\/[^>]*>$/g, '')
      result = `<${name}Result>${inner}</${name}Result>`
    }
    headers['content-type'] = 'text/xml'
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
    return {
      status: 200,
      headers,
      body: `<${name}Response xmlns="${model.namespace}">${result}${metadata}</${name}Response>`,
    }
  }
  let { status } = operation
  let body: WireResponse['body'] = ''
  let rest: Record<string, unknown> | undefined
  const simple = new ToStringShapeSerializer(settings(model))
  const serialize = (shape: unknown, content: unknown) => {
    const to =
      protocol === 'restXml' ? new XmlShapeSerializer(settings(model)) : new JsonShapeSerializer(settings(model))
    to.write(shape as never, content as never)
    headers['content-type'] ??= protocol === 'restXml' ? 'application/xml' : 'application/json'
    return to.flush() as string
  }
  if (!schema.isUnitSchema())
    for (const [key, member] of schema.structIterator()) {
      const traits = member.getMergedTraits() as Record<string, string>
      const content = value[key]
      const inBody = !traits.httpHeader && !traits.httpPayload && !traits.httpPrefixHeaders && !traits.httpResponseCode
      if (inBody) rest ??= {}
      if (content === undefined || content === null) continue
      if (traits.httpHeader) {
        simple.write(member, content as never)
        headers[traits.httpHeader.toLowerCase()] = simple.flush() as string
      } else if (traits.httpPrefixHeaders)
        for (const [suffix, x] of Object.entries(content)) headers[traits.httpPrefixHeaders + suffix] = String(x)
      else if (traits.httpResponseCode) status = content as number
      else if (traits.httpPayload)
        body =
          typeof content === 'string' ||
          content instanceof Uint8Array ||
          content instanceof Readable ||
          Symbol.asyncIterator in (content as object)
            ? (content as WireResponse['body'])
            : serialize(member, content)
      else rest = { ...rest, [key]: content }
    }
  if (rest) body = serialize(schema, rest)
  return { status, headers, body }
}
