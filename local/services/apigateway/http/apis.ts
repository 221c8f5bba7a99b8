import type { Api, Cors } from '@aws-sdk/client-apigatewayv2'
import { given, invalid } from '../errors.ts'
import { checkedTags, on } from '../names.ts'
import { importHttp } from './import.ts'
import { type Asking, changedHttpApi, nowOf, type Operations, pageOf, theHttpApi, updated } from './names.ts'
import { addIntegration, addRoute } from './routes.ts'
import { addStage } from './stages.ts'
import type { HttpApi } from './types.ts'

const newApi = (settings: Partial<Api> & { Name: string | undefined }, call: Asking): HttpApi => {
  const { account, region } = call
  const id = call.ground.ids.text(10)
  const api: Api = given({
    ApiEndpoint: `https://${id}.execute-api.${region}.amazonaws.com`,
    ApiId: id,
    ProtocolType: 'HTTP',
    RouteSelectionExpression: '$request.method $request.path',
    ApiKeySelectionExpression: '$request.header.x-api-key',
    DisableExecuteApiEndpoint: false,
    IpAddressType: 'ipv4',
    CreatedDate: nowOf(call),
    ...settings,
  })
  return { id, account, region, api, routes: [], integrations: [], authorizers: [], stages: [], deployments: [] }
}

const checkCors = ({ AllowOrigins: origins = [], AllowCredentials: credentials, MaxAge: age }: Cors): void => {
  if (credentials && origins.includes('*')) throw invalid('allow-credentials is not supported when allow-origin is *')
  for (const origin of origins)
    if (origin !== '*' && !/^(https?|chrome-extension):\/\/[^/]+$/.test(origin) && !/^https?:\/\/\*$/.test(origin))
      throw invalid(`Invalid origin: ${origin}. An origin has a scheme and a host, and no path`)
  if (age !== undefined && !(age >= -1 && age <= 86_400)) throw invalid('MaxAge must be between -1 and 86400')
}

const imported = (
  api: HttpApi,
  text: string,
  basepath: string | undefined,
  failOnWarnings: boolean | undefined,
  call: Asking,
): HttpApi => {
  const warnings = importHttp(api, text, basepath, call)
  if (failOnWarnings && warnings.length) throw invalid(`Warnings found during import:\n\t${warnings.join('\n\t')}`)
  if (api.api.CorsConfiguration) checkCors(api.api.CorsConfiguration)
  if (warnings.length) api.api.ImportInfo = warnings
  return api
}

export const apis = {
  CreateApi: {
    action: on('POST', '/apis'),
    run(input, call) {
      const {
        ProtocolType,
        CredentialsArn,
        RouteKey,
        Target,
        CorsConfiguration,
        Tags,
        DisableSchemaValidation: _,
        ...settings
      } = input
      if (ProtocolType !== 'HTTP')
        throw invalid('WebSocket APIs are not part of the local cloud: ProtocolType must be HTTP.')
      if (CorsConfiguration) checkCors(CorsConfiguration)
      const api = newApi(given({ ...settings, CorsConfiguration, Tags: checkedTags(Tags) }), call)
      if (Target !== undefined) {
        // Quick create: one integration, the route, and the stage that deploys by itself.
        const proxy = /^https?:/.test(Target)
        const integration = addIntegration(
          api,
          given({
            ApiGatewayManaged: true,
            IntegrationType: proxy ? ('HTTP_PROXY' as const) : ('AWS_PROXY' as const),
            IntegrationMethod: proxy ? 'ANY' : 'POST',
            IntegrationUri: Target,
            PayloadFormatVersion: proxy ? '1.0' : '2.0',
            CredentialsArn,
          }),
          call,
        )
        addRoute(
          api,
          {
            ApiGatewayManaged: true,
            RouteKey: RouteKey ?? '$default',
            Target: `integrations/${integration.IntegrationId}`,
          },
          call,
        )
        addStage(api, { ApiGatewayManaged: true, StageName: '$default', AutoDeploy: true }, call)
      }
      call.store.save(api)
      return api.api
    },
  },
  ImportApi: {
    action: on('PUT', '/apis'),
    run({ Body, Basepath, FailOnWarnings }, call) {
      const api = imported(newApi({ Name: undefined }, call), Body, Basepath, FailOnWarnings, call)
      if (!api.api.Name) throw invalid('API name is required: info.title is missing.')
      call.store.save(api)
      return api.api
    },
  },
  ReimportApi: {
    action: on('PUT', '/apis/{ApiId}'),
    run: ({ ApiId, Body, Basepath, FailOnWarnings }, call) =>
      changedHttpApi(ApiId, call, (api) => imported(api, Body, Basepath, FailOnWarnings, call).api),
  },
  GetApi: {
    action: on('GET', '/apis/{ApiId}'),
    run: ({ ApiId }, call) => theHttpApi(ApiId, call).api,
  },
  GetApis: {
    action: on('GET', '/apis'),
    run({ MaxResults, NextToken }, call) {
      const all = call.store.apis(call).map(({ api }) => api)
      const { items, position } = pageOf(all, { position: NextToken, limit: Number(MaxResults ?? 25) })
      return { Items: items, NextToken: position }
    },
  },
  UpdateApi: {
    action: on('PATCH', '/apis/{ApiId}'),
    run: ({ ApiId, CredentialsArn: _, RouteKey: __, Target, DisableSchemaValidation: ___, ...settings }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        if (settings.CorsConfiguration) checkCors(settings.CorsConfiguration)
        const managed = api.integrations.find(({ ApiGatewayManaged }) => ApiGatewayManaged)
        if (Target !== undefined && managed) managed.IntegrationUri = Target
        updated(api.api, settings)
        return api.api
      }),
  },
  DeleteApi: {
    action: on('DELETE', '/apis/{ApiId}'),
    run({ ApiId }, call) {
      call.store.remove(theHttpApi(ApiId, call).id)
      return {}
    },
  },
  DeleteCorsConfiguration: {
    action: on('DELETE', '/apis/{ApiId}/cors'),
    run: ({ ApiId }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        delete api.api.CorsConfiguration
        return {}
      }),
  },
} satisfies Operations
