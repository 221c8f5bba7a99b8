import { unlessGone } from '../../gone.ts'
import type { ResourceType } from '../../service.ts'
import type { ApiGatewayStore } from '../store.ts'
import { client, numberOf, propertiesOf, replacedOr, textOf, textsOf, truthOf } from './values.ts'

/** `AWS::ApiGateway::Deployment`: Ref gives the id of the deployment. */
export const deploymentResource: ResourceType<ApiGatewayStore> = {
  properties: ['DeploymentCanarySettings', 'Description', 'RestApiId', 'StageDescription', 'StageName'],
  replacedBy: ['RestApiId', 'DeploymentCanarySettings'],
  async create({ properties }, call) {
    const stage = propertiesOf(properties.StageDescription)
    const canary = properties.DeploymentCanarySettings
    const { id = '' } = await client(call).CreateDeployment({
      restApiId: String(properties.RestApiId),
      description: textOf(properties.Description),
      stageName: textOf(properties.StageName),
      stageDescription: textOf(stage.Description),
      cacheClusterEnabled: truthOf(stage.CacheClusterEnabled),
      cacheClusterSize: textOf(stage.CacheClusterSize) as '0.5' | undefined,
      variables: textsOf(stage.Variables),
      tracingEnabled: truthOf(stage.TracingEnabled),
      ...(canary ? { canarySettings: { percentTraffic: numberOf(propertiesOf(canary).PercentTraffic) } } : {}),
    })
    return { physicalId: id, attributes: { DeploymentId: id } }
  },
  async update({ properties }, before, call) {
    await client(call).UpdateDeployment({
      restApiId: String(properties.RestApiId),
      deploymentId: before.physicalId,
      patchOperations: replacedOr('/description', before.properties.Description, properties.Description, ''),
    })
    return { physicalId: before.physicalId, attributes: { DeploymentId: before.physicalId } }
  },
  async delete({ physicalId: deploymentId, properties }, call) {
    const restApiId = String(properties.RestApiId)
    const stageName = textOf(properties.StageName)
    // The stage that it made goes with it, unless it serves another deployment by now.
    if (stageName !== undefined && call.store.stage(restApiId, stageName)?.deploymentId === deploymentId)
      await unlessGone(() => client(call).DeleteStage({ restApiId, stageName }))
    await unlessGone(() => client(call).DeleteDeployment({ restApiId, deploymentId }))
  },
}
