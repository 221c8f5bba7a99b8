import type { GatewayResponse } from '@aws-sdk/client-api-gateway'
import { given, invalid, missing } from './errors.ts'
import { KINDS } from './execute/gatewayErrors.ts'
import { changed, theApi } from './lookup.ts'
import { type Operations, on, pageOf } from './names.ts'
import { entry, type Patches, patched, text } from './patch.ts'
import type { ApiRecord } from './store.ts'

const base = '/restapis/{restApiId}/gatewayresponses'
const one = `${base}/{responseType}`

type Type = NonNullable<GatewayResponse['responseType']>
const TYPES = [...Object.keys(KINDS), 'DEFAULT_4XX', 'DEFAULT_5XX'].sort() as Type[]
const TEMPLATE = { 'application/json': '{"message":$context.error.messageString}' }

const statusOf = (type: Type): string | undefined =>
  type in KINDS ? String(KINDS[type as keyof typeof KINDS].status) : undefined

/** A response as it is: the API's own, or the one that API Gateway has. @throws ServiceError `NotFoundException` */
const theGatewayResponse = ({ gatewayResponses }: ApiRecord, type: string): GatewayResponse => {
  if (!TYPES.includes(type as Type)) throw missing(`Invalid gateway response type specified: ${type}`)
  return (
    gatewayResponses.find(({ responseType }) => responseType === type) ??
    given({
      responseType: type as Type,
      statusCode: statusOf(type as Type),
      responseParameters: {},
      responseTemplates: TEMPLATE,
      defaultResponse: true,
    })
  )
}

/** @throws ServiceError `BadRequestException` */
export const checkGatewayResponse = ({ responseType, statusCode, responseParameters }: GatewayResponse): void => {
  if (!TYPES.includes(responseType as Type)) throw invalid(`Invalid gateway response type specified: ${responseType}`)
  if (statusCode !== undefined && !/^[1-5]\d\d$/.test(statusCode)) throw invalid(`Invalid status code: ${statusCode}`)
  for (const name of Object.keys(responseParameters ?? {}))
    if (!/^gatewayresponse\.(header|querystring|path)\.\S+$/.test(name))
      throw invalid(`Invalid parameter mapping expression specified: ${name}`)
}

const put = (api: ApiRecord, response: GatewayResponse): void => {
  checkGatewayResponse(response)
  const others = api.gatewayResponses.filter(({ responseType }) => responseType !== response.responseType)
  api.gatewayResponses = [...others, response]
}

const patches: Patches<GatewayResponse> = {
  '/statusCode': text('statusCode'),
  '/responseParameters/{name}': entry('responseParameters'),
  '/responseTemplates/{contentType}': entry('responseTemplates'),
}

export const gatewayResponses = {
  PutGatewayResponse: {
    action: on('PUT', one),
    run: ({ restApiId, responseType, statusCode, responseParameters, responseTemplates }, call) =>
      changed(restApiId, call, (api) => {
        const response: GatewayResponse = given({
          responseType,
          statusCode: statusCode ?? statusOf(responseType),
          responseParameters: responseParameters ?? {},
          responseTemplates: responseTemplates ?? {},
          defaultResponse: false,
        })
        put(api, response)
        return response
      }),
  },
  GetGatewayResponse: {
    action: on('GET', one),
    run: ({ restApiId, responseType }, call) => theGatewayResponse(theApi(restApiId, call), responseType),
  },
  GetGatewayResponses: {
    action: on('GET', base),
    run(input, call) {
      const api = theApi(input.restApiId, call)
      return pageOf(
        TYPES.map((type) => theGatewayResponse(api, type)),
        input,
      )
    },
  },
  UpdateGatewayResponse: {
    action: on('PATCH', one),
    run: ({ restApiId, responseType, patchOperations }, call) =>
      changed(restApiId, call, (api) => {
        const now = patched(theGatewayResponse(api, responseType), patches, patchOperations)
        const response = { ...now, defaultResponse: false }
        put(api, response)
        return response
      }),
  },
  DeleteGatewayResponse: {
    action: on('DELETE', one),
    run: ({ restApiId, responseType }, call) =>
      changed(restApiId, call, (api) => {
        if (!api.gatewayResponses.some((response) => response.responseType === responseType))
          throw missing(`Gateway response type not defined on API: ${responseType}`)
        api.gatewayResponses = api.gatewayResponses.filter((response) => response.responseType !== responseType)
        return {}
      }),
  },
} satisfies Operations
