import type { Deployment, Stage } from '@aws-sdk/client-api-gateway'
import { missing } from './errors.ts'
import type { Place } from './kept.ts'
import type { Asking } from './names.ts'
import type { ApiGatewayStore, ApiRecord } from './store.ts'

/** An API of the caller's account and region. @throws ServiceError `NotFoundException` */
export const theApi = (id: string, { account, region, store }: Place & { store: ApiGatewayStore }): ApiRecord => {
  const api = store.api(id)
  if (api?.account !== account || api.region !== region)
    throw missing(`Invalid API identifier specified ${account}:${id}`)
  return api
}

/** @throws ServiceError `NotFoundException` */
export const theDeployment = (apiId: string, id: string, call: Asking): Deployment => {
  const api = theApi(apiId, call)
  const deployment = call.store.deployment(api.id, id)
  if (!deployment) throw missing('Invalid Deployment identifier specified')
  return deployment
}

/** @throws ServiceError `NotFoundException` */
export const theStage = (apiId: string, name: string, call: Asking): Stage => {
  const api = theApi(apiId, call)
  const stage = call.store.stage(api.id, name)
  if (!stage) throw missing('Invalid Stage identifier specified')
  return stage
}

/** Changes an API, all or nothing. */
export const changed = <T>(id: string, call: Asking, change: (api: ApiRecord) => T): T => {
  const api = theApi(id, call)
  const result = change(api)
  call.store.saveApi(api)
  return result
}
