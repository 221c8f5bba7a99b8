import type { ServiceError } from '../base/errors.ts'
import { toHeader } from './head.ts'
import { toJson } from './json.ts'
import type { Member } from './shapes.ts'
import type { ErrorModel, Model, WireResponse } from './types.ts'
import { hostIdOf, requestIds, XML } from './write.ts'
import { escapeXml } from './xml.ts'
import { toXml } from './xmlShapes.ts'

type Fields = Record<string, unknown>

/**
 * The answer of an operation that was refused: code, status and shape are AWS's. `extra` are members for an error
 * without them, like S3's `Resource`. The body is for all methods but HEAD, whose answers have none.
 */
export const refuse = (model: Model, error: ServiceError, requestId: string, extra: Fields = {}): WireResponse => {
  const known = model.errors.get(error.code)
  const status = error.status ?? known?.status ?? 400
  const headers = requestIds(model, requestId)
  const fields = { ...extra, ...error.fields }
  for (const { name, place, shape } of known?.shape.members ?? []) {
    if (place?.in !== 'header' || fields[name] === undefined) continue
    headers[place.name] = toHeader(shape, fields[name])
    delete fields[name]
  }
  switch (model.protocol) {
    case 'json1.0':
    case 'json1.1':
      headers['content-type'] = `application/x-amz-json-${model.protocol.slice(4)}`
      if (WERE_QUERY.has(model.name))
        headers['x-amzn-query-error'] = `${known?.code ?? error.code};${status < 500 ? 'Sender' : 'Receiver'}`
      return {
        status,
        headers,
        body: JSON.stringify({ __type: typeOf(model, error, known), ...jsonOf(error, known, fields) }),
      }
    case 'restJson': {
      headers['content-type'] = 'application/json'
      headers['x-amzn-errortype'] = known?.name ?? error.code
      const type = known?.shape.members.some(({ name }) => name === 'Type')
        ? { Type: status < 500 ? 'User' : 'Service' }
        : {}
      return { status, headers, body: JSON.stringify({ ...type, ...jsonOf(error, known, fields) }) }
    }
    case 'query': {
      headers['content-type'] = 'text/xml'
      const inner = `<Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>${xmlOf(error, known, fields)}`
      const body = `<ErrorResponse xmlns="${escapeXml(model.namespace)}"><Error>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`
      return { status, headers, body }
    }
    case 'restXml': {
      headers['content-type'] = 'application/xml'
      const ids = `<RequestId>${requestId}</RequestId><HostId>${hostIdOf(requestId)}</HostId>`
      return { status, headers, body: `${XML}<Error>${xmlOf(error, known, fields)}${ids}</Error>` }
    }
  }
}

/** Services of the JSON protocol that once spoke the query protocol: older clients go by the codes of that time. */
const WERE_QUERY = new Set(['sqs', 'monitoring'])

/** JSON 1.0 puts a namespace before the name, JSON 1.1 does not. */
const typeOf = ({ protocol, errorNamespace }: Model, { code }: ServiceError, known: ErrorModel | undefined): string => {
  if (protocol === 'json1.1') return known?.name ?? code
  if (known) return `${errorNamespace}#${known.name}`
  if (code === 'ValidationException') return `com.amazon.coral.validate#${code}`
  // What is not an exception is a code of the service's own: SQS's `MissingParameter`.
  return code.endsWith('Exception') ? `com.amazon.coral.service#${code}` : `${errorNamespace}#${code}`
}

/** Errors of AWS's frame whose message has a capital letter, unlike all its others. */
const CAPITAL = new Set(['SerializationException', 'AccessDeniedException'])

const jsonOf = ({ message, code }: ServiceError, known: ErrorModel | undefined, fields: Fields): Fields => {
  if (!known) return { ...(message === '' ? {} : { [CAPITAL.has(code) ? 'Message' : 'message']: message }), ...fields }
  const name = known.shape.members.find((member) => isMessage(member))?.name ?? 'message'
  return { [name]: message, ...(toJson(known.shape, fields) as Fields) }
}

const isMessage = ({ name }: Member) => name === 'message' || name === 'Message'

/** Code, message and the error's own members; those that the model does not have, like S3's `BucketName`, as text. */
const xmlOf = ({ code, message }: ServiceError, known: ErrorModel | undefined, fields: Fields): string => {
  let out = `<Code>${escapeXml(known?.code ?? code)}</Code><Message>${escapeXml(message)}</Message>`
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue
    const member = known?.shape.members.find((one) => one.name === name)
    if (member) out += toXml(member.xmlName, member.shape, value)
    else if (typeof value !== 'object') out += `<${name}>${escapeXml(String(value))}</${name}>`
  }
  return out
}
