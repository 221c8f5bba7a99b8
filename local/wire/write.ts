import { headerSafe, toHeader } from './head.ts'
import { toJson } from './json.ts'
import type { Structure } from './shapes.ts'
import type { Model, Operation, WireResponse } from './types.ts'
import { escapeXml } from './xml.ts'
import { contentToXml, toXml } from './xmlShapes.ts'

type Output = Record<string, unknown>

export const XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** The headers that carry the id of a request. S3 has a second one. */
export const requestIds = ({ protocol }: Model, requestId: string): Record<string, string> =>
  protocol === 'restXml'
    ? { 'x-amz-request-id': requestId, 'x-amz-id-2': hostIdOf(requestId) }
    : { 'x-amzn-requestid': requestId }

export const hostIdOf = (requestId: string): string => Buffer.from(requestId).toString('base64')

/**
 * The answer of an operation that went well. Of the output only members that the model knows are written. The body of an
 * operation that streams it (`GetObject`) is handed on as it is: bytes, text or what gives bytes one after another.
 */
export const write = (model: Model, operation: Operation, output: unknown, requestId: string): WireResponse => {
  const value = (output ?? {}) as Output
  const headers = requestIds(model, requestId)
  switch (model.protocol) {
    case 'json1.0':
    case 'json1.1': {
      headers['content-type'] = `application/x-amz-json-${model.protocol.slice(4)}`
      const body = operation.output ? JSON.stringify(toJson(operation.output, value)) : '{}'
      return { status: 200, headers, body }
    }
    case 'query':
      headers['content-type'] = 'text/xml'
      return { status: 200, headers, body: resultOf(model, operation, value, requestId) }
    default:
      return writeRest(model, operation, value, headers)
  }
}

const resultOf = ({ namespace }: Model, { name, output }: Operation, value: Output, requestId: string): string =>
  `<${name}Response xmlns="${escapeXml(namespace)}">${output ? toXml(`${name}Result`, output, value) : ''}` +
  `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`

const writeRest = (
  model: Model,
  operation: Operation,
  value: Output,
  headers: WireResponse['headers'],
): WireResponse => {
  let { status } = operation
  let body: WireResponse['body'] = ''
  for (const { name, place, shape, xmlName } of operation.output?.members ?? []) {
    const given = value[name]
    if (!place || given === undefined || given === null) continue
    if (place.in === 'status') status = given as number
    else if (place.in === 'header') {
      headers[place.name] = toHeader(shape, given)
      // The model has one status; HTTP has another one for an answer that is a part of its object.
      if (place.name === 'content-range') status = 206
    } else if (place.in === 'headers')
      for (const [suffix, one] of Object.entries(given as Output))
        headers[place.name + suffix.toLowerCase()] = headerSafe(String(one))
    else if (place.in === 'payload') {
      if (shape.kind === 'structure') body = documentOf(model, shape, xmlName, given as Output, headers)
      else {
        body = given as WireResponse['body']
        // S3's texts are policies; the bytes of others are what a function gave back, or of a type of their own.
        if (shape.kind === 'string' || (model.protocol === 'restJson' && !saysType(operation)))
          headers['content-type'] ??= 'application/json'
      }
    }
  }
  const { outputBody } = operation
  if (outputBody) body = documentOf(model, outputBody, outputBody.xmlName, value, headers)
  return { status, headers, body }
}

const saysType = ({ output }: Operation): boolean =>
  output?.members.some(({ place }) => place?.in === 'header' && place.name === 'content-type') ?? false

const documentOf = (
  model: Model,
  shape: Structure,
  name: string,
  value: Output,
  headers: WireResponse['headers'],
): string => {
  if (model.protocol === 'restJson') {
    headers['content-type'] ??= 'application/json'
    return JSON.stringify(toJson(shape, value))
  }
  headers['content-type'] ??= 'application/xml'
  const namespace = ` xmlns="${escapeXml(model.namespace)}"`
  return XML + (isUnwrapped(shape) ? unwrapped(shape, value, namespace) : toXml(name, shape, value, namespace))
}

/** `GetBucketLocation` answers with one element, not with one of that name in another of that name. */
const isUnwrapped = ({ xmlName, members }: Structure) => members.length === 1 && members[0]?.xmlName === xmlName

const unwrapped = ({ members, xmlName }: Structure, value: Output, namespace: string): string => {
  const member = members[0] as Structure['members'][number]
  const given = value[member.name]
  return given === undefined || given === null
    ? `<${xmlName}${namespace}/>`
    : `<${xmlName}${namespace}>${contentToXml(member.shape, given)}</${xmlName}>`
}
