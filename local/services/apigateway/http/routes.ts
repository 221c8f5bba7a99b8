import type { Authorizer, Integration, Route } from '@aws-sdk/client-apigatewayv2'
import { conflict, given } from '../errors.ts'
import { on } from '../names.ts'
import { checkHttpAuthorizer, checkHttpIntegration, checkRoute } from './checks.ts'
import { type Asking, changedHttpApi, httpId, type Operations, pageOf, partOf, theHttpApi, updated } from './names.ts'
import type { HttpApi } from './types.ts'

const base = '/apis/{ApiId}'

/** @throws ServiceError `BadRequestException` */
export const addIntegration = (api: HttpApi, settings: Partial<Integration>, call: Asking): Integration => {
  const http = settings.IntegrationType === 'HTTP_PROXY'
  const integration: Integration = given({
    IntegrationId: httpId(call),
    ConnectionType: 'INTERNET',
    IntegrationMethod: http ? 'ANY' : 'POST',
    PayloadFormatVersion: http ? '1.0' : undefined,
    TimeoutInMillis: 30_000,
    ...given(settings),
  })
  checkHttpIntegration(integration)
  api.integrations.push(integration)
  return integration
}
/** @throws ServiceError `BadRequestException`, `ConflictException` */
export const addRoute = (
  api: HttpApi,
  settings: Partial<Route> & { RouteKey: string | undefined },
  call: Asking,
): Route => {
  if (api.routes.some(({ RouteKey }) => RouteKey === settings.RouteKey))
    throw conflict(`Route with key ${settings.RouteKey} already exists for this API`)
  const route: Route = given({
    RouteId: httpId(call),
    ApiKeyRequired: false,
    AuthorizationType: 'NONE',
    ...given(settings),
  })
  checkRoute(route, api)
  api.routes.push(route)
  return route
}
/** @throws ServiceError `BadRequestException` */
export const addAuthorizer = (
  api: HttpApi,
  settings: Partial<Authorizer> & { Name: string | undefined },
  call: Asking,
): Authorizer => {
  const authorizer: Authorizer = given({ AuthorizerId: httpId(call), ...given(settings) })
  checkHttpAuthorizer(authorizer)
  api.authorizers.push(authorizer)
  return authorizer
}

const page = <T>(list: T[], { MaxResults, NextToken }: { MaxResults?: string; NextToken?: string }) => {
  const { items, position } = pageOf(list, { position: NextToken, limit: Number(MaxResults ?? 25) })
  return { Items: items, NextToken: position }
}

/** Routes, integrations and authorizers. */
export const routes = {
  CreateRoute: {
    action: on('POST', `${base}/routes`),
    run: ({ ApiId, ...settings }, call) => changedHttpApi(ApiId, call, (api) => addRoute(api, settings, call)),
  },
  GetRoute: {
    action: on('GET', `${base}/routes/{RouteId}`),
    run: ({ ApiId, RouteId }, call) => partOf(theHttpApi(ApiId, call).routes, 'RouteId', RouteId),
  },
  GetRoutes: {
    action: on('GET', `${base}/routes`),
    run: (input, call) => page(theHttpApi(input.ApiId, call).routes, input),
  },
  UpdateRoute: {
    action: on('PATCH', `${base}/routes/{RouteId}`),
    run: ({ ApiId, RouteId, ...settings }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        const route = partOf(api.routes, 'RouteId', RouteId)
        updated(route, settings)
        checkRoute(route, api)
        return route
      }),
  },
  DeleteRoute: {
    action: on('DELETE', `${base}/routes/{RouteId}`),
    run: ({ ApiId, RouteId }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        const route = partOf(api.routes, 'RouteId', RouteId)
        api.routes = api.routes.filter((one) => one !== route)
        return {}
      }),
  },
  CreateIntegration: {
    action: on('POST', `${base}/integrations`),
    run: ({ ApiId, ...settings }, call) =>
      changedHttpApi(ApiId, call, (api) => addIntegration(api, settings as Partial<Integration>, call)),
  },
  GetIntegration: {
    action: on('GET', `${base}/integrations/{IntegrationId}`),
    run: ({ ApiId, IntegrationId }, call) =>
      partOf(theHttpApi(ApiId, call).integrations, 'IntegrationId', IntegrationId),
  },
  GetIntegrations: {
    action: on('GET', `${base}/integrations`),
    run: (input, call) => page(theHttpApi(input.ApiId, call).integrations, input),
  },
  UpdateIntegration: {
    action: on('PATCH', `${base}/integrations/{IntegrationId}`),
    run: ({ ApiId, IntegrationId, ...settings }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        const integration = partOf(api.integrations, 'IntegrationId', IntegrationId)
        updated(integration, settings as Partial<Integration>)
        checkHttpIntegration(integration)
        return integration
      }),
  },
  DeleteIntegration: {
    action: on('DELETE', `${base}/integrations/{IntegrationId}`),
    run: ({ ApiId, IntegrationId }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        const integration = partOf(api.integrations, 'IntegrationId', IntegrationId)
        const user = api.routes.find(({ Target }) => Target === `integrations/${IntegrationId}`)
        if (user)
          throw conflict(
            `Cannot delete Integration '${IntegrationId}' due to conflict: referenced by Route ${user.RouteKey}`,
          )
        api.integrations = api.integrations.filter((one) => one !== integration)
        return {}
      }),
  },
  CreateAuthorizer: {
    action: on('POST', `${base}/authorizers`),
    run: ({ ApiId, ...settings }, call) => changedHttpApi(ApiId, call, (api) => addAuthorizer(api, settings, call)),
  },
  GetAuthorizer: {
    action: on('GET', `${base}/authorizers/{AuthorizerId}`),
    run: ({ ApiId, AuthorizerId }, call) => partOf(theHttpApi(ApiId, call).authorizers, 'AuthorizerId', AuthorizerId),
  },
  GetAuthorizers: {
    action: on('GET', `${base}/authorizers`),
    run: (input, call) => page(theHttpApi(input.ApiId, call).authorizers, input),
  },
  UpdateAuthorizer: {
    action: on('PATCH', `${base}/authorizers/{AuthorizerId}`),
    run: ({ ApiId, AuthorizerId, ...settings }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        const authorizer = partOf(api.authorizers, 'AuthorizerId', AuthorizerId)
        updated(authorizer, settings)
        checkHttpAuthorizer(authorizer)
        return authorizer
      }),
  },
  DeleteAuthorizer: {
    action: on('DELETE', `${base}/authorizers/{AuthorizerId}`),
    run: ({ ApiId, AuthorizerId: id }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        const authorizer = partOf(api.authorizers, 'AuthorizerId', id)
        const user = api.routes.find(({ AuthorizerId }) => AuthorizerId === id)
        if (user) throw conflict(`Cannot delete authorizer '${id}': referenced by Route ${user.RouteKey}`)
        api.authorizers = api.authorizers.filter((one) => one !== authorizer)
        return {}
      }),
  },
} satisfies Operations
