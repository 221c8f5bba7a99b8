import { type Dict, isDict } from '../../source.ts'
import { isIntrinsic, type SamResource } from '../types.ts'
import { isDefinition, isVersion3, operationsAt, postprocessed } from './definition.ts'

const RESPONSES = 'x-amazon-apigateway-gateway-responses'
const PLACES = [
  ['Headers', 'header'],
  ['Paths', 'path'],
  ['QueryStrings', 'querystring'],
] as const

/** Puts the property GatewayResponses into the definition. */
export const addGatewayResponses = (body: Dict | undefined, { properties, refuse }: SamResource): void => {
  const { GatewayResponses: responses } = properties
  if (!responses) return
  const spot = [properties, 'GatewayResponses'] as const
  if (!isDict(responses)) throw refuse("'GatewayResponses' should be a map.", spot)
  if (!body)
    throw refuse("GatewayResponses works only with inline Swagger specified in 'DefinitionBody' property.", spot)
  for (const [type, response] of Object.entries(responses)) {
    if (isIntrinsic(response))
      throw refuse(
        'Unable to set GatewayResponses attribute because intrinsic functions are not supported for this field.',
        spot,
      )
    if (!isDict(response))
      throw refuse("Invalid property type for GatewayResponses. Expected an object of type 'GatewayResponse'.", [
        responses,
        type,
      ])
    for (const name of Object.keys(response))
      if (!['ResponseParameters', 'ResponseTemplates', 'StatusCode'].includes(name))
        throw refuse(`Invalid property '${name}' in 'GatewayResponses' property '${type}'.`, [response, name])
  }
  if (!isDefinition(body))
    throw refuse(
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
      spot,
    )
  const all: Dict = isDict(body[RESPONSES]) ? body[RESPONSES] : {}
  for (const [type, response] of Object.entries(responses)) all[type] = responseOf(response as Dict, refuse)
  body[RESPONSES] = all
}

const responseOf = (response: Dict, refuse: SamResource['refuse']): Dict => {
  const { ResponseParameters: parameters = {}, ResponseTemplates: templates = {}, StatusCode: status } = response
  if (!isDict(parameters)) throw refuse("'ResponseParameters' should be a map.", response)
  for (const name of Object.keys(parameters))
    if (!PLACES.some(([place]) => place === name))
      throw refuse(`Invalid gateway response parameter '${name}'`, response)
  if (status !== undefined && !/^[0-9]{1,3}$/.test(String(status)))
    throw refuse("Property 'StatusCode' must be numeric", [response, 'StatusCode'])
  const prefixed = PLACES.flatMap(([place, prefix]) =>
    Object.entries(isDict(parameters[place]) ? (parameters[place] as Dict) : {}).map(([name, value]) => [
      `gatewayresponse.${prefix}.${name}`,
      value,
    ]),
  )
  return {
    responseParameters: Object.fromEntries(prefixed),
    responseTemplates: templates,
    ...(status === undefined ? {} : { statusCode: String(status) }),
  }
}

/** Puts the property Models into the definition, their names in lower case. */
export const addModels = (body: Dict | undefined, { properties, refuse }: SamResource): void => {
  const { Models: models } = properties
  if (!models) return
  const spot = [properties, 'Models'] as const
  if (!body) throw refuse("Models works only with inline Swagger specified in 'DefinitionBody' property.", spot)
  if (!isDefinition(body))
    throw refuse(
      "Unable to add Models definitions because 'DefinitionBody' does not contain a valid Swagger definition.",
      spot,
    )
  if (!isDict(models) || !Object.values(models).every(isDict)) throw refuse("Invalid value for 'Models' property", spot)
  const definitions: Dict = isDict(body.definitions) ? body.definitions : {}
  for (const [name, schema] of Object.entries(models)) {
    if (!(schema as Dict).type) throw refuse("'Models' schema is missing 'type'.", [models, name])
    definitions[name.toLowerCase()] = schema
  }
  body.definitions = definitions
  postprocessed(body, properties.OpenApiVersion)
}

const NAMES: Record<string, string> = {
  'true true': 'body-and-params',
  'true false': 'body-only',
  'false true': 'params-only',
  'false false': 'no-validation',
}

/** The model of a method's body, and what is validated of its requests. */
export const addRequestModel = (body: Dict, path: string, method: string, model: Dict): void => {
  const name = String(model.Model).toLowerCase()
  for (const operation of operationsAt(body, path, method)) {
    if (body.swagger !== undefined) {
      const parameter: Dict = { in: 'body', name, schema: { $ref: `#/definitions/${name}` } }
      if (model.Required !== undefined) parameter.required = model.Required
      operation.parameters = [...((operation.parameters as unknown[]) ?? []), parameter]
    } else if (isVersion3(body.openapi)) {
      operation.requestBody = {
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
        ...(model.Required === undefined ? {} : { required: model.Required }),
      }
    }
  }
}

/** Has the requests of a method validated. */
export const addValidator = (
  body: Dict,
  path: string,
  method: string,
  ofBody: boolean,
  ofParameters: boolean,
): void => {
  const name = NAMES[`${ofBody} ${ofParameters}`] as string
  const all = isDict(body['x-amazon-apigateway-request-validators'])
    ? body['x-amazon-apigateway-request-validators']
    : {}
  all[name] ??= { validateRequestBody: ofBody, validateRequestParameters: ofParameters }
  body['x-amazon-apigateway-request-validators'] = all
  for (const operation of operationsAt(body, path, method)) operation['x-amazon-apigateway-request-validator'] = name
}
