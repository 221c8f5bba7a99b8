import type { Deployment, Stage } from '@aws-sdk/client-apigatewayv2'
import { conflict, given, invalid } from '../errors.ts'
import { arnOf, checkedTags, on, withoutTags, withTags } from '../names.ts'
import { checkStage } from './checks.ts'
import { enableDelivery } from './delivery.ts'
import { type Asking, changedHttpApi, nowOf, type Operations, pageOf, partOf, theHttpApi, updated } from './names.ts'
import type { HttpApi } from './types.ts'

const base = '/apis/{ApiId}'
const stage = `${base}/stages/{StageName}`

/** Freezes what there is. @throws ServiceError `BadRequestException` */
const deploy = (api: HttpApi, description: string | undefined, call: Asking): Deployment => {
  if (!api.routes.length) throw invalid('Unable to deploy API because no routes exist in this API')
  const { routes, integrations, authorizers } = structuredClone(api)
  const deployment: Deployment = given({
    DeploymentId: call.ground.ids.text(6),
    Description: description,
    CreatedDate: nowOf(call),
    DeploymentStatus: 'DEPLOYED',
    AutoDeployed: false,
  })
  api.deployments.push({ deployment, frozen: { routes, integrations, authorizers } })
  return deployment
}

/** @throws ServiceError `BadRequestException`, `ConflictException` */
export const addStage = (
  api: HttpApi,
  settings: Partial<Stage> & { StageName: string | undefined },
  call: Asking,
): Stage => {
  const now = nowOf(call)
  const made: Stage = given({
    AutoDeploy: false,
    DefaultRouteSettings: { DetailedMetricsEnabled: false },
    RouteSettings: {},
    StageVariables: {},
    CreatedDate: now,
    LastUpdatedDate: now,
    ...given(settings),
    Tags: checkedTags(settings.Tags),
  })
  checkStage(made)
  if (api.stages.some(({ StageName }) => StageName === made.StageName)) throw conflict('Stage already exists')
  checkDeployment(api, made)
  api.stages.push(made)
  return made
}

const checkDeployment = ({ deployments }: HttpApi, { DeploymentId: id, AutoDeploy: auto }: Stage): void => {
  if (id === undefined || auto) return
  if (!deployments.some(({ deployment }) => deployment.DeploymentId === id))
    throw invalid(`Invalid Deployment identifier specified ${id}`)
}

const page = <T>(list: T[], { MaxResults, NextToken }: { MaxResults?: string; NextToken?: string }) => {
  const { items, position } = pageOf(list, { position: NextToken, limit: Number(MaxResults ?? 25) })
  return { Items: items, NextToken: position }
}
const deploymentsOf = ({ deployments }: HttpApi): Deployment[] => deployments.map(({ deployment }) => deployment)

/** The API, or the stage of one, that an ARN names. @throws ServiceError */
const taggedBy = (arn: string, call: Asking): { id: string; stage?: string } => {
  const [, region, id = '', name] =
    /^arn:[\w-]+:apigateway:([\w-]+)::\/apis\/(\w+)(?:\/stages\/([^/]+))?$/.exec(arn) ?? []
  if (region === undefined) throw invalid(`Invalid ARN specified: ${arn.slice(0, 200)}`)
  theHttpApi(id, { ...call, region })
  return { id, ...(name === undefined ? {} : { stage: name }) }
}
export const tagsOf = (api: HttpApi, name: string | undefined): { Tags?: Record<string, string> } =>
  name === undefined ? api.api : partOf(api.stages, 'StageName', name)
const tagging = (verb: string, arn: string, region: string, keys: Record<string, string | string[]> = {}) =>
  [`apigateway:${verb}`, arnOf(region, `/tags/${encodeURIComponent(arn)}`), keys] as const

