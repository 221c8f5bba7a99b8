import { type Dict, isDict } from '../../source.ts'
import { given, isIntrinsic, type SamResource } from '../types.ts'
import { ANY, branches, INTEGRATION, isDefinition, pathsOf } from './definition.ts'

const MEMBERS = ['AllowMethods', 'AllowHeaders', 'AllowOrigin', 'MaxAge', 'AllowCredentials']
const ALL = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']

/** Adds the answers to preflights, a method OPTIONS for every path that has none. */
export const addCors = (body: Dict | undefined, { properties, refuse }: SamResource): void => {
  const { Cors: cors } = properties
  if (!cors) return
  const spot = [properties, 'Cors'] as const
  if (!body) throw refuse("Cors works only with inline Swagger specified in 'DefinitionBody' property.", spot)
  const settings = typeof cors === 'string' || isIntrinsic(cors) ? { AllowOrigin: cors } : cors
  if (!isDict(settings)) throw refuse("Invalid value for 'Cors' property", spot)
  for (const name of Object.keys(settings))
    if (!MEMBERS.includes(name)) throw refuse(`Invalid key '${name}' for 'Cors' property.`, [settings, name])
  if (!isDefinition(body))
    throw refuse(
      "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
      spot,
    )
  if (settings.AllowCredentials === true && (settings.AllowOrigin ?? "'*'") === "'*'")
    throw refuse(
      "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set",
      spot,
    )
  const seen = new Set<string>()
  for (const path of pathsOf(body)) {
    const plain = path === '/' ? path : path.replace(/\/+$/, '')
    if (seen.has(plain)) continue
    seen.add(plain)
    for (const item of branches((body.paths as Dict)[path]))
      if (!item.options) item.options = preflight(settings, methodsOf(item))
  }
}

const methodsOf = (item: Dict): string => {
  const names = Object.keys(item)
  const methods = names.includes(ANY) ? ALL : [...names, 'options'].map((name) => name.toUpperCase())
  return `'${[...new Set(methods)].sort().join(',')}'`
}

const preflight = (settings: Dict, methods: string): Dict => {
  const values: Dict = given({
    'Access-Control-Allow-Origin': settings.AllowOrigin ?? "'*'",
    'Access-Control-Allow-Headers': settings.AllowHeaders || undefined,
    'Access-Control-Allow-Methods': settings.AllowMethods || methods,
    'Access-Control-Max-Age': settings.MaxAge,
    'Access-Control-Allow-Credentials': settings.AllowCredentials === true ? "'true'" : undefined,
  })
  const names = Object.keys(values)
  return {
    summary: 'CORS support',
    consumes: ['application/json'],
    produces: ['application/json'],
    [INTEGRATION]: {
      type: 'mock',
      requestTemplates: { 'application/json': '{\n  "statusCode" : 200\n}\n' },
      responses: {
        default: {
          statusCode: '200',
          responseParameters: Object.fromEntries(names.map((name) => [`method.response.header.${name}`, values[name]])),
          responseTemplates: { 'application/json': '{}\n' },
        },
      },
    },
    responses: {
      '200': {
        description: 'Default response for CORS method',
        headers: Object.fromEntries(
          names.map((name) => [name, { type: name === 'Access-Control-Max-Age' ? 'integer' : 'string' }]),
        ),
      },
    },
  }
}
