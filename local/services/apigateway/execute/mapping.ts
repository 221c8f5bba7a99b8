import type { Integration } from '@aws-sdk/client-api-gateway'
import { contextValue } from './context.ts'
import type { Exchange } from './exchange.ts'
import { GatewayError } from './gatewayErrors.ts'
import { isDecimal, type Json, parseJson, printJson } from './json.ts'
import { readPath } from './jsonPath.ts'
import { header, headerValues, isBinary, mediaType, own } from './parameters.ts'
import { render } from './templates.ts'

/** What goes to the backend. */
export interface IntegrationRequest {
  readonly path: Map<string, string>
  readonly query: Map<string, string[]>
  /** Names as the mapping writes them. */
  readonly headers: Map<string, string[]>
  readonly body: Buffer
}

const textOf = (value: Json | undefined): string | undefined => {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  return isDecimal(value) ? value.text : typeof value === 'object' ? printJson(value) : String(value)
}

const bodyAt = (body: Buffer, path: string): string | undefined => {
  try {
    return textOf(readPath(parseJson(body.toString()), path ? `$${path}` : '$'))
  } catch {
    return undefined
  }
}

/** The values that the right side of a parameter mapping stands for ("Parameter mapping source reference"). */
export const mappedValues = (exchange: Exchange, expression: string): string[] => {
  const one = (value: string | undefined) => (value === undefined ? [] : [value])
  const fixed = /^'(.*)'$/s.exec(expression)
  if (fixed) return [fixed[1] ?? '']
  const [, variable] = /^stageVariables\.(.+)$/.exec(expression) ?? []
  if (variable !== undefined) return one(own(exchange.api.stage.variables, variable))
  const [, context] = /^context\.(.+)$/.exec(expression) ?? []
  if (context !== undefined) return one(contextValue(exchange, context))
  const [, place, name = ''] = /^method\.request\.(\w+)(.*)$/s.exec(expression) ?? []
  const key = name.replace(/^\./, '')
  switch (place) {
    case 'path':
      return one(exchange.route?.pathParameters.get(key))
    case 'querystring':
      return one(exchange.query.get(key)?.at(-1))
    case 'multivaluequerystring':
      return exchange.query.get(key) ?? []
    case 'header':
      return one(header(exchange.request.headers, key))
    case 'multivalueheader':
      return headerValues(exchange.request.headers, key)
    case 'body':
      return one(name ? bodyAt(exchange.request.body, name) : exchange.request.body.toString())
    default:
      return []
  }
}

/** What goes to the backend, as the mappings `integration.request.<place>.<name>` say; the body is the client's own. */
export const mapParameters = (exchange: Exchange, integration: Integration): IntegrationRequest => {
  const [path, query, headers] = [new Map<string, string>(), new Map<string, string[]>(), new Map<string, string[]>()]
  for (const [target, source] of Object.entries(integration.requestParameters ?? {})) {
    const [, place, name = ''] = /^integration\.request\.(path|querystring|header)\.(.+)$/.exec(target) ?? []
    const values = mappedValues(exchange, source)
    if (!values.length) continue
    if (place === 'path') path.set(name, values.at(-1) ?? '')
    if (place === 'querystring') query.set(name, values)
    if (place === 'header') headers.set(name, values)
  }
  return { path, query, headers, body: exchange.request.body }
}

/** What a template put into `$context.requestOverride` goes before what the mappings say. */
const override = (exchange: Exchange, { path, query, headers }: IntegrationRequest) => {
  const written = (place: string): [string, string[]][] => {
    const overrides = exchange.requestOverride.get(place)
    if (!(overrides instanceof Map)) return []
    return [...overrides].map(([name, value]) => [
      name,
      (Array.isArray(value) ? value : [value]).map(textOf).filter((text) => text !== undefined),
    ])
  }
  for (const [name, values] of written('path')) path.set(name, values.at(-1) ?? '')
  for (const [name, values] of written('querystring')) query.set(name, values)
  for (const [name, values] of written('header')) {
    for (const other of headers.keys()) if (other.toLowerCase() === name.toLowerCase()) headers.delete(other)
    headers.set(name, values)
  }
}

/** The template for a content type; its name may carry parameters, and its case does not count. */
const templateFor = (templates: Record<string, string> | undefined, type: string): string | undefined =>
  Object.entries(templates ?? {}).find(([name]) => mediaType(name) === type)?.[1]

/**
 * The body that goes to the backend: by the template of its content type, or as it is where the passthrough behaviour
 * lets it ("Integration passthrough behaviors").
 * @throws GatewayError UNSUPPORTED_MEDIA_TYPE
 */
const mapBody = (exchange: Exchange, integration: Integration): Buffer => {
  const { request, api } = exchange
  const type = mediaType(header(request.headers, 'content-type') ?? 'application/json')
  const template = templateFor(integration.requestTemplates, type)
  const binary = isBinary(api.restApi.binaryMediaTypes, type)
  if (template === undefined) {
    const behaviour = (integration.passthroughBehavior ?? 'WHEN_NO_MATCH').toUpperCase()
    const templates = Object.keys(integration.requestTemplates ?? {}).length
    if (behaviour === 'NEVER' || (behaviour === 'WHEN_NO_TEMPLATES' && templates))
      throw new GatewayError('UNSUPPORTED_MEDIA_TYPE')
    return converted(request.body, integration.contentHandling, binary)
  }
  const text =
    binary && integration.contentHandling === 'CONVERT_TO_TEXT'
      ? request.body.toString('base64')
      : request.body.toString()
  const made = Buffer.from(render(exchange, template, text))
  // What was binary is text already; only text can still become bytes.
  return integration.contentHandling === 'CONVERT_TO_BINARY' ? converted(made, 'CONVERT_TO_BINARY', false) : made
}

/** CONVERT_TO_TEXT writes bytes as base64, CONVERT_TO_BINARY reads base64 ("Content type conversions"). */
export const converted = (body: Buffer, handling: string | undefined, binary: boolean): Buffer => {
  if (handling === 'CONVERT_TO_TEXT' && binary) return Buffer.from(body.toString('base64'))
  if (handling !== 'CONVERT_TO_BINARY' || binary) return body
  const text = body.toString().trim()
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text))
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      reason: 'Execution failed due to configuration error: Unable to base64 decode the body.',
    })
  return Buffer.from(text, 'base64')
}

/** Maps a method request to an integration request (types `AWS`, `HTTP`, `MOCK`). */
export const mapRequest = (exchange: Exchange, integration: Integration): IntegrationRequest => {
  const mapped = { ...mapParameters(exchange, integration), body: mapBody(exchange, integration) }
  override(exchange, mapped)
  exchange.log.data(`Endpoint request body after transformations: ${mapped.body.toString()}`)
  return mapped
}
