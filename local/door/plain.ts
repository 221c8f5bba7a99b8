import type { ServiceError } from '../base/errors.ts'
import type { Protocol, WireResponse } from '../wire/types.ts'
import { escapeXml } from '../wire/xml.ts'
import type { SiteRequest } from './request.ts'

/** What is known of whom a request was meant for. */
export interface Meant {
  head?: SiteRequest
  /** The service that the client signed for, and its protocol if we have it. */
  service?: string
  protocol?: Protocol
}

/**
 * A refusal without the model of a service, because it is not known which it is for, or not here, or not to be asked by
 * this client: in the shape that the client's protocol expects.
 */
export const plainRefusal = (meant: Meant, error: ServiceError, requestId: string): WireResponse => {
  const { code, message, status = 400 } = error
  const inner = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`
  const xml = (body: string): WireResponse => ({
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId, 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  })
  switch (shapeOf(meant)) {
    case 'ec2':
      return xml(`<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`)
    case 'query':
      return xml(`<ErrorResponse><Error>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`)
    case 'xml':
      return xml(`<Error>${inner}<RequestId>${requestId}</RequestId></Error>`)
    case 'json':
      return {
        status,
        headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': code },
        body: JSON.stringify({ __type: code, message }),
      }
  }
}

/** The services of the REST XML protocol. */
const SPEAK_XML = /^(s3|route53|cloudfront)/

const shapeOf = ({ head, service, protocol }: Meant): 'ec2' | 'query' | 'xml' | 'json' => {
  if (protocol) return protocol === 'query' ? 'query' : protocol === 'restXml' ? 'xml' : 'json'
  if (service === 'ec2') return 'ec2'
  const { 'content-type': type = '', 'x-amz-target': target } = head?.headers ?? {}
  if (type.startsWith('application/x-www-form-urlencoded')) return 'query'
  if (target !== undefined || type.includes('json')) return 'json'
  return service !== undefined && !SPEAK_XML.test(service) ? 'json' : 'xml'
}
