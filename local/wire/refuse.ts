import type { ServiceError } from '../base/errors.ts'
import type { Model, WireResponse } from './types.ts'
import { requestIds } from './write.ts'

/** The answer of an operation that was refused: code, status and shape are AWS's. `extra` are members for any error. */
export const refuse = (
  model: Model,
  error: ServiceError,
  requestId: string,
  extra: Record<string, unknown> = {},
): WireResponse => {
  const known = model.errors.get(error.code)
  const status = error.status ?? known?.status ?? 400
  const code = known?.code ?? error.code
  const headers = requestIds(model, requestId)
  const fields = { ...extra, ...error.fields }
  const { protocol } = model
  if (protocol === 'json1.0' || protocol === 'json1.1') {
    headers['content-type'] = `application/x-amz-json-${protocol.slice(4)}`
    return { status, headers, body: JSON.stringify({ __type: error.code, message: error.message, ...fields }) }
  }
  if (protocol === 'restJson') {
    headers['content-type'] = 'application/json'
    headers['x-amzn-errortype'] = error.code
    const body = { Type: status < 500 ? 'User' : 'Service', message: error.message, Message: error.message, ...fields }
    return { status, headers, body: JSON.stringify(body) }
  }
  const inner = `<Code>${code}</Code><Message>${escaped(error.message)}</Message>`
  if (protocol === 'query') {
    headers['content-type'] = 'text/xml'
    const type = status < 500 ? 'Sender' : 'Receiver'
    return {
      status,
      headers,
      body: `<ErrorResponse xmlns="${model.namespace}"><Error><Type>${type}</Type>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    }
  }
  headers['content-type'] = 'application/xml'
  const others = Object.entries(fields).map(([key, value]) => `<${key}>${escaped(String(value))}</${key}>`)
  return {
    status,
    headers,
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}${others.join('')}<RequestId>${requestId}</RequestId></Error>`,
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text: string) => text.replace(/[&<>]/g, (character) => ENTITIES[character] as string)
