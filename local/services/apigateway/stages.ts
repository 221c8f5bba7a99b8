import type { MethodSetting, Stage, UsagePlan } from '@aws-sdk/client-api-gateway'
import { checkFormat } from './accessFormat.ts'
import { conflict, given, invalid, missing } from './errors.ts'
import { theApi, theDeployment, theStage } from './lookup.ts'
import { type Asking, checkedTags, type Operations, on } from './names.ts'
import { entry, numberOf, type Patch, type Patches, patched, text, truth, truthOf } from './patch.ts'

const NAME = /^[a-zA-Z0-9_-]{1,128}$/
const VARIABLE = /^[A-Za-z0-9_]+$/
const VALUE = /^[A-Za-z0-9-._~:/?#&=,]*$/

const checkVariables = (variables: Record<string, string> | undefined) => {
  for (const [name, value] of Object.entries(variables ?? {})) {
    if (!VARIABLE.test(name)) throw invalid(`Stage variable name must be alphanumeric or underscore: ${name}`)
    if (value.length > 512 || !VALUE.test(value))
      throw invalid(
        `Stage variable value: ${value.slice(0, 512)} does not match required regular expression: [A-Za-z0-9-._~:/?#&=,]+`,
      )
  }
}

/** @throws ServiceError `BadRequestException` */
export const newStage = (
  input: Stage & { stageName: string; deploymentId: string },
  { ground }: Pick<Asking, 'ground'>,
): Stage => {
  if (!NAME.test(input.stageName)) throw invalid('Stage name only allows a-zA-Z0-9_-')
  checkVariables(input.variables)
  const now = new Date(Math.floor(ground.clock.now() / 1000) * 1000)
  return {
    cacheClusterEnabled: false,
    methodSettings: {},
    tracingEnabled: false,
    ...given(input),
    cacheClusterStatus: input.cacheClusterEnabled ? 'AVAILABLE' : 'NOT_AVAILABLE',
    createdDate: now,
    lastUpdatedDate: now,
  }
}

type Read = (value: string, path: string) => unknown
const level: Read = (value) => {
  if (!['OFF', 'ERROR', 'INFO'].includes(value))
    throw invalid(`Invalid logging level: ${value}. Must be one of [OFF, ERROR, INFO]`)
  return value
}
const atLeastNothing: Read = (value, path) => {
  const number = numberOf(value, path)
  if (number < -1) throw invalid(`Invalid value for ${path}: ${value}`)
  return number
}
const ttl: Read = (value, path) => {
  const number = numberOf(value, path)
  if (!(number >= 0 && number <= 3600)) throw invalid('Invalid cache TTL, must be between 0 and 3600 seconds')
  return number
}
const asIs: Read = (value) => value

/** `/{resource}/{method}/throttling/rateLimit`: a setting of the methods of a stage, by where PATCH has it. */
const SETTINGS: Record<string, [name: keyof MethodSetting, read: Read]> = {
  'metrics/enabled': ['metricsEnabled', truthOf],
  'logging/dataTrace': ['dataTraceEnabled', truthOf],
  'logging/loglevel': ['loggingLevel', level],
  'throttling/burstLimit': ['throttlingBurstLimit', atLeastNothing],
  'throttling/rateLimit': ['throttlingRateLimit', atLeastNothing],
  'caching/enabled': ['cachingEnabled', truthOf],
  'caching/ttlInSeconds': ['cacheTtlInSeconds', ttl],
  'caching/dataEncrypted': ['cacheDataEncrypted', truthOf],
  'caching/requireAuthorizationForCacheControl': ['requireAuthorizationForCacheControl', truthOf],
  'caching/unauthorizedCacheControlHeaderStrategy': ['unauthorizedCacheControlHeaderStrategy', asIs],
}

/** What holds of methods whose settings say nothing else. */
export const METHOD_SETTING: MethodSetting = {
  metricsEnabled: false,
  loggingLevel: 'OFF',
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
}

const setting = (name: keyof MethodSetting, read: Read): Patch<Stage> => ({
  ops: ['replace'],
  run(stage, [resource = '', method = ''], value, _op) {
    const key = keyOf(resource, method)
    const settings = { ...stage.methodSettings }
    settings[key] = { ...METHOD_SETTING, ...settings[key], [name]: read(value, `/${key}`) }
    stage.methodSettings = settings
  },
})
/** Settings are kept under the path as it is written in a PATCH, without its first slash: `~1books/GET`, `*` + `/*`. */
const keyOf = (resource: string, method: string): string =>
  `${resource.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`

const accessLog = (name: 'destinationArn' | 'format'): Patch<Stage> => ({
  ops: ['replace', 'add', 'remove'],
  run(stage, _, value, op) {
    if (name === 'format' && op !== 'remove') checkFormat(value)
    const { [name]: __, ...rest } = stage.accessLogSettings ?? {}
    stage.accessLogSettings = op === 'remove' ? rest : { ...rest, [name]: value }
  },
})

const patchesOf = (restApiId: string, call: Asking): Patches<Stage> => ({
  '/deploymentId': text('deploymentId', (value) => void theDeployment(restApiId, value, call)),
  '/description': text('description'),
  '/cacheClusterEnabled': truth('cacheClusterEnabled'),
  '/cacheClusterSize': text('cacheClusterSize'),
  '/tracingEnabled': truth('tracingEnabled'),
  '/documentationVersion': text('documentationVersion'),
  '/variables/{name}': entry('variables'),
  '/variables': {
    ops: ['replace', 'remove'],
    run: (stage, _, value, op) => {
      stage.variables = op === 'remove' ? undefined : JSON.parse(value)
    },
  },
  '/accessLogSettings/destinationArn': accessLog('destinationArn'),
  '/accessLogSettings/format': accessLog('format'),
  '/accessLogSettings': {
    ops: ['remove'],
    run: (stage) => {
      delete stage.accessLogSettings
    },
  },
  ...Object.fromEntries(
    Object.entries(SETTINGS).map(([path, [name, read]]) => [
      `/{resourcePath}/{httpMethod}/${path}`,
      setting(name, read),
    ]),
  ),
  '/{resourcePath}/{httpMethod}': {
    ops: ['remove'],
    run(stage, [resource = '', method = '']) {
      const { [keyOf(resource, method)]: _, ...rest } = stage.methodSettings ?? {}
      stage.methodSettings = rest
    },
  },
})

const serves = ({ apiStages = [] }: UsagePlan, restApiId: string, stageName: string): boolean =>
  apiStages.some(({ apiId, stage }) => apiId === restApiId && stage === stageName)

const path = '/restapis/{restApiId}/stages/{stageName}'

export const stages = {
  CreateStage: {
    action: on('POST', '/restapis/{restApiId}/stages'),
    run(input, call) {
      const { restApiId, canarySettings, ...settings } = input
      const api = theApi(restApiId, call)
      if (canarySettings) throw invalid('Canary deployments are not part of the local cloud.')
      if (!call.store.deployment(api.id, settings.deploymentId)) throw missing('Deployment id does not exist')
      if (call.store.stage(api.id, settings.stageName)) throw conflict('Stage already exists')
      const stage = newStage({ ...settings, tags: checkedTags(settings.tags) }, call)
      call.store.saveStage(api.id, stage)
      return stage
    },
  },
  GetStage: {
    action: on('GET', path),
    run: ({ restApiId, stageName }, call) => theStage(restApiId, stageName, call),
  },
  GetStages: {
    action: on('GET', '/restapis/{restApiId}/stages'),
    run({ restApiId, deploymentId }, call) {
      const all = call.store.stages(theApi(restApiId, call).id)
      return { item: all.filter((stage) => deploymentId === undefined || stage.deploymentId === deploymentId) }
    },
  },
  UpdateStage: {
    action: on('PATCH', path),
    run({ restApiId, stageName, patchOperations }, call) {
      const before = theStage(restApiId, stageName, call)
      const stage = patched(before, patchesOf(restApiId, call), patchOperations)
      checkVariables(stage.variables)
      stage.cacheClusterStatus = stage.cacheClusterEnabled ? 'AVAILABLE' : 'NOT_AVAILABLE'
      stage.lastUpdatedDate = new Date(Math.floor(call.ground.clock.now() / 1000) * 1000)
      call.store.saveStage(restApiId, stage)
      return stage
    },
  },
  DeleteStage: {
    action: on('DELETE', path),
    run({ restApiId, stageName }, call) {
      theStage(restApiId, stageName, call)
      const plans = call.store.plans(call).filter((plan) => serves(plan, restApiId, stageName))
      if (plans.length)
        throw invalid(
          `Active stage in usage plan cannot be deleted. Please disassociate active stage from the following usage plans: ${plans.map(({ id }) => id).join(', ')}`,
        )
      call.store.removeStage(restApiId, stageName)
      return {}
    },
  },
  FlushStageCache: {
    action: on('DELETE', `${path}/cache/data`),
    run({ restApiId, stageName }, call) {
      theStage(restApiId, stageName, call)
      call.store.executor.flushStage(restApiId, stageName)
      return {}
    },
  },
  FlushStageAuthorizersCache: {
    action: on('DELETE', `${path}/cache/authorizers`),
    run({ restApiId, stageName }, call) {
      theStage(restApiId, stageName, call)
      call.store.executor.flushAuthorizers(restApiId, stageName)
      return {}
    },
  },
} satisfies Operations
