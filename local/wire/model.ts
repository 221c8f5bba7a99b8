import { NormalizedSchema } from '@smithy/core/schema'
import { crossingsOf, routeOf } from './route.ts'
import { createShapes, type Shapes, type Structure } from './shapes.ts'
import type { ErrorModel, Model, Operation, Protocol } from './types.ts'

/** The first element of a schema as the SDK writes it down: what kind of thing it describes. */
const OPERATION = 9
const ERROR = -3
/** The namespace of what the SDK adds: the class that its errors have in common. */
const SYNTHETIC = 'smithy.ts.sdk.synthetic'

type OperationSchema = readonly [typeof OPERATION, string, string, OperationTraits | 0, unknown, unknown]
type ErrorSchema = readonly [typeof ERROR, string, string, ErrorTraits | 0, ...unknown[]]
interface OperationTraits {
  http?: readonly [method: string, uri: string, status: number]
}
interface ErrorTraits {
  error?: 'client' | 'server'
  httpError?: number
  awsQueryError?: readonly [code: string, status: number]
}

/** DynamoDB's errors carry the version of its API in their namespace; all others have the one of their model. */
const ERROR_NAMESPACES: Record<string, string> = { 'com.amazonaws.dynamodb': 'com.amazonaws.dynamodb.v20120810' }

/** Reads the model of a service from its SDK package (`import * as sns from '@aws-sdk/client-sns'`). */
export const modelOf = (
  sdk: object,
  { name, protocol, namespace = '' }: { name: string; protocol: Protocol; namespace?: string },
): Model => {
  const shapes = createShapes()
  const operations = new Map<string, Operation>()
  const errors = new Map<string, ErrorModel>()
  let errorNamespace = ''
  for (const [key, value] of Object.entries(sdk)) {
    if (!key.endsWith('$') || !Array.isArray(value)) continue
    const schema = value as unknown as OperationSchema | ErrorSchema
    if (schema[0] === OPERATION) {
      operations.set(schema[2], operationOf(schema, shapes))
      errorNamespace = schema[1]
    }
    if (schema[0] === ERROR && !schema[1].startsWith(SYNTHETIC)) {
      const error = errorOf(schema, shapes, protocol)
      errors.set(error.name, error)
      if (!errors.has(error.code)) errors.set(error.code, error)
    }
  }
  return {
    name,
    protocol,
    namespace,
    errorNamespace: ERROR_NAMESPACES[errorNamespace] ?? errorNamespace,
    operations,
    errors,
    crossings: crossingsOf(operations.values(), protocol),
  }
}

const structureOf = (schema: unknown, shapes: Shapes): Structure | undefined => {
  const shape = NormalizedSchema.of(schema as never)
  return shape.isUnitSchema() ? undefined : (shapes(shape) as Structure)
}

const errorOf = (schema: ErrorSchema, shapes: Shapes, protocol: Protocol): ErrorModel => {
  const [, , name, given] = schema
  const traits = given || {}
  const [code, status] = traits.awsQueryError ?? [name, undefined]
  const plain = traits.error === 'server' ? 500 : 400
  // Services of the JSON protocols answer with no other statuses than these, whatever their models say.
  const http = protocol.startsWith('json') ? plain : (traits.httpError ?? plain)
  return {
    name,
    code,
    status: protocol === 'query' ? (status ?? http) : http,
    shape: structureOf(schema, shapes) as Structure,
  }
}

const operationOf = ([, , name, traits, input, output]: OperationSchema, shapes: Shapes): Operation => {
  const http = traits ? traits.http : undefined
  const operation: Operation = {
    name,
    status: http?.[2] ?? 200,
    input: structureOf(input, shapes),
    output: answerOf(structureOf(output, shapes)),
    streams: false,
  }
  if (!http) return operation
  operation.streams = !!operation.input?.members.some(({ shape }) => shape.kind === 'blob' && shape.streaming)
  const { input: takes, output: gives } = operation
  if (takes?.members.some(({ place }) => !place)) operation.inputBody = bodyOf(takes)
  if (gives?.members.some(({ place }) => !place)) operation.outputBody = bodyOf(gives)
  operation.route = routeOf(http, operation.input)
  return operation
}

/** An answer has neither path nor query: what an input of the same shape has there stands in its body. */
const answerOf = (shape: Structure | undefined): Structure | undefined => {
  const members = shape?.members.map((member) =>
    member.place?.in === 'query' || member.place?.in === 'label' ? { ...member, place: undefined } : member,
  )
  return shape && members ? { ...shape, members } : shape
}

const bodyOf = (shape: Structure): Structure => ({ ...shape, members: shape.members.filter(({ place }) => !place) })
