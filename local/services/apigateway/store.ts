import type { Account, Deployment, Stage } from '@aws-sdk/client-api-gateway'
import type { Ground } from '../../base/ground.ts'
import type { Cloud, Context, Decide } from '../service.ts'
import type { ApiDefinition } from './definition.ts'
import { createExecutor } from './execute/executor.ts'
import { type Place, revived } from './kept.ts'
import type { DeployedApi, Executor } from './types.ts'
import { createUsageStore, type UsageStore } from './usageStore.ts'

/** An API with the place that it is in. */
export interface ApiRecord extends Place, ApiDefinition {
  readonly id: string
}

/** What the service keeps. Definitions are whole documents: a deployment is a copy of one. */
export interface ApiGatewayStore extends UsageStore {
  readonly executor: Executor
  api(id: string): ApiRecord | undefined
  /** The APIs of a place, the oldest first. */
  apis(place: Place): ApiRecord[]
  saveApi(api: ApiRecord): void
  removeApi(id: string): void
  deployment(apiId: string, id: string): Deployment | undefined
  deployments(apiId: string): Deployment[]
  saveDeployment(apiId: string, deployment: Deployment, definition?: ApiDefinition): void
  removeDeployment(apiId: string, id: string): void
  /** What a deployment froze. */
  frozen(apiId: string, deploymentId: string): ApiDefinition | undefined
  stage(apiId: string, name: string): Stage | undefined
  stages(apiId: string): Stage[]
  saveStage(apiId: string, stage: Stage): void
  removeStage(apiId: string, name: string): void
  /** What a stage serves: the same object until something of it changes. */
  deployed(apiId: string, stageName: string): DeployedApi | undefined
  account(place: Place): Account
  saveAccount(place: Place, account: Account): void
}

export const createApiGatewayStore = (
  ground: Ground,
  cloud: (context: Context) => Cloud,
  decide: Decide,
): ApiGatewayStore => {
  const { state } = ground
  state.define(`
    create table if not exists apigateway_apis (
      id text primary key, account text, region text, json text);
    create table if not exists apigateway_deployments (
      api text, id text, json text, definition text, primary key (api, id));
    create table if not exists apigateway_stages (api text, name text, json text, primary key (api, name));
    create table if not exists apigateway_accounts (account text, region text, json text, primary key (account, region))`)
  const oneApi = state.prepare('select json from apigateway_apis where id = ?')
  const allApis = state.prepare('select json from apigateway_apis where account = ? and region = ? order by rowid')
  const putApi = state.prepare(
    'insert into apigateway_apis values (?, ?, ?, ?) on conflict (id) do update set json = excluded.json',
  )
  const oneDeployment = state.prepare('select json from apigateway_deployments where api = ? and id = ?')
  const allDeployments = state.prepare('select json from apigateway_deployments where api = ? order by rowid')
  const putDeployment = state.prepare('insert into apigateway_deployments values (?, ?, ?, ?)')
  const changeDeployment = state.prepare('update apigateway_deployments set json = ? where api = ? and id = ?')
  const dropDeployment = state.prepare('delete from apigateway_deployments where api = ? and id = ?')
  const frozen = state.prepare('select definition as json from apigateway_deployments where api = ? and id = ?')
  const oneStage = state.prepare('select json from apigateway_stages where api = ? and name = ?')
  const allStages = state.prepare('select json from apigateway_stages where api = ? order by rowid')
  const putStage = state.prepare(
    'insert into apigateway_stages values (?, ?, ?) on conflict (api, name) do update set json = excluded.json',
  )
  const dropStage = state.prepare('delete from apigateway_stages where api = ? and name = ?')
  const drops = ['apis where id', 'deployments where api', 'stages where api'].map((what) =>
    state.prepare(`delete from apigateway_${what} = ?`),
  )
  const oneAccount = state.prepare('select json from apigateway_accounts where account = ? and region = ?')
  const putAccount = state.prepare('insert or replace into apigateway_accounts values (?, ?, ?)')

  const read = <T>(row: unknown): T | undefined => (row === undefined ? undefined : revived<T>(row))
  /** What stages serve; an API's go when anything of it changes. */
  const served = new Map<string, Map<string, DeployedApi>>()

  const usage = createUsageStore(ground)
  const store: ApiGatewayStore = {
    ...usage,
    executor: createExecutor({
      ground,
      cloud,
      decide,
      findKey: usage.findKey,
      countUse: usage.countUse,
      logsRole: (account, region) => store.account({ account, region }).cloudwatchRoleArn,
    }),
    api: (id) => read(oneApi.get(id)),
    apis: ({ account, region }) => allApis.all(account, region).map((row) => revived<ApiRecord>(row)),
    saveApi: (api) => void putApi.run(api.id, api.account, api.region, JSON.stringify(api)),
    removeApi: (id) =>
      state.transaction(() => {
        for (const drop of drops) drop.run(id)
        served.delete(id)
      }),
    deployment: (apiId, id) => read(oneDeployment.get(apiId, id)),
    deployments: (apiId) => allDeployments.all(apiId).map((row) => revived<Deployment>(row)),
    saveDeployment: (apiId, deployment, definition) => {
      const json = JSON.stringify(deployment)
      const id = deployment.id ?? ''
      if (definition) putDeployment.run(apiId, id, json, JSON.stringify(definition))
      else changeDeployment.run(json, apiId, id)
    },
    removeDeployment: (apiId, id) => void dropDeployment.run(apiId, id),
    frozen: (apiId, id) => read(frozen.get(apiId, id)),
    stage: (apiId, name) => read(oneStage.get(apiId, name)),
    stages: (apiId) => allStages.all(apiId).map((row) => revived<Stage>(row)),
    saveStage: (apiId, stage) => {
      putStage.run(apiId, stage.stageName ?? '', JSON.stringify(stage))
      served.get(apiId)?.delete(stage.stageName ?? '')
    },
    removeStage: (apiId, name) => {
      dropStage.run(apiId, name)
      served.get(apiId)?.delete(name)
    },
    deployed: (apiId, stageName) => {
      const known = served.get(apiId)?.get(stageName)
      if (known) return known
      const stage = store.stage(apiId, stageName)
      const api = stage && store.api(apiId)
      const definition = stage && store.frozen(apiId, stage.deploymentId ?? '')
      if (!stage || !api || !definition) return undefined
      const deployed: DeployedApi = { account: api.account, region: api.region, ...definition, stage }
      const ofApi = served.get(apiId) ?? new Map<string, DeployedApi>()
      served.set(apiId, ofApi.set(stageName, deployed))
      return deployed
    },
    account: ({ account, region }) =>
      read<Account>(oneAccount.get(account, region)) ?? { throttleSettings: { rateLimit: 10_000, burstLimit: 5000 } },
    saveAccount: ({ account, region }, settings) => void putAccount.run(account, region, JSON.stringify(settings)),
  }
  return store
}
