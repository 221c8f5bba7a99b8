import type { Deployment, MethodSnapshot } from '@aws-sdk/client-api-gateway'
import { type ApiDefinition, partId } from './definition.ts'
import { given, invalid } from './errors.ts'
import { theApi, theDeployment } from './lookup.ts'
import { type Asking, type Operations, on, pageOf } from './names.ts'
import { patched, text } from './patch.ts'
import { newStage } from './stages.ts'

/** What a deployment freezes, and whether it can be served at all. @throws ServiceError `BadRequestException` */
const frozen = ({
  restApi,
  resources,
  models,
  requestValidators,
  authorizers,
  gatewayResponses,
}: ApiDefinition): ApiDefinition => {
  const methods = resources.flatMap(({ resourceMethods = {} }) => Object.values(resourceMethods))
  if (!methods.length) throw invalid("The REST API doesn't contain any methods")
  if (methods.some(({ methodIntegration }) => !methodIntegration)) throw invalid('No integration defined for method')
  return { restApi, resources, models, requestValidators, authorizers, gatewayResponses }
}

const summary = ({ resources }: ApiDefinition): Deployment['apiSummary'] => {
  const byPath: Record<string, Record<string, MethodSnapshot>> = {}
  for (const { path = '', resourceMethods = {} } of resources)
    for (const [name, { authorizationType, apiKeyRequired }] of Object.entries(resourceMethods)) {
      byPath[path] ??= {}
      byPath[path][name] = { authorizationType, apiKeyRequired }
    }
  return byPath
}

const embedded = (
  deployment: Deployment,
  embed: string[] | undefined,
  apiId: string,
  { store }: Asking,
): Deployment => {
  if (!embed?.includes('apisummary')) return deployment
  const definition = store.frozen(apiId, deployment.id ?? '')
  return { ...deployment, apiSummary: definition && summary(definition) }
}

export const deployments = {
  CreateDeployment: {
    action: on('POST', '/restapis/{restApiId}/deployments'),
    run(input, call) {
      const { ids, clock, state } = call.ground
      const api = theApi(input.restApiId, call)
      const definition = frozen(api)
      if (input.canarySettings) throw invalid('Canary deployments are not part of the local cloud.')
      const createdDate = new Date(Math.floor(clock.now() / 1000) * 1000)
      const deployment: Deployment = given({ id: partId(ids), description: input.description, createdDate })
      state.transaction(() => {
        call.store.saveDeployment(api.id, deployment, definition)
        const { stageName } = input
        if (stageName === undefined || stageName === '') return
        const old = call.store.stage(api.id, stageName)
        const settings = given({
          description: input.stageDescription,
          cacheClusterEnabled: input.cacheClusterEnabled,
          cacheClusterSize: input.cacheClusterSize,
          variables: input.variables,
          tracingEnabled: input.tracingEnabled,
        })
        const stage = old
          ? { ...old, ...settings, deploymentId: deployment.id, lastUpdatedDate: createdDate }
          : newStage({ stageName, deploymentId: deployment.id ?? '', ...settings }, call)
        call.store.saveStage(api.id, stage)
      })
      return deployment
    },
  },
  GetDeployment: {
    action: on('GET', '/restapis/{restApiId}/deployments/{deploymentId}'),
    run: ({ restApiId, deploymentId, embed }, call) =>
      embedded(theDeployment(restApiId, deploymentId, call), embed, restApiId, call),
  },
  GetDeployments: {
    action: on('GET', '/restapis/{restApiId}/deployments'),
    run(input, call) {
      const api = theApi(input.restApiId, call)
      return pageOf(call.store.deployments(api.id), input)
    },
  },
  UpdateDeployment: {
    action: on('PATCH', '/restapis/{restApiId}/deployments/{deploymentId}'),
    run({ restApiId, deploymentId, patchOperations }, call) {
      const deployment = patched(
        theDeployment(restApiId, deploymentId, call),
        { '/description': text<Deployment>('description') },
        patchOperations,
      )
      call.store.saveDeployment(restApiId, deployment)
      return deployment
    },
  },
  DeleteDeployment: {
    action: on('DELETE', '/restapis/{restApiId}/deployments/{deploymentId}'),
    run({ restApiId, deploymentId }, call) {
      theDeployment(restApiId, deploymentId, call)
      if (call.store.stages(restApiId).some((stage) => stage.deploymentId === deploymentId))
        throw invalid('Active stages pointing to this deployment must be moved or deleted')
      call.store.removeDeployment(restApiId, deploymentId)
      return {}
    },
  },
} satisfies Operations
