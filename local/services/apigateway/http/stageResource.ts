import { unlessGone } from '../../gone.ts'
import type { Resource, ResourceType } from '../../service.ts'
import { numberOf, propertiesOf, textOf, textsOf, truthOf } from '../resources/values.ts'
import type { HttpApiStore } from './store.ts'
import { retagged, systemTagged } from './tagging.ts'

const apiOf = ({ properties }: Resource) => String(properties.ApiId)
const given = <T extends object>(members: T): Partial<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>

const limitsOf = (value: unknown) => {
  const settings = propertiesOf(value)
  return given({
    ThrottlingBurstLimit: numberOf(settings.ThrottlingBurstLimit),
    ThrottlingRateLimit: numberOf(settings.ThrottlingRateLimit),
    DetailedMetricsEnabled: truthOf(settings.DetailedMetricsEnabled),
    LoggingLevel: textOf(settings.LoggingLevel) as 'INFO' | undefined,
    DataTraceEnabled: truthOf(settings.DataTraceEnabled),
  })
}
const stageSettings = ({ properties }: Resource) => ({
  AutoDeploy: truthOf(properties.AutoDeploy),
  DeploymentId: textOf(properties.DeploymentId),
  Description: textOf(properties.Description),
  StageVariables: textsOf(properties.StageVariables),
  DefaultRouteSettings:
    properties.DefaultRouteSettings === undefined ? undefined : limitsOf(properties.DefaultRouteSettings),
  RouteSettings:
    properties.RouteSettings === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(propertiesOf(properties.RouteSettings)).map(([key, value]) => [key, limitsOf(value)]),
        ),
  AccessLogSettings:
    properties.AccessLogSettings === undefined
      ? undefined
      : given({
          DestinationArn: textOf(propertiesOf(properties.AccessLogSettings).DestinationArn),
          Format: textOf(propertiesOf(properties.AccessLogSettings).Format),
        }),
})

/** `AWS::ApiGatewayV2::Stage`: Ref gives the name of the stage. */
export const stage: ResourceType<HttpApiStore> = {
  properties: [
    'AccessLogSettings',
    'AccessPolicyId',
    'ApiId',
    'AutoDeploy',
    'ClientCertificateId',
    'DefaultRouteSettings',
    'DeploymentId',
    'Description',
    'RouteSettings',
    'StageName',
    'StageVariables',
    'Tags',
  ],
  replacedBy: ['ApiId', 'StageName'],
  tags: { asMap: true },
  async create(resource, call) {
    const StageName = textOf(resource.properties.StageName) ?? ''
    await call.cloud('apigatewayv2').CreateStage({
      ApiId: apiOf(resource),
      StageName,
      ...stageSettings(resource),
      Tags: textsOf(resource.properties.Tags),
    })
    return { physicalId: StageName }
  },
  async update(resource, before, call) {
    const { physicalId: StageName } = before
    const ApiId = apiOf(resource)
    await call.cloud('apigatewayv2').UpdateStage({ ApiId, StageName, ...stageSettings(resource) })
    if (before.properties.AccessLogSettings !== undefined && resource.properties.AccessLogSettings === undefined)
      await call.cloud('apigatewayv2').DeleteAccessLogSettings({ ApiId, StageName })
    await retagged(`/apis/${apiOf(resource)}/stages/${StageName}`, resource, before, call)
    return { physicalId: StageName }
  },
  delete: (resource, call) =>
    unlessGone(() =>
      call.cloud('apigatewayv2').DeleteStage({
        ApiId: apiOf(resource),
        StageName: textOf(resource.properties.StageName) ?? resource.physicalId,
      }),
    ),
  systemTags: (resource, tags, call) => systemTagged(apiOf(resource), resource.physicalId, tags, call),
}
