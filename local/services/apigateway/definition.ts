import type {
  Authorizer,
  GatewayResponse,
  Method,
  Model,
  RequestValidator,
  Resource,
  RestApi,
} from '@aws-sdk/client-api-gateway'
import type { Ids } from '../../base/ids.ts'
import { invalid, missing } from './errors.ts'

/** An API as it is described, deployed or not: the parts in the shapes of AWS's model. */
export interface ApiDefinition {
  restApi: RestApi
  resources: Resource[]
  models: Model[]
  requestValidators: RequestValidator[]
  authorizers: Authorizer[]
  gatewayResponses: GatewayResponse[]
}

/** Ids of parts are six letters and digits. */
export const partId = (ids: Ids): string => ids.text(6)

/** The models that every new API has. */
export const defaultModels = (ids: Ids): Model[] => [
  {
    id: partId(ids),
    name: 'Empty',
    description: 'This is a default empty schema model',
    contentType: 'application/json',
    schema:
      '{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n  "title" : "Empty Schema",\n  "type" : "object"\n}',
  },
  {
    id: partId(ids),
    name: 'Error',
    description: 'This is a default error schema model',
    contentType: 'application/json',
    schema:
      '{\n  "$schema" : "http://json-schema.org/draft-04/schema#",\n  "title" : "Error Schema",\n  "type" : "object",\n  "properties" : {\n    "message" : { "type" : "string" }\n  }\n}',
  },
]

/** @throws ServiceError `NotFoundException` */
export const theResource = ({ resources }: ApiDefinition, id: string): Resource => {
  const resource = resources.find((one) => one.id === id)
  if (!resource) throw missing('Invalid Resource identifier specified')
  return resource
}

/** @throws ServiceError `NotFoundException` */
export const theMethod = (definition: ApiDefinition, id: string, httpMethod: string): Method => {
  const methods = theResource(definition, id).resourceMethods ?? {}
  const method = Object.hasOwn(methods, httpMethod) ? methods[httpMethod] : undefined
  if (!method) throw missing('Invalid Method identifier specified')
  return method
}

const PATH_PART = /^(\{[a-zA-Z0-9._-]+\+?\}|[a-zA-Z0-9._:~!$&'()*+,;=@%-]+)$/

/** @throws ServiceError `BadRequestException` for a name that paths do not have. */
export const checkPathPart = (pathPart: string): void => {
  if (!PATH_PART.test(pathPart))
    throw invalid(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    )
}

/** Adds a resource below another one. @throws ServiceError `BadRequestException` for a name that paths do not have. */
export const addResource = (definition: ApiDefinition, parent: Resource, pathPart: string, ids: Ids): Resource => {
  checkPathPart(pathPart)
  if (parent.pathPart?.endsWith('+}'))
    throw invalid(`Cannot create a child of a resource with a greedy path variable: ${parent.path}`)
  const variable = definition.resources.find(
    (one) =>
      one.parentId === parent.id && one.pathPart?.startsWith('{') && isGreedy(one.pathPart) === isGreedy(pathPart),
  )
  if (pathPart.startsWith('{') && variable)
    throw invalid(
      `A sibling (${variable.pathPart}) of this resource already has a variable path part -- only one is allowed`,
    )
  const path = `${parent.path === '/' ? '' : parent.path}/${pathPart}`
  const resource: Resource = { id: partId(ids), parentId: parent.id, pathPart, path }
  definition.resources.push(resource)
  return resource
}

const isGreedy = (pathPart: string): boolean => pathPart.endsWith('+}')

export const rootOf = ({ resources }: ApiDefinition): Resource => {
  const root = resources.find((one) => one.path === '/')
  if (!root) throw new Error('an API without its root')
  return root
}
