import { service } from '../service.ts'
import { deployments } from './deployments.ts'
import { resources } from './resources.ts'
import { restApis } from './restApis.ts'
import { stages } from './stages.ts'
import { createApiGatewayStore } from './store.ts'

/**
 * API Gateway, REST APIs.
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
  { ...restApis, ...deployments, ...stages },
)
