import { createRequire } from 'node:module'
import type Draft4 from 'ajv-draft-04'
import type { ErrorObject, ValidateFunction } from 'ajv-draft-04'
import { withinTime } from '../../../base/withinTime.ts'
import type { DeployedApi } from '../types.ts'
import type { Exchange } from './exchange.ts'
import { GatewayError, misconfigured } from './gatewayErrors.ts'
import { header, mediaType } from './parameters.ts'
import { finds } from './vtl/regex.ts'

/** A model, compiled twice: to say whether a body fits, which ends at the first error, and to name all errors. */
interface Validators {
  readonly whether: ValidateFunction
  readonly why: ValidateFunction
}

/** A schema that was compiled stays by the API that it stands in. */
const compiled = new WeakMap<DeployedApi, Map<string, Validators>>()

/** Milliseconds that a body may be looked at: the whole cloud waits for it. */
const LONGEST = 1000

const addressOf = (apiId: string | undefined, name: string | undefined) =>
  `https://apigateway.amazonaws.com/restapis/${apiId}/models/${name}`

/** Patterns of models are held against what strangers send: they get a limit of time. */
const bounded = Object.assign(
  // ajv tells patterns apart by their text.
  (pattern: string) => ({ test: (text: string) => finds(pattern, text), toString: () => pattern }),
  { code: 'bounded' },
)

const compile = (api: DeployedApi, name: string, allErrors: boolean): ValidateFunction => {
  // No start of the cloud waits for it.
  const { default: Ajv }: typeof Draft4 = createRequire(import.meta.url)('ajv-draft-04')
  const ajv = new Ajv({
    strict: false,
    allErrors,
    verbose: true,
    validateFormats: false,
    logger: false,
    // biome-ignore lint/suspicious/noExplicitAny: ajv types the result as a whole RegExp, but uses its test only
    code: { regExp: bounded as any },
  })
  for (const model of api.models) {
    const schema: unknown = JSON.parse(model.schema ?? '{}')
    const plain = typeof schema === 'object' && schema !== null ? schema : {}
    ajv.addSchema({ ...plain, id: undefined }, addressOf(api.restApi.id, model.name))
  }
  const validate = ajv.getSchema(addressOf(api.restApi.id, name))
  if (!validate) throw new Error(`no model ${name}`)
  return validate as ValidateFunction
}

const validatorsOf = (api: DeployedApi, name: string): Validators => {
  const known = compiled.get(api) ?? new Map<string, Validators>()
  compiled.set(api, known)
  const found = known.get(name)
  if (found) return found
  try {
    const validators = { whether: compile(api, name, false), why: compile(api, name, true) }
    known.set(name, validators)
    return validators
  } catch (error) {
    throw misconfigured(`Model ${name}: ${(error as Error).message}`)
  }
}

const json = (value: unknown): string => {
  try {
    return JSON.stringify(value)
  } catch {
    // It lies too deep to be shown.
    return '…'
  }
}

