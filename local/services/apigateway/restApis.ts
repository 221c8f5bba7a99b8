import type { RestApi } from '@aws-sdk/client-api-gateway'
import type { Access } from '../../iam/types.ts'
import { type ApiDefinition, defaultModels } from './definition.ts'
import { given, invalid } from './errors.ts'
import { theApi } from './lookup.ts'
import { type Asking, arnOf, checkedTags, type Operations, on, pageOf } from './names.ts'
import { importInto } from './openapi/import.ts'
import { member, numberOf, type Patches, patched, text, truth } from './patch.ts'
import { type Owner, policyText, shown } from './policies.ts'
import type { ApiRecord } from './store.ts'

const LARGEST_NAME = 1024
const LARGEST_COMPRESSION = 10 * 1024 ** 2

const newApi = (call: Asking, restApi: RestApi): ApiRecord => {
  const { ids, clock } = call.ground
  const id = ids.text(10)
  const rootResourceId = ids.text(10)
  return {
    account: call.account,
    region: call.region,
    id,
    restApi: {
      id,
      createdDate: new Date(Math.floor(clock.now() / 1000) * 1000),
      apiKeySource: 'HEADER',
      endpointConfiguration: { types: ['EDGE'], ipAddressType: 'ipv4' },
      disableExecuteApiEndpoint: false,
      rootResourceId,
      ...restApi,
    },
    resources: [{ id: rootResourceId, path: '/' }],
    models: defaultModels(ids),
    requestValidators: [],
    authorizers: [],
    gatewayResponses: [],
  }
}

const SOURCES = ['HEADER', 'AUTHORIZER']
const ENDPOINTS = ['REGIONAL', 'EDGE', 'PRIVATE']

/** @throws ServiceError `BadRequestException` */
export const checkRestApi = ({
  name,
  apiKeySource,
  endpointConfiguration,
  minimumCompressionSize: size,
}: RestApi): void => {
  if (name !== undefined && (name === '' || name.length > LARGEST_NAME))
    throw invalid(`API name must be between 1 and ${LARGEST_NAME} characters`)
  if (apiKeySource !== undefined && !SOURCES.includes(apiKeySource))
    throw invalid(`Invalid API key source type: ${apiKeySource}. Must be one of [${SOURCES.join(', ')}]`)
  for (const type of endpointConfiguration?.types ?? [])
    if (!ENDPOINTS.includes(type))
      throw invalid(`Invalid EndpointTypes: ${type}. Must be one of [${ENDPOINTS.join(', ')}]`)
  if (size !== undefined && !(size >= 0 && size <= LARGEST_COMPRESSION))
    throw invalid(`Invalid minimum compression size, must be between 0 and ${LARGEST_COMPRESSION}`)
}

/** What setting a resource policy asks for besides. */
const setsPolicy = (access: Access, policy: unknown): Access[] =>
  policy === undefined ? [access] : [access, ['apigateway:UpdateRestApiPolicy', access[1]]]

const asOwner = ({ account, region, id }: ApiRecord): Owner => ({ account, region, id })

const patchesOf = (owner: Owner): Patches<RestApi> => ({
  '/name': text('name'),
  '/description': text('description'),
  '/version': text('version'),
  '/apiKeySource': text('apiKeySource'),
  '/disableExecuteApiEndpoint': truth('disableExecuteApiEndpoint'),
  '/minimumCompressionSize': {
    ops: ['replace', 'remove', 'add'],
    run(api, _, value, op) {
      if (op === 'remove' || value === '') delete api.minimumCompressionSize
      else api.minimumCompressionSize = numberOf(value, '/minimumCompressionSize')
    },
  },
  '/policy': {
    ops: ['replace', 'add', 'remove'],
    run(api, _, value, op) {
      if (op === 'remove' || value === '') delete api.policy
      else api.policy = policyText(value, owner)
    },
  },
  '/binaryMediaTypes/{type}': member('binaryMediaTypes'),
  '/endpointConfiguration/types/{type}': {
    ops: ['replace'],
    run: (api, _, value) => {
      api.endpointConfiguration = { ...api.endpointConfiguration, types: [value as 'REGIONAL'] }
    },
  },
})

