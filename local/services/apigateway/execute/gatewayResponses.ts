import type { GatewayResponse } from '@aws-sdk/client-api-gateway'
import type { ApiResponse } from '../types.ts'
import { contextValue } from './context.ts'
import type { Exchange } from './exchange.ts'
import { type GatewayError, KINDS } from './gatewayErrors.ts'
import { header, headerValues, mediaType, own } from './parameters.ts'
import { substituted } from './templates.ts'

/** The response of this type that the API customised, or its default for all of the class. */
const customised = ({ api }: Exchange, { type, status }: GatewayError): GatewayResponse | undefined => {
  const of = (wanted: string) => api.gatewayResponses.find(({ responseType }) => responseType === wanted)
  return of(type) ?? of(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX')
}

const headerOf = (exchange: Exchange, expression: string): string[] => {
  const fixed = /^'(.*)'$/s.exec(expression)
  if (fixed) return [fixed[1] ?? '']
  const one = (value: string | undefined) => (value === undefined ? [] : [value])
  const [, place, name = ''] =
    /^(context|stageVariables|method\.request\.(?:path|querystring|multivaluequerystring|header|multivalueheader))\.(.+)$/.exec(
      expression,
    ) ?? []
  switch (place) {
    case 'context':
      return one(contextValue(exchange, name))
    case 'stageVariables':
      return one(own(exchange.api.stage.variables, name))
    case 'method.request.path':
      return one(exchange.route?.pathParameters.get(name))
    case 'method.request.querystring':
      return one(exchange.query.get(name)?.at(-1))
    case 'method.request.multivaluequerystring':
      return exchange.query.get(name) ?? []
    case 'method.request.header':
      return one(header(exchange.request.headers, name))
    case 'method.request.multivalueheader':
      return headerValues(exchange.request.headers, name)
    default:
      return []
  }
}

/**
 * The gateway response for an error ("Gateway responses in API Gateway"). Its templates know no Velocity: only
 * `$context.…`, `$stageVariables.…` and `$input`-less `$method.request.…` variables are put in.
 */
export const gatewayResponse = (exchange: Exchange, error: GatewayError): ApiResponse => {
  const kind = KINDS[error.type]
  exchange.error = {
    type: error.type,
    message: error.told,
    ...(error.validation === undefined ? {} : { validation: error.validation }),
  }
  const custom = customised(exchange, error)
  const headers = Object.entries(custom?.responseParameters ?? {}).flatMap(([target, expression]) => {
    const name = target.replace(/^gatewayresponse\.header\./, '')
    return headerOf(exchange, expression).map((value) => [name, value] as const)
  })
  const [type, template] = templateOf(exchange, custom?.responseTemplates) ?? ['application/json', undefined]
  const body = template === undefined || template === DEFAULT ? kind.body(error.told) : filled(exchange, template)
  const typed = header(headers, 'content-type') !== undefined
  return {
    status: Number(custom?.statusCode ?? error.status),
    headers: [...headers, ['x-amzn-ErrorType', kind.errorType], ...(typed ? [] : [['Content-Type', type] as const])],
    body: Buffer.from(body),
  }
}

/** What AWS shows as the template of a response that nobody customised. */
const DEFAULT = '{"message":$context.error.messageString}'

const templateOf = (exchange: Exchange, templates: Record<string, string> | undefined) => {
  const all = Object.entries(templates ?? {})
  const accepted = (header(exchange.request.headers, 'accept') ?? '').split(',').map(mediaType)
  return (
    all.find(([name]) => accepted.includes(mediaType(name))) ??
    all.find(([name]) => mediaType(name) === 'application/json') ??
    all[0]
  )
}

const filled = (exchange: Exchange, template: string): string =>
  substituted(template, (path) => contextValue(exchange, path), '').replace(
    /\$(?:\{(stageVariables\.\w+|method\.request\.\w+\.[\w-]+)\}|(stageVariables\.\w+|method\.request\.\w+\.[\w-]+))/g,
    (_, wrapped?: string, bare?: string) => headerOf(exchange, wrapped ?? bare ?? '').join(','),
  )