/** The errors as API Gateway words them: the messages of its schema validator (json-schema-validator, draft 4). */
const worded = ({ keyword, params, data, message, parentSchema }: ErrorObject): string => {
  const length = typeof data === 'string' ? [...data].length : Array.isArray(data) ? data.length : 0
  switch (keyword) {
    case 'required':
      return `object has missing required properties (${json([params.missingProperty])})`
    case 'type':
      return `instance type (${typeOf(data)}) does not match any allowed primitive type (allowed: ${json(
        [params.type].flat().flatMap((type) => (type === 'number' ? ['integer', 'number'] : [type])),
      )})`
    case 'enum':
      return `instance value (${json(data)}) not found in enum (possible values: ${json(params.allowedValues)})`
    case 'minLength':
      return `string ${json(data)} is too short (length: ${length}, required minimum: ${params.limit})`
    case 'maxLength':
      return `string ${json(data)} is too long (length: ${length}, maximum allowed: ${params.limit})`
    case 'pattern':
      return `ECMA 262 regex ${json(params.pattern)} does not match input string ${json(data)}`
    case 'minimum':
      return `numeric instance is lower than the required minimum (minimum: ${parentSchema?.minimum}, found: ${data})`
    case 'maximum':
      return `numeric instance is greater than the required maximum (maximum: ${parentSchema?.maximum}, found: ${data})`
    case 'additionalProperties':
      return `object instance has properties which are not allowed by the schema: ${json([params.additionalProperty])}`
    case 'minItems':
      return `array is too short: must have at least ${params.limit} elements but instance has ${length} elements`
    case 'maxItems':
      return `array is too long: must have at most ${params.limit} elements but instance has ${length} elements`
    case 'uniqueItems':
      return 'array must not contain duplicate elements'
    default:
      return message ?? keyword
  }
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

/** Errors of an answer; what else is wrong shows once these are mended. */
const MOST = 50

/** Several missing properties are one message. */
const gathered = (all: readonly ErrorObject[]): string[] => {
  const errors = all.slice(0, MOST)
  const missing = Map.groupBy(
    errors.filter(({ keyword }) => keyword === 'required'),
    ({ instancePath }) => instancePath,
  )
  const lines = [...missing.values()].map((group) => {
    const names = group.map(({ params }) => String(params.missingProperty)).sort()
    return `object has missing required properties (${JSON.stringify(names)})`
  })
  return [...lines, ...errors.filter(({ keyword }) => keyword !== 'required').map(worded)]
}

const checkBody = (exchange: Exchange, models: Record<string, string>) => {
  const { api, request } = exchange
  const type = mediaType(header(request.headers, 'content-type') ?? 'application/json')
  const name = Object.entries(models).find(([other]) => mediaType(other) === type)?.[1] ?? models.$default
  if (name === undefined || name === 'Empty') return
  const { whether, why } = validatorsOf(api, name)
  const refuse = (reasons: string[]) => {
    const validation = `[${reasons.join(', ')}]`
    return new GatewayError('BAD_REQUEST_BODY', {
      validation,
      reason: `Request body does not match model schema for content type ${type}: ${validation}`,
    })
  }
  let body: unknown
  try {
    body = JSON.parse(request.body.toString())
  } catch {
    throw refuse(['Invalid JSON'])
  }
  const fits = checked(whether, body)
  if (fits === true) return
  if (fits === 'too long') throw refuse(['The body takes too long to check'])
  const [first, all] = [whether.errors ?? [], checked(why, body)]
  throw refuse(gathered(all === 'too long' ? first : (why.errors ?? first)))
}

/** Whether a body fits, as far as can be said in time and with the depth that there is. */
const checked = (validate: ValidateFunction, body: unknown): boolean | 'too long' => {
  validate.errors = null
  try {
    return withinTime(LONGEST, () => validate(body) === true)
  } catch {
    return 'too long'
  }
}

const checkParameters = ({ route, request, query }: Exchange, parameters: Record<string, boolean>) => {
  const missing = Object.entries(parameters)
    .filter(([, required]) => required)
    .map(([name]) =>
      /^method\.request\.(path|querystring|header|multivaluequerystring|multivalueheader)\.(.+)$/.exec(name),
    )
    .filter((found) => found !== null)
    .filter(([, place, name = '']) => {
      if (place === 'path') return !route?.pathParameters.get(name)
      return place?.includes('header')
        ? !header(request.headers, name)
        : !query.get(name)?.some((value) => value !== '')
    })
    .map(([, , name]) => name)
  if (!missing.length) return
  const message = `Missing required request parameters: [${missing.join(', ')}]`
  throw new GatewayError('BAD_REQUEST_PARAMETERS', { message, reason: message, validation: message })
}

/**
 * Checks a request as its method's request validator says ("Request validation for REST APIs").
 * @throws GatewayError BAD_REQUEST_PARAMETERS, BAD_REQUEST_BODY
 */
export const validateRequest = (exchange: Exchange): void => {
  const { requestValidatorId, requestParameters, requestModels } = exchange.route?.method ?? {}
  const validator = exchange.api.requestValidators.find(({ id }) => id === requestValidatorId)
  if (!requestValidatorId || !validator) return
  if (validator.validateRequestParameters) checkParameters(exchange, requestParameters ?? {})
  if (validator.validateRequestBody) checkBody(exchange, requestModels ?? {})
}
