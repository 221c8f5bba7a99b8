import type { ResourceType } from '../service.ts'
import { deploymentResource } from './resources/deployment.ts'
import { accountResource, apiKeyResource, usagePlanKeyResource, usagePlanResource } from './resources/keys.ts'
import { methodResource } from './resources/method.ts'
import {
  authorizerResource,
  gatewayResponseResource,
  modelResource,
  pathResource,
  validatorResource,
} from './resources/parts.ts'
import { restApiResource } from './resources/restApi.ts'
import { stageResource } from './resources/stage.ts'
import type { ApiGatewayStore } from './store.ts'

/** The CloudFormation types of REST APIs. */
export const resources: Record<string, ResourceType<ApiGatewayStore>> = {
  'AWS::ApiGateway::Account': accountResource,
  'AWS::ApiGateway::ApiKey': apiKeyResource,
  'AWS::ApiGateway::Authorizer': authorizerResource,
  'AWS::ApiGateway::Deployment': deploymentResource,
  'AWS::ApiGateway::GatewayResponse': gatewayResponseResource,
  'AWS::ApiGateway::Method': methodResource,
  'AWS::ApiGateway::Model': modelResource,
  'AWS::ApiGateway::RequestValidator': validatorResource,
  'AWS::ApiGateway::Resource': pathResource,
  'AWS::ApiGateway::RestApi': restApiResource,
  'AWS::ApiGateway::Stage': stageResource,
  'AWS::ApiGateway::UsagePlan': usagePlanResource,
  'AWS::ApiGateway::UsagePlanKey': usagePlanKeyResource,
}
