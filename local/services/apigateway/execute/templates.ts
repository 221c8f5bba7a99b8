import { contextOf } from './context.ts'
import type { Exchange } from './exchange.ts'
import { GatewayError, misconfigured } from './gatewayErrors.ts'
import { type Json, parseJson } from './json.ts'
import { singles } from './parameters.ts'
import { evaluate } from './vtl/evaluate.ts'
import { inputOf } from './vtl/input.ts'
import { type Node, TemplateError } from './vtl/nodes.ts'
import { parseTemplate } from './vtl/parse.ts'
import { utilOf } from './vtl/util.ts'
import type { Value } from './vtl/values.ts'

/** Templates of at most 300 KB (API Gateway quotas). */
const LARGEST = 300 * 1024

/** What was read stays by the API that it stands in. */
const read = new WeakMap<object, Map<string, readonly Node[]>>()

const parsed = (api: object, template: string): readonly Node[] => {
  const known = read.get(api) ?? new Map<string, readonly Node[]>()
  read.set(api, known)
  const nodes = known.get(template) ?? parseTemplate(template)
  known.set(template, nodes)
  return nodes
}

/** The parameters of a request, as `$input.params()` gives them. */
export const paramsOf = (exchange: Exchange): Map<string, Json> =>
  new Map<string, Json>([
    ['path', new Map(exchange.route?.pathParameters ?? [])],
    ['querystring', singles(exchange.query)],
    ['header', singles(exchange.headers)],
  ])

const stageVariables = ({ api }: Exchange): Map<string, Json> => new Map(Object.entries(api.stage.variables ?? {}))

/**
 * Renders a mapping template over `body`.
 * @throws GatewayError BAD_REQUEST_BODY where the body is not the JSON that the template asks for, API_CONFIGURATION_ERROR
 *   where the template itself fails
 */
export const render = (exchange: Exchange, template: string, body: string): string => {
  if (Buffer.byteLength(template) > LARGEST) throw misconfigured('A mapping template is larger than 300 KB')
  const variables = new Map<string, Value>([
    ['input', inputOf(body, paramsOf(exchange))],
    ['context', contextOf(exchange)],
    ['stageVariables', stageVariables(exchange)],
    ['util', utilOf()],
  ])
  try {
    return evaluate(parsed(exchange.api, template), variables)
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new GatewayError('BAD_REQUEST_BODY', {
        message: `Could not parse request body into json: ${error.message}`,
      })
    if (error instanceof TemplateError || error instanceof RangeError)
      throw misconfigured(`Unable to transform request: ${error.message}`)
    throw error
  }
}

/** Only the simple `$context.name` of access logs and gateway responses; `-` or nothing where there is no value. */
export const substituted = (text: string, value: (path: string) => string | undefined, missing: string): string =>
  text.replace(
    /\$(?:\{context\.([\w.]+)\}|context\.([\w.]*\w))/g,
    (_, wrapped?: string, bare?: string) => value(wrapped ?? bare ?? '') ?? missing,
  )

/** Whether a text is JSON. */
export const isJson = (text: string): boolean => {
  try {
    parseJson(text)
    return true
  } catch {
    return false
  }
}
