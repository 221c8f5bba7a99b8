import { service } from '../service.ts'
import { apiKeys } from './apiKeys.ts'
import { deployments } from './deployments.ts'
import { exports } from './exports.ts'
import { gatewayResponses } from './gatewayResponses.ts'
import { integrations } from './integrations.ts'
import { methods } from './methods.ts'
import { parts } from './parts.ts'
import { paths } from './paths.ts'
import { resources } from './resources.ts'
import { restApis } from './restApis.ts'
import { stages } from './stages.ts'
import { createApiGatewayStore } from './store.ts'
import { tags } from './tags.ts'
import { testInvoke } from './testInvoke.ts'
import { usage } from './usage.ts'
import { usagePlans } from './usagePlans.ts'

/**
 * API Gateway's REST APIs: the control plane. APIs are made by hand or out of OpenAPI 2.0 and 3.0, deployed (a deployment
 * freezes them), served by stages; models, request validators, authorizers, gateway responses, API keys, usage plans,
 * exports, tags, test calls. What a stage serves is in `execute/`.
 *
 * Left out: domain names, base path mappings and access associations; VPC links; client certificates; documentation parts
 * and versions; SDKs (GetSdk, GetSdkType, GetSdkTypes); ImportApiKeys; canaries; the web application firewall.
 */
export const apigateway = service(
  {
    name: 'apigateway',
    sdk: () => import('@aws-sdk/client-api-gateway'),
    protocol: 'restJson',
    denied: 'AccessDeniedException',
    largest: 10 * 1024 ** 2,
    store: createApiGatewayStore,
    resources,
  },
  {
    ...restApis,
    ...paths,
    ...methods,
    ...integrations,
    ...parts,
    ...gatewayResponses,
    ...deployments,
    ...stages,
    ...apiKeys,
    ...usagePlans,
    ...usage,
    ...tags,
    ...exports,
    ...testInvoke,
  },
)
