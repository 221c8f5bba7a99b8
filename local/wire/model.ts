import { NormalizedSchema } from '@smithy/core/schema'
import type { ErrorModel, Model, Operation, Protocol, Route } from './types.ts'

/** The first element of a schema as the SDK writes it down: what kind of thing it describes. */
const OPERATION = 9
const ERROR = -3

interface HttpTraits {
  httpQuery?: string
  httpHeader?: string
}

/** Reads the model of a service from its SDK package (`import * as sns from '@aws-sdk/client-sns'`). */
export const modelOf = (
  sdk: object,
  { name, protocol, namespace = '' }: { name: string; protocol: Protocol; namespace?: string },
): Model => {
  const operations = new Map<string, Operation>()
  const errors = new Map<string, ErrorModel>()
  for (const [key, value] of Object.entries(sdk)) {
    if (!key.endsWith('$') || !Array.isArray(value)) continue
    const [kind, , shape, traits, input, output] = value
    if (kind === OPERATION) operations.set(shape, operationOf(shape, traits, resolve(input), resolve(output)))
    if (kind === ERROR) errors.set(shape, errorOf(shape, traits, value))
  }
  return { name, protocol, namespace, operations, errors }
}

const resolve = (schema: unknown) => NormalizedSchema.of((typeof schema === 'function' ? schema() : schema) as never)

const errorOf = (name: string, traits: Record<string, never>, schema: unknown): ErrorModel => {
  const [code = name, status] = traits?.awsQueryError ?? []
  return {
    code,
    status: status ?? traits?.httpError ?? (traits?.error === 'server' ? 500 : 400),
    schema: resolve(schema),
  }
}

const operationOf = (
  name: string,
  traits: { http?: [string, string, number] },
  input: NormalizedSchema,
  output: NormalizedSchema,
): Operation => {
  const { http } = traits || {}
  const operation: Operation = { name, status: http?.[2] ?? 200, input, output, streams: false }
  if (!input.isUnitSchema())
    for (const [, member] of input.structIterator())
      if (member.isStreaming() && member.isBlobSchema()) operation.streams = true
  if (http) operation.route = routeOf(http, input)
  return operation
}

const routeOf = ([method, uri]: [string, string, number], input: NormalizedSchema): Route => {
  const [path = '/', query = ''] = uri.split('?')
  const labels: string[] = []
  const pattern = path.replaceAll('.', '\\.').replace(/\{(\w+)(\+?)\}/g, (_, label, greedy) => {
    labels.push(label)
    return greedy ? '(.+)' : '([^/]+)'
  })
  const literals = [...new URLSearchParams(query)].filter(([key]) => key !== 'x-id')
  const required = { query: [] as string[], headers: [] as string[] }
  const schema = input.getSchema() as unknown as [number, string, string, unknown, string[], unknown, number?]
  if (!input.isUnitSchema())
    for (const name of schema[4].slice(0, schema[6] ?? 0)) {
      const traits = input.getMemberSchema(name).getMergedTraits() as HttpTraits
      if (traits.httpQuery) required.query.push(traits.httpQuery)
      if (traits.httpHeader) required.headers.push(traits.httpHeader.toLowerCase())
    }
  return {
    method,
    pattern: new RegExp(`^${pattern}$`, 's'),
    labels,
    literals,
    required,
    weight:
      10 * (literals.length + required.query.length + required.headers.length) -
      labels.length +
      (pattern.includes('(.+)') ? 0 : 1),
  }
}
