import type { ResourceType } from '../service.ts'
import { deploymentResource } from './resources/deployment.ts'
import { restApiResource } from './resources/restApi.ts'
import { stageResource } from './resources/stage.ts'
import type { ApiGatewayStore } from './store.ts'

/** The CloudFormation types of REST APIs. */
export const resources: Record<string, ResourceType<ApiGatewayStore>> = {
  'AWS::ApiGateway::RestApi': restApiResource,
  'AWS::ApiGateway::Deployment': deploymentResource,
  'AWS::ApiGateway::Stage': stageResource,
}
