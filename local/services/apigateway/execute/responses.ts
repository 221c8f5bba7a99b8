import type { Integration, IntegrationResponse } from '@aws-sdk/client-api-gateway'
import type { ApiResponse, Headers } from '../types.ts'
import { contextValue } from './context.ts'
import type { Exchange } from './exchange.ts'
import { misconfigured } from './gatewayErrors.ts'
import type { Answer } from './integrations/answer.ts'
import { isDecimal, type Json, parseJson, printJson } from './json.ts'
import { readPath } from './jsonPath.ts'
import { converted } from './mapping.ts'
import { header, headerValues, isBinary, mediaType, own } from './parameters.ts'
import { render } from './templates.ts'
import { matchesWhole } from './vtl/regex.ts'

/** The integration response whose pattern fits the whole text, or the one without a pattern. */
const selected = (integration: Integration, { matched, status }: Answer): IntegrationResponse => {
  const responses = Object.values(integration.integrationResponses ?? {})
  const fitting = matched
    ? responses.find(({ selectionPattern }) => selectionPattern && fits(selectionPattern, matched))
    : undefined
  const found = fitting ?? responses.find(({ selectionPattern }) => !selectionPattern)
  if (found) return found
  throw misconfigured(
    `No match for output mapping and no default endpoint response configured. Endpoint Response Status Code: ${status}`,
  )
}

const fits = (pattern: string, text: string): boolean => {
  try {
    return matchesWhole(pattern, text)
  } catch (error) {
    throw misconfigured((error as Error).message)
  }
}

/** The template by the client's Accept, or the one for JSON, or the first. */
const templateOf = (
  exchange: Exchange,
  templates: Record<string, string> | undefined,
): readonly [type: string, template: string] | undefined => {
  const all = Object.entries(templates ?? {})
  const accepted = (header(exchange.request.headers, 'accept') ?? '').split(',').map(mediaType)
  return (
    all.find(([name]) => accepted.includes(mediaType(name))) ??
    all.find(([name]) => mediaType(name) === 'application/json') ??
    all[0]
  )
}

const textOf = (value: Json | undefined): string[] => {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return [value]
  return [isDecimal(value) ? value.text : typeof value === 'object' ? printJson(value) : String(value)]
}

/** The values that a `method.response.header.…` mapping stands for. */
const mappedValues = (exchange: Exchange, expression: string, answer: Answer): string[] => {
  const fixed = /^'(.*)'$/s.exec(expression)
  if (fixed) return [fixed[1] ?? '']
  const [, variable] = /^stageVariables\.(.+)$/.exec(expression) ?? []
  if (variable !== undefined) return textOf(own(exchange.api.stage.variables, variable))
  const [, context] = /^context\.(.+)$/.exec(expression) ?? []
  if (context !== undefined) return textOf(contextValue(exchange, context))
  const [, place, rest = ''] = /^integration\.response\.(header|multivalueheader|body)(.*)$/s.exec(expression) ?? []
  if (place === 'header') return textOf(header(answer.headers, rest.slice(1)))
  if (place === 'multivalueheader') return headerValues(answer.headers, rest.slice(1))
  if (place !== 'body') return []
  if (!rest) return [answer.body.toString()]
  try {
    return textOf(readPath(parseJson(answer.body.toString()), `$${rest}`))
  } catch {
    return []
  }
}

/** Maps what the backend answered to the method's response (types `AWS`, `HTTP`, `MOCK`). */
export const mapResponse = (exchange: Exchange, integration: Integration, answer: Answer): ApiResponse => {
  const response = selected(integration, answer)
  const headers = Object.entries(response.responseParameters ?? {}).flatMap(([target, source]) => {
    const name = target.replace(/^method\.response\.header\./, '')
    return mappedValues(exchange, source, answer).map((value) => [name, value] as const)
  })
  const template = templateOf(exchange, response.responseTemplates)
  const type = mediaType(header(answer.headers, 'content-type') ?? '')
  const binary = isBinary(exchange.api.restApi.binaryMediaTypes, type)
  const source = converted(answer.body, response.contentHandling, binary)
  const body = template ? Buffer.from(render(exchange, template[1], source.toString())) : source
  exchange.log.data(`Method response body after transformations: ${body.toString()}`)
  const contentType = template?.[0] ?? header(answer.headers, 'content-type') ?? 'application/json'
  return overridden(exchange, {
    status: Number(response.statusCode ?? 200),
    headers: header(headers, 'content-type') === undefined ? [...headers, ['Content-Type', contentType]] : headers,
    body,
  })
}

/** What templates put into `$context.responseOverride`: the status and headers. */
export const overridden = ({ responseOverride }: Exchange, { status, headers, body }: ApiResponse): ApiResponse => {
  const wanted = Number(textOf(responseOverride.get('status'))[0] ?? status)
  const written = responseOverride.get('header')
  const own: Headers = written instanceof Map ? [...written].flatMap(([name, value]) => spread(name, value)) : []
  const names = new Set(own.map(([name]) => name.toLowerCase()))
  return {
    status: Number.isInteger(wanted) && wanted >= 200 && wanted <= 599 ? wanted : status,
    headers: [...headers.filter(([name]) => !names.has(name.toLowerCase())), ...own],
    body,
  }
}

const spread = (name: string, value: Json): Headers =>
  (Array.isArray(value) ? value.flatMap(textOf) : textOf(value)).map((text) => [name, text] as const)