/** Takes an OpenAPI document into an API. @throws ServiceError `BadRequestException` */
const imported = (
  api: ApiRecord,
  input: { body: unknown; parameters?: Record<string, string>; failOnWarnings?: boolean },
  mode: 'merge' | 'overwrite',
  { ground }: Asking,
): ApiRecord => {
  const basepath = input.parameters?.basepath ?? input.parameters?.basePath
  const { definition, warnings } = importInto(api, {
    body: Buffer.from(input.body as Uint8Array),
    basepath,
    mode,
    ids: ground.ids,
    owner: asOwner(api),
  })
  if (input.failOnWarnings && warnings.length)
    throw invalid(`Warnings found during import:\n\t${warnings.join('\n\t')}`)
  const types = input.parameters?.endpointConfigurationTypes
  const restApi: RestApi = {
    ...definition.restApi,
    ...(types ? { endpointConfiguration: { types: [types as 'REGIONAL'], ipAddressType: 'ipv4' as const } } : {}),
    warnings: warnings.length ? warnings : undefined,
  }
  checkRestApi(restApi)
  return { ...api, ...definition, restApi: given(restApi) }
}

const copied = (from: ApiRecord): Omit<ApiDefinition, 'restApi'> => {
  const { resources, models, requestValidators, authorizers, gatewayResponses } = structuredClone(from)
  return { resources, models, requestValidators, authorizers, gatewayResponses }
}

export const restApis = {
  CreateRestApi: {
    action: (input, call) => setsPolicy(on('POST', '/restapis')(input, call), input.policy),
    run(input, call) {
      const { cloneFrom, policy, ...settings } = input
      checkRestApi(settings)
      const endpoint = settings.endpointConfiguration
      const api = newApi(call, given({ ...settings, tags: checkedTags(settings.tags) }))
      if (endpoint) api.restApi.endpointConfiguration = { ipAddressType: 'ipv4', types: ['EDGE'], ...endpoint }
      if (cloneFrom !== undefined) {
        const from = theApi(cloneFrom, call)
        Object.assign(api, copied(from))
        api.restApi.rootResourceId = from.restApi.rootResourceId
      }
      if (policy !== undefined && policy !== '') api.restApi.policy = policyText(policy, asOwner(api))
      call.store.saveApi(api)
      return shown(api.restApi)
    },
  },
  ImportRestApi: {
    action: on('POST', '/restapis'),
    run(input, call) {
      const api = imported(newApi(call, {}), input, 'overwrite', call)
      if (!api.restApi.name) throw invalid('API name is required: info.title is missing.')
      call.store.saveApi(api)
      return shown(api.restApi)
    },
  },
  PutRestApi: {
    action: on('PUT', '/restapis/{restApiId}'),
    run(input, call) {
      const { mode = 'merge' } = input
      if (mode !== 'merge' && mode !== 'overwrite')
        throw invalid(`Invalid mode: ${mode}. Must be one of merge, overwrite`)
      const api = imported(theApi(input.restApiId, call), input, mode, call)
      call.store.saveApi(api)
      return shown(api.restApi)
    },
  },
  GetRestApi: {
    action: on('GET', '/restapis/{restApiId}'),
    run: ({ restApiId }, call) => shown(theApi(restApiId, call).restApi),
  },
  GetRestApis: {
    action: on('GET', '/restapis'),
    run: (input, call) =>
      pageOf(
        call.store.apis(call).map(({ restApi }) => shown(restApi)),
        input,
      ),
  },
  UpdateRestApi: {
    action: (input, call) =>
      setsPolicy(
        on('PATCH', '/restapis/{restApiId}')(input, call),
        input.patchOperations?.find(({ path }) => path === '/policy'),
      ),
    run({ restApiId, patchOperations }, call) {
      const api = theApi(restApiId, call)
      const restApi = patched(api.restApi, patchesOf(asOwner(api)), patchOperations)
      checkRestApi(restApi)
      call.store.saveApi({ ...api, restApi })
      return shown(restApi)
    },
  },
  DeleteRestApi: {
    action: on('DELETE', '/restapis/{restApiId}'),
    run({ restApiId }, call) {
      const api = theApi(restApiId, call)
      const plans = call.store.plans(call).filter(({ apiStages }) => apiStages?.some(({ apiId }) => apiId === api.id))
      if (plans.length)
        throw invalid(
          `Active stages in usage plans cannot be deleted. Please disassociate them from the following usage plans: ${plans.map(({ id }) => id).join(', ')}`,
        )
      call.store.removeApi(api.id)
      return {}
    },
  },
} satisfies Operations

/** The ARN of an API, on which tags hang. */
export const apiArn = ({ region, id }: ApiRecord): string => arnOf(region, `/restapis/${id}`)