/** Stages, deployments and tags. */
export const stages = {
  CreateStage: {
    action: on('POST', `${base}/stages`),
    async run({ ApiId, ...settings }, call) {
      theHttpApi(ApiId, call)
      if (settings.AccessLogSettings) await enableDelivery(settings.AccessLogSettings, call)
      return changedHttpApi(ApiId, call, (api) => addStage(api, settings, call))
    },
  },
  GetStage: {
    action: on('GET', stage),
    run: ({ ApiId, StageName }, call) => partOf(theHttpApi(ApiId, call).stages, 'StageName', StageName),
  },
  GetStages: {
    action: on('GET', `${base}/stages`),
    run: (input, call) => page(theHttpApi(input.ApiId, call).stages, input),
  },
  UpdateStage: {
    action: on('PATCH', stage),
    async run({ ApiId, StageName, ...settings }, call) {
      partOf(theHttpApi(ApiId, call).stages, 'StageName', StageName)
      if (settings.AccessLogSettings) await enableDelivery(settings.AccessLogSettings, call)
      return changedHttpApi(ApiId, call, (api) => {
        const one = partOf(api.stages, 'StageName', StageName)
        updated(one, settings)
        checkStage(one)
        checkDeployment(api, one)
        one.LastUpdatedDate = nowOf(call)
        return one
      })
    },
  },
  DeleteStage: {
    action: on('DELETE', stage),
    run: ({ ApiId, StageName }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        const one = partOf(api.stages, 'StageName', StageName)
        api.stages = api.stages.filter((other) => other !== one)
        return {}
      }),
  },
  DeleteAccessLogSettings: {
    action: on('DELETE', `${stage}/accesslogsettings`),
    run: ({ ApiId, StageName }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        delete partOf(api.stages, 'StageName', StageName).AccessLogSettings
        return {}
      }),
  },
  DeleteRouteSettings: {
    action: on('DELETE', `${stage}/routesettings/{RouteKey}`),
    run: ({ ApiId, StageName, RouteKey }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        delete partOf(api.stages, 'StageName', StageName).RouteSettings?.[RouteKey]
        return {}
      }),
  },
  CreateDeployment: {
    action: on('POST', `${base}/deployments`),
    run: ({ ApiId, Description, StageName }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        const deployment = deploy(api, Description, call)
        if (StageName !== undefined) {
          const one = partOf(api.stages, 'StageName', StageName)
          if (one.AutoDeploy) throw invalid('Deployment ID cannot be set on stages with AutoDeploy enabled')
          one.DeploymentId = deployment.DeploymentId
        }
        return deployment
      }),
  },
  GetDeployment: {
    action: on('GET', `${base}/deployments/{DeploymentId}`),
    run: ({ ApiId, DeploymentId }, call) =>
      partOf(deploymentsOf(theHttpApi(ApiId, call)), 'DeploymentId', DeploymentId),
  },
  GetDeployments: {
    action: on('GET', `${base}/deployments`),
    run: (input, call) => page(deploymentsOf(theHttpApi(input.ApiId, call)), input),
  },
  UpdateDeployment: {
    action: on('PATCH', `${base}/deployments/{DeploymentId}`),
    run: ({ ApiId, DeploymentId, Description }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        const deployment = partOf(deploymentsOf(api), 'DeploymentId', DeploymentId)
        updated(deployment, { Description })
        return deployment
      }),
  },
  DeleteDeployment: {
    action: on('DELETE', `${base}/deployments/{DeploymentId}`),
    run: ({ ApiId, DeploymentId: id }, call) =>
      changedHttpApi(ApiId, call, (api) => {
        partOf(deploymentsOf(api), 'DeploymentId', id)
        if (api.stages.some(({ DeploymentId }) => DeploymentId === id))
          throw invalid('Active stages pointing to this deployment must be moved or deleted')
        api.deployments = api.deployments.filter(({ deployment }) => deployment.DeploymentId !== id)
        return {}
      }),
  },
  TagResource: {
    action: ({ ResourceArn, Tags = {} }, { region }) =>
      tagging('POST', ResourceArn, region, { 'aws:TagKeys': Object.keys(Tags) }),
    run({ ResourceArn, Tags = {} }, call) {
      const { id, stage: name } = taggedBy(ResourceArn, call)
      return changedHttpApi(id, call, (api) => {
        const one = tagsOf(api, name)
        one.Tags = withTags(one.Tags, Tags)
        return {}
      })
    },
  },
  UntagResource: {
    action: ({ ResourceArn, TagKeys }, { region }) =>
      tagging('DELETE', ResourceArn, region, { 'aws:TagKeys': TagKeys }),
    run({ ResourceArn, TagKeys }, call) {
      const { id, stage: name } = taggedBy(ResourceArn, call)
      return changedHttpApi(id, call, (api) => {
        const one = tagsOf(api, name)
        one.Tags = withoutTags(one.Tags, TagKeys)
        return {}
      })
    },
  },
  GetTags: {
    action: ({ ResourceArn }, { region }) => tagging('GET', ResourceArn, region),
    run({ ResourceArn }, call) {
      const { id, stage: name } = taggedBy(ResourceArn, call)
      return { Tags: tagsOf(theHttpApi(id, call), name).Tags ?? {} }
    },
  },
} satisfies Operations
