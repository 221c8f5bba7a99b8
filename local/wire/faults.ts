import { ServiceError } from '../base/errors.ts'
import type { Shape } from './shapes.ts'
import type { Model } from './types.ts'

/** How AWS refuses a request that does not fit the model of its service: code and words depend on protocol and service. */
const refusal = (code: string, message: string, fields: Record<string, unknown> = {}) =>
  new ServiceError(code, message, { ...fields, status: 400 })

export const malformedXml = () =>
  refusal('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema')

export const malformedForm = () => refusal('MalformedQueryString', 'The query string contains a syntax error.')

/** A form whose keys do not fit the model. */
export const malformedInput = (message: string) => refusal('MalformedInput', message)

const serialization = (message = '') => refusal('SerializationException', message)

/** A body that is no JSON. AWS says nothing more, except Lambda. */
export const brokenJson = ({ name }: Model, detail: string): ServiceError =>
  name === 'lambda'
    ? refusal('InvalidRequestContentException', `Could not parse request body into json: ${detail}`)
    : serialization()

export const tooDeep = (): ServiceError => serialization('Structure of the request is nested too deeply.')

/** What DynamoDB calls a type, and all others. */
const TYPES: Partial<Record<Shape['kind'], readonly [dynamodb: string, others: string]>> = {
  string: ['cannot be converted to String', 'can not be converted to a String'],
  number: ['cannot be converted to Integer', 'can not be converted to an Integer'],
  boolean: ['cannot be converted to Boolean', 'can not be converted to a Boolean'],
  timestamp: ['cannot be converted to Date', 'can not be converted to milliseconds since epoch'],
  blob: ['only base-64-encoded strings are convertible to bytes', 'can not be converted to a ByteBuffer'],
}

/** A JSON value of another type than the model's. The words are the ones that AWS's services answer with. */
export const misfit = (model: Model, { kind }: Shape, value: unknown): ServiceError => {
  const dynamodb = model.name === 'dynamodb'
  if (Array.isArray(value))
    return serialization(dynamodb ? unrecognized(kind) : 'Start of list found where not expected')
  if (typeof value === 'object')
    return serialization(`Start of structure or map found where not expected${dynamodb ? '' : '.'}`)
  const type = TYPES[kind]
  if (!type)
    return serialization(
      dynamodb ? 'Unexpected field type' : kind === 'list' ? 'Expected list or null' : 'Expected null',
    )
  if (dynamodb && kind === 'blob') return serialization(type[0])
  return serialization(`${tokenOf(value)} ${type[dynamodb ? 0 : 1]}`)
}

const unrecognized = (kind: Shape['kind']) =>
  `Unrecognized collection type ${kind === 'map' || kind === 'structure' ? 'java.util.Map' : `class java.lang.${kind === 'number' ? 'Integer' : kind === 'boolean' ? 'Boolean' : 'String'}`}`

const tokenOf = (value: unknown): string => {
  if (typeof value === 'string') return 'STRING_VALUE'
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'
  return value === true ? 'TRUE_VALUE' : 'FALSE_VALUE'
}

/** Words of the query protocol for a value that is not of its type. */
const FORM_TYPES: Partial<Record<Shape['kind'], string>> = {
  boolean: 'boolean must follow xsd1.1 definition',
  timestamp: 'timestamp must follow ISO8601',
  blob: 'blob must be base64 encoded',
}

/** Text that is not of the type that the model says, in form, header, query or path. `name` is the parameter's. */
export const badText = (model: Model, shape: Shape, name: string, text: string): ServiceError => {
  if (model.protocol === 'query')
    return malformedInput(FORM_TYPES[shape.kind] ?? 'STRING_VALUE can not be converted to an Integer')
  if (model.protocol !== 'restXml') return misfit(model, shape, text)
  const message =
    name === 'partNumber'
      ? 'Part number must be an integer between 1 and 10000, inclusive'
      : shape.kind === 'number'
        ? `Provided ${name} not an integer or within integer range`
        : `Value for ${name} is not a valid ${shape.kind}`
  return refusal('InvalidArgument', message, { ArgumentName: name, ArgumentValue: text })
}

export const missingBody = () => refusal('MissingRequestBodyError', 'Request Body is empty')

/** Required members that are not there, by their paths: `keySchema.1.member.attributeName`. */
export const missingMembers = (model: Model, paths: readonly string[]): ServiceError => {
  const { protocol, name } = model
  const first = upperFirst(paths[0] as string).split('.')[0]
  if (protocol === 'restXml') return malformedXml()
  if (name === 'sqs') return refusal('MissingParameter', `The request must contain the parameter ${first}.`)
  if (name === 'sns')
    return refusal('InvalidParameter', `Invalid parameter: ${first} Reason: no value for required parameter`)
  if (name === 'dynamodb' && paths.includes('tableName'))
    return refusal('ValidationException', "The parameter 'TableName' is required but was not present in the request")
  const faults = paths.map((path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`)
  const message = `${paths.length} validation error${paths.length > 1 ? 's' : ''} detected: ${faults.join('; ')}`
  if (name === 'logs') return refusal('InvalidParameterException', message)
  return refusal(protocol === 'query' ? 'ValidationError' : 'ValidationException', message)
}

export const upperFirst = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)
export const lowerFirst = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1)
