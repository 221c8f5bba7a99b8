import { service } from '../../service.ts'
import { on } from '../names.ts'
import { apis } from './apis.ts'
import { type Operations, theHttpApi } from './names.ts'
import { resources } from './resources.ts'
import { routes } from './routes.ts'
import { stages } from './stages.ts'
import { createHttpApiStore } from './store.ts'

const caches = {
  ResetAuthorizersCache: {
    action: on('DELETE', '/apis/{ApiId}/stages/{StageName}/cache/authorizers'),
    run({ ApiId }, call) {
      theHttpApi(ApiId, call)
      call.store.executor.forgetAuthorizers()
      return {}
    },
  },
} satisfies Operations

/**
 * API Gateway's HTTP APIs: control plane and, in `execute.ts`, what their stages serve: proxies of functions (payload 1.0 and
 * 2.0) and of HTTP endpoints, CORS, JWT and Lambda authorizers, IAM, throttling of routes, access logs.
 *
 * Left out: WebSocket APIs; domain names, API mappings, routing rules and portals; models, integration and route responses
 * (of WebSocket APIs); VPC links; integrations with actions of services; parameter mappings; ExportApi.
 */
export const apigatewayv2 = service(
  {
    name: 'apigatewayv2',
    scope: 'apigateway',
    paths: /^\/v2\//,
    sdk: () => import('@aws-sdk/client-apigatewayv2'),
    protocol: 'restJson',
    denied: 'AccessDeniedException',
    largest: 10 * 1024 ** 2,
    store: createHttpApiStore,
    resources,
  },
  { ...apis, ...routes, ...stages, ...caches },
)
